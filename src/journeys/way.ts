import type { Pg } from '../base/index.ts';
import { pageOf } from './ports.ts';

/** One thing that happened to a pass. */
export interface Step {
  node: string;
  /** `turn`: a branch taken by who stood there; `move`: put into another version. */
  kind: 'enter' | 'arrive' | 'branch' | 'turn' | 'convert' | 'move' | 'exit' | 'leave';
  branch?: string;
  reason?: string;
  /** The node it came from, and by which branch of it. */
  from?: string;
  by?: string;
  /** How often it has gone back before. */
  lap?: number;
}

/** The steps that a pass took at one moment. Whoever takes the same steps shares the same way, so that the log needs one row a person. */
export class Way {
  readonly steps: readonly Step[];
  readonly #next = new Map<string, Way>();

  constructor(steps: readonly Step[] = []) {
    this.steps = steps;
  }

  and(step: Step): Way {
    const { kind, node, branch = '', reason = '', from = '', by = '', lap = 0 } = step;
    const key = `${kind}|${node}|${branch}|${reason}|${from}|${by}|${lap}`;
    const known = this.#next.get(key);
    if (known) return known;
    const way = new Way([...this.steps, step]);
    this.#next.set(key, way);
    return way;
  }
}

export interface Walk {
  passNo: number;
  way: Way;
  /** When, if not at the moment of the whole set. */
  at?: Date;
}

/** Writes what passes did into the log, under the workspace's lock. */
export async function logWalks(
  tx: Pg,
  of: { workspaceNo: number; journeyNo: number; version: number; at: Date },
  walks: readonly Walk[],
): Promise<void> {
  const ways = [...new Set(walks.map((w) => w.way))].filter((w) => w.steps.length > 0);
  if (ways.length === 0) return;
  const numbers = new Map<Way, number>();
  for (const part of pageOf(ways, 500)) {
    const rows = await tx.query<{ place: number; no: number }>(
      `WITH given AS (SELECT place::int, steps::jsonb FROM unnest($3::text[]) WITH ORDINALITY AS g (steps, place)),
       added AS (INSERT INTO journey_ways (journey_no, version, steps) SELECT DISTINCT $1::int, $2::int, g.steps FROM given g
         WHERE NOT EXISTS (SELECT FROM journey_ways y WHERE y.journey_no = $1 AND y.version = $2 AND y.steps = g.steps) RETURNING no, steps)
       SELECT g.place, coalesce(a.no, y.no) AS no FROM given g LEFT JOIN added a ON a.steps = g.steps
       LEFT JOIN journey_ways y ON y.journey_no = $1 AND y.version = $2 AND y.steps = g.steps`,
      [of.journeyNo, of.version, part.map((w) => JSON.stringify(w.steps))],
    );
    for (const { place, no } of rows) numbers.set(part[place - 1]!, no);
  }
  const told = walks.filter((w) => numbers.has(w.way));
  await tx.query(
    `INSERT INTO journey_walks (workspace_no, journey_no, at, pass_no, way_no)
     SELECT $1, $2, coalesce(w.at, $3), w.pass_no, w.way_no FROM unnest($4::bigint[], $5::int[], $6::timestamptz[]) AS w (pass_no, way_no, at)`,
    [
      of.workspaceNo,
      of.journeyNo,
      of.at,
      told.map((w) => w.passNo),
      told.map((w) => numbers.get(w.way)!),
      told.some((w) => w.at) ? told.map((w) => w.at ?? null) : null,
    ],
  );
}

/** The same for passes of several journeys and versions that have left, as a statement returns them. */
export async function logLeaves(
  tx: Pg,
  workspaceNo: number,
  gone: readonly { no: number; journey_no: number; version: number; node: string }[],
  reason: string,
  at: Date,
): Promise<void> {
  const start = new Way();
  for (const list of Map.groupBy(gone, (g) => `${g.journey_no}:${g.version}`).values()) {
    const { journey_no: journeyNo, version } = list[0]!;
    await logWalks(
      tx,
      { workspaceNo, journeyNo, version, at },
      list.map((g) => ({ passNo: g.no, way: start.and({ node: g.node, kind: 'leave', reason }) })),
    );
  }
}
