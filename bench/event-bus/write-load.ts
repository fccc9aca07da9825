/** write_event over the TCP event bus: `write-load ADDRESS SECONDS CONNECTIONS DEPTH`, events of about 100 bytes. */
import { BusSocket, requestLine } from './bus-socket.js';

const [address = '', seconds = '', connections = '', depth = ''] = process.argv.slice(2);
const STREAM = 'bench';

async function main(): Promise<void> {
  const sockets = await Promise.all(Array.from({ length: Number(connections) }, () => BusSocket.open(address)));
  await sockets[0]!.ask(requestLine('create_stream', { stream_name: STREAM }));
  const request = requestLine('write_event', { stream_name: STREAM, event: { text: 'x'.repeat(90) } });
  let count = 0;
  let until = performance.now() + 1000;
  const next = (): Buffer | undefined => {
    if (performance.now() >= until) return undefined;
    count++;
    return request;
  };
  const run = () => Promise.all(sockets.map((socket) => socket.pump(Number(depth), next)));
  await run();
  count = 0;
  const started = performance.now();
  until = started + Number(seconds) * 1000;
  await run();
  const perSecond = count / ((performance.now() - started) / 1000);
  for (const socket of sockets) socket.close();
  process.stdout.write(`${JSON.stringify({ perSecond })}\n`);
}

void main();
