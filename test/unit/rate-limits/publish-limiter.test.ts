import type { ClientRates } from '../../../src/auth/client-rates.js';
import { BrokerError } from '../../../src/core/errors.js';
import { type Publisher, PublishLimiter, type PublishLimits } from '../../../src/rate-limits/publish-limiter.js';
import { ManualClock } from '../../support/manual-clock.js';

let clock: ManualClock;
let refused: { rate: string; messages: number }[];
let rates: Map<string, ClientRates>;

beforeEach(() => {
  clock = new ManualClock();
  refused = [];
  rates = new Map();
});

function limiter(limits: Partial<PublishLimits>): PublishLimiter {
  return new PublishLimiter({
    messagesPerSecond: 0,
    bytesPerSecond: 0,
    burstMs: 1000,
    ...limits,
    clock,
    ratesOf: (clientId) => rates.get(clientId),
    observer: { rateLimited: (rate, messages) => void refused.push({ rate, messages }) },
  });
}

function client(clientId: string | undefined, peer = '10.0.0.1:5000'): Publisher {
  return { access: { clientId }, peer };
}

/** Why it was refused, or undefined. */
function refusalOf(limited: PublishLimiter, publisher: Publisher, bytes = 0): BrokerError | undefined {
  try {
    limited.take(publisher, bytes);
    return undefined;
  } catch (error) {
    if (error instanceof BrokerError) return error;
    throw error;
  }
}

function takeUntilRefused(limited: PublishLimiter, publisher: Publisher, bytes = 0): number {
  for (let taken = 0; taken < 100_000; taken++) {
    if (refusalOf(limited, publisher, bytes) !== undefined) return taken;
  }
  throw new Error('nothing was refused');
}

it('takes everything where there is no limit', () => {
  const limited = limiter({});
  for (let i = 0; i < 1000; i++) limited.take(client('one'), 1e9);
  expect(limited.takeMany(client('one'), [1e9, 1e9], (size) => size)).toMatchObject({ refusal: undefined });
});

it('refuses what is over the messages of a client, tells the time to wait, and takes it then', () => {
  const limited = limiter({ messagesPerSecond: 4 });
  expect(takeUntilRefused(limited, client('one'))).toBe(4);
  expect(refusalOf(limited, client('one'))).toMatchObject({
    reason: 'RATE_LIMITED',
    message: 'the client publishes more than 4 messages per second; try again in 250 ms',
    fields: { rate: 'messages', limit: '4' },
    retryAfterMs: 250,
  });
  clock.advance(249);
  expect(refusalOf(limited, client('one'))).toMatchObject({ retryAfterMs: 1 });
  clock.advance(1);
  expect(refusalOf(limited, client('one'))).toBeUndefined();
  expect(refused.at(-1)).toEqual({ rate: 'messages', messages: 1 });
});

it('refuses what is over the bytes of a client, and takes no message for it', () => {
  const limited = limiter({ messagesPerSecond: 3, bytesPerSecond: 1000 });
  limited.take(client('one'), 900);
  expect(refusalOf(limited, client('one'), 200)).toMatchObject({
    fields: { rate: 'bytes', limit: '1000' },
    retryAfterMs: 100,
  });
  expect(refused).toEqual([{ rate: 'bytes', messages: 1 }]);
  limited.take(client('one'), 50);
  limited.take(client('one'), 50);
  expect(refusalOf(limited, client('one'), 0)).toMatchObject({ fields: { rate: 'messages' } });
});

it('takes a message larger than the whole burst once the client was idle, and keeps the rate after it', () => {
  const limited = limiter({ bytesPerSecond: 1000 });
  limited.take(client('one'), 1);
  expect(refusalOf(limited, client('one'), 5000)).toMatchObject({ retryAfterMs: 1 });
  clock.advance(1);
  limited.take(client('one'), 5000);
  expect(refusalOf(limited, client('one'), 1)).toMatchObject({ retryAfterMs: 4001 });
  clock.advance(4001);
  limited.take(client('one'), 1);
});

it('lets nobody pay for another', () => {
  const limited = limiter({ messagesPerSecond: 2 });
  takeUntilRefused(limited, client('greedy'));
  for (let i = 0; i < 100; i++) refusalOf(limited, client('greedy'));
  expect(takeUntilRefused(limited, client('modest'))).toBe(2);
});

it('knows those that nobody asks by their address, whatever their port', () => {
  const limited = limiter({ messagesPerSecond: 2 });
  expect(takeUntilRefused(limited, client(undefined, '10.0.0.1:1'))).toBe(2);
  expect(refusalOf(limited, client(undefined, '10.0.0.1:2'))).toBeDefined();
  expect(refusalOf(limited, client(undefined, '[2001:db8::1]:2'))).toBeUndefined();
  expect(refusalOf(limited, client('10.0.0.1', '10.0.0.1:2'))).toBeUndefined();
});

it('knows a client by its id, whatever its address', () => {
  const limited = limiter({ messagesPerSecond: 2 });
  expect(takeUntilRefused(limited, client('one', '10.0.0.1:1'))).toBe(2);
  expect(refusalOf(limited, client('one', '10.0.0.2:1'))).toBeDefined();
});

it('takes what the rates give in the time of a burst at once', () => {
  const limited = limiter({ messagesPerSecond: 100, burstMs: 5000 });
  expect(takeUntilRefused(limited, client('one'))).toBe(500);
});

it('lets one message pass where the burst is less than that', () => {
  const limited = limiter({ messagesPerSecond: 2, burstMs: 10 });
  expect(takeUntilRefused(limited, client('one'))).toBe(1);
  expect(refusalOf(limited, client('one'))).toMatchObject({ retryAfterMs: 500 });
});

it('prefers the limits of a client to those of all, also when they change', () => {
  const limited = limiter({ messagesPerSecond: 2 });
  rates.set('fast', { messagesPerSecond: 10 });
  rates.set('free', { messagesPerSecond: 0 });
  rates.set('light', { bytesPerSecond: 10 });
  expect(takeUntilRefused(limited, client('fast'))).toBe(10);
  for (let i = 0; i < 1000; i++) limited.take(client('free'), 1);
  expect(takeUntilRefused(limited, client('light'), 1)).toBe(2);
  expect(takeUntilRefused(limited, client('other'))).toBe(2);

  rates.set('fast', { messagesPerSecond: 1000 });
  expect(refusalOf(limited, client('fast'))).toMatchObject({ retryAfterMs: 1, fields: { limit: '1000' } });
  clock.advance(100);
  expect(takeUntilRefused(limited, client('fast'))).toBe(100);
});

it('takes the first ones of many, and tells when the rest would be taken together', () => {
  const limited = limiter({ messagesPerSecond: 10, bytesPerSecond: 1000 });
  const sizes = Array.from({ length: 14 }, () => 10);
  const { taken, refusal } = limited.takeMany(client('one'), sizes, (size) => size);
  expect(taken).toBe(10);
  expect(refusal).toMatchObject({ retryAfterMs: 400, fields: { rate: 'messages' } });
  expect(refused).toEqual([{ rate: 'messages', messages: 4 }]);
  clock.advance(400);
  expect(limited.takeMany(client('one'), sizes.slice(10), (size) => size).refusal).toBeUndefined();
});

it('lets no later message of many overtake one that is too large for now', () => {
  const limited = limiter({ bytesPerSecond: 100 });
  const { taken, refusal } = limited.takeMany(client('one'), [60, 60, 1], (size) => size);
  expect(taken).toBe(1);
  expect(refusal).toMatchObject({ retryAfterMs: 210, fields: { rate: 'bytes' } });
});

it('asks to wait for a full bucket when more than that is left', () => {
  const limited = limiter({ messagesPerSecond: 10 });
  const { taken, refusal } = limited.takeMany(
    client('one'),
    Array.from({ length: 1000 }, () => 1),
    () => 1,
  );
  expect(taken).toBe(10);
  expect(refusal).toMatchObject({ retryAfterMs: 1000 });
});
