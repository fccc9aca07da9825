import { BrokerError } from '../../src/core/errors.js';
import type { RpcStream, ServiceTable } from '../../src/grpc/rpc-call.js';

/** What the handlers of {@link echoServices} were told, in order. */
export type EchoEvent = 'message' | 'halfClose' | 'cancel' | 'sent';

/**
 * Methods that exercise the dispatch and nothing else. `Fail` and the streams fail as the request says: it is the reason
 * of a BrokerError, or anything else for a plain throw.
 */
export function echoServices(note: (event: EchoEvent, stream?: RpcStream) => void = () => undefined): ServiceTable {
  return {
    'test.Echo': {
      Unary: { kind: 'unary', handler: (request) => Promise.resolve(request) },
      Hang: { kind: 'unary', handler: () => new Promise(() => undefined) },
      Fail: { kind: 'unary', handler: (request) => Promise.reject(failure(request)) },
      Throw: {
        kind: 'unary',
        handler: (request) => {
          throw failure(request);
        },
      },
      Recoded: {
        kind: 'unary',
        handler: () => Promise.reject(failure(Buffer.from('MESSAGE_NOT_FOUND'))),
        codes: { MESSAGE_NOT_FOUND: 3 },
      },
      Describe: {
        kind: 'unary',
        handler: (_request, context) => {
          const { method, deadlineMs, peer } = context;
          return Promise.resolve(
            Buffer.from(JSON.stringify({ method, deadlineMs, peer, tenant: context.header('x-tenant') })),
          );
        },
      },
      /** Sends the request three times. */
      Repeat: {
        kind: 'serverStream',
        handler: (request, stream) => {
          for (let index = 0; index < 3; index++) stream.send(request, () => note('sent'));
          stream.end();
          stream.end(new BrokerError('DATA_LOSS', 'a second end counts'));
          return { onCancel: () => note('cancel') };
        },
      },
      /** Sends the request once and stays open. */
      Watch: {
        kind: 'serverStream',
        handler: (request, stream) => {
          stream.send(request, () => note('sent', stream));
          return { onCancel: () => note('cancel', stream) };
        },
      },
      ThrowStream: {
        kind: 'serverStream',
        handler: (request) => {
          throw failure(request);
        },
      },
      /** Echoes each message; throws at one that says `throw`. */
      Chat: {
        kind: 'bidi',
        handler: (stream) => {
          stream.read();
          return {
            onMessage(message) {
              note('message', stream);
              if (message.equals(Buffer.from('throw'))) throw new Error('a secret of the handler');
              stream.send(message, () => stream.read());
            },
            onHalfClose() {
              note('halfClose', stream);
              stream.end();
            },
            onCancel: () => note('cancel', stream),
          };
        },
      },
    },
  };
}

function failure(request: Buffer): Error {
  switch (request.toString()) {
    case 'MESSAGE_NOT_FOUND':
      return new BrokerError('MESSAGE_NOT_FOUND', 'no message 7', { fields: { subject: 'orders', id: '7' } });
    case 'WRITER_QUEUE_FULL':
      return new BrokerError('WRITER_QUEUE_FULL', 'too much is waiting', { retryAfterMs: 2500 });
    case 'half a character':
      return new BrokerError('SUBJECT_INVALID', 'bad subject \ud83d');
    default:
      return new Error('a secret of the handler');
  }
}
