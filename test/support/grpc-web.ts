import { frame } from './raw-grpc.js';

export interface GrpcWebAnswer {
  readonly http: number;
  readonly headers: Headers;
  /** Of the headers, or else of the trailers in the body. */
  readonly status: number;
  readonly message: string;
  readonly messages: readonly Buffer[];
}

/** One call as a page makes it, but from Node, which sends any header. @param url of Envoy */
export async function callGrpcWeb(
  url: string,
  path: string,
  request: Buffer,
  headers: Readonly<Record<string, string>> = {},
): Promise<GrpcWebAnswer> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/grpc-web+proto', 'x-grpc-web': '1', ...headers },
    body: frame(request),
  });
  let rest = Buffer.from(await response.arrayBuffer());
  const messages: Buffer[] = [];
  let trailers = '';
  while (rest.length >= 5) {
    const end = 5 + rest.readUInt32BE(1);
    // The first bit tells trailers from messages.
    if (rest[0] === 0x80) trailers = rest.toString('utf8', 5, end);
    else messages.push(rest.subarray(5, end));
    rest = rest.subarray(end);
  }
  const of = (name: string): string | undefined =>
    response.headers.get(name) ?? new RegExp(`^${name}:(.*)\r$`, 'm').exec(trailers)?.[1]?.trim();
  return {
    http: response.status,
    headers: response.headers,
    status: Number(of('grpc-status')),
    message: decodeURIComponent(of('grpc-message') ?? ''),
    messages,
  };
}
