import type { BrokerError } from '../../../src/core/errors.js';
import { ArrivingRequests } from '../../../src/grpc/arriving-requests.js';
import { ManualClock } from '../../support/manual-clock.js';

let clock: ManualClock;
let arriving: ArrivingRequests;
/** Names of the calls that were refused, in order. */
let refused: string[];

beforeEach(() => {
  clock = new ManualClock();
  arriving = new ArrivingRequests(100, clock);
  refused = [];
});

/** A call that says that it is over when it is aborted, as calls do. */
function call(name: string) {
  const self = {
    abort: ({ reason }: BrokerError): void => {
      expect(reason).toBe('TOO_MANY_STREAMS');
      refused.push(name);
      arriving.received(self, 0);
    },
  };
  return self;
}

it('counts what has arrived of each message until it is complete', () => {
  const [a, b] = [call('a'), call('b')];
  arriving.received(a, 10);
  arriving.received(b, 20);
  arriving.received(a, 30);
  expect(arriving.bytes).toBe(50);
  arriving.received(a, 0);
  arriving.received(a, 0);
  expect(arriving.bytes).toBe(20);
  arriving.received(b, 0);
  expect(arriving.bytes).toBe(0);
  expect(refused).toEqual([]);
});

it('refuses the message that grows beyond the limit while those before it have not had their time', () => {
  const [a, b, c] = [call('a'), call('b'), call('c')];
  arriving.received(a, 40);
  arriving.received(b, 40);
  arriving.received(c, 40);
  expect(refused).toEqual(['c']);
  arriving.received(a, 61);
  expect(refused).toEqual(['c', 'a']);
  expect(arriving.bytes).toBe(40);
});

it('refuses messages that have had their time, the oldest first, and as few as it takes', () => {
  const [a, b, c, d] = [call('a'), call('b'), call('c'), call('d')];
  arriving.received(a, 30);
  clock.advance(10);
  arriving.received(b, 30);
  arriving.received(c, 30);
  clock.advance(1000);
  arriving.received(d, 30);
  expect(refused).toEqual(['a']);
  arriving.received(d, 70);
  expect(refused).toEqual(['a', 'b']);
  expect(arriving.bytes).toBe(100);
});

it('begins anew with the next message of a call', () => {
  const [a, b] = [call('a'), call('b')];
  arriving.received(a, 60);
  clock.advance(2000);
  arriving.received(a, 0);
  arriving.received(a, 60);
  arriving.received(b, 60);
  expect(refused).toEqual(['b']);
});

it('lets a single message arrive, however large it is', () => {
  const a = call('a');
  arriving.received(a, 1000);
  clock.advance(2000);
  arriving.received(a, 2000);
  expect(refused).toEqual([]);
});

it('does not count what could not be ended', () => {
  arriving.received({ abort: () => void refused.push('stubborn') }, 80);
  clock.advance(1000);
  arriving.received(call('b'), 80);
  expect(refused).toEqual(['stubborn']);
  expect(arriving.bytes).toBe(80);
});
