import type { z } from 'zod';
import { ConfigError, type ConfigProblem } from './config-error.js';
import { closest } from './closest.js';
import { optionsOf, type Option } from './option.js';

/** Where values come from, strongest first. */
export interface ConfigSources {
  /** By option path. */
  readonly flags?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** The parsed file: nested mappings. */
  readonly file?: { readonly name: string; readonly content: unknown };
  /** Reads the file of a `WAYBILL_…_FILE` variable. */
  readonly readFile: (path: string) => string;
  /** Variables that belong to something else and are left alone. */
  readonly foreignVariables?: ReadonlySet<string>;
}

/** An option's value before it is parsed, and the flag, variable or file that gave it. */
export interface GivenValue {
  readonly option: Option;
  readonly value: unknown;
  readonly source: string;
}

export interface Resolved<T> {
  readonly settings: T;
  /** The values that were given; every other option has its default. */
  readonly given: ReadonlyMap<string, GivenValue>;
}

/**
 * Kubernetes puts `WAYBILL_SERVICE_HOST`, `WAYBILL_PORT_50043_TCP` and the like into every pod beside a service that
 * is called `waybill` or `waybill-…`; none of these are ours.
 */
const KUBERNETES_SERVICE_VARIABLE =
  /^WAYBILL_(.*_)?(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$/;

/**
 * Merges the sources and parses the result: flags over environment over file over defaults.
 *
 * @throws ConfigError with every problem found
 */
export function resolve<T extends z.ZodObject>(schema: T, sources: ConfigSources): Resolved<z.output<T>> {
  const options = optionsOf(schema);
  const problems: ConfigProblem[] = [];
  const given = new Map<string, GivenValue>();
  for (const value of [
    ...fileValues(options, sources, problems),
    ...environmentValues(options, sources, problems),
    ...flagValues(options, sources),
  ]) {
    given.set(value.option.path, value);
  }
  const parsed = schema.safeParse(nest(options, given));
  for (const issue of parsed.error?.issues ?? []) {
    const path = issue.path.join('.');
    const value = given.get(path);
    const message = value?.option.secret === true ? 'is not valid' : issue.message;
    problems.push({ path, message, ...(value === undefined ? {} : { source: value.source }) });
  }
  if (problems.length > 0 || !parsed.success) throw new ConfigError(problems);
  return { settings: parsed.data, given };
}

function flagValues(options: readonly Option[], { flags = {} }: ConfigSources): readonly GivenValue[] {
  return options.flatMap((option) => {
    const value = flags[option.path];
    return value === undefined ? [] : [{ option, value, source: option.flag }];
  });
}

function environmentValues(
  options: readonly Option[],
  { environment = {}, readFile, foreignVariables }: ConfigSources,
  problems: ConfigProblem[],
): readonly GivenValue[] {
  const byVariable = new Map(options.map((option) => [option.variable, option]));
  const secretFiles = new Map(
    options.filter((option) => option.secret === true).map((option) => [`${option.variable}_FILE`, option]),
  );
  const values: GivenValue[] = [];
  for (const [variable, value] of Object.entries(environment)) {
    // An empty variable is how shells and compose files say "unset".
    if (!variable.startsWith('WAYBILL_') || value === undefined || value === '') continue;
    const option = byVariable.get(variable);
    const secret = secretFiles.get(variable);
    if (option !== undefined) values.push({ option, value, source: variable });
    else if (secret !== undefined) {
      if (environment[secret.variable]) {
        problems.push({ path: secret.path, message: `is given by ${secret.variable} and ${variable}` });
        continue;
      }
      try {
        values.push({ option: secret, value: readFile(value).trim(), source: variable });
      } catch (error) {
        problems.push({ path: secret.path, message: `cannot read ${value}: ${reasonOf(error)}`, source: variable });
      }
    } else if (foreignVariables?.has(variable) !== true && !KUBERNETES_SERVICE_VARIABLE.test(variable)) {
      const suggestion = closest(variable, [...byVariable.keys(), ...secretFiles.keys()]);
      problems.push({ path: variable, message: unknown('variable', suggestion) });
    }
  }
  return values;
}

function fileValues(
  options: readonly Option[],
  { file }: ConfigSources,
  problems: ConfigProblem[],
): readonly GivenValue[] {
  if (file === undefined || file.content === null || file.content === undefined) return [];
  const { name } = file;
  const byPath = new Map(options.map((option) => [option.path, option]));
  const sections = new Set(
    options.flatMap(({ path }) => (path.includes('.') ? [path.slice(0, path.lastIndexOf('.'))] : [])),
  );
  const values: GivenValue[] = [];

  const visit = (content: unknown, prefix: string): void => {
    if (!isMapping(content)) {
      problems.push({ path: prefix === '' ? name : prefix, message: 'must be a mapping of options', source: name });
      return;
    }
    for (const [key, value] of Object.entries(content)) {
      const path = prefix === '' ? key : `${prefix}.${key}`;
      const option = byPath.get(path);
      if (option !== undefined) {
        if (value !== null) values.push({ option, value, source: name });
      } else if (sections.has(path)) {
        if (value !== null) visit(value, path);
      } else {
        problems.push({
          path,
          message: unknown('option', closest(path, [...byPath.keys(), ...sections])),
          source: name,
        });
      }
    }
  };
  visit(file.content, '');
  return values;
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unknown(kind: string, suggestion: string | undefined): string {
  return suggestion === undefined ? `unknown ${kind}` : `unknown ${kind}; did you mean ${suggestion}?`;
}

function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

/** The given values in the shape of the schema, with an empty object for every section. */
function nest(options: readonly Option[], given: ReadonlyMap<string, GivenValue>): Readonly<Record<string, unknown>> {
  const root: Record<string, unknown> = {};
  for (const { path } of options) {
    const keys = path.split('.');
    const last = keys.pop() ?? '';
    let section = root;
    for (const key of keys) section = (section[key] ??= {}) as Record<string, unknown>;
    const value = given.get(path);
    if (value !== undefined) section[last] = value.value;
  }
  return root;
}
