'use strict';

const { writeFileSync } = require('node:fs');

/**
 * Writes the counts of a run, `12 passed, 0 failed, 3 skipped`, to the file that `TEST_COUNTS_FILE` names. A test file
 * that could not be loaded counts as one failure, so a broken run never reads as a clean one.
 */
module.exports = class CountsReporter {
  onRunComplete(_contexts, results) {
    const file = process.env.TEST_COUNTS_FILE;
    if (!file) return;
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    const counts = [`${results.numPassedTests} passed`, `${failed} failed`];
    if (skipped > 0) counts.push(`${skipped} skipped`);
    writeFileSync(file, `${counts.join(', ')}\n`);
  }
};
