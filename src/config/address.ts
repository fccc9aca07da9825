/** A TCP address; `host` is a name or an IP address without brackets. Port 0 lets the system choose when listening. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Reads `host:port`, with an IPv6 host in brackets; undefined for anything else. */
export function parseAddress(text: string): Address | undefined {
  const match = /^(?:\[([0-9A-Fa-f:.%]+)\]|([^\s:[\]/]+)):(\d{1,5})$/.exec(text);
  if (match === null) return undefined;
  const port = Number(match[3]);
  if (port > 65_535) return undefined;
  return { host: match[1] ?? match[2] ?? '', port };
}

/** The form that {@link parseAddress} reads. */
export function formatAddress(address: Address): string {
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return `${host}:${address.port}`;
}

/** True when only this machine can connect: 127.0.0.0/8, ::1 and the name `localhost`. */
export function isLoopback({ host }: Address): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|::1)$/i.test(host);
}
