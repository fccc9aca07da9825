import type { WaybillClient } from '../../../src/client/index.js';
import { idsTo } from '../numbered-messages.js';

export const BACKED_UP_SUBJECT = 'orders';

/**
 * What a backup must hold: at least `count` messages, whose bodies are their ids, without a gap; and the next message
 * continues them.
 */
export async function expectRestored(client: WaybillClient, count: number): Promise<void> {
  const ids: number[] = [];
  for (let next: { readonly pageToken: string } | undefined; ;) {
    const page = await client.list({
      subject: BACKED_UP_SUBJECT,
      pageSize: 1000,
      ...(next === undefined ? {} : { from: next }),
    });
    for (const { id, body } of page.messages) {
      expect(body.toString()).toBe(String(id));
      ids.push(id);
    }
    if (page.nextPageToken === '') break;
    next = { pageToken: page.nextPageToken };
  }
  expect(ids.length).toBeGreaterThanOrEqual(count);
  expect(ids).toEqual(idsTo(ids.length));
  expect(await client.publish({ subject: BACKED_UP_SUBJECT, body: 'next' })).toMatchObject({ id: ids.length + 1 });
}
