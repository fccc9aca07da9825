import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../../../src/config/config-error.js';
import { loadConfig } from '../../../src/config/load.js';
import { readDockerfile } from '../../support/dockerfile.js';

const ROOT = join(__dirname, '../../..');
const { text, lastStage, environment } = readDockerfile(join(ROOT, 'docker/Dockerfile'));

function only(instruction: string): string {
  const found = lastStage.filter(([name]) => name === instruction).map(([, rest]) => rest);
  if (found.length !== 1) throw new Error(`${found.length} times ${instruction}`);
  return found[0] ?? '';
}

describe('docker/Dockerfile', () => {
  test('runs as a user with a number, so that Kubernetes sees that it is not root', () => {
    expect(only('USER')).toBe('1000:1000');
  });

  test('starts, asks for its health and stops without a shell', () => {
    const program = ['/usr/local/bin/node', '/app/dist/main.js'];
    expect(JSON.parse(only('ENTRYPOINT'))).toEqual(program);
    expect(JSON.parse(only('CMD'))).toEqual(['serve']);
    const check = only('HEALTHCHECK');
    expect(JSON.parse(check.slice(check.indexOf('[')))).toEqual([...program, 'health', '--admin']);
    expect(only('STOPSIGNAL')).toBe('SIGTERM');
  });

  test('stands on one version of Node, and needs nothing from a registry to be read', () => {
    expect(text).toMatch(/^ARG NODE_IMAGE=node:24\.\d+\.\d+-bookworm-slim$/m);
    expect(text.match(/^FROM (?!\$\{NODE_IMAGE\} AS \w+$|scratch$).*/m)).toBeNull();
    expect(text).not.toMatch(/^# *syntax=/m);
  });

  test('leaves it to whoever runs it to say who may call, and then listens for everybody', () => {
    expect(() => loadConfig({ environment })).toThrow(ConfigError);
    expect(() => loadConfig({ environment })).toThrow(/grpc\.address: .* set auth to required/);
    const config = loadConfig({ environment: { ...environment, WAYBILL_AUTH: 'off' } });
    expect(config.grpc.address).toEqual({ host: '0.0.0.0', port: 50_043 });
    expect(config.admin.address).toEqual({ host: '0.0.0.0', port: 2112 });
    expect(config.storage).toEqual({ kind: 'embedded', path: only('VOLUME') });
    expect(only('EXPOSE').split(' ')).toEqual(['50043', '2112', '8080']);
  });

  test('is given by .dockerignore what it copies, and nothing else', () => {
    const allowed = readFileSync(join(ROOT, '.dockerignore'), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    const copied = [...text.matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(([, paths = '']) => paths.split(' '));
    expect(new Set(allowed)).toEqual(new Set(copied));
  });
});
