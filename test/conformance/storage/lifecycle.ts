import type { ClauseCase } from './clause.js';
import { appendOne, item, rejection } from './items.js';

const ESTIMATE_US = 1_000_000;

export const lifecycleCases: readonly ClauseCase[] = [
  {
    title: 'answers a ping while open',
    run: async ({ storage }) => {
      await expect(storage.ping()).resolves.toBeUndefined();
    },
  },
  {
    title: 'reports the capabilities and the name that its driver declares',
    run: async ({ storage, harness }) => {
      expect(storage.capabilities).toEqual(harness.capabilities);
      expect(storage.name).toBe(harness.name);
    },
  },
  {
    title: 'has an epoch',
    run: async ({ storage }) => {
      expect(storage.epoch.length).toBeGreaterThan(7);
    },
  },
  {
    title: 'has another epoch for other data',
    run: async ({ storage, openOther }) => {
      expect((await openOther()).epoch).not.toBe(storage.epoch);
    },
  },
  {
    title: 'has a new epoch when it starts without the data',
    appliesTo: ({ durability }) => durability === 'none',
    run: async ({ storage, reopen }) => {
      expect((await reopen()).epoch).not.toBe(storage.epoch);
    },
  },
  {
    title: 'knows the time by which it publishes and which never goes back',
    run: async ({ storage }) => {
      const times: number[] = [];
      for (let count = 0; count < 5; count += 1) {
        const before = (await appendOne(storage.log, item('a', 'x'))).publishTimeUs;
        const nowUs = storage.nowUs();
        const after = (await appendOne(storage.log, item('a', 'x'))).publishTimeUs;
        // It is an estimate, wrong by no more than the time that an answer took to come.
        expect(nowUs).toBeGreaterThan(before - ESTIMATE_US);
        expect(nowUs).toBeLessThan(after + ESTIMATE_US);
        times.push(nowUs);
      }
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    },
  },
  {
    title: 'is empty at first',
    run: async ({ storage }) => {
      expect(await storage.log.subjects({ prefix: '', after: '', limit: 10 })).toEqual([]);
      expect(await storage.records.scan('p', { from: '', to: '', limit: 10 })).toEqual([]);
    },
  },
  {
    title: 'closes twice',
    run: async ({ storage }) => {
      await storage.close();
      await expect(storage.close()).resolves.toBeUndefined();
    },
  },
  {
    title: 'finishes what is under way before it closes',
    run: async ({ storage }) => {
      const appending = appendOne(storage.log, item('a', 'x'));
      await Promise.all([storage.close(), expect(appending).resolves.toMatchObject({ id: 1 })]);
    },
  },
  {
    title: 'refuses everything once closed',
    run: async ({ storage }) => {
      const { log, records } = storage;
      await storage.close();
      const reasons = await Promise.all([
        rejection(storage.ping()),
        rejection(log.append([item('a', 'x')])),
        rejection(log.get('a', 1)),
        rejection(log.read([{ subject: 'a', fromId: 1, maxMessages: 1 }], 1)),
        rejection(log.heads(['a'])),
        rejection(log.subjects({ prefix: '', after: '', limit: 1 })),
        rejection(log.idAtTime('a', 1)),
        rejection(log.settledTimeUs()),
        rejection(log.purge('a', { beforeId: 1, dryRun: true })),
        rejection(log.expire()),
        rejection(records.get('p', 'k')),
        rejection(records.scan('p', { from: '', to: '', limit: 1 })),
        rejection(records.commit('p', { deletes: ['k'] })),
      ]);
      expect(new Set(reasons)).toEqual(new Set(['STORAGE_UNAVAILABLE']));
    },
  },
];
