import { z } from 'zod';
import { decodeCursor, encodeCursor, notFound, type Pg } from '../base/index.ts';
import { personId } from './numbers.ts';
import type { ConflictReason } from './policy.ts';
import type { By } from './split.ts';

interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

const brief = (no: number, name: unknown) => ({ id: personId(no), name: typeof name === 'string' ? name : null });
export type Brief = ReturnType<typeof brief>;

export interface ConflictView {
  id: number;
  identity: { type: string; id: string };
  reason: ConflictReason;
  /** Who holds it, if anybody, and whose message brought it: those who stand for them now. */
  heldBy: Brief | null;
  person: Brief;
  firstAt: string;
  lastAt: string;
  times: number;
  messageId: string;
}

const pageOf = <R extends { id: number; sort: Date }, T>(rows: R[], limit: number, view: (row: R) => T): Page<T> => {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(view),
    nextCursor: rows.length > limit && last ? encodeCursor({ at: last.sort.getTime(), id: last.id }) : null,
  };
};
const cursorShape = z.object({ at: z.number(), id: z.number().int() });
/** SQL parameters that let a page go on after a cursor. */
const after = (cursor: string | undefined) => {
  const from = decodeCursor(cursor, cursorShape);
  return from ? [new Date(from.at), from.id] : ['infinity', 0];
};

/** What was set aside and stands between two people still: newest first, without what was dismissed and what has become one person since. */
export async function listConflicts(
  pg: Pg,
  workspaceNo: number,
  q: { cursor?: string | undefined; limit: number; type?: string | undefined },
): Promise<Page<ConflictView>> {
  const rows = await pg.query<{
    id: number;
    sort: Date;
    type: string;
    value: string;
    reason: ConflictReason;
    held: number | null;
    held_name: unknown;
    person: number;
    name: unknown;
    at: Date;
    times: number;
    message_id: string;
  }>(
    `SELECT c.id, date_trunc('milliseconds', c.last_at) AS sort, c.type, c.value, c.reason, coalesce(h.merged_into, h.person_no) AS held, hs.traits->'name' AS held_name,
       ps.person_no AS person, ps.traits->'name' AS name, c.at, c.times, c.message_id
     FROM identity_conflicts c JOIN people p ON p.person_no = c.person_no JOIN people ps ON ps.person_no = coalesce(p.merged_into, p.person_no)
     LEFT JOIN people h ON h.person_no = c.held_by LEFT JOIN people hs ON hs.person_no = coalesce(h.merged_into, h.person_no)
     WHERE c.workspace_no = $1 AND c.dismissed_at IS NULL AND ($4::text IS NULL OR c.type = $4) AND hs.person_no IS DISTINCT FROM ps.person_no
       AND (date_trunc('milliseconds', c.last_at), -c.id) < ($2::timestamptz, -$3::bigint)
     ORDER BY sort DESC, c.id LIMIT $5`,
    [workspaceNo, ...after(q.cursor), q.type ?? null, q.limit + 1],
  );
  return pageOf(rows, q.limit, (r) => ({
    id: r.id,
    identity: { type: r.type, id: r.value },
    reason: r.reason,
    heldBy: r.held === null ? null : brief(r.held, r.held_name),
    person: brief(r.person, r.name),
    firstAt: r.at.toISOString(),
    lastAt: r.sort.toISOString(),
    times: r.times,
    messageId: r.message_id,
  }));
}

export async function dismissConflict(tx: Pg, workspaceNo: number, id: number, at: Date): Promise<{ type: string }> {
  const [row] = await tx.query<{ type: string }>(
    'UPDATE identity_conflicts SET dismissed_at = $3 WHERE workspace_no = $1 AND id = $2 AND dismissed_at IS NULL RETURNING type',
    [workspaceNo, id, at],
  );
  if (!row) throw notFound('Conflict');
  return row;
}

export interface QuarantineView {
  id: number;
  identity: { type: string; id: string };
  reason: 'repointed' | 'conflicts';
  /** How many people it had met. */
  people: number;
  at: string;
  messageId: string;
  /** The person made for what carries nothing else. */
  own: string | null;
  /** Whom it had been joined to or stood between, as they are now; at most 50. */
  glued: (Brief & { since: string })[];
  released: { at: string; actor: By['actor'] } | null;
}

/** What says nothing any more of who somebody is, newest first, with what it had glued. */
export async function listQuarantine(
  pg: Pg,
  workspaceNo: number,
  q: { cursor?: string | undefined; limit: number; released: boolean },
): Promise<Page<QuarantineView>> {
  const rows = await pg.query<{
    id: number;
    sort: Date;
    type: string;
    value: string;
    reason: QuarantineView['reason'];
    people: number;
    message_id: string;
    person_no: number | null;
    released_at: Date | null;
    released_by: By['actor'];
    glued: { no: number; name: unknown; since: string }[] | null;
  }>(
    `SELECT q.*, date_trunc('milliseconds', q.at) AS sort, (
       SELECT json_agg(json_build_object('no', g.no, 'name', g.name, 'since', g.since) ORDER BY g.since DESC) FROM (
         SELECT s.person_no AS no, s.traits->'name' AS name, min(m.since) AS since FROM (
           SELECT p.person_no, CASE WHEN p.since > '1970-01-02' THEN p.since ELSE i.first_seen_at END AS since FROM identity_pointers p
             LEFT JOIN identities i USING (workspace_no, type, value) WHERE workspace_no = $1 AND type = q.type AND value = q.value
           UNION ALL SELECT person_no, first_seen_at FROM identities WHERE workspace_no = $1 AND type = q.type AND value = q.value
           UNION ALL SELECT person_no, at FROM identity_conflicts WHERE workspace_no = $1 AND type = q.type AND value = q.value
         ) m JOIN people p USING (person_no) JOIN people s ON s.person_no = coalesce(p.merged_into, p.person_no)
         WHERE s.person_no IS DISTINCT FROM q.person_no GROUP BY s.person_no, s.traits->'name' ORDER BY since DESC LIMIT 50) g) AS glued
     FROM identity_quarantine q WHERE q.workspace_no = $1 AND (q.released_at IS NOT NULL) = $4
       AND (date_trunc('milliseconds', q.at), -q.id) < ($2::timestamptz, -$3::bigint) ORDER BY sort DESC, q.id LIMIT $5`,
    [workspaceNo, ...after(q.cursor), q.released, q.limit + 1],
  );
  return pageOf(rows, q.limit, (r) => ({
    id: r.id,
    identity: { type: r.type, id: r.value },
    reason: r.reason,
    people: r.people,
    at: r.sort.toISOString(),
    messageId: r.message_id,
    own: r.person_no === null ? null : personId(r.person_no),
    glued: (r.glued ?? []).map((g) => ({ ...brief(g.no, g.name), since: new Date(g.since ?? r.sort).toISOString() })),
    released: r.released_at ? { at: r.released_at.toISOString(), actor: r.released_by } : null,
  }));
}

/** The people who hold the most identities: where something was glued that is not one person, it shows here. */
export async function largestPeople(pg: Pg, workspaceNo: number, limit: number) {
  const rows = await pg.query<{ person_no: number; n: number; types: Record<string, number>; name: unknown; merged: number }>(
    `SELECT top.person_no, top.n, p.traits->'name' AS name,
       (SELECT json_object_agg(type, n) FROM (SELECT type, count(*) AS n FROM identities WHERE person_no = top.person_no GROUP BY type) t) AS types,
       (SELECT count(*) FROM people m WHERE m.workspace_no = $1 AND m.merged_into = top.person_no) AS merged
     FROM (SELECT person_no, count(*) AS n FROM identities WHERE workspace_no = $1 GROUP BY person_no ORDER BY n DESC, person_no LIMIT $2) top
     JOIN people p ON p.person_no = top.person_no ORDER BY top.n DESC, top.person_no`,
    [workspaceNo, limit],
  );
  return rows.map((r) => ({ ...brief(r.person_no, r.name), identities: r.n, types: r.types, merged: r.merged }));
}
