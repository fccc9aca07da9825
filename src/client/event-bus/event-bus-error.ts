export interface EventBusErrorOptions {
  /** What the server adds to some refusals, such as the fields that are missing. */
  readonly context?: Readonly<Record<string, unknown>> | undefined;
  readonly cause?: unknown;
}

/** A failed request. Its message is the reason. */
export class EventBusError extends Error {
  override readonly name = 'EventBusError';
  readonly context: Readonly<Record<string, unknown>>;

  constructor(
    /** As the server's answer names it, which is `decode_request` for what it could not read; otherwise as asked. */
    readonly operation: string,
    readonly reason: string,
    /**
     * True when the server refused the request. False when there is no answer, or none that can be read: whether the
     * request was carried out is then not known.
     */
    readonly answered: boolean,
    { context = {}, cause }: EventBusErrorOptions = {},
  ) {
    super(reason, cause === undefined ? undefined : { cause });
    this.context = context;
  }
}
