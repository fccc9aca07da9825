'use strict';

// Preloaded into a server: tells what it holds in memory once garbage is collected, when the test asks.
const { setFlagsFromString } = require('node:v8');
const { runInNewContext } = require('node:vm');

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');
let told = 0;

process.on('SIGUSR2', () => {
  // What the first round finalizes the second one frees.
  collectGarbage();
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  process.stdout.write(`memory ${++told}: ${heapUsed + external} bytes\n`);
});
