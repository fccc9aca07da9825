/**
 * Many subscribers of one subject over gRPC streams: each must get every message once, in order, and soon.
 *
 *   k6 run -e SUBSCRIBERS=200 -e RATE=50 loadtest/subscribers.js
 *
 * SUBSCRIBERS (50) streams of their own connections, RATE (50) publishes per second for DURATION (20s). Thresholds:
 * every subscriber complete, P95_MS (200) from publishing to delivery. Latencies are of whole milliseconds, the finest
 * that k6 knows.
 */
import { check } from 'k6';
import encoding from 'k6/encoding';
import { Counter, Rate, Trend } from 'k6/metrics';
import { Connection, OK } from './lib/connection.js';
import { bytes, ownSubject } from './lib/messages.js';
import { number, seconds } from './lib/settings.js';
import { summary, TREND_STATS } from './lib/summary.js';

const SUBSCRIBERS = number('SUBSCRIBERS', 50);
const DURATION = seconds('DURATION', '20s');
/** Seconds until all subscribers are there, and after the last message until its end is told. */
const OPENING = 2;
const SERVICE = 'waybill.v1.BrokerService';
const END = 'end';

const deliveries = new Counter('deliveries');
const latency = new Trend('delivery_latency', true);
const complete = new Rate('delivered_complete');

export const options = {
  scenarios: {
    subscribe: {
      executor: 'per-vu-iterations',
      exec: 'subscribe',
      vus: SUBSCRIBERS,
      iterations: 1,
      maxDuration: `${DURATION + 60}s`,
    },
    publish: {
      executor: 'constant-arrival-rate',
      exec: 'publish',
      startTime: `${OPENING}s`,
      rate: number('RATE', 50),
      timeUnit: '1s',
      duration: `${DURATION}s`,
      preAllocatedVUs: 10,
      maxVUs: 100,
      gracefulStop: '10s',
    },
    end: {
      executor: 'shared-iterations',
      exec: 'end',
      startTime: `${OPENING + DURATION + OPENING}s`,
      vus: 1,
      iterations: 1,
    },
  },
  thresholds: {
    delivered_complete: ['rate==1'],
    delivery_latency: [`p(95)<${number('P95_MS', 200)}`],
    checks: ['rate==1'],
    connect_failed: ['rate==0'],
    'iterations{scenario:subscribe}': [`count==${SUBSCRIBERS}`],
  },
  summaryTrendStats: TREND_STATS,
};

const connection = new Connection();

export function setup() {
  connection.connect();
  return { subject: ownSubject('subscribers') };
}

function publishText(subject, content) {
  const answer = connection.call(`${SERVICE}/Publish`, { subject, body: bytes(content), ttl: '600s' });
  check(answer, { 'publish: OK': ({ status }) => status === OK });
}

export function publish({ subject }) {
  publishText(subject, String(Date.now()));
}

export function end({ subject }) {
  publishText(subject, END);
}

/** From the first message on, so that one that comes late misses nothing, until the one that says it was the last. */
export async function subscribe({ subject }) {
  let received = 0;
  let inOrder = true;
  let ended = false;
  const request = { subjects: [subject], position: 'START_POSITION_EARLIEST' };
  const onMessage = ({ batch }) => {
    const nowMs = Date.now();
    for (const { id, body } of batch?.messages ?? []) {
      received++;
      inOrder = inOrder && Number(id) === received;
      const content = encoding.b64decode(body, 'std', 's');
      if (content === END) ended = true;
      else latency.add(nowMs - Number(content));
    }
    deliveries.add(batch?.messages.length ?? 0);
  };
  await connection.stream(`${SERVICE}/Subscribe`, request, onMessage, () => ended);
  complete.add(ended && inOrder);
}

export const handleSummary = summary('Subscribers');
