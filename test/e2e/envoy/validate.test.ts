import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { requireBackend } from '../../support/backends.js';
import { findTool, toolsMissing } from '../../support/tools.js';

requireBackend('envoy', toolsMissing('envoy'))('Envoy itself', () => {
  it.each(['envoy.yaml', 'docker/envoy-global.yaml', 'k8s/base/envoy/envoy.yaml'])('accepts %s', async (file) => {
    const path = join(__dirname, '../../..', file);
    const { stdout, stderr } = await promisify(execFile)(findTool('envoy').command, ['--mode', 'validate', '-c', path]);
    expect(stdout).toContain('OK');
    // It warns of what it will not know any more one day.
    expect(stderr.split('\n').filter((line) => /\[(warning|error)\]|deprecated/i.test(line))).toEqual([]);
  });
});
