/** What a client may publish, over all its connections to one process. What is left out is as the server says. */
export interface ClientRates {
  /** 0: without limit. */
  readonly messagesPerSecond?: number | undefined;
  /** Bodies and headers, as the size of a message is counted; 0: without limit. */
  readonly bytesPerSecond?: number | undefined;
}
