import type {
  ReceivedMessage,
  SubscribeOptions,
  SubscribeRequest,
  SubscriptionEvent,
  WaybillClient,
} from '../../src/client/index.js';

/** Takes the events of a subscription one after the other, up to the one that is waited for. */
export class SubscriptionReader {
  readonly messages: ReceivedMessage[] = [];
  readonly kinds: SubscriptionEvent['kind'][] = [];
  /** Of the last event taken. */
  cursor = '';
  readonly #events: AsyncIterator<SubscriptionEvent, void>;

  constructor(client: WaybillClient, request: SubscribeRequest, options?: SubscribeOptions) {
    this.#events = client.subscribe(request, options)[Symbol.asyncIterator]();
  }

  async until(isReached: (event: SubscriptionEvent) => boolean): Promise<void> {
    for (;;) {
      const next = await this.#events.next();
      if (next.done === true) throw new Error(`the subscription ended after ${this.kinds.join(', ')}`);
      this.kinds.push(next.value.kind);
      this.cursor = next.value.cursor;
      if (next.value.kind === 'batch') this.messages.push(...next.value.messages);
      if (isReached(next.value)) return;
    }
  }

  untilKind(kind: SubscriptionEvent['kind']): Promise<void> {
    return this.until((event) => event.kind === kind);
  }

  untilMessages(count: number): Promise<void> {
    return this.until(() => this.messages.length >= count);
  }

  get ids(): readonly number[] {
    return this.messages.map(({ id }) => id);
  }

  async close(): Promise<void> {
    await this.#events.return?.();
  }
}
