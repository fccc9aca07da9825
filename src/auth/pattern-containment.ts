/**
 * Whether every subject that the pattern `inner` matches is matched by the pattern `outer` too. Both are patterns as
 * `parsePattern` takes them; a text without wildcards stands for itself.
 */
export function coversPattern(outer: string, inner: string): boolean {
  // No wildcard matches the `$` of reserved subjects.
  if (outer.startsWith('$') !== inner.startsWith('$')) return false;
  const over = tokensOf(outer);
  const under = tokensOf(inner);
  for (let i = 0; i < over.tokens.length; i++) {
    const token = over.tokens[i]!;
    const underToken = under.tokens[i];
    if (underToken === undefined) return false;
    const last = i === over.tokens.length - 1;
    const underLast = i === under.tokens.length - 1;
    if (last && over.open) return coversRest(token, underToken, { last: underLast, open: under.open });
    // Behind an open end may follow one token as well as many.
    if (underLast && under.open) return false;
    if (last !== underLast || !coversToken(token, underToken)) return false;
  }
  return true;
}

function tokensOf(pattern: string): { readonly tokens: readonly string[]; readonly open: boolean } {
  const open = pattern.endsWith('>');
  return { tokens: (open ? pattern.slice(0, -1) : pattern).split('.'), open };
}

/** `*` takes any token that is not empty. */
function coversToken(outer: string, inner: string): boolean {
  return outer === '*' ? inner !== '' : outer === inner;
}

/** Whether all that can follow from `inner` on begins with `prefix` and is longer. */
function coversRest(prefix: string, inner: string, end: { readonly last: boolean; readonly open: boolean }): boolean {
  if (end.last && end.open) return inner.startsWith(prefix);
  if (inner === '*') return prefix === '';
  return inner.startsWith(prefix) && (!end.last || inner.length > prefix.length);
}
