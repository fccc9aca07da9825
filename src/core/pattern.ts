import { BrokerError } from './errors.js';
import { isPattern, validateReadableSubject } from './subject.js';

/**
 * A subject with wildcards: `*` stands for one token, a `>` at the end for one character or more of whatever follows.
 * No wildcard matches the `$` that reserved subjects begin with.
 */
export interface Pattern {
  readonly text: string;
  /** Every matching subject begins with this; what a listing of subjects can be narrowed to. */
  readonly prefix: string;
  matches(subject: string): boolean;
}

/** @throws BrokerError SUBJECT_INVALID */
export function parsePattern(text: string): Pattern {
  validateReadableSubject(text);
  const open = text.endsWith('>');
  const fixed = open ? text.slice(0, -1) : text;
  if (isPattern(fixed) && fixed.split('.').some((token) => token.endsWith('>'))) {
    throw new BrokerError('SUBJECT_INVALID', `">" may stand only at the end of a pattern: "${text}"`);
  }
  const tokens = fixed.split('.');
  const reserved = text.startsWith('$');
  const firstWildcard = tokens.indexOf('*');
  const prefix =
    firstWildcard < 0
      ? fixed
      : tokens
          .slice(0, firstWildcard)
          .map((token) => `${token}.`)
          .join('');
  return {
    text,
    prefix,
    matches: (subject) => subject.startsWith('$') === reserved && matches(tokens, open, subject),
  };
}

/** The last token is a prefix when `open`: `a.>` has the last token "" and so takes any rest that is not empty. */
function matches(tokens: readonly string[], open: boolean, subject: string): boolean {
  let at = 0;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    const last = i === tokens.length - 1;
    if (last && open) return subject.startsWith(token, at) && subject.length > at + token.length;
    const dot = subject.indexOf('.', at);
    const end = dot < 0 ? subject.length : dot;
    if (token === '*' ? end === at : subject.slice(at, end) !== token) return false;
    if (last) return dot < 0;
    if (dot < 0) return false;
    at = dot + 1;
  }
  return false;
}
