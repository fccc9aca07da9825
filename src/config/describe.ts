import { optionsOf, type Option } from './option.js';
import type { Resolved } from './resolve.js';
import type { z } from 'zod';

/** One line of the effective configuration. */
export interface EffectiveValue {
  readonly path: string;
  /** As the user wrote it, or the default; undefined when unset; secrets are hidden. */
  readonly value: string | undefined;
  /** The flag, variable or file that gave it, or `default`. */
  readonly source: string;
}

const HIDDEN = '(hidden)';

/** Every option of `schema` with its value and where that came from. */
export function describeConfig<T extends z.ZodObject>(
  schema: T,
  resolved: Resolved<z.output<T>>,
): readonly EffectiveValue[] {
  return optionsOf(schema).map((option) => {
    const given = resolved.given.get(option.path);
    if (given === undefined) return { path: option.path, value: option.defaultText, source: 'default' };
    return { path: option.path, value: shown(option, given.value), source: given.source };
  });
}

function shown(option: Option, value: unknown): string {
  if (option.secret === true) return HIDDEN;
  // A password in a URL is a secret wherever it stands.
  return String(value).replace(/^(\w+:\/\/[^/@:\s]*):[^/@\s]*@/, `$1:${HIDDEN}@`);
}
