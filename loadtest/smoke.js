/**
 * Does it work at all? A few virtual users go once through both contracts: health, publish, fetch, what does not exist,
 * subscribe. Every check must hold.
 *
 *   k6 run loadtest/smoke.js
 *
 * ITERATIONS (20) rounds are shared by VUS (4) users; P95_MS (500) is what 95 of 100 calls must keep to.
 */
import { check } from 'k6';
import { Connection, INVALID_ARGUMENT, NOT_FOUND, OK } from './lib/connection.js';
import { bytes, ownSubject } from './lib/messages.js';
import { number } from './lib/settings.js';
import { summary, TREND_STATS } from './lib/summary.js';

const STORED = 3;

export const options = {
  scenarios: {
    rounds: {
      executor: 'shared-iterations',
      exec: 'round',
      vus: number('VUS', 4),
      iterations: number('ITERATIONS', 20),
      maxDuration: '2m',
    },
  },
  thresholds: {
    checks: ['rate==1'],
    connect_failed: ['rate==0'],
    grpc_req_duration: [`p(95)<${number('P95_MS', 500)}`],
    iterations: [`count==${number('ITERATIONS', 20)}`],
  },
  summaryTrendStats: TREND_STATS,
};

const connection = new Connection();

export function setup() {
  connection.connect();
}

export async function round() {
  checkHealth();
  await checkOwnContract();
  await checkOriginalContract();
}

function checkHealth() {
  const { status, message } = connection.call('grpc.health.v1.Health/Check', {});
  check(message, { 'health: SERVING': () => status === OK && message.status === 'SERVING' });
}

async function checkOwnContract() {
  const service = 'waybill.v1.BrokerService';
  const subject = ownSubject('smoke');
  for (let id = 1; id <= STORED; id++) {
    const request = { subject, body: bytes(`body ${id}`), headers: { kind: 'smoke' }, ttl: '60s' };
    const { status, message } = connection.call(`${service}/Publish`, request);
    check(message, { 'v1: publish answers dense ids': () => status === OK && message.id === String(id) });
  }
  const { status, message } = connection.call(`${service}/Fetch`, { subject, id: 2 });
  check(message, {
    'v1: fetch answers what was published': () => status === OK && message.message.body === bytes('body 2'),
  });
  const missing = connection.call(`${service}/Fetch`, { subject, id: STORED + 1 });
  check(missing, { 'v1: an id that does not exist is NOT_FOUND': () => missing.status === NOT_FOUND });
  const received = [];
  const request = { subjects: [subject], position: 'START_POSITION_EARLIEST', stopAtHead: true };
  const failure = await connection.stream(`${service}/Subscribe`, request, ({ batch }) => {
    for (const { id } of batch?.messages ?? []) received.push(id);
  });
  check(received, {
    'v1: subscribe delivers all in order and ends': () => failure === undefined && received.join() === '1,2,3',
  });
}

async function checkOriginalContract() {
  const subject = ownSubject('smoke');
  const published = connection.call('broker.Broker/Publish', { subject, body: bytes('hello'), expirationSeconds: 60 });
  check(published, {
    'compat: publish answers the first id': () => published.status === OK && published.message.id === 1,
  });
  const fetched = connection.call('broker.Broker/Fetch', { subject, id: 1 });
  check(fetched, {
    'compat: fetch answers what was published': () => fetched.status === OK && fetched.message.body === bytes('hello'),
  });
  const missing = connection.call('broker.Broker/Fetch', { subject, id: 2 });
  check(missing, {
    'compat: an id that does not exist is INVALID_ARGUMENT': () => missing.status === INVALID_ARGUMENT,
  });
}

export const handleSummary = summary('Smoke test');
