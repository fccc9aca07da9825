'use strict';

const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { mkdtempSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

/** Lets the test files of this run ask for servers (addresses.ts). Nothing is started before one does. */
module.exports = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-test-run-'));
  process.env.WAYBILL_TEST_RUN_FOLDER = folder;
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
