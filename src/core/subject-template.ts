/** Longest template in characters. */
const MAX_LENGTH = 64;

/**
 * A form of a subject that has few values over all subjects, for the names of spans: tokens with a digit are taken for
 * generated ones (numbers, UUIDs, hashes) and become `{id}`, and what is very long is cut.
 */
export function subjectTemplate(subject: string): string {
  const template = subject
    .split('.')
    .map((token) => (/\d/.test(token) ? '{id}' : token))
    .join('.');
  return template.length > MAX_LENGTH ? `${template.slice(0, MAX_LENGTH)}…` : template;
}
