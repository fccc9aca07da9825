import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

const HEADER_BYTES = 12;
const TYPE_A = 1;
/** An answer (QR), by who knows for certain (AA), to whom may ask on (RD, RA). */
const ANSWER_FLAGS = 0x8580;

/** Answers every question for addresses (A) with the same ones, whatever the name; there is nothing else (RFC 1035). */
export class DnsServer {
  readonly #socket: Socket;
  /** IPv4; may be changed at any time. */
  addresses: readonly string[];

  private constructor(socket: Socket, addresses: readonly string[]) {
    this.#socket = socket;
    this.addresses = addresses;
    socket.on('message', (question, { port, address }) => socket.send(this.#answer(question), port, address));
  }

  static async start(addresses: readonly string[]): Promise<DnsServer> {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new DnsServer(socket, addresses);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  async stop(): Promise<void> {
    const closed = once(this.#socket, 'close');
    this.#socket.close();
    await closed;
  }

  #answer(question: Buffer): Buffer {
    // The name ends with an empty label; type and class follow.
    const nameEnd = question.indexOf(0, HEADER_BYTES) + 1;
    const asked = question.subarray(HEADER_BYTES, nameEnd + 4);
    const addresses = question.readUInt16BE(nameEnd) === TYPE_A ? this.addresses : [];
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt16BE(question.readUInt16BE(0), 0);
    header.writeUInt16BE(ANSWER_FLAGS, 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(addresses.length, 6);
    return Buffer.concat([header, asked, ...addresses.map(addressRecord)]);
  }
}

/** For the name of the question, to be asked for again after a second. */
function addressRecord(address: string): Buffer {
  const head = Buffer.from([0xc0, HEADER_BYTES, 0, TYPE_A, 0, 1, 0, 0, 0, 1, 0, 4]);
  return Buffer.concat([head, Buffer.from(address.split('.').map(Number))]);
}
