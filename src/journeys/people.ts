import { z } from 'zod';
import { decodeCursor, encodeCursor } from '../base/index.ts';
import { personId } from '../people/index.ts';
import type { Deps } from './ports.ts';
import type { JourneyPeople, PeopleQuery } from './schema.ts';

interface Row {
  no: number;
  person_no: number;
  node: string;
  branch: string | null;
  entered_at: Date;
  moved_at: Date;
  left_at: Date | null;
  converted_at: Date | null;
  reason: string | null;
  version: number;
}

/** What a state asks of a pass. With a node, `waiting` and `left` are about that node. */
const conditions: Record<NonNullable<PeopleQuery['state']>, (node: boolean) => string> = {
  entered: () => 'true',
  inside: () => 'p.left_at IS NULL',
  waiting: (node) => (node ? 'p.left_at IS NULL AND p.node = $3' : 'p.left_at IS NULL'),
  left: (node) => (node ? 'NOT (p.left_at IS NULL AND p.node = $3)' : 'p.left_at IS NOT NULL'),
  converted: () => 'p.converted_at IS NOT NULL',
  exited: () => 'p.left_at IS NOT NULL',
};

/** The people behind a number of the results, latest entry first. */
export async function journeyPeople(deps: Deps, journey: { no: number; workspaceNo: number }, q: PeopleQuery): Promise<JourneyPeople> {
  const params: unknown[] = [journey.no, q.limit + 1, q.node ?? null, q.branch ?? null, decodeCursor(q.cursor, z.number().int()) ?? null];
  const passed =
    q.node === undefined && q.branch === undefined
      ? ''
      : `AND p.no IN (SELECT w.pass_no FROM journey_walks w WHERE w.journey_no = $1 AND w.way_no IN (
           SELECT y.no FROM journey_ways y CROSS JOIN LATERAL jsonb_to_recordset(y.steps) AS s (node text, kind text, branch text)
           WHERE y.journey_no = $1 AND ($3::text IS NULL OR s.node = $3)
             AND ${q.branch === undefined ? "s.kind IN ('enter', 'arrive', 'branch', 'exit')" : "s.kind IN ('branch', 'turn') AND s.branch = $4"}))`;
  const state = q.state === undefined ? '' : `AND ${conditions[q.state](q.node !== undefined)}`;
  const rows = await deps.pg.query<Row>(
    `SELECT p.no, p.person_no, p.node, p.branch, p.entered_at, p.moved_at, p.left_at, p.converted_at, p.reason, p.version FROM journey_people p
     WHERE p.journey_no = $1 AND ($3::text IS NULL OR true) AND ($4::text IS NULL OR true) AND ($5::bigint IS NULL OR p.no < $5) ${passed} ${state}
     ORDER BY p.no DESC LIMIT $2`,
    params,
  );
  const page = rows.slice(0, q.limit);
  const people = new Map((await deps.people.read(journey.workspaceNo, [...new Set(page.map((r) => r.person_no))])).map((p) => [p.id, p]));
  return {
    items: page.flatMap((r) => {
      const person = people.get(personId(r.person_no));
      if (!person) return [];
      return [
        {
          person,
          node: r.node,
          state: r.converted_at ? 'converted' : r.left_at ? 'exited' : 'inside',
          branch: r.branch,
          reason: r.reason,
          version: r.version,
          enteredAt: r.entered_at.toISOString(),
          updatedAt: r.moved_at.toISOString(),
          leftAt: r.left_at?.toISOString() ?? null,
          convertedAt: r.converted_at?.toISOString() ?? null,
        },
      ];
    }),
    nextCursor: rows.length > q.limit ? encodeCursor(page.at(-1)!.no) : null,
  };
}
