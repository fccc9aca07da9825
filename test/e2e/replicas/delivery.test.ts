import { randomUUID } from 'node:crypto';
import type { WaybillClient } from '../../../src/client/index.js';
import { requireBackend } from '../../support/backends.js';
import { idsTo, numberedMessages } from '../../support/numbered-messages.js';
import { ReplicaPair } from '../../support/served-broker.js';
import { serviceMissing } from '../../support/services/addresses.js';
import { createNamespace, type StorageNamespace } from '../../support/services/storage-namespace.js';
import { SubscriptionReader } from '../../support/subscription-reader.js';

for (const service of ['postgres', 'redis', 'cassandra'] as const) {
  requireBackend(service, serviceMissing(service))(`two brokers on one ${service}`, () => {
    let namespace: StorageNamespace;
    let pair: ReplicaPair;
    let here: WaybillClient;
    let there: WaybillClient;
    let name: string;

    beforeAll(async () => {
      namespace = createNamespace(service);
      pair = await ReplicaPair.start(namespace.flags);
      here = pair.here.client;
      there = pair.there.client;
    }, 120_000);

    afterAll(async () => {
      await pair.dispose();
      await namespace.remove();
    }, 30_000);

    beforeEach(() => {
      name = randomUUID();
    });

    it.each(['subject', '*', '>'])('deliver here what is published there: %s', async (pattern) => {
      const subject = `${name}.subject`;
      const reader = new SubscriptionReader(here, { subjects: [`${name}.${pattern}`] });
      await reader.untilKind('caughtUp');
      for (let id = 1; id <= 20; id++) await there.publish({ subject, body: String(id) });
      await reader.untilMessages(20);
      expect(reader.messages.map(({ subject: of, id, body }) => [of, id, Buffer.from(body).toString()])).toEqual(
        idsTo(20).map((id) => [subject, id, String(id)]),
      );
      await reader.close();
    });

    it('give every reader all of what both publish at once, in the order of ids', async () => {
      const readers = [here, there].flatMap((client) => [
        new SubscriptionReader(client, { subjects: [name] }),
        new SubscriptionReader(client, { subjects: [name, `${name.slice(0, 30)}>`] }),
      ]);
      for (const reader of readers) await reader.untilKind('caughtUp');
      await Promise.all(
        [here, there, here, there].map(async (client) => {
          for (let i = 0; i < 10; i++) await client.publishBatch(numberedMessages(name, 1, 5));
        }),
      );
      for (const reader of readers) {
        await reader.untilMessages(200);
        expect(reader.ids).toEqual(idsTo(200));
        await reader.close();
      }
    });

    it.each(['subject', '*'])('deliver here what is told there and not kept: %s', async (pattern) => {
      const subject = `${name}.subject`;
      const reader = new SubscriptionReader(here, { subjects: [`${name}.${pattern}`] });
      await reader.untilKind('caughtUp');
      await there.publish({ subject, body: 'told', fireAndForget: true });
      await reader.untilMessages(1);
      await there.publish({ subject, body: 'kept' });
      await here.publish({ subject, body: 'told here', fireAndForget: true });
      await there.publish({ subject, body: 'told there', fireAndForget: true });
      await reader.untilMessages(4);
      expect(reader.messages.map(({ body }) => Buffer.from(body).toString())).toEqual([
        'told',
        'kept',
        'told here',
        'told there',
      ]);
      expect(reader.ids).toEqual([1, 2, 3, 4]);
      await reader.close();
      const { messages } = await here.list({ subject });
      expect(messages.map(({ id }) => id)).toEqual([2]);
    });

    it('go on there with a cursor of here', async () => {
      const request = { subjects: [`${name}.*`, name] };
      const first = new SubscriptionReader(here, { ...request });
      await first.untilKind('caughtUp');
      for (const subject of [name, `${name}.a`, `${name}.b`]) await there.publishBatch(numberedMessages(subject, 1, 5));
      await first.untilMessages(15);
      const { cursor } = first;
      await first.close();
      for (const subject of [name, `${name}.a`, `${name}.c`]) await here.publishBatch(numberedMessages(subject, 6, 9));
      const second = new SubscriptionReader(there, { ...request, from: { cursor } });
      await second.untilMessages(12);
      await here.publish({ subject: `${name}.b`, body: 'last' });
      await second.untilMessages(13);
      const seen = second.messages.map(({ subject, id }) => `${subject}/${id}`).toSorted();
      const expected = [
        ...[name, `${name}.a`].flatMap((subject) => [6, 7, 8, 9].map((id) => `${subject}/${id}`)),
        ...[1, 2, 3, 4].map((id) => `${name}.c/${id}`),
        `${name}.b/6`,
      ];
      expect(seen).toEqual(expected.toSorted());
      await second.close();
    });

    it('read here at once what was acknowledged there', async () => {
      const live = new SubscriptionReader(here, { subjects: [name] });
      await live.untilKind('caughtUp');
      for (let id = 1; id <= 20; id++) {
        await there.publish({ subject: name, body: 'x' });
        const reader = new SubscriptionReader(here, { subjects: [name], from: 'earliest', stopAtHead: true });
        await reader.untilMessages(id);
        expect((await here.fetch(name, id)).id).toBe(id);
        await reader.close();
      }
      await live.close();
    });

    it('end a pattern here with the last message that was acknowledged there', async () => {
      const subjects = idsTo(10).map((n) => `${name}.${n}`);
      for (const subject of subjects) await there.publishBatch(numberedMessages(subject, 1, 3));
      const request = { subjects: [`${name}.*`], from: 'earliest', stopAtHead: true } as const;
      const reader = new SubscriptionReader(here, request, { resume: false });
      await expect(reader.untilMessages(31)).rejects.toThrow('the subscription ended');
      const seen = reader.messages.map(({ subject, id }) => `${subject}/${id}`);
      expect(seen.toSorted()).toEqual(
        subjects.flatMap((subject) => idsTo(3).map((id) => `${subject}/${id}`)).toSorted(),
      );
      await reader.close();
    });

    it('see the same streams, and mark and lease every event once', async () => {
      const stream = name.replaceAll('-', '');
      await here.streams.create({ name: stream });
      const live = new SubscriptionReader(there, { subjects: [`$streams.${stream}`] });
      await live.untilKind('caughtUp');
      const written = await Promise.all(
        idsTo(40).map((id) => (id % 2 === 0 ? here : there).streams.write(stream, JSON.stringify({ id }))),
      );
      await live.untilMessages(40);
      await live.close();
      const taken = await Promise.all(
        [here, there, here, there].map((client) => client.streams.process({ stream, pageSize: 10, leaseMs: 60_000 })),
      );
      const leased = taken.flatMap(({ events }) => events.map(({ id }) => id));
      expect(leased.toSorted()).toEqual(written.map(({ id }) => id).toSorted());
      await Promise.all(leased.map((id, index) => (index % 2 === 0 ? here : there).streams.mark(id, 'processed')));
      for (const client of [here, there]) expect((await client.streams.process({ stream })).events).toEqual([]);
    });
  });
}
