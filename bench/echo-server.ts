/**
 * The peers: what grpc-js does with the same payloads when nothing is behind it. `/bench.Peer/Echo` answers its request;
 * `/bench.Peer/Subscribe` and `/bench.Peer/Publish` fan messages out to every subscriber by `ServerWritableStream.write`,
 * as a hand-written broker would; a Publish carries its number of messages in one byte and then the message. Bytes go through unchanged, so that no codec slows it down.
 */
import { Server, ServerCredentials, type ServerWritableStream, type UntypedServiceImplementation } from '@grpc/grpc-js';

const identity = (bytes: Buffer): Buffer => bytes;
const codec = {
  requestSerialize: identity,
  requestDeserialize: identity,
  responseSerialize: identity,
  responseDeserialize: identity,
};
const subscribers = new Set<ServerWritableStream<Buffer, Buffer>>();

const implementation: UntypedServiceImplementation = {
  Echo: (call: { request: Buffer }, callback: (error: null, response: Buffer) => void) => callback(null, call.request),
  Publish: (call: { request: Buffer }, callback: (error: null, response: Buffer) => void) => {
    const message = call.request.subarray(1);
    for (const subscriber of subscribers) for (let i = call.request[0]!; i > 0; i--) subscriber.write(message);
    callback(null, Buffer.alloc(0));
  },
  Subscribe: (call: ServerWritableStream<Buffer, Buffer>) => {
    subscribers.add(call);
    call.on('close', () => subscribers.delete(call));
    call.on('cancelled', () => subscribers.delete(call));
  },
};

const server = new Server({ 'grpc.enable_channelz': 0 });
server.addService(
  {
    Echo: { path: '/bench.Peer/Echo', requestStream: false, responseStream: false, ...codec },
    Publish: { path: '/bench.Peer/Publish', requestStream: false, responseStream: false, ...codec },
    Subscribe: { path: '/bench.Peer/Subscribe', requestStream: false, responseStream: true, ...codec },
  },
  implementation,
);
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error;
  process.stdout.write(`ready 127.0.0.1:${port}\n`);
});
process.once('SIGTERM', () => process.exit(0));
