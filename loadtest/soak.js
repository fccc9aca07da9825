/**
 * Hours of steady load: does anything grow, leak or slow down? Publishes and fetches at a constant rate beside
 * subscribers that stay for the whole time, and compares the last third with the first.
 *
 *   k6 run -e DURATION=4h -e METRICS_URL=http://127.0.0.1:2112/metrics loadtest/soak.js
 *
 * RATE (200) publishes per second for DURATION (30m), SUBSCRIBERS (10). Thresholds: P95_MS (100) and P99_MS (500) in
 * each third, CHECKS (0.999), DROPPED (0.001) of the publishes. With METRICS_URL the resident memory of the broker may
 * be GROWTH (1.5) times as large in the last third as it was at the end of the first.
 */
import { check, sleep } from 'k6';
import exec from 'k6/execution';
import http from 'k6/http';
import { Counter, Trend } from 'k6/metrics';
import { Connection, OK } from './lib/connection.js';
import { between, randomBody, randomSubject } from './lib/messages.js';
import { number, seconds, text } from './lib/settings.js';
import { summary, TREND_STATS } from './lib/summary.js';

const RATE = number('RATE', 200);
const DURATION = seconds('DURATION', '30m');
const SUBSCRIBERS = number('SUBSCRIBERS', 10);
const METRICS_URL = text('METRICS_URL');
const SERVICE = 'waybill.v1.BrokerService';
/** One of so many publishes is fetched. */
const FETCH_EACH = 10;

const deliveries = new Counter('deliveries');
const memoryGrowth = new Trend('memory_growth');

const inEachThird = (expressions) =>
  Object.fromEntries(['first', 'middle', 'last'].map((third) => [`grpc_req_duration{third:${third}}`, expressions]));

export const options = {
  scenarios: {
    publish: {
      executor: 'constant-arrival-rate',
      exec: 'publish',
      rate: RATE,
      timeUnit: '1s',
      duration: `${DURATION}s`,
      preAllocatedVUs: 20,
      maxVUs: 200,
    },
    ...(SUBSCRIBERS === 0
      ? {}
      : {
          subscribe: {
            executor: 'per-vu-iterations',
            exec: 'subscribe',
            vus: SUBSCRIBERS,
            iterations: 1,
            maxDuration: `${DURATION + 10}s`,
            gracefulStop: '5s',
          },
        }),
    ...(METRICS_URL === undefined
      ? {}
      : { memory: { executor: 'constant-vus', exec: 'memory', vus: 1, duration: `${DURATION}s` } }),
  },
  thresholds: {
    ...inEachThird([`p(95)<${number('P95_MS', 100)}`, `p(99)<${number('P99_MS', 500)}`]),
    connect_failed: ['rate==0'],
    checks: [`rate>=${number('CHECKS', 0.999)}`],
    dropped_iterations: [`count<=${Math.ceil(RATE * DURATION * number('DROPPED', 0.001))}`],
    ...(SUBSCRIBERS === 0 ? {} : { deliveries: ['count>0'] }),
    ...(METRICS_URL === undefined ? {} : { memory_growth: [`max<${number('GROWTH', 1.5)}`] }),
  },
  summaryTrendStats: TREND_STATS,
};

const connection = new Connection();

export function setup() {
  connection.connect();
}

/** From 0 to 1. */
const passed = () => (Date.now() - exec.scenario.startTime) / (DURATION * 1000);

export function publish() {
  exec.vu.metrics.tags.third = ['first', 'middle', 'last'][Math.min(2, Math.floor(passed() * 3))];
  const [subject, body] = [randomSubject(), randomBody()];
  const answer = connection.call(`${SERVICE}/Publish`, { subject, body, ttl: `${between(10, 20)}s` });
  check(answer, { 'publish: OK': ({ status }) => status === OK });
  if (answer.status !== OK || between(1, FETCH_EACH) > 1) return;
  const fetched = connection.call(`${SERVICE}/Fetch`, { subject, id: answer.message.id });
  check(fetched, { 'fetch: the body': ({ status, message }) => status === OK && message.message.body === body });
}

/** All subjects of the load, for the whole time; the ids of each must be dense. */
export async function subscribe() {
  const lastIds = new Map();
  let gaps = 0;
  const untilMs = Date.now() + DURATION * 1000;
  const onMessage = ({ batch }) => {
    for (const { subject, id } of batch?.messages ?? []) {
      const last = lastIds.get(subject);
      if (last !== undefined && Number(id) !== last + 1) gaps++;
      lastIds.set(subject, Number(id));
    }
    deliveries.add(batch?.messages.length ?? 0);
  };
  // Heartbeats make sure that the time is looked at.
  const request = { subjects: ['load.>'], heartbeatInterval: '1s' };
  const failure = await connection.stream(`${SERVICE}/Subscribe`, request, onMessage, () => Date.now() >= untilMs);
  check(failure, { 'subscribe: stays': () => failure === undefined });
  check(gaps, { 'subscribe: no gaps': () => gaps === 0 });
}

let memoryAtFirst;

export function memory() {
  const [, value] = /^process_resident_memory_bytes (\S+)$/m.exec(http.get(METRICS_URL).body ?? '') ?? [];
  check(value, { 'metrics: resident memory': () => value !== undefined });
  if (passed() < 1 / 3 || memoryAtFirst === undefined) memoryAtFirst = Number(value);
  else if (passed() > 2 / 3) memoryGrowth.add(Number(value) / memoryAtFirst);
  sleep(Math.min(10, DURATION / 30));
}

export const handleSummary = summary('Soak test');
