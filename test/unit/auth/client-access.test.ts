import type { AccessRule } from '../../../src/auth/access-rule.js';
import { VERBS, type Verb } from '../../../src/auth/access.js';
import { ClientAccess } from '../../../src/auth/client-access.js';
import { parseClientsFile } from '../../../src/auth/clients-file.js';
import { BrokerError } from '../../../src/core/errors.js';

function rulesOf(allow: string): readonly AccessRule[] | undefined {
  const { clients, problems } = parseClientsFile(
    `clients: [{id: one, secret: s, allow: ${allow.replaceAll('\n', ' ')}}]`,
  );
  expect(problems).toEqual([]);
  return clients[0]?.rules;
}

/** Access by these rules, and what it has reported. */
function accessBy(allow: string): { readonly access: ClientAccess; readonly denials: Verb[] } {
  const denials: Verb[] = [];
  const access = new ClientAccess('one', rulesOf(allow), { actionDenied: (verb) => denials.push(verb) });
  return { access, denials };
}

function allows(action: () => void): boolean {
  try {
    action();
    return true;
  } catch (error) {
    if (error instanceof BrokerError && error.reason === 'ACTION_DENIED') return false;
    throw error;
  }
}

const SHOP = `[
  {verbs: [publish, fetch], subjects: ['orders.*', 'audit>']},
  {verbs: [write_event], streams: ['orders.>']},
  {verbs: [subscribe], subjects: ['>']},
  {verbs: [administer]},
]`;

test.each<[Verb, string, boolean]>([
  ['publish', 'orders.eu', true],
  ['publish', 'orders.eu.berlin', false],
  ['publish', 'orders', false],
  ['publish', 'orders.*', true],
  ['publish', 'orders.>', true],
  ['publish', '*.*', false],
  ['publish', 'auditing', true],
  ['publish', 'audit', false],
  ['fetch', 'orders.eu', true],
  ['fetch', '$streams.orders.eu', false],
  ['write_event', '$streams.orders.eu', true],
  ['write_event', '$streams.orders', false],
  ['write_event', 'orders.eu', false],
  ['process_events', '$streams.orders.eu', false],
  ['subscribe', 'anything', true],
  ['subscribe', '$streams.orders.eu', false],
  ['administer', 'anything', true],
  ['administer', '$streams.orders.eu', true],
])('%s on %s is allowed: %s', (verb, subject, allowed) => {
  const { access } = accessBy(SHOP);
  // The second answer is a remembered one.
  for (let i = 0; i < 2; i++) expect(allows(() => access.require(verb, subject))).toBe(allowed);
});

test.each<[Verb, string, boolean]>([
  ['fetch', 'orders.*', true],
  ['fetch', 'orders.>', false],
  ['fetch', 'audit.>', true],
  ['subscribe', '>', true],
  ['subscribe', '$streams.>', false],
  ['administer', '>', true],
  ['write_event', '$streams.orders.eu.>', true],
  ['write_event', '$streams.>', false],
  ['process_events', '$streams.orders.eu', false],
])('%s on all of %s is allowed: %s', (verb, pattern, allowed) => {
  expect(allows(() => accessBy(SHOP).access.requireAll(verb, pattern))).toBe(allowed);
});

test('a verb is allowed on anything when a rule is about something', () => {
  const { access } = accessBy(
    "[{verbs: [fetch], subjects: [a]}, {verbs: [list_streams]}, {verbs: ['publish'], subjects: []}]",
  );
  expect(VERBS.filter((verb) => allows(() => access.requireAny(verb)))).toEqual(['fetch', 'list_streams']);
});

test('an empty list of rules allows nothing, and the verb * without subjects everything', () => {
  const { access: nothing } = accessBy('[]');
  const { access: everything } = accessBy("[{verbs: ['*']}]");
  for (const verb of VERBS) {
    expect(allows(() => nothing.require(verb, 'a'))).toBe(false);
    expect(allows(() => nothing.requireAny(verb))).toBe(false);
    for (const subject of ['a', '$streams.a', '*']) expect(allows(() => everything.require(verb, subject))).toBe(true);
    expect(allows(() => everything.requireAll(verb, '$streams.>'))).toBe(true);
  }
});

test('a client without rules may do everything', () => {
  const access = new ClientAccess('one', undefined, { actionDenied: () => undefined });
  for (const verb of VERBS) {
    access.require(verb, '$streams.a');
    access.requireAll(verb, '>');
    access.requireAny(verb);
  }
  expect(access.clientId).toBe('one');
});

test('streams: [">"] is all streams and no other subject', () => {
  const { access } = accessBy("[{verbs: ['*'], streams: ['>']}]");
  expect(allows(() => access.require('fetch', '$streams.%sha256.abc'))).toBe(true);
  expect(allows(() => access.requireAll('subscribe', '$streams.>'))).toBe(true);
  expect(allows(() => access.require('fetch', 'a'))).toBe(false);
});

test('a denial says who may not do what, and is reported', () => {
  const { access, denials } = accessBy('[]');
  const denied = (action: () => void): unknown => {
    try {
      action();
      return undefined;
    } catch (error) {
      return error;
    }
  };
  expect(denied(() => access.require('publish', 'orders.eu'))).toMatchObject({
    reason: 'ACTION_DENIED',
    message: 'client "one" is not allowed to publish to "orders.eu"',
    fields: { verb: 'publish', subject: 'orders.eu' },
  });
  expect(denied(() => access.requireAll('subscribe', 'a.>'))).toMatchObject({
    message: 'client "one" is not allowed to subscribe to "a.>"',
    fields: { verb: 'subscribe', subject: 'a.>' },
  });
  expect(denied(() => access.requireUnnamed('mark_event', '$streams.orders'))).toMatchObject({
    message: 'client "one" is not allowed to mark events of what the request is about',
    fields: { verb: 'mark_event' },
  });
  expect(denied(() => access.requireAny('administer'))).toMatchObject({
    message: 'client "one" is not allowed to administer anything',
    fields: { verb: 'administer' },
  });
  expect(denials).toEqual(['publish', 'subscribe', 'mark_event', 'administer']);
});

test('decisions are right for more subjects than are remembered', () => {
  const { access } = accessBy("[{verbs: [publish], subjects: ['even.*']}]");
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 2000; i++) {
      expect(allows(() => access.require('publish', `${i % 2 === 0 ? 'even' : 'odd'}.${i}`))).toBe(i % 2 === 0);
    }
  }
});
