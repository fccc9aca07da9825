import { parseDocument } from 'yaml';
import { z } from 'zod';
import { BrokerError } from '../core/errors.js';
import { parsePattern } from '../core/pattern.js';
import { VERBS } from './access.js';
import { parseStreamPattern } from './access-rule.js';
import { clearSecretProblem, clientIdProblem, type ClientDefinition, type ClientProblem } from './client-definition.js';
import { parseSecretHash } from './secret-hash.js';

export interface ClientsFile {
  readonly clients: readonly ClientDefinition[];
  readonly problems: readonly ClientProblem[];
}

/**
 * Reads the text of a file of clients (YAML, see docs/security.md) and finds everything that is wrong with it. No problem
 * repeats a value of the file but for patterns: what is in the wrong place may be a secret.
 */
export function parseClientsFile(source: string): ClientsFile {
  const content = readYaml(source);
  if ('problems' in content) return { clients: [], problems: content.problems };
  const file = fileSchema.safeParse(content.value);
  if (!file.success) return { clients: [], problems: problemsOf(file.error, '') };
  const clients: ClientDefinition[] = [];
  const problems: ClientProblem[] = [];
  file.data.clients.forEach((value, index) => {
    const client = clientSchema.safeParse(value);
    if (client.success) clients.push(client.data);
    else problems.push(...problemsOf(client.error, `clients[${index}]`));
  });
  return { clients, problems };
}

type YamlContent = { readonly value: unknown } | { readonly problems: readonly ClientProblem[] };

function readYaml(source: string): YamlContent {
  const document = parseDocument(source);
  if (document.errors.length > 0) {
    // The parser's own messages quote the file.
    const problems = document.errors.map(({ code, linePos }) => {
      const [at] = linePos ?? [];
      return { path: at === undefined ? 'file' : `line ${at.line}, column ${at.col}`, message: yamlProblem(code) };
    });
    return { problems };
  }
  try {
    return { value: document.toJS() };
  } catch {
    return { problems: [{ path: 'file', message: 'holds aliases that are unknown or too many' }] };
  }
}

function yamlProblem(code: string): string {
  return `is not valid YAML: ${code.toLowerCase().replaceAll('_', ' ')}`;
}

/** A text that `problem` finds nothing wrong with. */
function text(problem: (value: string) => string | undefined) {
  return z.string({ error: 'must be a text; put it in quotes' }).check((context) => {
    const message = problem(context.value);
    if (message !== undefined) context.issues.push({ code: 'custom', message, input: undefined });
  });
}

/** A text that `parse` takes; what it throws is the problem. */
function parsed<T>(parse: (value: string) => T) {
  return z.string({ error: 'must be a text; put it in quotes' }).transform((value, context): T => {
    try {
      return parse(value);
    } catch (error) {
      if (!(error instanceof BrokerError)) throw error;
      context.addIssue(error.message);
      return z.NEVER;
    }
  });
}

function list<T extends z.ZodType>(item: T, error: string) {
  return z.array(item, { error });
}

/** `%` in the subject of a stream begins what `subjectOfStream` has encoded, so a bare one would match nothing. */
function streamPattern(value: string) {
  if (/%(?!25|2A|3E|sha256\.)/.test(value)) {
    throw new BrokerError('SUBJECT_INVALID', 'a % in the name of a stream is written %25');
  }
  return parseStreamPattern(value);
}

const verbSchema = z.enum(['*', ...VERBS], { error: `is none of *, ${VERBS.join(', ')}` });

const ruleSchema = z
  .strictObject(
    {
      verbs: list(verbSchema, 'must be a list of verbs').min(1, { error: 'must name at least one verb' }),
      subjects: list(parsed(parsePattern), 'must be a list of patterns').optional(),
      streams: list(parsed(streamPattern), 'must be a list of patterns').optional(),
    },
    { error: strictError('verbs, subjects and streams') },
  )
  .transform(({ verbs, subjects, streams }) => ({
    verbs: new Set(verbs),
    patterns: subjects === undefined && streams === undefined ? undefined : [...(subjects ?? []), ...(streams ?? [])],
  }));

const perSecond = z
  .int({ error: 'must be a whole number; 0 is without limit' })
  .min(0, { error: 'must not be negative; 0 is without limit' });

const limitsSchema = z.strictObject(
  { messagesPerSecond: perSecond.optional(), bytesPerSecond: perSecond.optional() },
  { error: strictError('messagesPerSecond and bytesPerSecond') },
);

const certificateName = text((value) => (value.length === 0 ? 'must not be empty' : undefined));

const clientSchema = z
  .strictObject(
    {
      id: text(clientIdProblem),
      secretHash: parsed(parseSecretHash).optional(),
      secret: text(clearSecretProblem).optional(),
      certificate: z
        .preprocess(
          (value) => (typeof value === 'string' ? [value] : value),
          list(certificateName, 'must be a name or a list of names'),
        )
        .optional(),
      allow: list(ruleSchema, 'must be a list of rules; [] allows nothing').optional(),
      limits: limitsSchema.optional(),
    },
    { error: strictError('id, secretHash, secret, certificate, allow and limits') },
  )
  .check((context) => {
    const { secretHash, secret, certificate } = context.value;
    if (secretHash !== undefined && secret !== undefined) {
      context.issues.push({ code: 'custom', message: 'has both secretHash and secret', input: undefined });
    }
    if (secretHash === undefined && secret === undefined && (certificate ?? []).length === 0) {
      context.issues.push({
        code: 'custom',
        message: 'needs a secretHash, a secret or a certificate',
        input: undefined,
      });
    }
  })
  .transform(({ id, secretHash, secret, certificate, allow, limits }): ClientDefinition => {
    const rest = {
      id,
      certificates: certificate ?? [],
      rules: allow,
      ...(limits === undefined ? {} : { rates: limits }),
    };
    if (secretHash !== undefined) return { ...rest, secret: { kind: 'hash', hash: secretHash } };
    return { ...rest, secret: secret === undefined ? undefined : { kind: 'clear', text: secret } };
  });

const fileSchema = z.strictObject(
  { clients: list(z.unknown(), 'must be a list of clients') },
  { error: strictError('clients') },
);

function strictError(keys: string) {
  return (issue: { readonly code?: string | undefined }): string =>
    issue.code === 'unrecognized_keys' ? `has an unknown key; there are ${keys}` : `must be a mapping of ${keys}`;
}

function problemsOf({ issues }: z.ZodError, prefix: string): readonly ClientProblem[] {
  return issues.map(({ path, message }) => {
    const where = path.reduce<string>(
      (parent, key) => (typeof key === 'number' ? `${parent}[${key}]` : `${parent}.${String(key)}`),
      prefix,
    );
    return { path: where.replace(/^\./, '') || 'file', message };
  });
}
