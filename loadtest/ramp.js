/**
 * The load of the original broker: the rate of iterations rises and holds; each publishes a batch of messages, 100 by
 * default, with random subjects, bodies and lives, and fetches some of them.
 *
 *   k6 run -e RATE=20 -e DURATION=1m loadtest/ramp.js
 *
 * RATE (10) iterations per second are reached after half of DURATION (60s) and held for the rest; BATCH (100) publishes
 * and FETCHES (5) per iteration; VUS (50) users at most. Thresholds: P95_MS (250) for 95 of 100 calls, CHECKS (0.99) of
 * the checks, DROPPED (0.01) of the iterations. An iteration is dropped when no user is free to begin it.
 */
import { check } from 'k6';
import { Connection, OK } from './lib/connection.js';
import { between, randomMessage } from './lib/messages.js';
import { number, seconds } from './lib/settings.js';
import { summary, TREND_STATS } from './lib/summary.js';

const RATE = number('RATE', 10);
const DURATION = seconds('DURATION', '60s');
const BATCH = number('BATCH', 100);
const FETCHES = Math.min(number('FETCHES', 5), BATCH);
const VUS = number('VUS', 50);
/** Those of a rate that rises from 1 and then holds. */
const ITERATIONS = ((1 + RATE) / 2 + RATE) * (DURATION / 2);

export const options = {
  scenarios: {
    ramp: {
      executor: 'ramping-arrival-rate',
      exec: 'batch',
      startRate: 1,
      timeUnit: '1s',
      preAllocatedVUs: Math.ceil(VUS / 2),
      maxVUs: VUS,
      stages: [
        { target: RATE, duration: `${DURATION / 2}s` },
        { target: RATE, duration: `${DURATION / 2}s` },
      ],
    },
  },
  thresholds: {
    grpc_req_duration: [`p(95)<${number('P95_MS', 250)}`],
    connect_failed: ['rate<0.01'],
    checks: [`rate>${number('CHECKS', 0.99)}`],
    dropped_iterations: [`count<=${Math.floor(number('DROPPED', 0.01) * ITERATIONS)}`],
  },
  summaryTrendStats: TREND_STATS,
};

const connection = new Connection();

export function setup() {
  connection.connect();
}

export async function batch() {
  const messages = Array.from({ length: BATCH }, randomMessage);
  const published = await Promise.all(messages.map((each) => connection.callAsync('broker.Broker/Publish', each)));
  for (const answer of published) check(answer, { 'publish: OK': ({ status }) => status === OK });
  for (let count = 0; count < FETCHES; count++) {
    const index = between(0, BATCH - 1);
    const { subject, body } = messages[index];
    if (published[index].status !== OK) continue;
    const answer = connection.call('broker.Broker/Fetch', { subject, id: published[index].message.id });
    check(answer, { 'fetch: the body': ({ status, message }) => status === OK && message.body === body });
  }
}

export const handleSummary = summary('Rising load');
