import { BrokerError } from '../core/errors.js';
import { MAX_SUBJECT_BYTES } from '../core/subject.js';
import type { Access, Verb } from './access.js';
import { allowsVerb, isAboutAllOf, isAboutAnything, isAboutSubject, type AccessRule } from './access-rule.js';
import type { AuthObserver } from './authenticator.js';

/** Subjects per verb whose decision is remembered; all are forgotten when there are more. */
const MAX_DECISIONS = 512;

/** How a verb reads before the subject that it was denied on. */
const PHRASES: Readonly<Record<Verb, string>> = {
  publish: 'publish to',
  fetch: 'fetch from',
  subscribe: 'subscribe to',
  administer: 'administer',
  reflect: 'ask for the contracts of',
  create_stream: 'create',
  delete_stream: 'delete',
  get_stream_info: 'look at',
  list_streams: 'list',
  get_stream_events: 'read events of',
  write_event: 'write events to',
  process_events: 'process events of',
  retry_events: 'retry events of',
  mark_event: 'mark events of',
};

/** What a client may do by a set of rules that does not change. */
export class ClientAccess implements Access {
  /** Undefined: everything is allowed. */
  readonly #rules: readonly AccessRule[] | undefined;
  readonly #observer: Pick<AuthObserver, 'actionDenied'>;
  readonly #decisions = new Map<Verb, Map<string, boolean>>();

  constructor(
    readonly clientId: string,
    rules: readonly AccessRule[] | undefined,
    observer: Pick<AuthObserver, 'actionDenied'>,
  ) {
    this.#rules = rules;
    this.#observer = observer;
  }

  allows(verb: Verb, subject: string): boolean {
    if (this.#rules === undefined) return true;
    return this.#decisions.get(verb)?.get(subject) ?? this.#decide(this.#rules, verb, subject);
  }

  require(verb: Verb, subject: string): void {
    if (!this.allows(verb, subject)) throw this.#denied(verb, `"${subject}"`, subject);
  }

  requireUnnamed(verb: Verb, subject: string): void {
    if (!this.allows(verb, subject)) throw this.#denied(verb, 'what the request is about');
  }

  requireAll(verb: Verb, pattern: string): void {
    if (this.#rules?.some((rule) => allowsVerb(rule, verb) && isAboutAllOf(rule, pattern)) ?? true) return;
    throw this.#denied(verb, `"${pattern}"`, pattern);
  }

  requireAny(verb: Verb): void {
    if (this.#rules?.some((rule) => allowsVerb(rule, verb) && isAboutAnything(rule)) ?? true) return;
    throw this.#denied(verb, 'anything');
  }

  #decide(rules: readonly AccessRule[], verb: Verb, subject: string): boolean {
    const allowed = rules.some((rule) => allowsVerb(rule, verb) && isAboutSubject(rule, subject));
    // Whoever asks for what cannot exist must not fill the memory with it.
    if (subject.length > MAX_SUBJECT_BYTES) return allowed;
    let decisions = this.#decisions.get(verb);
    if (decisions === undefined || decisions.size >= MAX_DECISIONS) {
      decisions = new Map();
      this.#decisions.set(verb, decisions);
    }
    decisions.set(subject, allowed);
    return allowed;
  }

  #denied(verb: Verb, what: string, subject?: string): BrokerError {
    this.#observer.actionDenied(verb);
    return new BrokerError('ACTION_DENIED', `client "${this.clientId}" is not allowed to ${PHRASES[verb]} ${what}`, {
      fields: subject === undefined ? { verb } : { verb, subject },
    });
  }
}
