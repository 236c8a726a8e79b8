import type { Pg } from '../base/index.ts';
import type { Stand } from './pass.ts';
import type { Walked, World } from './walking.ts';
import { logWalks } from './way.ts';

interface Kind {
  kind: number;
  node: string;
  branch: string | null;
  due_at: Date | null;
  since_at: Date | null;
  until_at: Date | null;
  reason: string | null;
}

/** The columns of a kind, as it is given to a statement. */
export const kindColumns = 'kind int, node text, branch text, due_at timestamptz, since_at timestamptz, until_at timestamptz, reason text';

/** Many people, few places to stand: the places once, and for each stand which of them. */
export function standsByKind(stands: readonly Stand[]): { kinds: Kind[]; kindOf: number[] } {
  const kinds: Kind[] = [];
  const known = new Map<string, number>();
  const ms = (at: Date | null): string => (at === null ? '' : String(at.getTime()));
  const kindOf = stands.map(({ node, branch, dueAt, since, until, reason }) => {
    const key = `${node}|${branch ?? ''}|${ms(dueAt)}|${ms(since)}|${ms(until)}|${reason ?? ''}|${branch === null}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    known.set(key, kinds.length);
    return kinds.push({ kind: kinds.length, node, branch, due_at: dueAt, since_at: since, until_at: until, reason }) - 1;
  });
  return { kinds, kindOf };
}

/** Writes down what a set of people did on the way to where they stand: the log, their messages in the outbox, and what else follows from it. */
export async function settle(tx: Pg, world: World, walked: Walked): Promise<void> {
  const { deps, workspaceNo, plan, now } = world;
  const { journeyNo, journeyId, version, graph } = plan;
  await logWalks(
    tx,
    { workspaceNo, journeyNo, version, at: now },
    walked.stands.map((s) => ({ passNo: s.no, way: s.way })),
  );
  for (const { node, channel, contentId, items } of walked.sends) {
    const from = plan.node(node);
    await deps.channels.enqueue(tx, workspaceNo, {
      channel,
      contentId,
      purpose: from?.type === 'send' ? from.purpose : undefined,
      priority: graph.priority,
      journey: { id: journeyId, version, node },
      dueAt: now,
      queuedAt: now,
      items,
    });
  }
  const { calls, jumps } = walked;
  if (calls.length > 0)
    await tx.query(
      `INSERT INTO journey_calls (workspace_no, journey_no, version, node, pass_no, lap, due_at)
       SELECT $1, $2, $3, c.node, c.pass_no, c.lap, $4 FROM unnest($5::text[], $6::bigint[], $7::int[]) AS c (node, pass_no, lap)`,
      [workspaceNo, journeyNo, version, now, calls.map((c) => c.node), calls.map((c) => c.passNo), calls.map((c) => c.lap)],
    );
  if (jumps.length > 0)
    await tx.query(
      `INSERT INTO journey_arrivals (workspace_no, journey_no, node, person_no, at, data)
       SELECT $1, j.no, '', w.person_no, $2, w.data::jsonb FROM unnest($3::text[], $4::bigint[], $5::text[]) AS w (journey, person_no, data)
       JOIN journeys j ON j.workspace_no = $1 AND j.id = w.journey AND j.state = 'running'`,
      [workspaceNo, now, jumps.map((j) => j.journey), jumps.map((j) => j.personNo), jumps.map((j) => JSON.stringify(j.data))],
    );
}

/** Writes down where passes that are inside stand now. */
export async function place(tx: Pg, stands: readonly Stand[], now: Date): Promise<void> {
  const { kinds, kindOf } = standsByKind(stands);
  await tx.query(
    `UPDATE journey_people p SET node = k.node, branch = k.branch, due_at = k.due_at, since_at = k.since_at, until_at = k.until_at, arrives = NULL,
       reason = k.reason, moved_at = $1, left_at = CASE WHEN k.due_at IS NULL THEN $1::timestamptz END
     FROM unnest($2::bigint[], $3::int[]) AS s (no, kind) JOIN json_to_recordset($4) AS k (${kindColumns}) ON k.kind = s.kind WHERE p.no = s.no`,
    [now, stands.map((s) => s.no), kindOf, JSON.stringify(kinds)],
  );
  const carrying = stands.filter((s) => s.data);
  if (carrying.length > 0)
    await tx.query(
      'UPDATE journey_people p SET data = d.data::jsonb FROM unnest($1::bigint[], $2::text[]) AS d (no, data) WHERE p.no = d.no',
      [carrying.map((s) => s.no), carrying.map((s) => JSON.stringify(s.data))],
    );
}
