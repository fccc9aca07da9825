import fc from 'fast-check';
import { compareUtf8 } from '../../../src/storage/utf8-order.js';

test('orders text as its UTF-8 bytes are ordered', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', 'b', 'é', '\u{ffff}', '\u{e000}', '\u{10000}', '\u{1f600}'),
    maxLength: 4,
  });
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(Math.sign(compareUtf8(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
  );
});
