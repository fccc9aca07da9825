/**
 * The black-box suite of the event bus: what `event-bus` clients of any language may rely on, exchanged as raw bytes with a
 * server process. A storage proves itself with a file of a few lines: {@link describeEventBus}.
 */
import { requireBackend, requireBackendAndTime } from '../../../support/backends.js';
import type { BusServer } from '../../../support/event-bus/bus-server.js';
import { describeBothProtocols } from './both-protocols.js';
import { describeByteForByte } from './byte-for-byte.js';
import { describeCheckOrder } from './check-order.js';
import { describeConcurrency } from './concurrency.js';
import { describeEvents } from './events.js';
import { describeExtras } from './extras.js';
import { describeFailures } from './failures.js';
import { describeFraming } from './framing.js';
import { describeLeases } from './leases.js';
import { describeMarks } from './marks.js';
import { describeStreamNames } from './stream-names.js';
import { describeStreams } from './streams.js';
import { describeSubscribers } from './subscribers.js';
import { SuiteServer } from './suite-server.js';

export interface EventBusStorage {
  /** As in `REQUIRE_BACKENDS`. */
  readonly name: string;
  /** Why it cannot run here, and what to do about it; undefined when it can. */
  readonly unavailable?: () => string | undefined;
  /** A server that nobody has used before. */
  readonly start: () => Promise<BusServer>;
}

export function describeEventBus({ name, unavailable, start }: EventBusStorage): void {
  // Every storage of the network takes a minute, and streams have a suite of their own on each (test/conformance).
  const required = unavailable === undefined ? requireBackend : requireBackendAndTime;
  required(name, unavailable?.())(`event bus on ${name}`, () => {
    const suite = new SuiteServer();

    beforeAll(async () => suite.use(await start()));
    afterEach(() => suite.expectAnswering());
    afterAll(() => suite.stop());

    describe('framing', () => describeFraming(suite));
    describe('failures', () => describeFailures(suite));
    describe('order of checks', () => describeCheckOrder(suite));
    describe('streams', () => describeStreams(suite));
    describe('names of streams', () => describeStreamNames(suite));
    describe('events', () => describeEvents(suite));
    describe('bodies', () => describeByteForByte(suite));
    describe('marks', () => describeMarks(suite));
    describe('concurrency', () => describeConcurrency(suite));
    describe('extras', () => describeExtras(suite));
    describe('leases', () => describeLeases(suite));
    describe('gRPC subscribers', () => describeSubscribers(suite));
    describe('gRPC and the event bus', () => describeBothProtocols(suite));
  });
}
