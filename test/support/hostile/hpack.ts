/** Header blocks of RFC 7541, as an attacker writes them: no Huffman coding, and no care for what they become. */

/** An integer with a prefix of so many bits, under the bits that mark the representation (5.1). */
function integer(mark: number, prefixBits: number, value: number): Buffer {
  const max = 2 ** prefixBits - 1;
  if (value < max) return Buffer.from([mark | value]);
  const bytes = [mark | max];
  let rest = value - max;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  bytes.push(rest);
  return Buffer.from(bytes);
}

function text(value: string): Buffer {
  return Buffer.concat([integer(0, 7, Buffer.byteLength(value)), Buffer.from(value)]);
}

/** A header that the receiver does not remember (6.2.2). */
export function literal(name: string, value: string): Buffer {
  return Buffer.concat([Buffer.from([0]), text(name), text(value)]);
}

/** A header that the receiver puts into its table (6.2.1); the newest has the index 62. */
export function remembered(name: string, value: string): Buffer {
  return Buffer.concat([Buffer.from([0x40]), text(name), text(value)]);
}

/** A header of the tables (6.1). */
export function indexed(index: number): Buffer {
  return integer(0x80, 7, index);
}

/** What every gRPC call begins with; `headers` are added or take the place of one of the same name. */
export function callHeaders(path: string, headers: Readonly<Record<string, string>> = {}): Buffer {
  const all = {
    ':method': 'POST',
    ':scheme': 'http',
    ':path': path,
    ':authority': 'waybill',
    te: 'trailers',
    'content-type': 'application/grpc',
    ...headers,
  };
  return Buffer.concat(Object.entries(all).map(([name, value]) => literal(name, value)));
}
