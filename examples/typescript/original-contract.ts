/** The contract of the original broker, by a client made of broker.proto alone: npx tsx original-contract.ts SUBJECT BODY... */
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type ServiceError, credentials, loadPackageDefinition, status } from '@grpc/grpc-js';
import { load } from '@grpc/proto-loader';
import type { BrokerClient } from '../../src/grpc/generated/broker/Broker.js';
import type { MessageResponse__Output } from '../../src/grpc/generated/broker/MessageResponse.js';
import type { ProtoGrpcType } from '../../src/grpc/generated/broker.js';
import { ADDRESS } from './address.js';

async function connect(): Promise<BrokerClient> {
  const definition = await load(join(__dirname, '../../proto/broker.proto'));
  const { broker } = loadPackageDefinition(definition) as unknown as ProtoGrpcType;
  return new broker.Broker(ADDRESS, credentials.createInsecure());
}

async function main(subject = 'examples', ...bodies: readonly string[]): Promise<void> {
  const client = await connect();
  const publish = promisify(client.publish.bind(client));
  const fetch = promisify(client.fetch.bind(client));
  try {
    const subscription = client.subscribe({ subject });
    // Headers tell that the subscription stands; what is published from here on is delivered.
    await once(subscription, 'metadata');
    const received = subscription.take(bodies.length).toArray() as Promise<MessageResponse__Output[]>;

    const ids: number[] = [];
    for (const body of bodies) {
      const response = await publish({ subject, body: Buffer.from(body), expirationSeconds: 60 });
      ids.push(response?.id ?? 0);
      console.log(`published ${subject} ${ids.at(-1)}`);
    }
    for (const { body } of await received) console.log(`received ${body.toString()}`);
    subscription.cancel();

    for (const id of ids) {
      const message = await fetch({ subject, id });
      console.log(`fetched ${subject} ${id}: ${message?.body.toString()}`);
    }
    await fetch({ subject, id: (ids.at(-1) ?? 0) + 1 }).catch(({ code }: ServiceError) => {
      // In this contract an id that is unknown or has expired is INVALID_ARGUMENT.
      console.log(`fetch of an unknown id: ${status[code]}`);
    });
  } finally {
    client.close();
  }
}

main(...process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
