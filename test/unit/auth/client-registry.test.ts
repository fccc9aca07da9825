import type { Access, Verb } from '../../../src/auth/access.js';
import { ClientRegistry } from '../../../src/auth/client-registry.js';
import { BrokerError } from '../../../src/core/errors.js';
import { ManualClock } from '../../support/manual-clock.js';
import { RecordingLogger } from '../../support/recording-logger.js';
import { cheapHashOf } from '../../support/secret-hashes.js';

const open: ClientRegistry[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((registry) => registry.stop()));
});

async function registryOf(list: string): Promise<ClientRegistry> {
  const registry = await ClientRegistry.open({
    list,
    file: undefined,
    reloadIntervalMs: 5000,
    clock: new ManualClock(),
    logger: new RecordingLogger(),
    observer: { actionDenied: (_verb: Verb) => undefined },
  });
  open.push(registry);
  return registry;
}

/** How a verification ends, and whether it ended at once. */
async function outcomeOf(verify: () => Access | Promise<Access>): Promise<{ at: 'once' | 'length'; who: string }> {
  let result: Access | Promise<Access>;
  try {
    result = verify();
  } catch (error) {
    return { at: 'once', who: failure(error) };
  }
  if (!(result instanceof Promise)) return { at: 'once', who: result.clientId ?? '' };
  return {
    at: 'length',
    who: await result.then(
      ({ clientId }) => clientId ?? '',
      (error: unknown) => failure(error),
    ),
  };
}

function failure(error: unknown): string {
  return error instanceof BrokerError ? `${error.reason}: ${error.message}` : `not a BrokerError: ${String(error)}`;
}

const REFUSED = 'CREDENTIALS_INVALID: unauthorized to make request';

describe('clients with clear secrets', () => {
  test('are known at once by id and secret', async () => {
    const registry = await registryOf('one:first,two:second');
    expect(await outcomeOf(() => registry.verify('one', 'first'))).toEqual({ at: 'once', who: 'one' });
    expect(await outcomeOf(() => registry.verify('two', 'second'))).toEqual({ at: 'once', who: 'two' });
    expect(registry.size).toBe(2);
  });

  test.each([
    ['one', 'second'],
    ['one', ''],
    ['one', 'first '],
    ['', 'first'],
    ['nobody', 'first'],
    ['one', 'x'.repeat(100_000)],
    ['__proto__', 'first'],
    ['one:fir', 'st'],
  ])('are not known as %j with another secret', async (id, secret) => {
    const registry = await registryOf('one:first,two:second');
    expect(await outcomeOf(() => registry.verify(id, secret))).toEqual({ at: 'once', who: REFUSED });
  });
});

describe('clients with hashed secrets', () => {
  test('pay for the hash once', async () => {
    const registry = await registryOf(`one:${cheapHashOf('first')},two:${cheapHashOf('second')}`);
    expect(await outcomeOf(() => registry.verify('one', 'first'))).toEqual({ at: 'length', who: 'one' });
    expect(await outcomeOf(() => registry.verify('one', 'first'))).toEqual({ at: 'once', who: 'one' });
    expect(await outcomeOf(() => registry.verify('two', 'second'))).toEqual({ at: 'length', who: 'two' });
  });

  test('share the hash of calls that come at the same time', async () => {
    const registry = await registryOf(`one:${cheapHashOf('first')}`);
    const calls = Array.from({ length: 1000 }, () => registry.verify('one', 'first'));
    expect(new Set(calls).size).toBe(1);
    const accesses = await Promise.all(calls.map((call) => Promise.resolve(call)));
    expect(accesses[0]?.clientId).toBe('one');
  });

  test('refuse a wrong secret after a hash, and at once when it is repeated', async () => {
    const registry = await registryOf(`one:${cheapHashOf('first')}`);
    expect(await outcomeOf(() => registry.verify('one', 'wrong'))).toEqual({ at: 'length', who: REFUSED });
    expect(await outcomeOf(() => registry.verify('one', 'wrong'))).toEqual({ at: 'once', who: REFUSED });
    expect(await outcomeOf(() => registry.verify('one', 'first'))).toEqual({ at: 'length', who: 'one' });
    expect(await outcomeOf(() => registry.verify('one', 'other'))).toEqual({ at: 'length', who: REFUSED });
  });

  test.each([
    ['an unknown client', 'nobody', 'first'],
    ['a client whose secret is in clear', 'two', 'first'],
  ])('make a failure of %s cost a hash too', async (_, id, secret) => {
    const registry = await registryOf(`one:${cheapHashOf('first')},two:second`);
    expect(await outcomeOf(() => registry.verify(id, secret))).toEqual({ at: 'length', who: REFUSED });
    expect(await outcomeOf(() => registry.verify('two', 'second'))).toEqual({ at: 'once', who: 'two' });
  });

  test('remember only so many wrong secrets', async () => {
    const registry = await registryOf(`one:${cheapHashOf('first')}`);
    for (let batch = 0; batch < 5; batch++) {
      const wrong = Array.from({ length: 250 }, (_, i) => outcomeOf(() => registry.verify('one', `${batch}.${i}`)));
      expect((await Promise.all(wrong)).every(({ at }) => at === 'length')).toBe(true);
    }
    expect(await outcomeOf(() => registry.verify('one', '4.0'))).toEqual({ at: 'once', who: REFUSED });
    expect(await outcomeOf(() => registry.verify('one', '0.0'))).toEqual({ at: 'length', who: REFUSED });
  });

  test('refuse at once what would be too much work, and let new clients pass those that are unknown', async () => {
    const registry = await registryOf(`one:${cheapHashOf('first')}`);
    const ended: string[] = [];
    const flood = Array.from({ length: 1000 }, async (_, i) => {
      const { at } = await outcomeOf(() => registry.verify(`unknown ${i}`, 'x'));
      ended.push('flood');
      return at;
    });
    const { who } = await outcomeOf(() => registry.verify('one', 'first'));
    ended.push(who);
    const ends = await Promise.all(flood);
    // Two run and 256 wait.
    expect(ends.filter((at) => at === 'length')).toHaveLength(258);
    expect(ends.slice(0, 258)).not.toContain('once');
    // Before it ended those that were refused at once, and at most four that ran before or beside it.
    expect(ended.indexOf('one')).toBeLessThanOrEqual(742 + 4);
  });

  test('are refused while the registry stops', async () => {
    const registry = await registryOf(`one:${cheapHashOf('first')}`);
    const flood = Array.from({ length: 5 }, (_, i) => outcomeOf(() => registry.verify('one', `${i}`)));
    const waiting = outcomeOf(() => registry.verify('one', 'first'));
    await registry.stop();
    expect((await waiting).who).toBe(REFUSED);
    await Promise.all(flood);
    expect(await outcomeOf(() => registry.verify('one', 'first'))).toEqual({ at: 'once', who: REFUSED });
  });
});

test('a list of clients is refused with everything that is wrong with it and without the secrets', async () => {
  const failing = registryOf('one:hunter2,hunter2,:hunter2,one:hunter2,two:$scrypt$ln=99,r=8,p=1$hunter2$hunter2');
  await expect(failing).rejects.toMatchObject({
    reason: 'ARGUMENT_INVALID',
    message: [
      'the clients are not valid:',
      '  entry 2 of the list: is not of the form id:secret',
      '  entry 3 of the list: the id must not be empty',
      '  entry 5 of the list: the hash of the secret has ln=99, which must be from 10 to 20',
      '  the client "one" is there more than once',
    ].join('\n'),
  });
});
