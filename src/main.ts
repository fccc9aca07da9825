#!/usr/bin/env node
import type { App } from './app.js';
import { runProgram } from './cli/program.js';
import type { Config } from './config/config.js';

/** What a shell reports for a process that a signal ended. */
const SIGNAL_EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

type StopSignal = keyof typeof SIGNAL_EXIT_CODES;

/** Runs the server until a signal; does not return, because a part that did not stop must not keep the process. */
async function serve(config: Config): Promise<never> {
  const signalled = stopSignal();
  const starting = new AbortController();
  void signalled.then(() => starting.abort());
  let app: App;
  try {
    // Only here: other commands start in half the time without the drivers and servers.
    const { createApp } = await import('./app.js');
    app = await createApp(config, { signal: starting.signal });
  } catch (error) {
    // Stopped before it had begun: nothing has been lost.
    if (starting.signal.aborted) process.exit(0);
    throw error;
  }
  process.on('uncaughtException', (error) => {
    // What was acknowledged is on disk; what state the process is in nobody knows.
    app.logger.error({ err: error }, 'uncaught exception');
    process.exit(1);
  });
  if (!starting.signal.aborted) process.stdout.write(`${app.summary}\n`);
  app.logger.info({ signal: await signalled }, 'stopping; a second signal ends at once');
  try {
    await app.stop();
    app.logger.info({}, 'stopped');
    process.exit(0);
  } catch (error) {
    app.logger.error({ err: error }, 'not everything stopped cleanly');
    process.exit(1);
  }
}

/** The first signal to stop; a second one ends the process at once. */
function stopSignal(): Promise<StopSignal> {
  return new Promise((resolve) => {
    let signalled = false;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (signalled) process.exit(SIGNAL_EXIT_CODES[signal]);
        signalled = true;
        resolve(signal);
      });
    }
  });
}

void runProgram(process.argv.slice(2), { serve }).then((exitCode) => {
  process.exitCode = exitCode;
});
