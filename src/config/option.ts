import { z } from 'zod';

/** What is known about an option besides its type. */
export interface OptionFacts {
  /** One sentence for the help and the table of options. */
  readonly meaning: string;
  /** As text, in the form that a user would write; undefined when the option is unset by default. */
  readonly defaultText?: string;
  /** The part of the name after `WAYBILL_` (and, in kebab case, the flag) where it is not that of the path. */
  readonly name?: string;
  /** Never shown; the value may also come from the file that `WAYBILL_…_FILE` names. */
  readonly secret?: boolean;
  /** What a value looks like, for the help: `duration`, `size`. */
  readonly form: string;
}

export interface Option extends OptionFacts {
  /** Where it is in the file: `grpc.keepaliveTime`. */
  readonly path: string;
  /** `WAYBILL_GRPC_KEEPALIVE_TIME`. */
  readonly variable: string;
  /** `--grpc-keepalive-time`. */
  readonly flag: string;
}

const FACTS = z.registry<OptionFacts>();

/** An option with a default, which is parsed like any other value. */
export function option<T extends z.ZodType>(type: T, facts: OptionFacts & { readonly defaultText: string }) {
  const schema = type.prefault(facts.defaultText as z.input<T>);
  FACTS.add(schema, facts);
  return schema;
}

/** An option that may be left unset. */
export function optionalOption<T extends z.ZodType>(type: T, facts: Omit<OptionFacts, 'defaultText'>) {
  const schema = type.optional();
  FACTS.add(schema, facts);
  return schema;
}

/** The options of a schema of nested objects, in the order of the schema. */
export function optionsOf(schema: z.ZodObject, prefix = ''): readonly Option[] {
  return Object.entries(schema.shape).flatMap(([key, type]) => {
    const path = prefix + key;
    if (type instanceof z.ZodObject) return optionsOf(type, `${path}.`);
    const facts = FACTS.get(type as z.ZodType);
    if (facts === undefined) throw new Error(`${path} was not made by option()`);
    const name = facts.name ?? screamingSnakeCase(path);
    return [{ ...facts, path, variable: `WAYBILL_${name}`, flag: `--${name.toLowerCase().replaceAll('_', '-')}` }];
  });
}

function screamingSnakeCase(path: string): string {
  return path
    .replaceAll(/[A-Z]/g, (letter) => `_${letter}`)
    .replaceAll('.', '_')
    .toUpperCase();
}
