import type { Clock, Pg } from '../../base/index.ts';
import type { Plan, Planned } from './plan.ts';
import type { Reject } from './rejects.ts';
import {
  type Checkpoint,
  type Claimed,
  claimOrders,
  type EventSink,
  type ImportRow,
  putProducts,
  releaseOrders,
  saveCheckpoint,
} from './store.ts';
import { isClaimed } from './units.ts';

export interface ChunkDeps {
  pg: Pg;
  clock: Clock;
  events: EventSink;
  boundary(name: string): unknown;
}

export interface ChunkRun {
  rejects: { write(rejects: readonly Reject[]): number };
  /** Set for the first chunk of a run, which an earlier run may have written: of these messages, those that stand in rows before the chunk. */
  earlier?: ((messageIds: ReadonlySet<string>) => Promise<Set<string>>) | undefined;
}

/** Whose rows are written. */
export type Target = Pick<ImportRow, 'id' | 'workspaceNo' | 'kind'>;

interface Outcome {
  accepted: Planned[];
  duplicate: Planned[];
  refused: { planned: Planned; code: string; reason: string }[];
}

/**
 * Writes one chunk: claims (orders), events, rejected rows, and last the checkpoint, in that order. Each step can be repeated:
 * a claim belongs to its import, events are known by their message id, the file of rejected rows is cut back to the checkpoint.
 */
export async function writeChunk(deps: ChunkDeps, row: ImportRow, plan: Plan, next: Checkpoint, run: ChunkRun): Promise<Checkpoint> {
  const writable = plan.planned.filter((p) => p.event);
  const outcome = isClaimed(row.kind) ? await writeOrders(deps, row, writable) : await writeOthers(deps, row, writable, run.earlier);
  deps.boundary('import.chunk.written');
  const rejects = [
    ...plan.rejects,
    ...outcome.refused.flatMap((r) => r.planned.rows.map((one) => ({ row: one, code: r.code, reason: r.reason }))),
  ];
  rejects.sort((a, b) => a.row.n - b.row.n);
  const rejectedBytes = run.rejects.write(rejects);
  deps.boundary('import.rejects.written');
  const checkpoint = await deps.pg.tx(async (tx) => {
    const products = await storeProducts(deps, tx, row.workspaceNo, plan.planned);
    const accepted = [...outcome.accepted, ...products.accepted];
    const done: Checkpoint = {
      ...next,
      rejectedBytes,
      accepted: next.accepted + rowsOf(accepted),
      duplicate: next.duplicate + rowsOf(outcome.duplicate) + rowsOf(products.duplicate),
      rejected: next.rejected + rejects.length,
      totals: addAll(next.totals, ...accepted.map((p) => p.tally)),
      reasons: addAll(next.reasons, ...rejects.map((r) => ({ [r.code]: 1 }))),
    };
    await releaseOrders(
      tx,
      row.workspaceNo,
      row.id,
      outcome.refused.flatMap((r) => (r.code !== 'changed' && r.planned.claim ? [r.planned.claim.key] : [])),
    );
    await saveCheckpoint(tx, row.id, done);
    return done;
  });
  deps.boundary('import.checkpoint');
  return checkpoint;
}

/** Writes what was planned of a few rows, here and now; for doors that answer when it is durable. */
export async function writeNow(deps: ChunkDeps, target: Target, plan: Plan): Promise<Outcome> {
  const writable = plan.planned.filter((p) => p.event);
  const outcome = await (isClaimed(target.kind) ? writeOrders : writeOthers)(deps, target, writable);
  const products = await deps.pg.tx(async (tx) => {
    const bad = outcome.refused.flatMap((r) => (r.code !== 'changed' && r.planned.claim ? [r.planned.claim.key] : []));
    await releaseOrders(tx, target.workspaceNo, target.id, bad);
    return storeProducts(deps, tx, target.workspaceNo, plan.planned);
  });
  return {
    accepted: [...outcome.accepted, ...products.accepted],
    duplicate: [...outcome.duplicate, ...products.duplicate],
    refused: outcome.refused,
  };
}

async function writeOrders(deps: ChunkDeps, row: Target, planned: Planned[]): Promise<Outcome> {
  if (planned.length === 0) return { accepted: [], duplicate: [], refused: [] };
  const claims = await claimOrders(deps.pg, row.workspaceNo, row.id, planned);
  deps.boundary('import.chunk.claimed');
  const of = (...states: Claimed[]) => planned.filter((_, i) => states.includes(claims[i]!));
  // An order of an import that never finished is written again: if it was there already, that changes nothing.
  const write = of('ours', 'unsure');
  const refused = await send(deps, row, write);
  const bad = new Set(refused.map((r) => r.planned));
  return {
    accepted: of('ours').filter((p) => !bad.has(p)),
    duplicate: of('duplicate', 'unsure').filter((p) => !bad.has(p)),
    refused: [
      ...refused,
      ...of('changed').map((p) => ({
        planned: p,
        code: 'changed',
        reason: 'this order was imported before with other content; the first stays',
      })),
    ],
  };
}

async function send(deps: ChunkDeps, row: Target, planned: readonly Planned[]): Promise<Outcome['refused']> {
  if (planned.length === 0) return [];
  const answer = await deps.events.write(
    row.workspaceNo,
    planned.map((p) => p.event!),
  );
  return answer.rejected.map((r) => ({ planned: planned[r.index]!, code: 'refused', reason: `${r.field} ${r.reason}` }));
}

async function writeOthers(deps: ChunkDeps, row: Target, planned: Planned[], earlier?: ChunkRun['earlier']): Promise<Outcome> {
  if (planned.length === 0) return { accepted: [], duplicate: [], refused: [] };
  const answer = await deps.events.write(
    row.workspaceNo,
    planned.map((p) => p.event!),
  );
  const refused = answer.rejected.map((r) => ({ planned: planned[r.index]!, code: 'refused', reason: `${r.field} ${r.reason}` }));
  const bad = new Set(refused.map((r) => r.planned));
  const good = planned.filter((p) => !bad.has(p));
  let duplicates = answer.duplicates;
  if (earlier && duplicates > 0) {
    // Some of them may have been written by this import itself, before it was killed: those count as accepted now.
    const ids = new Set(good.map((p) => p.event!.messageId));
    for (const id of await earlier(ids)) ids.delete(id);
    const ours = await deps.events.countFrom(row.workspaceNo, `import:${row.id}`, [...ids]);
    duplicates = good.length - Math.max(ours, answer.accepted);
  }
  // Rows of these kinds count alike, so it does not matter which of them were the duplicates.
  return { accepted: good.slice(duplicates), duplicate: good.slice(0, duplicates), refused };
}

async function storeProducts(deps: ChunkDeps, tx: Pg, workspaceNo: number, planned: readonly Planned[]) {
  const rows = planned.filter((p) => p.product);
  // The last row of a product in a chunk is the one that stays.
  const last = new Map(rows.map((p) => [p.product!.productId, p]));
  const put = await putProducts(
    tx,
    deps.clock,
    workspaceNo,
    [...last.values()].map((p) => p.product!),
  );
  // Before the commit: should that fail, both are written again.
  if (put.length > 0) await deps.events.putProducts(workspaceNo, put, deps.clock.now());
  const changed = new Set(put.map((p) => p.productId));
  const accepted = [...last.values()].filter((p) => changed.has(p.product!.productId));
  const kept = new Set(accepted);
  return { accepted, duplicate: rows.filter((p) => !kept.has(p)) };
}

export const rowsOf = (planned: readonly Planned[]) => planned.reduce((n, p) => n + p.rows.length, 0);

export function addAll(base: Record<string, number>, ...more: Record<string, number>[]): Record<string, number> {
  const sum = { ...base };
  for (const one of more) for (const [key, n] of Object.entries(one)) sum[key] = (sum[key] ?? 0) + n;
  return sum;
}
