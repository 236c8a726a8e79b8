import { hashKey } from '../dedupe.ts';
import type { ImportFiles } from './files.ts';
import { lookUp, readingOf } from './look-up.ts';
import { readPage } from './pages.ts';
import { NumberIndex, PeopleEstimate } from './people-estimate.ts';
import type { Plan, Planned } from './plan.ts';
import { openRejects } from './rejects.ts';
import type { RunControl, RunDeps } from './run-types.ts';
import type { DryRunResult } from './schema.ts';
import { type Checkpoint, type ImportRow, readClaims, saveCheckpoint } from './store.ts';
import { group, isClaimed, nextChunk, planChunk } from './units.ts';
import { addAll, rowsOf, type Target } from './write-chunk.ts';

/**
 * Goes through the whole file as the import would and keeps only what it counts, and the file of rejected rows.
 * It is short of writing, so a stopped one begins anew. Returns false when it was asked to stop.
 */
export async function dryRun(deps: RunDeps, row: ImportRow, files: ImportFiles, control: RunControl): Promise<boolean> {
  const r = readingOf(row);
  const rejects = openRejects(files.rejected(row.id), row.layout.columns, 0);
  const people = new PeopleEstimate((identities) => deps.people(row.workspaceNo, identities));
  const summary = new Summary(row.options.timezone);
  const seen = new NumberIndex();
  let at: Checkpoint = { page: 0, unit: 0, rejectedBytes: 0, accepted: 0, duplicate: 0, rejected: 0, totals: {}, reasons: {} };
  try {
    for (let page = 0; page < (row.pages ?? 0); page++) {
      const units = group(r, await readPage(files, row.id, page));
      for (let unit = 0; unit < units.length; ) {
        if (control.stopping()) return false;
        const chunk = nextChunk(units, unit);
        unit += chunk.length;
        await lookUp(deps, row.workspaceNo, r, chunk);
        const found = await judge(deps, row, await planChunk(r, chunk), seen);
        await people.add([...found.accepted, ...found.duplicate].flatMap((p) => p.event ?? []));
        for (const one of found.accepted) summary.add(one, row.options.currency);
        rejects.write(found.rejects);
        at = {
          ...at,
          accepted: at.accepted + rowsOf(found.accepted),
          duplicate: at.duplicate + rowsOf(found.duplicate),
          rejected: at.rejected + found.rejects.length,
          totals: addAll(at.totals, ...found.accepted.map((p) => p.tally)),
          reasons: addAll(at.reasons, ...found.rejects.map((x) => ({ [x.code]: 1 }))),
        };
        await saveCheckpoint(deps.pg, row.id, at);
        await control.progress({ done: at.accepted + at.duplicate + at.rejected, total: row.read });
      }
    }
    const result: DryRunResult = { people: people.result(), ...summary.result() };
    await deps.pg.query('UPDATE imports SET result = $2 WHERE id = $1', [row.id, result]);
    return true;
  } finally {
    rejects.close();
  }
}

/** Which of the planned would be new, which are there already, and which would be refused. */
export async function judge(deps: Pick<RunDeps, 'pg' | 'events'>, row: Target, plan: Plan, seen: NumberIndex) {
  const rejects = [...plan.rejects];
  const refuse = (p: Planned, code: string, reason: string) => rejects.push(...p.rows.map((one) => ({ row: one, code, reason })));
  const accepted: Planned[] = [];
  const duplicate: Planned[] = [];
  const written = plan.planned.filter((p) => p.event);
  const refused = new Map(deps.events.check(written.map((p) => p.event!)).map((x) => [x.index, x]));
  const good = written.filter((p, i) => {
    const bad = refused.get(i);
    if (bad) refuse(p, 'refused', `${bad.field} ${bad.reason}`);
    return !bad;
  });
  if (isClaimed(row.kind)) {
    const claims = good.length === 0 ? [] : await readClaims(deps.pg, row.workspaceNo, row.id, good);
    good.forEach((p, i) => {
      if (claims[i] === 'changed') refuse(p, 'changed', 'this order was imported before with other content; the first stays');
      else (claims[i] === 'ours' ? accepted : duplicate).push(p);
    });
  } else {
    const fresh = good.filter((p) => {
      const isNew = seen.add(hashKey(p.event!.messageId) + 1).fresh;
      if (!isNew) duplicate.push(p);
      return isNew;
    });
    const stored = await deps.events.known(
      row.workspaceNo,
      fresh.map((p) => p.event!.messageId),
    );
    for (const p of fresh) (stored.has(p.event!.messageId) ? duplicate : accepted).push(p);
  }
  const products = plan.planned.filter((p) => p.product);
  const same = products.length === 0 ? new Set<string>() : await unchanged(deps, row.workspaceNo, products);
  for (const p of products) {
    const isNew = seen.add(hashKey(JSON.stringify(p.product)) + 1).fresh && !same.has(p.product!.productId);
    (isNew ? accepted : duplicate).push(p);
  }
  rejects.sort((a, b) => a.row.n - b.row.n);
  return { accepted, duplicate, rejects };
}

/** Products that stand as the rows say already. */
async function unchanged(deps: Pick<RunDeps, 'pg'>, workspaceNo: number, planned: readonly Planned[]): Promise<Set<string>> {
  const rows = await deps.pg.query<{ id: string }>(
    `SELECT p.product_id AS id FROM products p
     JOIN jsonb_to_recordset($2) AS g("productId" text, name text, category text, "priceFen" bigint, "costFen" bigint, stock float8, currency text)
       ON p.product_id = g."productId"
     WHERE p.workspace_no = $1 AND (p.name, p.category, p.price_fen, p.currency, p.cost_fen, p.stock) IS NOT DISTINCT FROM
       (g.name, g.category, g."priceFen", g.currency, coalesce(g."costFen", p.cost_fen), coalesce(g.stock, p.stock))`,
    [workspaceNo, JSON.stringify(planned.map((p) => p.product))],
  );
  return new Set(rows.map((r) => r.id));
}

/** Money by month of the import's own zone, and the span of time. */
class Summary {
  readonly #months = new Map<string, DryRunResult['months'][number]>();
  readonly #monthOf: (iso: string) => string;
  #earliest: string | null = null;
  #latest: string | null = null;

  constructor(zone: string) {
    const format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit' });
    const known = new Map<string, string>();
    this.#monthOf = (iso) => {
      const hour = iso.slice(0, 13);
      let month = known.get(hour);
      if (month === undefined) {
        const parts = format.formatToParts(new Date(iso));
        month = `${parts.find((p) => p.type === 'year')?.value}-${parts.find((p) => p.type === 'month')?.value}`;
        if (known.size > 100_000) known.clear();
        known.set(hour, month);
      }
      return month;
    };
  }

  add({ event }: Planned, currency: string): void {
    if (!event) return;
    const { timestamp } = event;
    if (this.#earliest === null || timestamp < this.#earliest) this.#earliest = timestamp;
    if (this.#latest === null || timestamp > this.#latest) this.#latest = timestamp;
    const bought = event.event === 'Order Completed';
    if (!bought && event.event !== 'Order Refunded') return;
    const month = this.#monthOf(timestamp);
    const unit = String(event.properties?.currency ?? currency);
    const key = `${month} ${unit}`;
    const sums = this.#months.get(key) ?? { month, currency: unit, orders: 0, revenueFen: 0, refunds: 0, refundFen: 0 };
    const fen = Number(event.properties?.revenue_fen ?? Math.round(Number(event.properties?.revenue ?? 0) * 100)) || 0;
    sums[bought ? 'orders' : 'refunds'] += 1;
    sums[bought ? 'revenueFen' : 'refundFen'] += fen;
    this.#months.set(key, sums);
  }

  result() {
    const months = [...this.#months.values()].sort((a, b) => `${a.month} ${a.currency}`.localeCompare(`${b.month} ${b.currency}`));
    return { months, earliest: this.#earliest, latest: this.#latest };
  }
}
