import { sqlString } from '../base/index.ts';
import type { SendNode } from './graph.ts';
import { lapOf, type PassRow, passColumns } from './pass.ts';
import type { LaunchedJourney, Plans } from './plans.ts';
import { type Deps, lock, type Slice } from './ports.ts';

/** Reasons that say a channel cannot reach the person. That they have had enough, or left, is no reason to try another. */
const unreachable = ['no_channel', 'no_address', 'no_content', 'text_failed', 'no_consent', 'consent_missing'];

/**
 * Messages that could not reach somebody: the next channel of the step's chain is tried, once for each pass and channel. What stopped them is read
 * from the events about them, so a stop of the program in between forgets nobody. Returns how many are queued.
 */
export async function fallBack(deps: Deps, plans: Plans, slice: Slice, journey: LaunchedJourney): Promise<number> {
  if (!slice.names.has('Message Skipped') && !slice.names.has('Message Failed')) return 0;
  const chains = new Map<string, SendNode & { priority: number | undefined }>();
  for (const plan of await plans.all(deps.pg, journey.no, journey.version))
    for (const n of plan.order)
      if (n.type === 'send' && n.fallback?.length) chains.set(`${plan.version}:${n.id}`, { ...n, priority: plan.graph.priority });
  if (chains.size === 0) return 0;
  const { workspaceNo } = slice;
  const hits = await deps.ch.query<{ message: string; node: string; channel: string }>(
    `SELECT DISTINCT properties.outboxId.:String AS message, properties.nodeId.:String AS node, properties.channel.:String AS channel FROM ${deps.events.source(workspaceNo)}
     WHERE batch BETWEEN ${slice.fromBatch} AND ${slice.toBatch} AND properties.journeyId.:String = ${sqlString(journey.id)} AND (event = 'Message Failed' OR (
       event = 'Message Skipped' AND (properties.reason.:String IN (${unreachable.map(sqlString).join(', ')}) OR position(properties.reason.:String, '.') > 0)))`,
  );
  const passes = await deps.channels.passesOf(
    workspaceNo,
    hits.map((h) => h.message),
  );
  let queued = 0;
  await deps.pg.tx(async (tx) => {
    await lock(tx, workspaceNo);
    const rows = await tx.query<PassRow>(
      `SELECT ${passColumns} FROM journey_people p WHERE p.no = ANY($1) AND coalesce(p.reason, '') IN ('', 'completed', 'converted', 'jumped')`,
      [[...passes.values()]],
    );
    const byNo = new Map(rows.map((r) => [r.no, r]));
    const now = deps.clock.now();
    for (const { message, node: id, channel } of hits) {
      const pass = byNo.get(passes.get(message) ?? 0);
      const node = pass && chains.get(`${pass.version}:${id}`);
      if (!node) continue;
      const chain = [{ channel: node.channel, contentId: node.contentId }, ...node.fallback!];
      const at = chain.findIndex((c) => c.channel === channel) + 1;
      const next = chain[at];
      const contentId = next?.contentId ?? node.contentId;
      if (at === 0 || !next || !contentId || contentId === 'auto') continue;
      queued += await deps.channels.enqueue(tx, workspaceNo, {
        ...{ channel: next.channel, contentId, dueAt: now, queuedAt: now, purpose: node.purpose, priority: node.priority },
        journey: { id: journey.id, version: pass.version, node: id },
        items: [
          {
            personNo: pass.person_no,
            passNo: pass.no,
            branch: pass.branch,
            key: `${pass.version}:${id}:${pass.no}:${lapOf(pass.data)}:f${at}`,
          },
        ],
      });
    }
  });
  if (queued > 0) deps.channels.wake();
  return queued;
}
