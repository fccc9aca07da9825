import { Output } from '../../../src/cli/output.js';
import { TestTerminal } from '../../support/test-terminal.js';

describe('the output of commands', () => {
  test('draws a table on a terminal', async () => {
    const terminal = new TestTerminal();
    terminal.output.isTTY = true;
    await new Output(terminal, false).table(['Name', 'Count'], [['a', 1]]);
    // oxlint-disable-next-line no-control-regex
    const plain = terminal.outputText.replaceAll(/\u001b\[\d+m/g, '');
    expect(plain).toContain('│ Name │ Count │');
    expect(plain).toContain('│ a    │ 1     │');
  });

  test('ends quietly when its reader is gone', async () => {
    const terminal = new TestTerminal();
    const output = new Output(terminal, false);
    terminal.output.emit('error', Object.assign(new Error('broken pipe'), { code: 'EPIPE' }));
    expect(output.readerGone.aborted).toBe(true);
    await output.line('to nobody');
    expect(terminal.outputText).toBe('');
  });

  test('waits until a slow reader has room, or is gone', async () => {
    const terminal = new TestTerminal();
    terminal.output.pause();
    const output = new Output(terminal, false);
    const written = output.write(
      Buffer.alloc(terminal.output.writableHighWaterMark + terminal.output.readableHighWaterMark),
    );
    terminal.output.resume();
    await written;
    expect(terminal.outputBytes.length).toBeGreaterThan(0);
    terminal.output.pause();
    const toNobody = output.write(Buffer.alloc(terminal.output.writableHighWaterMark * 4));
    terminal.output.emit('error', Object.assign(new Error('broken pipe'), { code: 'EPIPE' }));
    await expect(toNobody).resolves.toBeUndefined();
  });
});
