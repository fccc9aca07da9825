import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { requireBackend } from '../../support/backends.js';
import { streamOf } from '../../support/event-bus/bus-answers.js';
import { BusServer } from '../../support/event-bus/bus-server.js';
import { eventNotFound, type Operation, streamNotFound, success } from '../../support/event-bus/bus-requests.js';

/** The sample requests of the original's documents, in their order, empty lines included. */
const SAMPLES = readFileSync(join(__dirname, '../../fixtures/event-bus/sample-requests.ndjson'), 'utf8')
  .trim()
  .split('\n');
const REQUESTS = SAMPLES.filter((line) => line !== '');

interface Sample {
  readonly operation: Operation;
  readonly body?: { readonly stream_name?: string; readonly event_id?: string };
}

/** The documents create three streams and delete two of them before they use those. */
function expectAnswers(answers: readonly string[]): void {
  expect(answers).toHaveLength(REQUESTS.length);
  for (const [index, line] of REQUESTS.entries()) {
    const { operation, body: { stream_name: name = '', event_id: id = '' } = {} } = JSON.parse(line) as Sample;
    const answer = answers[index] ?? '';
    switch (operation) {
      case 'health':
      case 'delete_stream':
      case 'exit':
        expect(answer).toBe(success(operation));
        break;
      case 'create_stream':
        expect(streamOf(operation, answer).name).toBe(name);
        break;
      case 'mark_event':
        expect(answer).toBe(eventNotFound(id));
        break;
      case 'get_stream_info':
      case 'get_stream_events':
      case 'write_event':
      case 'process_events':
      case 'retry_events':
        expect(answer).toBe(streamNotFound(operation, name));
    }
  }
}

let server: BusServer;

beforeEach(async () => {
  server = await BusServer.start('--storage', 'memory');
});

afterEach(async () => {
  await server.dispose();
});

describe('the sample requests of the documents', () => {
  it('are answered one after another', async () => {
    const bus = await server.open();
    const answers: string[] = [];
    for (const line of REQUESTS) answers.push(await bus.ask(line));
    expectAnswers(answers);
    expect(await bus.remaining()).toEqual([]);
  });

  it('are answered when they are pasted as they stand', async () => {
    const bus = await server.open();
    bus.send(`${SAMPLES.join('\n')}\n`);
    expectAnswers(await bus.remaining());
  });
});

/** Every nc shows its options; only some of them with success. */
function ncIsMissing(): string | undefined {
  const { error } = spawnSync('nc', ['-h'], { stdio: 'ignore' });
  return error === undefined ? undefined : `${error.message} (install netcat-openbsd)`;
}

requireBackend('nc', ncIsMissing())('the sample requests of the documents, typed with nc', () => {
  it('are answered one after another, until exit closes the connection', async () => {
    const [host = '', port = ''] = server.address.split(':');
    const nc = spawn('nc', [host, port], { stdio: ['pipe', 'pipe', 'inherit'] });
    const exited = once(nc, 'exit');
    try {
      const answers: string[] = [];
      const lines = createInterface({ input: nc.stdout })[Symbol.asyncIterator]();
      for (const line of SAMPLES) {
        nc.stdin.write(`${line}\n`);
        if (line === '') continue;
        const { value } = await lines.next();
        answers.push(String(value));
      }
      expectAnswers(answers);
      // Some wait for the end of what is typed, also when the server has closed the connection.
      nc.stdin.end();
      expect(await lines.next()).toMatchObject({ done: true });
      await exited;
    } finally {
      nc.kill('SIGKILL');
    }
  });
});
