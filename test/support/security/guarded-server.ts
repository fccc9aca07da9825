import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type ConnectOptions, type WaybillClient } from '../../../src/client/index.js';
import { CertificateAuthority, type Identity } from './certificate-authority.js';
import { GUARDED } from './guarded-things.js';
import { SwitchedServer } from './switched-server.js';

export interface GuardedServerOptions {
  /** Of the file of clients, besides the owner. */
  readonly clients: readonly object[];
  /** Whose certificates clients must have; undefined serves without TLS. */
  readonly clientCa?: CertificateAuthority;
  /** Names of certificates that are the owner's. */
  readonly ownerCertificate?: string;
  /** PEM that the process trusts beyond its own authorities, as Node does those of the public. */
  readonly publicAuthorities?: string;
}

/** Times of the server, short enough for a test to wait for. */
const RELOAD_FLAGS = ['--tls-reload-interval', '1s', '--clients-reload-interval', '100ms'];

export const OWNER = { clientId: 'owner', clientSecret: 'owners-s3cret-4711' } as const;

/** A server that demands credentials, over TLS where told so, and holds what only its owner put there and may see. */
export class GuardedServer {
  readonly #folder: string;
  readonly #serverAuthority: CertificateAuthority | undefined;
  readonly #owner: WaybillClient;
  #disposed = false;
  /** PEM of whom clients must trust; empty without TLS. */
  readonly serverCa: string;
  /** Of the one event in the stream {@link GUARDED}. */
  eventId = '';

  private constructor(
    readonly server: SwitchedServer,
    parts: { folder: string; serverAuthority: CertificateAuthority | undefined; owner: WaybillClient },
  ) {
    this.#folder = parts.folder;
    this.#serverAuthority = parts.serverAuthority;
    this.serverCa = parts.serverAuthority?.cert ?? '';
    this.#owner = parts.owner;
  }

  static async start({
    clients,
    clientCa,
    ownerCertificate = 'owner.example.org',
    publicAuthorities,
  }: GuardedServerOptions): Promise<GuardedServer> {
    const folder = mkdtempSync(join(tmpdir(), 'waybill-guarded-'));
    const file = (name: string): string => join(folder, name);
    writeFileSync(file('clients.yaml'), clientsText(clients, ownerCertificate));
    const flags = ['--auth', 'required', '--clients-file', file('clients.yaml'), ...RELOAD_FLAGS];
    let serverAuthority: CertificateAuthority | undefined;
    if (clientCa !== undefined) {
      serverAuthority = CertificateAuthority.root('authority of servers');
      const { cert, key } = newServerIdentity(serverAuthority);
      writeFileSync(file('server.pem'), cert);
      writeFileSync(file('server.key'), key);
      writeFileSync(file('clients-ca.pem'), clientCa.cert);
      flags.push('--tls-cert-file', file('server.pem'), '--tls-key-file', file('server.key'));
      flags.push('--tls-client-ca-file', file('clients-ca.pem'), '--tcp-tls', 'on');
    }
    let environment = {};
    if (publicAuthorities !== undefined) {
      writeFileSync(file('public.pem'), publicAuthorities);
      environment = { NODE_EXTRA_CA_CERTS: file('public.pem') };
    }
    try {
      const server = await SwitchedServer.start(flags, environment);
      const identity = clientCa?.issue({ commonName: ownerCertificate });
      const owner = ownerClient(server, serverAuthority, identity);
      const guarded = new GuardedServer(server, { folder, serverAuthority, owner });
      await guarded.#fill();
      return guarded;
    } catch (error) {
      rmSync(folder, { recursive: true });
      throw error;
    }
  }

  get grpc(): string {
    return this.server.grpc;
  }

  get tcp(): string {
    return this.server.tcp;
  }

  /** Replaces the list of clients in one step; the server looks at it every 100 ms. */
  replaceClients(clients: readonly object[], ownerCertificate = 'owner.example.org'): void {
    this.#replace('clients.yaml', clientsText(clients, ownerCertificate));
  }

  /** A certificate that clients take, to be put in place by {@link replaceServerFile}. */
  newServerIdentity(): Identity {
    if (this.#serverAuthority === undefined) throw new Error('the server has no TLS');
    return newServerIdentity(this.#serverAuthority);
  }

  /** Replaces one of the server's own files in one step; the server looks at them every second. */
  replaceServerFile(kind: 'cert' | 'key', { [kind]: pem }: Identity): void {
    this.#replace(kind === 'cert' ? 'server.pem' : 'server.key', pem);
  }

  /** For clients of both protocols with this certificate. */
  tlsAs(identity: Identity): NonNullable<ConnectOptions['tls']> {
    return clientTls(this.serverCa, identity);
  }

  /** Replaces the authorities of client certificates in one step; the server looks at them every second. */
  replaceClientCa(pem: string): void {
    this.#replace('clients-ca.pem', pem);
  }

  /** Everything that is there, as text that is the same only when nothing has changed. */
  async contents(): Promise<string> {
    const found: unknown[] = [];
    for (const prefix of ['', '$']) found.push((await this.#owner.admin.listSubjects({ prefix })).subjects);
    for await (const stream of this.#owner.streams.all()) {
      found.push(stream);
      for await (const event of this.#owner.streams.allEvents({ stream: stream.name })) found.push(event);
    }
    return JSON.stringify(found, (key, value: unknown) => (key === 'subscribers' ? undefined : value));
  }

  /** A metric of the server, summed over what has these labels. */
  async metric(name: string, labels = ''): Promise<number> {
    const pattern = new RegExp(`^${name}\\{[^}]*${labels}[^}]*\\} (\\S+)$`, 'gm');
    return Array.from((await this.metrics()).matchAll(pattern), ([, value]) => Number(value)).reduce(
      (a, b) => a + b,
      0,
    );
  }

  async metrics(): Promise<string> {
    return (await fetch(`${this.server.admin}/metrics`)).text();
  }

  /** Everything that operators get to see: what it has logged and measured. */
  async told(): Promise<string> {
    return this.server.process.stdout + this.server.process.stderr + (await this.metrics());
  }

  /** Resolves once it holds, which it must by itself; rejects when the server is disposed of before. */
  async until(condition: () => Promise<boolean>): Promise<void> {
    while (!(await condition())) {
      if (this.#disposed) throw new Error('the server was stopped before');
    }
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    this.#owner.close();
    await this.server.dispose();
    rmSync(this.#folder, { recursive: true });
  }

  async #fill(): Promise<void> {
    await this.#owner.publish({ subject: GUARDED, body: 'treasure' });
    await this.#owner.streams.create({ name: GUARDED });
    this.eventId = (await this.#owner.streams.write(GUARDED, '"treasure"')).id;
  }

  #replace(name: string, text: string): void {
    const path = join(this.#folder, name);
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
  }
}

function newServerIdentity(authority: CertificateAuthority): Identity {
  return authority.issue({ commonName: 'server', dnsNames: ['localhost'], uses: ['serverAuth'] });
}

function clientTls(serverCa: string, { cert, key }: Identity): NonNullable<ConnectOptions['tls']> {
  return { ca: Buffer.from(serverCa), cert: Buffer.from(cert), key: Buffer.from(key), serverName: 'localhost' };
}

function clientsText(clients: readonly object[], certificate: string): string {
  return JSON.stringify({ clients: [...clients, { id: OWNER.clientId, secret: OWNER.clientSecret, certificate }] });
}

function ownerClient(
  { grpc: address }: SwitchedServer,
  authority: CertificateAuthority | undefined,
  identity: Identity | undefined,
): WaybillClient {
  const common = { address, credentials: OWNER, ownConnection: true };
  if (authority === undefined || identity === undefined) return connect(common);
  return connect({ ...common, tls: clientTls(authority.cert, identity) });
}
