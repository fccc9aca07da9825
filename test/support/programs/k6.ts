import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LineProcess } from '../line-process.js';
import { findTool } from '../tools.js';

/** How a script of `loadtest/` ended. */
export interface K6Outcome {
  /** 0: all thresholds held; 99: some did not; 107: the script failed. */
  readonly exitCode: number | undefined;
  /** The summary for people, and what was logged. */
  readonly output: string;
  /** Expressions of thresholds that did not hold, as `metric: expression`. */
  readonly crossed: readonly string[];
  /** Values of a metric, such as `{ count: 3, rate: 1.5 }`; fails when there is none of that name. */
  readonly metric: (name: string) => Readonly<Record<string, number>>;
}

interface Summary {
  readonly metrics: Readonly<
    Record<
      string,
      {
        readonly values: Readonly<Record<string, number>>;
        readonly thresholds?: Readonly<Record<string, { readonly ok: boolean }>>;
      }
    >
  >;
}

/** k6 with one of our scripts. */
export class K6 {
  readonly #process: LineProcess;
  readonly #folder = mkdtempSync(join(tmpdir(), 'waybill-k6-'));
  readonly #summary = join(this.#folder, 'summary.json');

  /**
   * @param script of `loadtest/`, such as `smoke`
   * @param environment its settings
   * @param flags of `k6 run`
   */
  constructor(script: string, environment: Readonly<Record<string, string>>, flags: readonly string[] = []) {
    this.#process = new LineProcess(
      [findTool('k6').command, 'run', '--no-color', ...flags, join('loadtest', `${script}.js`)],
      { environment: { ...environment, SUMMARY: this.#summary, K6_NO_USAGE_REPORT: 'true' } },
    );
  }

  /** Runs a script to its end. */
  static async run(
    script: string,
    environment: Readonly<Record<string, string>>,
    flags: readonly string[] = [],
  ): Promise<K6Outcome> {
    const k6 = new K6(script, environment, flags);
    try {
      return await k6.ended();
    } finally {
      await k6.dispose();
    }
  }

  /** Resolves when the load itself has begun. */
  async started(): Promise<void> {
    await this.#process.printed(/^running \(/);
  }

  async ended(): Promise<K6Outcome> {
    const exitCode = await this.#process.exitCode();
    const { lines, stderr } = this.#process;
    const { metrics } = JSON.parse(readFileSync(this.#summary, 'utf8')) as Summary;
    return {
      exitCode,
      output: [...lines, stderr].join('\n'),
      crossed: Object.entries(metrics).flatMap(([name, { thresholds = {} }]) =>
        Object.entries(thresholds).flatMap(([expression, { ok }]) => (ok ? [] : [`${name}: ${expression}`])),
      ),
      metric: (name) => {
        const metric = metrics[name];
        if (metric === undefined) throw new Error(`there is no metric ${name}`);
        return metric.values;
      },
    };
  }

  /** Ends it, whatever state it is in. */
  async dispose(): Promise<void> {
    await this.#process.dispose();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
