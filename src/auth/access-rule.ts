import { parsePattern, type Pattern } from '../core/pattern.js';
import { STREAM_SUBJECT_PREFIX } from '../core/subject.js';
import type { Verb } from './access.js';
import { coversPattern } from './pattern-containment.js';

/** Allows some verbs on some subjects. */
export interface AccessRule {
  /** `*`: every verb. */
  readonly verbs: ReadonlySet<Verb | '*'>;
  /** Undefined: every subject, those of streams included. */
  readonly patterns: readonly Pattern[] | undefined;
}

export function allowsVerb({ verbs }: AccessRule, verb: Verb): boolean {
  return verbs.has('*') || verbs.has(verb);
}

/** Whether the rule, whose verbs are not looked at, is about this one subject, taken literally. */
export function isAboutSubject({ patterns }: AccessRule, subject: string): boolean {
  return patterns?.some((pattern) => pattern.matches(subject)) ?? true;
}

/** Whether one pattern of the rule takes in every subject that `pattern` matches. */
export function isAboutAllOf({ patterns }: AccessRule, pattern: string): boolean {
  return patterns?.some(({ text }) => coversPattern(text, pattern)) ?? true;
}

/** Whether the rule is about any subject at all. */
export function isAboutAnything({ patterns }: AccessRule): boolean {
  return patterns === undefined || patterns.length > 0;
}

/**
 * A pattern of stream names as a pattern of their subjects. It is written as the names are in subjects: `%`, `*` and `>`
 * that belong to a name are `%25`, `%2A` and `%3E`.
 *
 * @throws BrokerError SUBJECT_INVALID
 */
export function parseStreamPattern(text: string): Pattern {
  return parsePattern(STREAM_SUBJECT_PREFIX + text);
}
