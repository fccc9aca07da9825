/** What the application that traces does, by name, with the ids of the traces in which it did it. */
export type TracedCalls = Readonly<
  Record<'publish' | 'batch' | 'frame' | 'refused' | 'event' | 'busEvent' | 'fetch', string>
>;

export const CREDENTIALS = { clientId: 'shop', clientSecret: 'a-secret-that-no-span-may-tell' };
export const BODY = 'a body that no span may tell';
