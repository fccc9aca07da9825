import grpc from 'k6/net/grpc';
import encoding from 'k6/encoding';
import { Rate } from 'k6/metrics';
import { text } from './settings.js';

/** Attempts to connect, and how many failed. */
export const connectFailed = new Rate('connect_failed');

const PROTO_FOLDER = '../proto';
const PROTO_FILES = ['broker.proto', 'waybill/v1/broker_service.proto', 'grpc/health/v1/health.proto'];

const file = (name) => (text(name) === undefined ? undefined : open(text(name)));
const tls = { cacerts: file('TLS_CA'), cert: file('TLS_CERT'), key: file('TLS_KEY') };

function connectOptions() {
  const timeout = text('CONNECT_TIMEOUT', '5s');
  if (text('TLS', '0') !== '1') return { plaintext: true, timeout };
  const given = Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined));
  return { plaintext: false, tls: given, timeout };
}

/** The `authorization` header of a client; none without an id. */
export function authorization(id, secret) {
  return id === undefined ? {} : { authorization: `Basic ${encoding.b64encode(`${id}:${secret ?? ''}`)}` };
}

const secretFile = file('CLIENT_SECRET_FILE');
const ownAuthorization = authorization(text('CLIENT_ID'), text('CLIENT_SECRET', secretFile?.trim()));

/** One connection of one virtual user. To be made in the init context. */
export class Connection {
  #client = new grpc.Client();
  #connected = false;

  constructor() {
    this.#client.load([PROTO_FOLDER], ...PROTO_FILES);
  }

  /** Connects if it is not; fails when the server cannot be reached. */
  connect() {
    if (this.#connected) return this.#client;
    try {
      this.#client.connect(text('ADDR', '127.0.0.1:50043'), connectOptions());
      this.#connected = true;
    } finally {
      connectFailed.add(!this.#connected);
    }
    return this.#client;
  }

  /** A unary call; its status is in the answer. `method` is a path such as `broker.Broker/Fetch`. */
  call(method, request, metadata = ownAuthorization) {
    return this.connect().invoke(method, request, { metadata, timeout: '10s', tags: { rpc: method } });
  }

  /** The same as a promise, so that many can be under way. */
  callAsync(method, request, metadata = ownAuthorization) {
    return this.connect().asyncInvoke(method, request, { metadata, timeout: '10s', tags: { rpc: method } });
  }

  /**
   * The answers to one request, until the server ends the stream, or `isDone` says so after an answer: then the connection
   * is closed, because k6 has no other way to leave a stream. Resolves to the error that the server ended it with.
   */
  stream(method, request, onMessage, isDone = () => false) {
    return new Promise((resolve) => {
      const stream = new grpc.Stream(this.connect(), method, { metadata: ownAuthorization, tags: { rpc: method } });
      let failure;
      stream.on('data', (message) => {
        onMessage(message);
        if (!isDone()) return;
        resolve(undefined);
        this.#client.close();
        this.#connected = false;
      });
      stream.on('error', (error) => {
        failure = error;
        resolve(failure);
      });
      stream.on('end', () => resolve(failure));
      stream.write(request);
      stream.end();
    });
  }
}

export const OK = grpc.StatusOK;
export const NOT_FOUND = grpc.StatusNotFound;
export const INVALID_ARGUMENT = grpc.StatusInvalidArgument;
export const RESOURCE_EXHAUSTED = grpc.StatusResourceExhausted;
