import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadClientConfig, loadConfig } from '../../../src/config/load.js';
import { list, mapping, readComposeProject, type ComposeService } from '../../support/compose-project.js';
import { readDockerfile } from '../../support/dockerfile.js';

const ROOT = join(__dirname, '../../..');

const PROJECTS = ['memory', 'postgres', 'cassandra', 'redis'].map(
  (storage) => [storage, readComposeProject(join(ROOT, `docker-compose-${storage}.yaml`))] as const,
);

const IMAGE_ENVIRONMENT = readDockerfile(join(ROOT, 'docker/Dockerfile')).environment;

/** What the secrets of a project look like. */
function readSecret(path: string): string {
  const url = { 'postgres-url': 'postgres://waybill:x@postgres:5432/waybill', 'redis-url': 'redis://:x@redis:6379' };
  const name = path.slice(path.lastIndexOf('/') + 1);
  return url[name as keyof typeof url] ?? 'secret';
}

function limitsOf({ definition }: ComposeService) {
  return mapping(mapping(mapping(definition['deploy'])['resources'])['limits']);
}

function isOurImage({ definition }: ComposeService): boolean {
  return String(definition['image']).startsWith('waybill:');
}

/** Our image has a check of its own. */
function hasHealthCheck(service: ComposeService): boolean {
  const check = mapping(service.definition['healthcheck']);
  return check['disable'] !== true && (check['test'] !== undefined || isOurImage(service));
}

describe.each(PROJECTS)('every service of docker-compose-%s.yaml', (_storage, project) => {
  const services = [...project.services.values()];

  test('has limits, no privileges and logs that end', () => {
    for (const service of services) {
      const { name, definition } = service;
      const { cpus, memory, pids } = limitsOf(service);
      expect({ name, cpus, memory, pids }).toEqual({
        name,
        cpus: expect.stringMatching(/^\d+(\.\d+)?$/),
        memory: expect.stringMatching(/^\d+[MG]$/),
        pids: expect.any(Number),
      });
      expect({ name, ...definition }).toMatchObject({
        name,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
        logging: { options: { 'max-size': '10m', 'max-file': '3' } },
      });
    }
  });

  test('runs an image of one version', () => {
    for (const service of services) {
      const { image, build } = service.definition;
      if (isOurImage(service)) expect([service.name, build]).toEqual([service.name, expect.anything()]);
      else expect(image).toMatch(/^[a-z][a-z0-9/]+:v?\d+\.\d+(\.\d+)?(-[a-z]+)?$/);
    }
  });

  test('is reached from this machine only', () => {
    const ports = services.flatMap(({ definition }) => list(definition['ports']));
    expect(ports.length).toBeGreaterThan(0);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\$\{[A-Z_]+:-\d+\}:\d+$/);
  });

  test('mounts what is there', () => {
    for (const { definition, boundPaths, volumes } of services) {
      for (const path of boundPaths) expect([path, existsSync(path)]).toEqual([path, true]);
      for (const name of volumes) expect(project.volumes).toContain(name);
      for (const name of list(definition['networks'])) expect(project.networks).toContain(name);
    }
  });

  test('waits for the health of what has a check, and for the end of what ends', () => {
    for (const { name, dependencies } of services) {
      for (const [other, condition] of Object.entries(dependencies)) {
        const service = project.services.get(other);
        if (service === undefined) throw new Error(`there is no service ${other}`);
        const expected = hasHealthCheck(service) ? 'service_healthy' : 'service_completed_successfully';
        expect([name, other, condition]).toEqual([name, other, expected]);
      }
    }
  });

  test('has secrets in files only', () => {
    for (const { environment, definition } of services) {
      for (const [variable, value] of Object.entries(environment)) {
        if (/PASSWORD|SECRET|TOKEN|CLIENTS|(POSTGRES|REDIS)_URL/.test(variable)) expect(variable).toMatch(/_FILE$/);
        expect(value).not.toMatch(/:\/\/[^/]*:[^/]*@/);
      }
      expect(list(definition['command']).join(' ')).not.toMatch(/pass(word)?[= ]|secret=/i);
    }
  });
});

describe.each(PROJECTS)('docker-compose-%s.yaml', (storage, { services }) => {
  test('configures a server that asks every caller who it is', () => {
    const environment = { ...IMAGE_ENVIRONMENT, ...services.get('waybill')?.environment };
    const config = loadConfig({ environment, readFile: readSecret });
    expect(config).toMatchObject({
      storage: { kind: storage },
      authRequired: true,
      tcp: { address: { host: '0.0.0.0', port: 8080 } },
      tracing: { exporter: 'otlp' },
    });
  });

  test('gives its command line the way to Envoy and a secret', () => {
    expect(
      loadClientConfig({ environment: services.get('cli')?.environment ?? {}, readFile: readSecret }),
    ).toMatchObject({ address: { host: 'envoy', port: 50043 }, credentials: { clientSecret: 'secret' } });
  });

  test('starts brokers after their secrets and storage, and Envoy after them', () => {
    const waits = services.get('waybill')?.dependencies ?? {};
    expect(waits['secrets']).toBe('service_completed_successfully');
    if (storage !== 'memory') expect(waits[storage]).toBe('service_healthy');
    expect(services.get('envoy')?.dependencies).toEqual({ waybill: 'service_healthy' });
  });

  test('gives brokers more time to stop than they take', () => {
    const { shutdownTimeoutMs } = loadConfig({ environment: { WAYBILL_AUTH: 'off' } });
    const grace = services.get('waybill')?.definition['stop_grace_period'];
    expect(Number.parseInt(String(grace), 10) * 1000).toBeGreaterThan(shutdownTimeoutMs);
  });

  test('runs two brokers where they can share their storage', () => {
    const deploy = mapping(services.get('waybill')?.definition['deploy']);
    expect(deploy['replicas'] ?? 1).toBe(storage === 'memory' ? 1 : 2);
  });
});

describe('the images of the compose files', () => {
  const images = new Map(
    PROJECTS.flatMap(([, { services }]) =>
      [...services.values()].map(({ name, definition }) => [name, String(definition['image'])] as const),
    ),
  );
  const tool = (name: string) => readFileSync(join(ROOT, `scripts/test-tools/${name}.sh`), 'utf8');

  test('are of the versions that the tests use', () => {
    expect(images.get('envoy')?.slice('envoyproxy/envoy:v'.length)).toBe(/version=(\S+)/.exec(tool('envoy'))?.[1]);
    expect(images.get('loadtest')?.slice('grafana/k6:'.length)).toBe(/\bv(\d+\.\d+\.\d+)/.exec(tool('k6'))?.[1]);
    expect(tool('jaeger')).toContain(`Jaeger ${images.get('jaeger')?.slice('jaegertracing/jaeger:'.length)}`);
    expect(tool('cassandra')).toContain(String(images.get('cassandra')).slice('cassandra:'.length));
  });
});
