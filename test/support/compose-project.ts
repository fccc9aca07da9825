import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';

/** Nested mappings, lists and scalars. */
type Yaml = Readonly<Record<string, unknown>>;

export interface ComposeService {
  readonly name: string;
  readonly definition: Yaml;
  /** With the defaults of variables. */
  readonly environment: Readonly<Record<string, string>>;
  /** Paths on this machine that are mounted, absolute. */
  readonly boundPaths: readonly string[];
  /** Names of volumes that are mounted. */
  readonly volumes: readonly string[];
  /** What it waits for: the condition by the name of the service. */
  readonly dependencies: Readonly<Record<string, string>>;
}

export interface ComposeProject {
  readonly services: ReadonlyMap<string, ComposeService>;
  readonly volumes: ReadonlySet<string>;
  readonly networks: ReadonlySet<string>;
}

/** Lists of these are joined when a service extends another; others are replaced. */
const JOINED_LISTS = new Set(['volumes', 'networks', 'tmpfs', 'ports', 'cap_drop', 'security_opt']);

/**
 * A compose file with what it includes and what its services extend, as Compose reads it: tests of the files need no engine and no Compose. `docker/verify.sh` asks the real one.
 */
export function readComposeProject(file: string): ComposeProject {
  const content = parse(readFileSync(file, 'utf8')) as Yaml;
  const services = new Map<string, ComposeService>();
  const volumes = new Set(Object.keys(mapping(content['volumes'])));
  const networks = new Set(Object.keys(mapping(content['networks'])));
  for (const included of (content['include'] as readonly string[] | undefined) ?? []) {
    const project = readComposeProject(join(dirname(file), included));
    for (const [name, service] of project.services) services.set(name, service);
    for (const name of project.volumes) volumes.add(name);
    for (const name of project.networks) networks.add(name);
  }
  for (const name of Object.keys(mapping(content['services']))) services.set(name, readService(file, name));
  return { services, volumes, networks };
}

function readService(file: string, name: string): ComposeService {
  const { definition, boundPaths } = resolveService(file, name);
  const volumes = list(definition['volumes']).filter((volume) => !/^[./]/.test(volume));
  return {
    name,
    definition,
    environment: Object.fromEntries(
      Object.entries(mapping(definition['environment'])).map(([key, value]) => [key, withDefaults(String(value))]),
    ),
    boundPaths,
    volumes: volumes.map((volume) => volume.split(':', 1)[0] ?? ''),
    dependencies: Object.fromEntries(
      Object.entries(mapping(definition['depends_on'])).map(([dependency, how]) => [
        dependency,
        String(mapping(how)['condition']),
      ]),
    ),
  };
}

/** Paths are relative to the file that they stand in, so they are resolved before services are joined. */
function resolveService(file: string, name: string): { definition: Yaml; boundPaths: readonly string[] } {
  const all = mapping((parse(readFileSync(file, 'utf8'), { merge: true }) as Yaml)['services']);
  const { extends: base, ...own } = mapping(all[name]);
  const boundPaths = list(own['volumes'])
    .filter((volume) => volume.startsWith('.'))
    .map((volume) => join(dirname(file), volume.split(':', 1)[0] ?? ''));
  if (base === undefined) return { definition: own, boundPaths };
  const { file: baseFile, service } = base as { readonly file?: string; readonly service: string };
  const extended = resolveService(baseFile === undefined ? file : join(dirname(file), baseFile), service);
  return { definition: merged(extended.definition, own), boundPaths: [...extended.boundPaths, ...boundPaths] };
}

function merged(base: Yaml, own: Yaml): Yaml {
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(own)) {
    const before = base[key];
    if (isMapping(before) && isMapping(value)) result[key] = merged(before, value);
    else if (JOINED_LISTS.has(key)) result[key] = [...list(before), ...list(value)];
    else result[key] = value;
  }
  return result;
}

/** `${NAME:-value}` as `value`. */
function withDefaults(text: string): string {
  return text.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1');
}

function isMapping(value: unknown): value is Yaml {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Empty for what is absent. */
export function mapping(value: unknown): Yaml {
  return isMapping(value) ? value : {};
}

/** Strings of a list; empty for what is absent. */
export function list(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
