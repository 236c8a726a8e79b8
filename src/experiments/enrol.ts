import { eventCondition } from '../audience/index.ts';
import { sqlString } from '../base/index.ts';
import { assign, assignStratified } from './assign.ts';
import { ASSIGNED, type ExperimentsDeps } from './ports.ts';
import type { Row } from './store.ts';

/** People assigned at once: within such a set strata are shared out evenly. */
const setSize = 20_000;
const written = 5_000;
/** So long where people stand is taken for where they stood when the lot was drawn. */
const standsMs = 3_600_000;

/** The arms that people were given so far, the first of each: whoever was merged keeps the arm of who was assigned first. */
export async function armsOf(
  deps: ExperimentsDeps,
  row: Pick<Row, 'id' | 'workspace_no'>,
  people: readonly number[],
): Promise<Map<number, string>> {
  if (people.length === 0) return new Map();
  const rows = await deps.ch.query<{ person: number; arm: string }>(
    `SELECT person_no AS person, argMin(arm, (time, key)) AS arm FROM ${deps.events.source(row.workspace_no, people, [
      "ifNull(properties.experimentId.:String, '') AS experiment",
      "ifNull(properties.arm.:String, '') AS arm",
    ])} WHERE event = ${sqlString(ASSIGNED)} AND experiment = ${sqlString(row.id)} GROUP BY person_no`,
  );
  return new Map(rows.map((r) => [r.person, r.arm]));
}

interface Arrival {
  personNo: number;
  /** Where somebody else drew the lot: the arm, and when. */
  arm?: string;
  at?: Date;
}

/**
 * Gives an arm to whoever has none, and writes it down as an event before anybody is told. The event's id is of experiment and person, so what is
 * repeated after a stop changes nothing. `together`: they are all there at once, and are shared out within their strata.
 */
export async function enrol(
  deps: ExperimentsDeps,
  row: Row,
  arrivals: readonly Arrival[],
  together: boolean,
): Promise<Map<number, string>> {
  const { id, definition, workspace_no: ws } = row;
  const arms = await armsOf(
    deps,
    row,
    arrivals.map((a) => a.personNo),
  );
  const fresh = arrivals.filter((a) => !arms.has(a.personNo));
  if (fresh.length === 0) return arms;
  const states = await deps.audience.stateOf(
    ws,
    fresh.map((a) => a.personNo),
  );
  const weights = definition.arms.map((a) => a.weight);
  const by = definition.stratify;
  const stratumOf = (no: number): string => (by === 'none' ? '' : (states.get(no)?.[by] ?? ''));
  const drawn = (no: number): number => assign(by === 'none' ? id : `${id}:${stratumOf(no)}`, no, weights);
  const dealt =
    together && by !== 'none'
      ? assignStratified(
          id,
          fresh.map(({ personNo }) => ({ personNo, stratum: stratumOf(personNo) })),
          weights,
        )
      : undefined;
  const events = fresh.map(({ personNo, arm, at }) => {
    const given = arm ?? definition.arms[dealt?.get(personNo) ?? drawn(personNo)]!.key;
    arms.set(personNo, given);
    // Of who was split long ago it is not known where they stood then; where they stand now may be the arm's doing.
    const state = at && deps.clock.ms() - at.getTime() > standsMs ? undefined : states.get(personNo);
    return {
      messageId: `experiment:${id}:${personNo}`,
      event: ASSIGNED,
      timestamp: at ?? deps.clock.now(),
      personNo,
      source: 'yutang',
      // Where they stood then: later they may stand elsewhere because of the arm.
      properties: { experimentId: id, arm: given, stage: state?.stage ?? '', level: state?.level ?? '' },
    };
  });
  for (let i = 0; i < events.length; i += written) await deps.events.write(ws, events.slice(i, i + written));
  return arms;
}

/** Lets in who was there at the launch, set by set; how far is kept, so a stop begins again at the set in hand. Returns how many were looked at. */
export async function enrolStanding(deps: ExperimentsDeps, row: Row): Promise<number> {
  const { on } = row.definition;
  if (row.enrol_below === null) return 0;
  const done = (below: number | null) =>
    deps.pg.query("UPDATE experiments SET enrol_below = $2 WHERE no = $1 AND state = 'running'", [row.no, below]);
  if (on.kind === 'journey' && on.since) {
    const hits = await branched(deps, row, `time >= parseDateTime64BestEffort(${sqlString(on.since)}, 3, 'UTC')`);
    for (let i = 0; i < hits.length; i += setSize) await enrol(deps, row, hits.slice(i, i + setSize), true);
    await done(null);
    return hits.length;
  }
  if (on.kind !== 'audience') {
    await done(null);
    return 0;
  }
  let count = 0;
  for (let below: number | null = row.enrol_below; below !== null; ) {
    const members: { personNo: number }[] = await deps.audience.members(row.workspace_no, on.audienceId, below, setSize);
    await enrol(deps, row, members, true);
    below = members.length < setSize ? null : members.at(-1)!.personNo;
    await done(below);
    count += members.length;
  }
  return count;
}

/** Who was sent down which branch of the split, the first time. */
async function branched(deps: ExperimentsDeps, row: Row, condition: string): Promise<Arrival[]> {
  const { on, arms } = row.definition;
  if (on.kind !== 'journey') return [];
  const was = eventCondition({
    event: 'Journey Branched',
    where: [
      { property: 'journeyId', op: '=', value: on.journeyId },
      { property: 'nodeId', op: '=', value: on.nodeId },
      { property: 'branch', op: 'in', value: arms.map((a) => a.key) },
    ],
  });
  const rows = await deps.ch.query<{ person: number; arm: string; ms: number }>(
    `SELECT person_no AS person, argMin(ifNull(properties.branch.:String, ''), (time, key)) AS arm, toUnixTimestamp64Milli(min(time)) AS ms
     FROM ${deps.events.source(row.workspace_no)} WHERE ${was} AND ${condition} GROUP BY person_no ORDER BY person_no`,
  );
  return rows.map((r) => ({ personNo: r.person, arm: r.arm, at: new Date(r.ms) }));
}

export interface Slice {
  workspaceNo: number;
  fromBatch: number;
  toBatch: number;
  names: ReadonlySet<string>;
}

/** Who enters the audience or is split by the journey from now on. */
export async function enrolLanded(deps: ExperimentsDeps, slice: Slice, rows: readonly Row[]): Promise<void> {
  for (const row of rows) {
    const { on } = row.definition;
    const landed = `batch BETWEEN ${slice.fromBatch} AND ${slice.toBatch}`;
    const since = `time >= fromUnixTimestamp64Milli(toInt64(${row.launched_at!.getTime()}), 'UTC')`;
    if (on.kind === 'journey' && slice.names.has('Journey Branched')) {
      await enrol(deps, row, await branched(deps, row, `${landed} AND ${since}`), false);
    }
    if (on.kind === 'audience' && on.entering && slice.names.has('Audience Entered')) {
      const was = eventCondition({ event: 'Audience Entered', where: [{ property: 'audienceId', op: '=', value: on.audienceId }] });
      const hits = await deps.ch.query<{ person: number }>(
        `SELECT DISTINCT person_no AS person FROM ${deps.events.source(slice.workspaceNo)} WHERE ${landed} AND ${was} AND ${since} ORDER BY person`,
      );
      await enrol(
        deps,
        row,
        hits.map((h) => ({ personNo: h.person })),
        false,
      );
    }
  }
}
