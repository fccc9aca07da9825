import { RedisKeys, tagOf, TAGS } from '../../../../src/storage/redis/keys.js';

test('keeps every subject where it has always been', () => {
  expect(['a', 'b', 'orders.created', 'é', '$streams.x'].map(tagOf)).toEqual([3, 57, 13, 62, 5]);
});

test('spreads subjects over all tags', () => {
  const tags = new Set(Array.from({ length: 2000 }, (_, index) => tagOf(`subject${index}`)));
  expect(tags.size).toBe(TAGS);
});

test('never gives two things the same key', () => {
  const keys = new RedisKeys('p');
  const all = [
    keys.life(1),
    keys.settled(1),
    keys.sent(1, 'w'),
    keys.subjects(1),
    keys.due(1),
    keys.versions(1),
    keys.hints(1),
    ...['a', 'a:b', 'life'].flatMap((name) => [
      keys.state(1, name),
      keys.chunks(1, name),
      keys.transient(1, name),
      keys.records(1, name),
      keys.recordKeys(1, name),
    ]),
    keys.idempotency(1, 'a', 'bc'),
    keys.idempotency(1, 'ab', 'c'),
    keys.idempotency(1, '1:a', 'c'),
    keys.idempotency(2, 'a', 'bc'),
  ];
  expect(new Set(all).size).toBe(all.length);
  expect(all.every((key) => /^p:\{\d+\}:/.test(key))).toBe(true);
});
