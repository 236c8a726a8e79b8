import { type Ch, sqlString, sqlStrings } from '../../base/index.ts';
import type { Events } from '../events.ts';
import { readOwn } from '../own.ts';
import type { EventSink } from './store.ts';

/** The events room as imports see it. */
export function eventSink(events: Pick<Events, 'write' | 'source' | 'known'>, ch: Ch): EventSink {
  return {
    write: (workspaceNo, items) => events.write(workspaceNo, items),
    check: (items) =>
      items.flatMap((item, index) => {
        const read = readOwn(structuredClone(item));
        return 'reason' in read ? [{ index, ...read }] : [];
      }),
    known: (workspaceNo, messageIds) => events.known(workspaceNo, messageIds),
    ownersOf: async (workspaceNo, orderIds) => {
      if (orderIds.length === 0) return new Map();
      const order = 'properties.`order_id`.:String AS order_id';
      const rows = await ch.query<{ order_id: string; person: number }>(
        `SELECT order_id, argMin(person_no, time) AS person FROM ${events.source(workspaceNo, undefined, [order])}
         WHERE event = 'Order Completed' AND order_id IN (${sqlStrings(orderIds)}) GROUP BY order_id`,
      );
      return new Map(rows.map((r) => [r.order_id, Number(r.person)]));
    },
    putProducts: (workspaceNo, products, at) =>
      ch.insertRows(
        'product_catalogue',
        products.map((p) => ({
          workspace_no: workspaceNo,
          product_id: p.productId,
          name: p.name,
          category: p.category ?? '',
          price_fen: p.priceFen,
          cost_fen: p.costFen,
          stock: p.stock,
          currency: p.currency,
          updated_at: at.getTime(),
        })),
      ),
    countFrom: async (workspaceNo, source, messageIds) => {
      if (messageIds.length === 0) return 0;
      const [row] = await ch.query<{ n: number }>(
        `SELECT uniqExact(message_id) AS n FROM ${events.source(workspaceNo)}
         WHERE source = ${sqlString(source)} AND message_id IN (${sqlStrings(messageIds)})`,
      );
      return row?.n ?? 0;
    },
  };
}

/** SQL text of a relation of the products of a workspace, as they stand: for analysis that needs cost, price or category. */
export const productsSource = (workspaceNo: number): string =>
  `(SELECT product_id, name, category, price_fen, cost_fen, stock, currency FROM product_catalogue FINAL WHERE workspace_no = ${workspaceNo})`;
