/**
 * What a rule can allow: the verbs of the broker, which go with subjects, and the operations of the event bus, which go
 * with streams (by the subject of the stream).
 */
export const VERBS = [
  /** Publish, PublishBatch, PublishStream */
  'publish',
  /** Fetch, List */
  'fetch',
  'subscribe',
  /** AdminService */
  'administer',
  /** Reflection, which is about no subject */
  'reflect',
  'create_stream',
  'delete_stream',
  'get_stream_info',
  'list_streams',
  'get_stream_events',
  'write_event',
  'process_events',
  'retry_events',
  'mark_event',
] as const;

export type Verb = (typeof VERBS)[number];

/** What the caller of a request may do, by the rules of this moment. */
export interface Access {
  /** Id of the client, or `undefined` where nobody is asked. */
  readonly clientId: string | undefined;
  /** Whether a rule allows `verb` on this one subject, for those who can do without. */
  allows(verb: Verb, subject: string): boolean;
  /** @throws BrokerError ACTION_DENIED unless a rule allows `verb` on this one subject */
  require(verb: Verb, subject: string): void;
  /** As {@link require}, without telling a subject that the caller has not named itself. */
  requireUnnamed(verb: Verb, subject: string): void;
  /** @throws BrokerError ACTION_DENIED unless one rule allows `verb` on everything that the pattern matches */
  requireAll(verb: Verb, pattern: string): void;
  /** @throws BrokerError ACTION_DENIED unless a rule allows `verb` on anything, for what is not about one subject */
  requireAny(verb: Verb): void;
}

/** Of those who use a server that asks nobody. */
export const FULL_ACCESS: Access = {
  clientId: undefined,
  allows: () => true,
  require: () => {},
  requireUnnamed: () => {},
  requireAll: () => {},
  requireAny: () => {},
};
