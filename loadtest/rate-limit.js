/**
 * A client beyond its limit gets RESOURCE_EXHAUSTED and nothing else, and a client within its limit notices nothing.
 * Against Envoy with `envoy.yaml`, or Waybill with `--rate-limit-messages`.
 *
 *   k6 run -e HASTY_RATE=5000 -e POLITE_RATE=50 loadtest/rate-limit.js
 *
 * HASTY_RATE (5000) must be beyond the limit of a client for DURATION (20s), POLITE_RATE (20) within it. They publish as
 * CLIENT_ID and CLIENT_SECRET (hasty, k6), and POLITE_CLIENT_ID and POLITE_CLIENT_SECRET (polite, k6). Calls are made
 * BATCH (50) at a time. Thresholds: some of the hasty calls are limited and some are served, no call of either client ends
 * otherwise, none of the polite ones is limited.
 */
import { Counter } from 'k6/metrics';
import { authorization, Connection, OK, RESOURCE_EXHAUSTED } from './lib/connection.js';
import { randomMessage } from './lib/messages.js';
import { number, seconds, text } from './lib/settings.js';
import { summary, TREND_STATS } from './lib/summary.js';

const BATCH = number('BATCH', 50);
const DURATION = `${seconds('DURATION', '20s')}s`;

const served = new Counter('published_served');
const limited = new Counter('limited');
const otherwise = new Counter('published_otherwise');

const clientScenario = (name, perSecond, batch) => ({
  executor: 'constant-arrival-rate',
  exec: name,
  rate: Math.max(1, Math.round(perSecond / batch)),
  timeUnit: '1s',
  duration: DURATION,
  preAllocatedVUs: 10,
  maxVUs: 60,
});

export const options = {
  scenarios: {
    hasty: clientScenario('hasty', number('HASTY_RATE', 5000), BATCH),
    polite: clientScenario('polite', number('POLITE_RATE', 20), 1),
  },
  thresholds: {
    'limited{client:hasty}': ['count>0'],
    'published_served{client:hasty}': ['count>0'],
    'limited{client:polite}': ['count==0'],
    'published_served{client:polite}': ['count>0'],
    published_otherwise: ['count==0'],
    connect_failed: ['rate==0'],
  },
  summaryTrendStats: TREND_STATS,
};

const connection = new Connection();
const hastyMetadata = authorization(text('CLIENT_ID', 'hasty'), text('CLIENT_SECRET', 'k6'));
const politeMetadata = authorization(text('POLITE_CLIENT_ID', 'polite'), text('POLITE_CLIENT_SECRET', 'k6'));

export function setup() {
  connection.connect();
  // So that a threshold finds a value also where nothing of the kind happens.
  for (const client of ['hasty', 'polite']) for (const counter of [served, limited]) counter.add(0, { client });
  otherwise.add(0);
}

function count({ status }, client) {
  if (status === OK) served.add(1, { client });
  else if (status === RESOURCE_EXHAUSTED) limited.add(1, { client });
  else {
    otherwise.add(1, { client });
    console.error(`${client}: ${status}`);
  }
}

export async function hasty() {
  const calls = Array.from({ length: BATCH }, () =>
    connection.callAsync('broker.Broker/Publish', randomMessage(), hastyMetadata),
  );
  for (const answer of await Promise.all(calls)) count(answer, 'hasty');
}

export function polite() {
  count(connection.call('broker.Broker/Publish', randomMessage(), politeMetadata), 'polite');
}

export const handleSummary = summary('Rate limits');
