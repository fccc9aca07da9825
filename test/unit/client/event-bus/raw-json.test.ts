import fc from 'fast-check';
import { RawJson } from '../../../../src/client/event-bus/raw-json.js';

const raw = (text: string) => new RawJson(Buffer.from(text));

function textsOf(members: ReadonlyMap<string, RawJson>): Readonly<Record<string, string>> {
  return Object.fromEntries([...members].map(([name, value]) => [name, value.bytes.toString()]));
}

test('gives the members of an object as they were written', () => {
  const object = ' {"a" : 1.0e0 ,"b":{"x":"}\\"]","y":[1, 2]}\t, "\\u0063":"\\\\" ,"d":[ ],"e":null}\n';
  expect(textsOf(raw(object).members())).toEqual({
    a: '1.0e0',
    b: '{"x":"}\\"]","y":[1, 2]}',
    c: '"\\\\"',
    d: '[ ]',
    e: 'null',
  });
  expect(raw('{ }').members().size).toBe(0);
  expect([...raw('{"__proto__":1}').members().keys()]).toEqual(['__proto__']);
});

test('gives the elements of an array as they were written', () => {
  const texts = raw('[ 12345678901234567890 ,"a,b",[[]],{"a":{}} ]')
    .elements()
    .map(({ bytes }) => bytes.toString());
  expect(texts).toEqual(['12345678901234567890', '"a,b"', '[[]]', '{"a":{}}']);
  expect(raw('[]').elements()).toEqual([]);
});

test('reads what JSON writes', () => {
  fc.assert(
    fc.property(fc.array(fc.json({ maxDepth: 4 })), fc.dictionary(fc.string(), fc.json()), (values, object) => {
      const elements = raw(`[${values.join(',')}]`).elements();
      expect(elements.map(({ bytes }) => bytes.toString())).toEqual(values);
      const members = Object.entries(object).map(([name, value]) => `${JSON.stringify(name)}:${value}`);
      expect([...raw(`{${members.join()}}`).members()].map(([name, value]) => [name, value.bytes.toString()])).toEqual(
        Object.entries(object),
      );
    }),
  );
});

test.each([
  '',
  '[]',
  '{',
  '{"a"}',
  '{"a":}',
  '{"a":1',
  '{"a":1,}',
  '{a:1}',
  '{"a":"}',
  '{"a":1}}',
  '{"a":1} 2',
  'null',
])('refuses %j as an object', (text) => {
  expect(() => raw(text).members()).toThrow(SyntaxError);
});

test.each(['', '{}', '[', '[1', '[1,]', '[,]', '[1 2]', '["\\"]', '[[1]', '[1]]'])('refuses %j as an array', (text) => {
  expect(() => raw(text).elements()).toThrow(SyntaxError);
});
