import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describeReflectedCalls } from '../../support/reflected-calls.js';

const BUF = 'node_modules/.bin/buf';
const CURL = ['curl', '--protocol', 'grpc', '--http2-prior-knowledge', '--reflect'];

describe('buf curl', () => {
  describeReflectedCalls({
    listMethods: async (address) => {
      const { stdout } = await promisify(execFile)(BUF, [...CURL, '--list-methods', `http://${address}`]);
      return stdout.trim().split('\n');
    },
    call: (address, method) => [BUF, ...CURL, '--data', '@-', `http://${address}/${method}`],
    verboseCall: (address, method) => [BUF, ...CURL, '--verbose', '--data', '@-', `http://${address}/${method}`],
    // Those of the reflection are the first.
    headersReceived: (program) => program.complained('< (#2) HTTP/2.0 200'),
  });
});
