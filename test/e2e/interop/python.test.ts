import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { requireBackend } from '../../support/backends.js';
import { describeEventBusExample } from '../../support/event-bus/event-bus-example.js';
import { describeExamples } from '../../support/example-programs.js';
import { findTool } from '../../support/tools.js';

const python = findTool('python');

requireBackend('python', python.unavailableReason)('examples in Python', () => {
  beforeAll(async () => {
    await promisify(execFile)('examples/python/generate.sh', [python.command]);
  });

  describeExamples((example) => [python.command, `examples/python/${example.replaceAll('-', '_')}.py`]);
  describeEventBusExample([python.command, 'examples/python/event_bus.py']);
});
