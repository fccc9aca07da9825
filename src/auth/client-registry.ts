import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../core/clock.js';
import { BrokerError, toBrokerError } from '../core/errors.js';
import type { Running } from '../core/lifecycle.js';
import type { Logger } from '../core/logger.js';
import type { Access } from './access.js';
import type { Authenticator, AuthObserver } from './authenticator.js';
import type { ClientRates } from './client-rates.js';
import { createClientTable, NO_CLIENTS, type Client, type ClientTable } from './client-table.js';
import { parseClients, readClientsFile, type ClientsSource, type ConfiguredClients } from './clients-source.js';
import { SecretChecks } from './secret-checks.js';
import { MAX_SECRET_BYTES, verifySecret } from './secret-hash.js';

export interface ClientRegistryOptions extends ClientsSource {
  /** How often the file is looked at. */
  readonly reloadIntervalMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly observer: Pick<AuthObserver, 'actionDenied'>;
}

/** Wrong secrets that are remembered, so that repeating one does not cost a hash each time; the oldest goes first. */
const MAX_FAILURES = 1024;

/**
 * The configured clients. No secret is kept: what a client sends is compared, in constant time, with a digest under a
 * key that only this process knows. The digest of a hashed secret is there once the secret was verified.
 *
 * Where any secret is hashed, a failure costs one hash, whether the client exists or not; where that would be too many at
 * a time, it costs nothing and is a failure all the same.
 *
 * The file is read again and again, so that it does not matter how it is replaced; one that cannot be used changes
 * nothing.
 */
export class ClientRegistry implements Authenticator, Running {
  readonly #options: ClientRegistryOptions;
  readonly #key = randomBytes(32).toString('hex');
  /** Compared with where a client has no digest. */
  readonly #noDigest = randomBytes(32);
  readonly #checks = new SecretChecks();
  /** By digest: checks that run or wait. */
  #pending = new Map<string, Promise<Access>>();
  /** Digests, in the order of their failing. */
  #failures = new Set<string>();
  #table: ClientTable = NO_CLIENTS;
  #generation = 0;
  /** What the file was when it was last looked at, used or not: its digest, or why it could not be read. */
  #seen: string | undefined;
  #cancelReload: () => void = () => {};
  #reloading: Promise<void> | undefined;
  #stopped = false;

  private constructor(options: ClientRegistryOptions, content: Buffer | undefined) {
    this.#options = options;
    this.#seen = digestOfFile(content);
    this.#use(parseClients(options, content), 'clients read');
    if (options.file !== undefined) this.#scheduleReload();
  }

  /** @throws BrokerError ARGUMENT_INVALID with everything that is wrong with the clients */
  static async open(options: ClientRegistryOptions): Promise<ClientRegistry> {
    return new ClientRegistry(options, await readClientsFile(options));
  }

  /**
   * Grows whenever the clients change. Who has verified the same id and secret in the same generation may go on using
   * that Access.
   */
  get generation(): number {
    return this.#generation;
  }

  /** Number of clients. */
  get size(): number {
    return this.#table.byId.size;
  }

  verify(clientId: string, secret: string): Access | Promise<Access> {
    // Too long to be anybody's, and dear to digest.
    if (secret.length > MAX_SECRET_BYTES) throw unauthorized();
    const digest = this.#digestOf(clientId, secret);
    const client = this.#table.byId.get(clientId);
    const right = timingSafeEqual(digest, client?.digest ?? this.#noDigest);
    if (right && client !== undefined) return client.access;
    return this.#verifyByHash(clientId, secret, digest.toString('latin1'));
  }

  byCertificate(names: readonly string[]): Access {
    for (const name of names) {
      const client = this.#table.byCertificate.get(name);
      if (client !== undefined) return client.access;
    }
    throw unauthorized();
  }

  /** What this client may publish, if that was configured for it, as of the last reading of the file. */
  ratesOf(clientId: string): ClientRates | undefined {
    return this.#table.byId.get(clientId)?.rates;
  }

  /** Looks at the file now. */
  reload(): Promise<void> {
    this.#reloading ??= this.#reload().finally(() => (this.#reloading = undefined));
    return this.#reloading;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelReload();
    await Promise.all([this.#reloading, this.#checks.stop()]);
  }

  #verifyByHash(clientId: string, secret: string, digest: string): Promise<Access> {
    const pending = this.#pending.get(digest);
    if (pending !== undefined) return pending;
    const client = this.#table.byId.get(clientId);
    // Once the right secret is known every other one is wrong, but must take as long as any.
    const promising = client?.hash !== undefined && client.digest === undefined;
    const against = client?.hash ?? this.#table.decoy;
    if (against === undefined || this.#failures.has(digest)) throw unauthorized();
    const check = this.#checks.run(() => verifySecret(secret, against), { promising });
    if (check === undefined) throw unauthorized();
    const generation = this.#generation;
    const verifying = check
      .then(
        (right) => {
          if (right && promising) return this.#remember(clientId, client, digest);
          // The clients may have changed since, and the secret may be right now.
          if (generation === this.#generation) this.#addFailure(digest);
          throw unauthorized();
        },
        (error: unknown) => {
          throw toBrokerError(error);
        },
      )
      .finally(() => {
        if (this.#pending.get(digest) === verifying) this.#pending.delete(digest);
      });
    this.#pending.set(digest, verifying);
    return verifying;
  }

  /** @throws BrokerError CREDENTIALS_INVALID when the client has gone or has another secret by now */
  #remember(clientId: string, verified: Client, digest: string): Access {
    const client = this.#table.byId.get(clientId);
    if (client?.hash === undefined || client.hash.text !== verified.hash?.text) throw unauthorized();
    client.digest = Buffer.from(digest, 'latin1');
    return client.access;
  }

  #addFailure(digest: string): void {
    this.#failures.add(digest);
    if (this.#failures.size <= MAX_FAILURES) return;
    const [oldest] = this.#failures;
    if (oldest !== undefined) this.#failures.delete(oldest);
  }

  /**
   * SHA-256 over key, id and secret; the length keeps id and secret apart. Digests never leave the process, so there is
   * nothing to extend and HMAC would only double the price.
   */
  #digestOf(clientId: string, secret: string): Buffer {
    return hash('sha256', `${this.#key}${clientId.length}:${clientId}:${secret}`, 'buffer');
  }

  async #reload(): Promise<void> {
    const { file, logger } = this.#options;
    let seen: string | undefined;
    try {
      const content = await readClientsFile(this.#options);
      seen = digestOfFile(content);
      if (this.#stopped || seen === this.#seen) return;
      this.#use(parseClients(this.#options, content), 'clients reloaded');
    } catch (error) {
      seen ??= toBrokerError(error).message;
      if (!this.#stopped && seen !== this.#seen) {
        logger.warn({ err: error, file }, 'the file of clients cannot be used, the previous clients stay');
      }
    } finally {
      this.#seen = seen;
    }
  }

  #use({ clients, clearInFile }: ConfiguredClients, event: string): void {
    const { file, logger, observer } = this.#options;
    this.#table = createClientTable(clients, this.#table, {
      digestOf: (id, secret) => this.#digestOf(id, secret),
      observer,
    });
    this.#generation++;
    this.#failures = new Set();
    this.#pending = new Map();
    const hashed = clients.filter(({ secret }) => secret?.kind === 'hash').length;
    logger.info({ count: clients.length, hashed }, event);
    if (clearInFile.length > 0) {
      logger.warn({ file, ids: clearInFile }, 'secrets stand in clear in the file of clients');
    }
  }

  #scheduleReload(): void {
    const { clock, reloadIntervalMs } = this.#options;
    this.#cancelReload = clock.after(reloadIntervalMs, () => {
      void this.reload().then(() => {
        if (!this.#stopped) this.#scheduleReload();
      });
    });
  }
}

/** Of the bytes, not of the times: atomic renames and swapped links count, a file that was only touched does not. */
function digestOfFile(content: Buffer | undefined): string | undefined {
  return content === undefined ? undefined : hash('sha256', content, 'hex');
}

function unauthorized(): BrokerError {
  return new BrokerError('CREDENTIALS_INVALID', 'unauthorized to make request');
}
