/** A `waybill.v1.PublishRequest` of subject and body; `broker.PublishRequest` has the same two fields. */
export function publishRequest(subject: string, body: Buffer): Buffer {
  return Buffer.concat([field(1, Buffer.from(subject)), field(2, body)]);
}

function field(number: number, bytes: Buffer): Buffer {
  const length: number[] = [];
  let rest = bytes.length;
  for (; rest >= 0x80; rest >>>= 7) length.push((rest & 0x7f) | 0x80);
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length, rest]), bytes]);
}
