import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { freePort } from './free-port.js';
import { ServiceFolder } from './service-folder.js';
import { ServiceProcess } from './service-process.js';
import { StorageServer } from './storage-server.js';

export interface RedisServerOptions {
  /** A free one by default. */
  readonly port?: number;
  /** When what was written is on disk; `always` by default. */
  readonly appendfsync?: 'always' | 'everysec' | 'no';
  /** Of `redis.conf`, such as `{ maxmemory: '100mb' }`. */
  readonly settings?: Readonly<Record<string, string>>;
}

const PROGRAM = 'redis-server';
const PROBE_TIMEOUT_MS = 2000;

const SETTINGS: Readonly<Record<string, string>> = {
  bind: '127.0.0.1',
  appendonly: 'yes',
  save: '',
  'auto-aof-rewrite-percentage': '0',
  'maxmemory-policy': 'noeviction',
};

/** Why no Redis can be started here and how to change that; undefined when one can. */
export function redisMissing(): string | undefined {
  const { status } = spawnSync(PROGRAM, ['--version'], { stdio: 'ignore' });
  if (status === 0) return undefined;
  return 'redis-server is not in PATH (run "npm run test:tools", or install the package redis-server)';
}

/** Redis with an append-only file. */
export class RedisServer extends StorageServer {
  readonly url: string;

  private constructor(url: string, process: ServiceProcess) {
    super(process);
    this.url = url;
  }

  static async start({ port, appendfsync = 'always', settings = {} }: RedisServerOptions = {}): Promise<RedisServer> {
    const folder = ServiceFolder.create('redis');
    const usedPort = port ?? (await freePort());
    const all = { ...SETTINGS, appendfsync, ...settings, port: String(usedPort), dir: folder.subfolder('data') };
    const process = await ServiceProcess.start({
      name: `Redis at 127.0.0.1:${usedPort}`,
      command: [PROGRAM, ...Object.entries(all).flatMap(([name, value]) => [`--${name}`, value])],
      folder,
      stopSignal: 'SIGTERM',
      probe: () => answersPing(usedPort),
    });
    return new RedisServer(`redis://127.0.0.1:${usedPort}`, process);
  }
}

/** While it loads its file it answers with an error; one that wants a password is ready too. */
async function answersPing(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.setTimeout(PROBE_TIMEOUT_MS, () => socket.destroy(new Error('no answer to PING')));
  try {
    await once(socket, 'connect');
    socket.write('PING\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    if (!/^(?:\+PONG|-NOAUTH)/.test(answer.toString('latin1'))) throw new Error(answer.toString('latin1').trim());
  } finally {
    socket.destroy();
  }
}
