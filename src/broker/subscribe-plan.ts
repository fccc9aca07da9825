import { BrokerError } from '../core/errors.js';
import { isPattern, validateReadableSubject } from '../core/subject.js';
import type { MessageLog } from '../storage/storage.js';
import { decodeCursor, type Cursor, type ScanPosition } from './cursor.js';
import { parsePattern, type Pattern } from '../core/pattern.js';
import type { SubscribeRequest } from './requests.js';

/** Where the reader of one subject begins. */
export interface SubjectPosition {
  /** The next id wanted, or undefined for whatever comes after the head. */
  resolve(log: MessageLog): Promise<number | undefined>;
  /** The subscriber has seen what lies before, so that it must be told when something after that is gone. */
  readonly exact: boolean;
}

/** Where the patterns begin: everything up to `settledUs` is behind, except the subjects that have a position. */
export interface PatternStart {
  /** undefined: from now on. */
  readonly settledUs: number | undefined;
  readonly positions: ReadonlyMap<string, number>;
  readonly scan: ScanPosition | undefined;
  /** Goes on where an earlier subscription was. */
  readonly resumes: boolean;
}

/** A subscription request that has been checked. */
export interface SubscribePlan {
  readonly subjects: readonly { readonly subject: string; readonly position: SubjectPosition }[];
  readonly patterns: readonly Pattern[];
  readonly patternStart: PatternStart;
  readonly skipTruncated: boolean;
  readonly stopAtHead: boolean;
  readonly maxMessages: number;
}

/** @throws BrokerError SUBJECT_INVALID, ARGUMENT_INVALID, CURSOR_MALFORMED, EPOCH_CHANGED */
export function planSubscription(request: SubscribeRequest, maxSubjects: number, epoch: string): SubscribePlan {
  if (request.subjects.length === 0) throw new BrokerError('SUBJECT_INVALID', 'no subject to subscribe to');
  if (request.subjects.length > maxSubjects) {
    throw new BrokerError('ARGUMENT_INVALID', `more than ${maxSubjects} subjects in one subscription`, {
      fields: { limit: String(maxSubjects), actual: String(request.subjects.length) },
    });
  }
  const subjects = new Set<string>();
  const patterns = new Map<string, Pattern>();
  for (const subject of request.subjects) {
    validateReadableSubject(subject);
    if (request.patterns && isPattern(subject)) patterns.set(subject, parsePattern(subject));
    else subjects.add(subject);
  }
  if (request.start.kind === 'after' && (subjects.size !== 1 || patterns.size > 0)) {
    throw new BrokerError('ARGUMENT_INVALID', 'after_id needs a single subject that is not a pattern');
  }
  const cursor = request.start.kind === 'cursor' ? readCursor(request.start.cursor, epoch, patterns) : undefined;
  return {
    subjects: [...subjects].map((subject) => ({ subject, position: subjectPosition(subject, request, cursor) })),
    patterns: [...patterns.values()],
    patternStart: patternStart(request, cursor),
    skipTruncated: request.skipTruncated,
    stopAtHead: request.stopAtHead,
    maxMessages: request.maxMessages,
  };
}

function readCursor(text: string, epoch: string, patterns: ReadonlyMap<string, Pattern>): Cursor {
  const cursor = decodeCursor(text);
  if (cursor.epoch !== epoch) {
    throw new BrokerError('EPOCH_CHANGED', 'the cursor belongs to another life of the log', { fields: { epoch } });
  }
  if (patterns.size > 0 && cursor.settledUs === 0 && cursor.scan === undefined) {
    throw new BrokerError('CURSOR_MALFORMED', 'the cursor is of a subscription without patterns');
  }
  if (cursor.scan !== undefined && cursor.scan.pattern >= patterns.size) {
    throw new BrokerError('CURSOR_MALFORMED', 'the cursor is of a subscription to other patterns');
  }
  return cursor;
}

function subjectPosition(subject: string, request: SubscribeRequest, cursor: Cursor | undefined): SubjectPosition {
  const { start } = request;
  switch (start.kind) {
    case 'new':
      return { resolve: () => Promise.resolve(undefined), exact: false };
    case 'earliest':
      return { resolve: async (log) => (await log.heads([subject]))[0]!.firstId, exact: false };
    case 'after':
      return { resolve: () => Promise.resolve(start.id + 1), exact: true };
    case 'time':
      return { resolve: (log) => log.idAtTime(subject, start.timeUs), exact: false };
    case 'cursor': {
      const id = cursor?.positions.get(subject);
      if (id === undefined) throw new BrokerError('CURSOR_MALFORMED', `the cursor has no position for "${subject}"`);
      return { resolve: () => Promise.resolve(id + 1), exact: true };
    }
  }
}

function patternStart(request: SubscribeRequest, cursor: Cursor | undefined): PatternStart {
  const fresh = { positions: new Map<string, number>(), scan: undefined, resumes: false };
  const { start } = request;
  switch (start.kind) {
    case 'new':
    case 'after':
      return { ...fresh, settledUs: undefined };
    case 'earliest':
      return { ...fresh, settledUs: 0 };
    case 'time':
      return { ...fresh, settledUs: Math.max(0, start.timeUs - 1) };
    case 'cursor':
      return { settledUs: cursor!.settledUs, positions: cursor!.positions, scan: cursor!.scan, resumes: true };
  }
}
