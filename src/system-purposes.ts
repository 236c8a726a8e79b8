import type { createContent } from './content/index.ts';
import type { Purposed } from './insight/index.ts';
import type { createJourneys } from './journeys/index.ts';

/** Everything of other rooms that names a purpose. */
export async function purposedThings(
  journeys: Pick<ReturnType<typeof createJourneys>, 'list'>,
  content: Pick<ReturnType<typeof createContent>, 'list'>,
  workspaceNo: number,
): Promise<Purposed[]> {
  const named = <K extends Purposed['kind']>(kind: K, items: { id: string; name: string; purpose: Purposed['purpose'] }[]) =>
    items.map(({ id, name, purpose }): Purposed => ({ kind, id, name, purpose }));
  const found: Purposed[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await journeys.list(workspaceNo, { limit: 200, cursor });
    found.push(...named('journey', page.items));
    if (!page.nextCursor) break;
    cursor = page.nextCursor;
  }
  for (let cursor: string | undefined; ; ) {
    const page = await content.list(workspaceNo, { limit: 200, cursor });
    found.push(...named('content', page.items));
    if (!page.nextCursor) return found;
    cursor = page.nextCursor;
  }
}
