import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { share } from '../arguments.js';
import { clientCommand, withClient } from '../client-command.js';
import { EXIT_FAILURE } from '../exit-code.js';
import { compareLoads, differentSettings, worseFigures } from '../load/comparison.js';
import { addLoadFlags, type LoadFlags } from '../load/load-flags.js';
import type { LoadResults } from '../load/load-results.js';
import { measureLoad } from '../load/measure-load.js';
import { comparisonPage } from '../load/report/comparison-page.js';
import { resultsPage } from '../load/report/results-page.js';
import { assertWritable, readResults, resultsText } from '../load/results-file.js';
import { writeComparisonTable, writeResultsTable } from '../load/tables.js';
import { Output } from '../output.js';
import type { CommandResult } from '../command-result.js';
import type { Terminal } from '../terminal.js';

export function loadCommand(terminal: Terminal, result: CommandResult): Command {
  return new Command('load')
    .description('put a rising load on a server and report how it does; see "load run --help"')
    .addCommand(runCommand(terminal, result), { isDefault: true })
    .addCommand(compareCommand(terminal, result));
}

function runCommand(terminal: Terminal, result: CommandResult): Command {
  const { command, flags: configFlags } = clientCommand(
    'run',
    'publish random messages at a rate that rises and then holds, whatever the server does (the default)',
  );
  return addLoadFlags(command).action((flags: LoadFlags) =>
    withClient(terminal, configFlags, { ...flags }, async (context) => {
      for (const path of [flags.results, flags.report]) if (path !== undefined) assertWritable(path);
      const results = await measureLoad(context, flags);
      if (flags.results !== undefined) writeFileSync(flags.results, resultsText(results));
      if (flags.report !== undefined) writeFileSync(flags.report, resultsPage(results));
      if (context.output.json) await context.output.record(summaryOf(results));
      else await writeResultsTable(context.output, results);
      const lateMs = results.startDelayMs.p99;
      if (lateMs > TOO_LATE_MS) {
        context.output.notice(
          `waybill: calls were started up to ${Math.round(lateMs)} ms late: this machine is too busy for such a load`,
        );
      }
      if (!isTooBad(results)) return;
      context.output.notice(`waybill: ${badnessOf(results)}`);
      result.exitCode = EXIT_FAILURE;
    }),
  );
}

/** Calls that begin later than this after they were due, one of a hundred, say more about the client than the server. */
const TOO_LATE_MS = 50;

/** Stopped by errors, or at last with more than are allowed. */
function isTooBad({ ended, total, settings }: LoadResults): boolean {
  return ended === 'too many errors' || total.unserved > settings.maxErrors;
}

function badnessOf({ ended, total, settings }: LoadResults): string {
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
  const allowed = percent(settings.maxErrors);
  if (ended === 'too many errors') return `stopped because more than ${allowed} of the last calls were not served`;
  return `${percent(total.unserved)} of the calls were not served, which is more than ${allowed}`;
}

/** The last line of `--json`: everything but what the lines before have told. */
function summaryOf({ seconds: _seconds, latencyBuckets: _buckets, ...summary }: LoadResults): object {
  return summary;
}

interface CompareFlags {
  readonly json?: true;
  readonly failAbove?: number;
  readonly report?: string;
}

function compareCommand(terminal: Terminal, result: CommandResult): Command {
  return new Command('compare')
    .description('compare two files of "waybill load --results"')
    .argument('<before>')
    .argument('<after>')
    .option('--fail-above <share>', 'end with 1 when a figure is worse by more, such as 10%', share)
    .option('--report <file>', 'write a report as one HTML file')
    .option('--json', 'write one JSON object per line')
    .action(async (beforePath: string, afterPath: string, { failAbove, report, json }: CompareFlags) => {
      if (report !== undefined) assertWritable(report);
      const output = new Output(terminal, json === true);
      const [before, after] = [readResults(beforePath), readResults(afterPath)];
      const figures = compareLoads(before, after);
      const different = differentSettings(before, after);
      if (different.length > 0) output.notice(`waybill: the settings differ: ${different.join(', ')}`);
      if (report !== undefined) writeFileSync(report, comparisonPage({ before, after, figures, failAbove }));
      if (output.json) for (const figure of figures) await output.record(figure);
      else await writeComparisonTable(output, figures, failAbove);
      if (failAbove !== undefined && worseFigures(figures, failAbove).length > 0) result.exitCode = EXIT_FAILURE;
    });
}
