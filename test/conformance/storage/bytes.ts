import type { Header } from '../../../src/core/message.js';
import type { ClauseCase } from './clause.js';
import { append, appendOne, item, readAll } from './items.js';

export const bytesCases: readonly ClauseCase[] = [
  {
    title: 'keeps every byte value of a body',
    run: async ({ storage: { log } }) => {
      const body = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
      await append(log, { ...item('a', ''), body });
      expect(Buffer.from((await log.get('a', 1))?.body ?? [])).toEqual(body);
    },
  },
  {
    title: 'keeps an empty body',
    run: async ({ storage: { log } }) => {
      await append(log, item('a', ''), item('a', 'x'), item('a', ''));
      expect((await readAll(log, 'a')).map(({ body }) => body.length)).toEqual([0, 1, 0]);
      expect((await log.get('a', 3))?.body.length).toBe(0);
    },
  },
  {
    title: 'keeps a body of 1 MiB',
    run: async ({ storage: { log } }) => {
      const body = Buffer.alloc(1024 * 1024);
      for (let index = 0; index < body.length; index += 1) body[index] = (index * 31 + (index >> 8)) & 0xff;
      await append(log, item('a', 'before'), { ...item('a', ''), body }, item('a', 'after'));
      const stored = await log.get('a', 2);
      expect(Buffer.compare(Buffer.from(stored?.body ?? []), body)).toBe(0);
      expect(await readAll(log, 'a')).toHaveLength(3);
    },
  },
  {
    title: 'takes a body that is a view of a larger buffer',
    run: async ({ storage: { log } }) => {
      const whole = new Uint8Array([9, 9, 1, 2, 3, 9, 9]);
      await append(log, { ...item('a', ''), body: whole.subarray(2, 5) });
      expect([...((await log.get('a', 1))?.body ?? [])]).toEqual([1, 2, 3]);
    },
  },
  {
    title: 'keeps headers in their order, whatever their names and values',
    run: async ({ storage: { log } }) => {
      const headers: Header[] = [
        ['z', 'last first'],
        ['ünï', '中文 \u{1f600}'],
        ['empty', ''],
        ['__proto__', 'x'],
        ['constructor', 'y'],
        ['nul', 'a\u0000b\r\n'],
        ['a', 'v'.repeat(5000)],
      ];
      await append(log, item('a', 'body', { headers }), item('a', 'none'), item('a', '', { headers }));
      const messages = await readAll(log, 'a');
      expect(messages.map((message) => message.headers)).toEqual([headers, [], headers]);
      expect(messages.map(({ body }) => Buffer.from(body).toString())).toEqual(['body', 'none', '']);
    },
  },
  {
    title: 'takes the names of object members as subjects, partitions and keys',
    run: async ({ storage: { log, records } }) => {
      for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
        expect(await log.get(name, 1)).toBeUndefined();
        expect((await log.heads([name]))[0]).toEqual({ lastId: 0, lastPublishTimeUs: 0, firstId: 1 });
        const idempotency = { key: name, digest: Buffer.alloc(16), windowUs: 3_600_000_000 };
        const appended = await appendOne(log, item(name, 'x', { fence: { lock: name, token: 1 }, idempotency }));
        expect(appended).toMatchObject({ id: 1, duplicate: false });
        expect(await readAll(log, name)).toHaveLength(1);
        expect(await records.get(name, name)).toBeUndefined();
        await records.commit(name, { puts: [{ key: name, value: Buffer.from('v'), ttlUs: 0 }] });
        expect((await records.get(name, name))?.key).toBe(name);
      }
    },
  },
  {
    title: 'keeps every byte value of a record',
    run: async ({ storage: { records } }) => {
      const value = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
      await records.commit('p', { puts: [{ key: 'k', value, ttlUs: 0 }] });
      expect(Buffer.from((await records.get('p', 'k'))?.value ?? [])).toEqual(value);
    },
  },
];
