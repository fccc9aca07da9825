import { readHints } from '../../../../src/storage/redis/hint-message.js';

const read = (text: string) => readHints(Buffer.from(text));

test('reads how far each subject has come, whatever its name', () => {
  expect(read('s12 1 a3 3 a b4 2 é')).toEqual([
    { kind: 'subject', subject: 'a', lastId: 12 },
    { kind: 'subject', subject: 'a b', lastId: 3 },
    { kind: 'subject', subject: 'é', lastId: 4 },
  ]);
});

test('reads a partition', () => {
  expect(read('pstream/1 2')).toEqual([{ kind: 'partition', partition: 'stream/1 2' }]);
});

test.each(['', 'x1 1 a', 's', 's1', 's1 ', 'sx 1 a', 's1 x a'])('takes no hint from %j', (text) => {
  expect(read(text)).toEqual([]);
});
