import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { requireBackend } from '../../support/backends.js';
import { describeEventBusExample } from '../../support/event-bus/event-bus-example.js';
import { describeExamples } from '../../support/example-programs.js';
import { findTool } from '../../support/tools.js';

const go = findTool('go');
const MINUTES = 60_000;

requireBackend('go', go.unavailableReason)('examples in Go', () => {
  // Ready in a second when `npm run test:tools` has filled Go's cache.
  beforeAll(async () => {
    await promisify(execFile)('examples/go/build.sh');
  }, 5 * MINUTES);

  describeExamples((example) => [`examples/go/bin/${example}`]);
  describeEventBusExample(['examples/go/bin/event-bus']);
});
