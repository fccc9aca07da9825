import { framesOf } from '../../../src/cli/frames.js';
import type { OutgoingMessage } from '../../../src/client/index.js';

function* numbered(count: number, bodyBytes = 1): Generator<OutgoingMessage> {
  for (let i = 1; i <= count; i++) yield { subject: String(i), body: Buffer.alloc(bodyBytes) };
}

async function* arriving(count: number): AsyncGenerator<OutgoingMessage> {
  yield* numbered(count);
}

async function collect(messages: Parameters<typeof framesOf>[0]): Promise<readonly (readonly OutgoingMessage[])[]> {
  const frames = [];
  for await (const frame of framesOf(messages)) frames.push(frame);
  return frames;
}

describe('frames of messages to publish', () => {
  test.each([
    ['ready', numbered],
    ['arriving', arriving],
  ])('hold all %s messages in order, 256 at most', async (_, source) => {
    const frames = await collect(source(600));
    expect(frames.map((frame) => frame.length)).toEqual([256, 256, 88]);
    expect(frames.flat().map(({ subject }) => Number(subject))).toEqual(Array.from({ length: 600 }, (_, i) => i + 1));
  });

  test('are sent when they have enough bytes', async () => {
    const frames = await collect(numbered(5, 200 * 1024));
    expect(frames.map((frame) => frame.length)).toEqual([2, 2, 1]);
  });

  test('do not wait for a message that is not there yet', async () => {
    let arrive: (() => void) | undefined;
    const gate = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    async function* slow(): AsyncGenerator<OutgoingMessage> {
      yield { subject: 'a', body: '' };
      await gate;
      yield { subject: 'b', body: '' };
    }
    const frames = framesOf(slow());
    expect((await frames.next()).value).toEqual([{ subject: 'a', body: '' }]);
    arrive?.();
    expect((await frames.next()).value).toEqual([{ subject: 'b', body: '' }]);
    expect((await frames.next()).done).toBe(true);
  });

  test('are none when there is nothing', async () => {
    expect(await collect(numbered(0))).toEqual([]);
    expect(await collect(arriving(0))).toEqual([]);
  });
});
