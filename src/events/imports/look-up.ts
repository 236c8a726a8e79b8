import type { Pg } from '../../base/index.ts';
import { instantReader } from './instant.ts';
import { type Reading, reading, text } from './plan.ts';
import { type EventSink, type ImportRow, productNames } from './store.ts';
import type { Row } from './table.ts';

export function readingOf(row: ImportRow): Reading {
  return reading({
    source: `import:${row.id}`,
    kind: row.kind,
    columns: row.layout.columns,
    mapping: row.mapping,
    options: row.options,
    currency: row.options.currency,
    instant: instantReader(row.options.timezone, row.options.dateOrder),
    startedAt: row.createdAt.getTime(),
  });
}

/** Fetches what rows leave unsaid: names of products given by id, and whose the orders are that refunds name. */
export async function lookUp(deps: { pg: Pg; events: EventSink }, workspaceNo: number, r: Reading, chunk: readonly Row[][]): Promise<void> {
  const valuesOf = (target: string) => [...new Set(chunk.flatMap((unit) => unit.flatMap((row) => text(r.get(row, target)) ?? [])))];
  if ((r.kind === 'orders' || r.kind === 'refunds') && r.has('product_id') && !r.has('product_name'))
    r.productNames = await productNames(deps.pg, workspaceNo, valuesOf('product_id'));
  if (r.kind === 'refunds') r.orderOwners = await deps.events.ownersOf(workspaceNo, valuesOf('order_id'));
}
