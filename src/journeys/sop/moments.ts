import { badInput, newId, notFound, Problem, problem } from '../../base/index.ts';
import { instantOf, localDay } from '../../channels/index.ts';
import { type Deps, zoneOf } from '../ports.ts';
import type { MomentPlanChange, MomentPlanView, NewMomentPlan } from './schema.ts';

/** Moments (朋友圈) by date: planned here, handed to staff by the channel when their time comes. */

interface Row {
  id: string;
  series: string;
  at: Date;
  content_id: string;
  staff: string[] | null;
  tags: string[];
  state: MomentPlanView['state'];
  problem: string | null;
  moment_id: string | null;
  made_by: string;
}
const columns = 'id, series, at, content_id, staff, tags, state, problem, moment_id, made_by';

/** One that could not be handed over in this time has had its day. */
const patienceMs = 12 * 3_600_000;

export function createMomentPlans(deps: Pick<Deps, 'pg' | 'clock' | 'content' | 'channels' | 'workspaces' | 'boundary'>) {
  const { pg, clock } = deps;
  const views = async (workspaceNo: number, rows: readonly Row[]): Promise<MomentPlanView[]> => {
    const zone = await zoneOf(deps, workspaceNo);
    const texts = new Map(
      (await deps.content.some(workspaceNo, [...new Set(rows.map((row) => row.content_id))])).map((one) => [one.id, one.body]),
    );
    return rows.map((row) => ({
      ...{ id: row.id, series: row.series, day: localDay(row.at.getTime(), zone), at: row.at.toISOString(), contentId: row.content_id },
      ...{ text: texts.get(row.content_id) ?? null, staff: row.staff, tags: row.tags, state: row.state, problem: row.problem },
      ...{ momentId: row.moment_id, by: row.made_by },
    }));
  };
  const row = async (workspaceNo: number, id: string): Promise<Row> => {
    const [found] = await pg.query<Row>(`SELECT ${columns} FROM sop_moments WHERE workspace_no = $1 AND id = $2`, [workspaceNo, id]);
    if (!found) throw notFound('Moment');
    return found;
  };
  const get = async (workspaceNo: number, id: string): Promise<MomentPlanView> =>
    (await views(workspaceNo, [await row(workspaceNo, id)]))[0]!;
  /** The instant of a day and a time, which must be still to come. */
  const instant = async (workspaceNo: number, day: string, time: string): Promise<Date> => {
    const at = instantOf(day, time, await zoneOf(deps, workspaceNo));
    if (at <= clock.ms()) throw badInput([{ field: 'day', reason: 'is over; choose a day and a time to come' }]);
    return new Date(at);
  };
  const known = async (workspaceNo: number, contentId: string): Promise<void> => {
    if ((await deps.content.some(workspaceNo, [contentId])).length === 0)
      throw badInput([{ field: 'contentId', reason: 'does not exist' }]);
  };
  const stillPlanned = (done: readonly unknown[]): void => {
    if (done.length === 0)
      throw problem(409, 'This moment is with the staff already', {
        code: 'moment_state',
        detail: 'What was handed over is changed in WeCom.',
      });
  };

  return {
    get,
    between: async (workspaceNo: number, from: number, to: number): Promise<MomentPlanView[]> =>
      views(
        workspaceNo,
        await pg.query<Row>(
          `SELECT ${columns} FROM sop_moments WHERE workspace_no = $1 AND at >= $2 AND at < $3 ORDER BY at, id LIMIT 500`,
          [...[workspaceNo, new Date(from), new Date(to)]],
        ),
      ),
    add: async (
      workspaceNo: number,
      { day, at, contentId, text, series, staff, tags }: NewMomentPlan,
      by: string,
    ): Promise<MomentPlanView> => {
      const when = await instant(workspaceNo, day, at);
      if (contentId) await known(workspaceNo, contentId);
      const content =
        contentId ??
        (await deps.content.create(workspaceNo, { name: `${series || text!.slice(0, 20)} ${day}`, kind: 'text', body: text! })).id;
      const id = newId('smo', clock.ms());
      await pg.query(
        `INSERT INTO sop_moments (workspace_no, id, series, at, content_id, staff, tags, state, made_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'planned', $8, $9)`,
        [workspaceNo, id, series, when, content, staff ?? null, tags ?? [], by, clock.now()],
      );
      return get(workspaceNo, id);
    },
    change: async (workspaceNo: number, id: string, change: MomentPlanChange): Promise<MomentPlanView> => {
      const was = await row(workspaceNo, id);
      const zone = await zoneOf(deps, workspaceNo);
      const moved = change.day !== undefined || change.at !== undefined;
      const when = moved
        ? await instant(workspaceNo, change.day ?? localDay(was.at.getTime(), zone), change.at ?? timeIn(was.at, zone))
        : was.at;
      if (change.contentId) await known(workspaceNo, change.contentId);
      stillPlanned(
        await pg.query(
          `UPDATE sop_moments SET at = $3, content_id = $4, series = $5, staff = $6, tags = $7, state = 'planned', problem = NULL
           WHERE workspace_no = $1 AND id = $2 AND (state = 'planned' OR (state = 'failed' AND $8)) RETURNING id`,
          [
            ...[workspaceNo, id, when, change.contentId ?? was.content_id, change.series ?? was.series],
            change.staff === undefined ? was.staff : change.staff,
            change.tags === undefined ? was.tags : (change.tags ?? []),
            moved,
          ],
        ),
      );
      return get(workspaceNo, id);
    },
    remove: async (workspaceNo: number, id: string): Promise<void> => {
      await row(workspaceNo, id);
      stillPlanned(
        await pg.query("DELETE FROM sop_moments WHERE workspace_no = $1 AND id = $2 AND state IN ('planned', 'failed') RETURNING id", [
          workspaceNo,
          id,
        ]),
      );
    },
    /** Hands over what is due. The moment's own id is written down first: after a stop it is asked for again by it, and there once. Returns how many. */
    handOver: async (workspaceNo: number): Promise<number> => {
      let done = 0;
      const due = await pg.query<Row>(
        `SELECT ${columns} FROM sop_moments WHERE workspace_no = $1 AND state IN ('planned', 'handing') AND at <= $2 ORDER BY at, id LIMIT 50`,
        [workspaceNo, clock.now()],
      );
      for (const one of due) {
        const end = (state: MomentPlanView['state'], said: string | null) =>
          pg.query(
            "UPDATE sop_moments SET state = $3, problem = $4 WHERE workspace_no = $1 AND id = $2 AND state IN ('planned', 'handing')",
            [...[workspaceNo, one.id, state, said]],
          );
        if (one.state === 'planned' && one.at.getTime() + patienceMs < clock.ms()) {
          await end('failed', 'late');
          continue;
        }
        const [taken] = await pg.query<{ moment_id: string }>(
          `UPDATE sop_moments SET state = 'handing', moment_id = coalesce(moment_id, $3) WHERE workspace_no = $1 AND id = $2 AND state IN ('planned', 'handing')
           RETURNING moment_id`,
          [workspaceNo, one.id, newId('mo', clock.ms())],
        );
        if (!taken) continue;
        await deps.boundary('journeys.moment.taken');
        const ask = {
          contentId: one.content_id,
          ...(one.staff ? { staff: one.staff } : {}),
          ...(one.tags.length > 0 ? { tags: one.tags } : {}),
        };
        try {
          await deps.channels.staff.moments.make(workspaceNo, ask, one.made_by, taken.moment_id);
          await end('handed', null);
          done += 1;
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          // The switch that stops everything holds it back; all else is told to whoever planned it.
          await end(error.code === 'paused' ? 'planned' : 'failed', error.code === 'paused' ? null : (error.detail ?? error.title));
        }
        await deps.boundary('journeys.moment.handed');
      }
      return done;
    },
  };
}
export type MomentPlans = ReturnType<typeof createMomentPlans>;

const timeIn = (at: Date, zone: string): string =>
  new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);
