import type { Random } from '../random.js';
import { CRASH_SUBJECTS } from '../crash/crash-messages.js';

/** Subjects that come up one after the other while a run goes on, so that subscribers of patterns must find them. */
const LATE_SUBJECTS: readonly string[] = Array.from({ length: 40 }, (_, index) => `crash.late.${index}`);

/** Of one publisher, before it turns to the next late subject. */
const MESSAGES_PER_LATE_SUBJECT = 100;

export const REPLICA_SUBJECTS: readonly string[] = [...CRASH_SUBJECTS, ...LATE_SUBJECTS];

/** One message in four goes to a late subject, the others to the three that are there from the beginning. */
export function replicaSubject(count: number, random: Random): string {
  const subjects = random.below(4) === 0 ? lateSubjectsAt(count) : CRASH_SUBJECTS;
  return subjects[random.below(subjects.length)] ?? CRASH_SUBJECTS[0];
}

/**
 * One message in 16 of the subjects that are there from the beginning. Never the first of a subject: whoever resumes
 * before it would be told that the log is truncated there.
 */
export function isReplicaTransient(count: number, subject: string, random: Random): boolean {
  return count > 20 && subjectsFromBeginning.has(subject) && random.below(16) === 0;
}

const subjectsFromBeginning: ReadonlySet<string> = new Set(CRASH_SUBJECTS);

function lateSubjectsAt(count: number): readonly string[] {
  const first = Math.min(LATE_SUBJECTS.length - 2, Math.floor(count / MESSAGES_PER_LATE_SUBJECT));
  return LATE_SUBJECTS.slice(first, first + 2);
}
