import { planOrder } from './orders.ts';
import { planMember, planPerson, planProduct, planTrack } from './others.ts';
import { type Plan, type Reading, text } from './plan.ts';
import type { ImportKind } from './schema.ts';
import type { Row } from './table.ts';
import { keyTarget } from './targets.ts';

/** Most rows, and most orders, that are written in one go. */
const rowsInChunk = 4000;
const unitsInChunk = 1000;
const rowsInBreath = 500;

/** Kinds whose rows are known by a name of their own, which is claimed before they are written. */
export const isClaimed = (kind: ImportKind): kind is 'orders' | 'refunds' => kind === 'orders' || kind === 'refunds';

const alone = {
  members: planMember,
  people: (r: Reading, row: Row) => planPerson(r, row),
  events: planTrack,
  products: planProduct,
};

/** Planned a bit at a time: the server answers others in between. */
export async function planChunk(r: Reading, chunk: readonly Row[][]): Promise<Plan> {
  const plan: Plan = { planned: [], rejects: [] };
  let rows = 0;
  for (const unit of chunk) {
    const one = planUnit(r, unit);
    for (const p of one.planned) plan.planned.push(p);
    for (const p of one.rejects) plan.rejects.push(p);
    rows += unit.length;
    if (rows >= rowsInBreath) {
      rows = 0;
      await new Promise((done) => setImmediate(done));
    }
  }
  return plan;
}

export function planUnit(r: Reading, unit: readonly Row[]): Plan {
  if (isClaimed(r.kind)) return planOrder(r, unit);
  return alone[r.kind](r, unit[0]!);
}

/** Rows that belong together: those of one order or refund, in order of its first row; otherwise each row alone. */
export function group(r: Reading, rows: Row[]): Row[][] {
  const key = keyTarget(r.kind, r.mapping);
  if (key === undefined) return rows.map((row) => [row]);
  const orders = new Map<string, Row[]>();
  const alone: Row[][] = [];
  for (const row of rows) {
    const id = row.broken ? undefined : text(r.get(row, key));
    if (id === undefined) alone.push([row]);
    else {
      const order = orders.get(id);
      if (order) order.push(row);
      else orders.set(id, [row]);
    }
  }
  return [...orders.values(), ...alone];
}

export function nextChunk(units: readonly Row[][], from: number): Row[][] {
  let rows = 0;
  let to = from;
  while (to < units.length && to - from < unitsInChunk && (to === from || rows + units[to]!.length <= rowsInChunk))
    rows += units[to++]!.length;
  return units.slice(from, to);
}
