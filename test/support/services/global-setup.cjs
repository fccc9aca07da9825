'use strict';

const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { mkdtempSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

const ADDRESS_VARIABLE = /^WAYBILL_TEST_/;

/**
 * Lets the test files of this run ask for servers (addresses.ts). Nothing is started before one does. What variables give
 * goes to files of the run: a broker that inherited the variables would refuse to start because it does not know them.
 */
module.exports = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-test-run-'));
  process.env.TEST_RUN_FOLDER = folder;
  for (const [variable, address] of Object.entries(process.env)) {
    if (!ADDRESS_VARIABLE.test(variable)) continue;
    delete process.env[variable];
    if (address !== '') writeFileSync(join(folder, variable), address);
  }
  const launcher = spawn(process.execPath, ['--import', 'tsx', join(__dirname, 'launcher.ts'), folder], {
    cwd: join(__dirname, '..', '..', '..'),
    // When this ends it stops its servers and removes the folder.
    stdio: ['pipe', 'inherit', 'inherit'],
    // Ctrl+C must not end it before it has stopped its servers.
    detached: true,
  });
  const exited = once(launcher, 'exit');
  globalThis.stopTestServices = async () => {
    launcher.stdin.end();
    await exited;
  };
};
