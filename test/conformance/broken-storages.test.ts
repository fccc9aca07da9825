import type { Clock } from '../../src/core/clock.js';
import { createMemoryStorage, MEMORY_CAPABILITIES } from '../../src/storage/memory/index.js';
import type { AppendResult, MessageLog, RecordStore, Storage } from '../../src/storage/storage.js';
import { ManualClock } from '../support/manual-clock.js';
import { clauseCases } from './storage/clause-cases.js';
import { CLAUSES } from './storage/clause.js';
import type { Clause } from './storage/clause.js';
import { manualTime } from './storage/index.js';
import type { StorageHarness } from './storage/index.js';
import { applies, runCase } from './storage/run-case.js';

/** A memory storage with one defect, and where the suite must see it. */
interface BrokenStorage {
  readonly defect: string;
  readonly open: (clock: ManualClock) => Storage;
  /** Must fail. */
  readonly fails: Clause;
  /** May fail too, because they build on what is broken; every other clause must pass. */
  readonly mayFail: readonly Clause[];
}

const MAY_FAIL_WHEN_READS_ARE_BROKEN: readonly Clause[] = [
  'append',
  'conditions',
  'read',
  'time',
  'expiry',
  'purge',
  'transient',
  'isolation',
  'failure',
  'bytes',
  'concurrency',
  'model',
];

const BROKEN: readonly BrokenStorage[] = [
  {
    defect: 'answers an id twice',
    open: (clock) => withLog(createMemoryStorage({ clock }), repeatIds),
    fails: 'append',
    mayFail: [
      'conditions',
      'read',
      'time',
      'expiry',
      'purge',
      'transient',
      'isolation',
      'failure',
      'bytes',
      'concurrency',
      'model',
    ],
  },
  {
    defect: 'shows what expires one microsecond too long',
    open: (clock) => createMemoryStorage({ clock: lateBy(clock, 1) }),
    fails: 'expiry',
    mayFail: ['records'],
  },
  {
    defect: 'ignores the conditions of a commit',
    open: (clock) => withRecords(createMemoryStorage({ clock }), ignoreConditions),
    fails: 'records',
    mayFail: [],
  },
  {
    defect: 'skips a message between two pages',
    open: (clock) => withLog(createMemoryStorage({ clock }), skipBetweenPages),
    fails: 'read',
    mayFail: MAY_FAIL_WHEN_READS_ARE_BROKEN,
  },
  {
    defect: 'lets a message arrive late',
    open: (clock) => withLog(createMemoryStorage({ clock }), arriveLate),
    fails: 'concurrency',
    mayFail: MAY_FAIL_WHEN_READS_ARE_BROKEN,
  },
];

/** `target` with some of its methods replaced; the others still run on it. */
function replacing<T extends object>(target: T, replaced: Partial<T>): T {
  return new Proxy(target, {
    get(_, property) {
      const own: unknown = Reflect.get(property in replaced ? replaced : target, property);
      return typeof own === 'function' ? (own.bind(target) as unknown) : own;
    },
  });
}

function withLog(storage: Storage, breaking: (log: MessageLog) => Partial<MessageLog>): Storage {
  return replacing<Storage>(storage, { log: replacing(storage.log, breaking(storage.log)) });
}

function withRecords(storage: Storage, breaking: (records: RecordStore) => Partial<RecordStore>): Storage {
  return replacing<Storage>(storage, { records: replacing(storage.records, breaking(storage.records)) });
}

function lateBy(clock: ManualClock, us: number): Clock {
  return replacing<Clock>(clock, { nowUs: () => clock.nowUs() - us });
}

const repeatIds = (log: MessageLog): Partial<MessageLog> => ({
  async append(items) {
    const repeat = (result: AppendResult): AppendResult =>
      result instanceof Error || result.id < 3 ? result : { ...result, id: result.id - 1 };
    return (await log.append(items)).map(repeat);
  },
});

const ignoreConditions = (records: RecordStore): Partial<RecordStore> => ({
  commit: (partition, commit) => records.commit(partition, { ...commit, conditions: [] }),
});

const skipBetweenPages = (log: MessageLog): Partial<MessageLog> => ({
  async read(ranges, maxBytes) {
    const results = await log.read(ranges, maxBytes);
    return results.map((result) => ({
      ...result,
      nextId: result.messages.length > 0 && result.nextId <= result.lastId ? result.nextId + 1 : result.nextId,
    }));
  },
});

/** The last message of an answer is left out the first time, although the answer says that it was passed. */
function arriveLate(log: MessageLog): Partial<MessageLog> {
  const passed = new Set<string>();
  return {
    async read(ranges, maxBytes) {
      const results = await log.read(ranges, maxBytes);
      return results.map((result) => {
        const last = result.messages.at(-1);
        if (last === undefined || last.id % 5 !== 0 || passed.has(`${last.subject}/${last.id}`)) return result;
        passed.add(`${last.subject}/${last.id}`);
        return { ...result, messages: result.messages.slice(0, -1) };
      });
    },
  };
}

/** The clauses of which at least one case fails. */
async function failingClauses({ open }: BrokenStorage): Promise<readonly Clause[]> {
  const clock = new ManualClock();
  const harness: StorageHarness = {
    name: 'memory',
    capabilities: MEMORY_CAPABILITIES,
    time: manualTime(clock),
    unavailable: () => undefined,
    open: async () => open(clock),
    destroy: async () => undefined,
  };
  const failing: Clause[] = [];
  for (const clause of CLAUSES) {
    const runs = [];
    for (const clauseCase of clauseCases[clause]) {
      if (applies(harness, clauseCase)) runs.push(await Promise.allSettled([runCase(harness, clause, clauseCase)]));
    }
    if (runs.flat().some(({ status }) => status === 'rejected')) failing.push(clause);
  }
  return failing;
}

describe('the storage conformance suite', () => {
  test('passes the memory storage when run as functions', async () => {
    const intact: BrokenStorage = {
      defect: 'none',
      open: (clock) => createMemoryStorage({ clock }),
      fails: 'append',
      mayFail: [],
    };
    expect(await failingClauses(intact)).toEqual([]);
  });

  test.each(BROKEN)('fails $fails for a storage that $defect', async (broken) => {
    const failing = await failingClauses(broken);
    expect(failing).toContain(broken.fails);
    const allowed: readonly Clause[] = [broken.fails, ...broken.mayFail];
    expect(failing.filter((clause) => !allowed.includes(clause))).toEqual([]);
  });
});
