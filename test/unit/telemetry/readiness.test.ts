import { Readiness } from '../../../src/telemetry/readiness.js';

function setUp() {
  const changes: boolean[] = [];
  return { readiness: new Readiness((ready) => changes.push(ready)), changes };
}

describe('readiness', () => {
  it('is not ready while starting', () => {
    const { readiness, changes } = setUp();
    expect(readiness.reasons()).toEqual(['starting']);
    expect(changes).toEqual([]);
  });

  it('tells why the storage cannot be opened while starting', () => {
    const { readiness, changes } = setUp();
    readiness.storage('PostgreSQL cannot be reached');
    expect(readiness.reasons()).toEqual(['starting', 'storage: PostgreSQL cannot be reached']);
    readiness.storage(undefined);
    expect(readiness.reasons()).toEqual(['starting']);
    expect(changes).toEqual([]);
  });

  it('is ready once serving', () => {
    const { readiness, changes } = setUp();
    readiness.serving();
    expect(readiness.reasons()).toEqual([]);
    expect(changes).toEqual([true]);
  });

  it('follows the storage, and tells of each change once', () => {
    const { readiness, changes } = setUp();
    readiness.serving();
    readiness.storage('no answer');
    readiness.storage('storage is closed');
    expect(readiness.reasons()).toEqual(['storage: storage is closed']);
    readiness.storage(undefined);
    expect(readiness.reasons()).toEqual([]);
    expect(changes).toEqual([true, false, true]);
  });

  it('is not ready while draining, for good', () => {
    const { readiness, changes } = setUp();
    readiness.serving();
    readiness.draining();
    readiness.serving();
    readiness.storage('away');
    readiness.storage(undefined);
    expect(readiness.reasons()).toEqual(['draining']);
    expect(changes).toEqual([true, false]);
  });
});
