import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { PROMETHEUS_FOLDER } from '../prometheus-rules.js';
import { freePort } from '../services/free-port.js';
import { ServiceFolder } from '../services/service-folder.js';
import { ServiceProcess } from '../services/service-process.js';
import { findTool } from '../tools.js';

export interface PrometheusOptions {
  /** Where to scrape, by the name of the job in `prometheus.yml`: `127.0.0.1:2112`. */
  readonly targets: Readonly<Record<string, readonly string[]>>;
}

/** One series of an instant query. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What a test waits for comes this soon, instead of after minutes. */
const INTERVAL = '1s';
const ASK_INTERVAL_MS = 200;

/** The real Prometheus with our configuration, in which only the addresses and the intervals are others. */
export class Prometheus {
  readonly url: string;
  readonly #process: ServiceProcess;

  private constructor(url: string, process: ServiceProcess) {
    this.url = url;
    this.#process = process;
  }

  static async start({ targets }: PrometheusOptions): Promise<Prometheus> {
    const folder = ServiceFolder.create('prometheus');
    const address = `127.0.0.1:${await freePort()}`;
    copyRules(folder.path);
    const file = join(folder.path, 'prometheus.yml');
    writeFileSync(file, stringify(relocated({ ...targets, prometheus: [address] })));
    const process = await ServiceProcess.start({
      name: `Prometheus at ${address}`,
      command: [
        findTool('prometheus').command,
        `--config.file=${file}`,
        `--storage.tsdb.path=${folder.subfolder('data')}`,
        `--web.listen-address=${address}`,
        '--web.enable-remote-write-receiver',
        '--log.level=warn',
      ],
      folder,
      stopSignal: 'SIGTERM',
      probe: async () => {
        const { ok, status } = await fetch(`http://${address}/-/ready`);
        if (!ok) throw new Error(`it answers ${status}`);
      },
    });
    return new Prometheus(`http://${address}`, process);
  }

  /** The series that an expression has now. @throws Error when it is none */
  async query(expr: string): Promise<readonly Sample[]> {
    const response = await fetch(`${this.url}/api/v1/query`, {
      method: 'POST',
      body: new URLSearchParams({ query: expr }),
    });
    const answer = (await response.json()) as Answer;
    if (answer.status !== 'success') throw new Error(`${answer.error}: ${expr}`);
    const { resultType, result } = answer.data;
    if (resultType !== 'vector') throw new Error(`a ${resultType} and no vector: ${expr}`);
    return result.map(({ metric, value: [, value] }) => ({ labels: metric, value: Number(value) }));
  }

  /** Resolves once the expression has a series, whatever its value; it must get one by itself. */
  async until(expr: string): Promise<void> {
    while ((await this.query(expr)).length === 0) await wait(ASK_INTERVAL_MS);
  }

  async stop(): Promise<void> {
    await this.#process.stop();
  }
}

type Answer =
  | { readonly status: 'error'; readonly error: string }
  | {
      readonly status: 'success';
      readonly data: {
        readonly resultType: string;
        readonly result: readonly {
          readonly metric: Readonly<Record<string, string>>;
          readonly value: readonly [time: number, value: string];
        }[];
      };
    };

interface ScrapeConfig {
  readonly job_name: string;
  readonly dns_sd_configs?: unknown;
  readonly static_configs?: unknown;
}

function relocated(targets: Readonly<Record<string, readonly string[]>>): object {
  const config = parse(readFileSync(join(PROMETHEUS_FOLDER, 'prometheus.yml'), 'utf8')) as {
    readonly scrape_configs: readonly ScrapeConfig[];
  };
  return {
    ...config,
    global: { scrape_interval: INTERVAL, scrape_timeout: INTERVAL, evaluation_interval: INTERVAL },
    scrape_configs: config.scrape_configs.map(({ dns_sd_configs: _dns, ...job }) => {
      const found = targets[job.job_name];
      if (found === undefined) throw new Error(`no address for the job ${job.job_name}`);
      return { ...job, static_configs: [{ targets: found }] };
    }),
  };
}

/** Groups with an interval of their own are evaluated as often as the others. */
function copyRules(folder: string): void {
  const rules = join(PROMETHEUS_FOLDER, 'rules');
  mkdirSync(join(folder, 'rules'));
  for (const name of readdirSync(rules).filter((file) => file.endsWith('.yml'))) {
    const text = readFileSync(join(rules, name), 'utf8');
    writeFileSync(join(folder, 'rules', name), text.replaceAll(/^( +interval:) \w+$/gm, `$1 ${INTERVAL}`));
  }
}
