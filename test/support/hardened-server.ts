import { once } from 'node:events';
import type { Client, ServiceError } from '@grpc/grpc-js';
import { connect, type WaybillClient } from '../../src/client/index.js';
import { decodeStatus } from '../../src/client/status-details.js';
import { ProtoCodec } from '../../src/grpc/proto-codec.js';
import { createClient, failureOf, identity, type SeenError, seenError, unary } from './grpc-client.js';
import { RawGrpc } from './raw-grpc.js';
import { ServerProcess } from './server-process.js';

export const BROKER = '/waybill.v1.BrokerService';
export const MIB = 1024 * 1024;
export const UINT64_MAX = '18446744073709551615';
/** As a double it would be another id. */
export const BEYOND_2_53 = '9007199254740993';

/** What a caller is told. */
export interface Refusal {
  readonly code: number;
  readonly reason: string | undefined;
}

/** The bytes of a message of this type. */
export function encode(type: string, message: object): Buffer {
  return new ProtoCodec<object, object>(type).encode(message);
}

/** A `google.rpc.Status` within a response; fails when there is none. */
export function refusalIn(failure: object | null | undefined): Refusal {
  if (failure == null) throw new Error('the message was stored');
  const { code, reason } = decodeStatus(encode('google.rpc.Status', failure));
  return { code, reason };
}

/** A server process that is fed with what it must refuse, and proves after each test that this has left no trace. */
export class HardenedServer {
  readonly #server: ServerProcess;
  readonly address: string;
  /** Sends and receives bytes. */
  readonly client: Client;
  readonly waybill: WaybillClient;
  /** The last id of every subject that was accepted. */
  readonly stored = new Map([['witness', 0]]);

  private constructor(server: ServerProcess, address: string) {
    this.#server = server;
    this.address = address;
    this.client = createClient(address);
    this.waybill = connect({ address });
  }

  static async start(): Promise<HardenedServer> {
    const server = ServerProcess.spawn();
    const [, address = ''] = /grpc (\S+),/.exec(await server.ready()) ?? [];
    return new HardenedServer(server, address);
  }

  async publishAsWitness(): Promise<{ readonly id: number; readonly cursor: string }> {
    const published = await this.waybill.publish({ subject: 'witness', body: 'lives' });
    expect(published.id).toBe((this.stored.get('witness') ?? 0) + 1);
    this.stored.set('witness', published.id);
    return published;
  }

  /** It lives, nothing of what it refused is stored, and no subscription is left over. */
  async expectUnharmed(): Promise<void> {
    await this.publishAsWitness();
    const { subjects } = await this.waybill.admin.listSubjects();
    const expected = new Map(this.stored);
    // What one test leaves behind must not fail the next ones.
    for (const { name, lastId } of subjects) this.stored.set(name, lastId);
    expect(this.stored).toEqual(expected);
    expect(subjects.filter(({ subscribers }) => subscribers > 0)).toEqual([]);
  }

  /** It stops as always and has complained about nothing. */
  async stop(): Promise<void> {
    this.client.close();
    this.waybill.close();
    this.#server.kill('SIGTERM');
    const { code } = await this.#server.exited;
    expect({ code, stderr: this.#server.stderr }).toEqual({ code: 0, stderr: '' });
  }

  /** The error of a unary call. */
  async refusal(path: string, request: Buffer): Promise<Refusal> {
    const { code, reason } = await failureOf(unary(this.client, path, request));
    return { code, reason };
  }

  /** The error that a Subscribe of `waybill.v1` ends with. */
  async subscribeRefusal(request: Buffer): Promise<Refusal> {
    return endOf(this.client.makeServerStreamRequest(`${BROKER}/Subscribe`, identity, identity, request));
  }

  /** The error that a PublishStream ends with after this frame. */
  async publishStreamRefusal(frameBytes: Buffer): Promise<Refusal> {
    const call = this.client.makeBidiStreamRequest(`${BROKER}/PublishStream`, identity, identity);
    call.write(frameBytes);
    return endOf(call);
  }

  /**
   * The answer to a request of exactly these bytes, framing included, on a connection of its own.
   *
   * @param method `package.Service/Method`
   */
  async rawAnswer(method: string, body: Buffer): Promise<Refusal> {
    const raw = new RawGrpc(this.address);
    const { status: code, headers } = await raw.call(`/${method}`, body);
    await raw.close();
    const details = headers['grpc-status-details-bin'];
    return {
      code,
      reason: typeof details === 'string' ? decodeStatus(Buffer.from(details, 'base64')).reason : undefined,
    };
  }
}

/** The error of a stream, after whatever came before it. */
async function endOf(call: { resume(): unknown } & NodeJS.EventEmitter): Promise<Refusal> {
  call.resume();
  const [error] = (await once(call, 'error')) as [ServiceError];
  const { code, reason }: SeenError = seenError(error);
  return { code, reason };
}
