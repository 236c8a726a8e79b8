import { boundary as stopHere } from '../base/index.ts';
import { createLoop } from '../channels/index.ts';
import { advance } from './advance.ts';
import { announce } from './announce.ts';
import { defineApprovals } from './approval.ts';
import { letArrivalsIn } from './arrivals.ts';
import { makeCalls } from './calls.ts';
import { carriedBy } from './carried.ts';
import { letInByClock } from './clocks.ts';
import { consume } from './consume.ts';
import { createDefinitions } from './definitions.ts';
import { foresee, foreseen } from './foresee.ts';
import { fromTemplate } from './from-template.ts';
import { letMembersIn } from './members.ts';
import { followMerges } from './merge.ts';
import { journeyPeople } from './people.ts';
import { createPlans } from './plans.ts';
import type { Deps, JourneysDeps } from './ports.ts';
import { request } from './request.ts';
import { results } from './results.ts';
import type { Journeys } from './room.ts';
import type { Journey, JourneyChange } from './schema.ts';
import { createSops } from './sop/index.ts';
import { followSplit } from './split.ts';
import { templates } from './templates.ts';
import { tryOut } from './try.ts';

export type { ForeseenPeople, ForesightAnswer, JourneyForesight } from './foresee.ts';
export type { Graph, JourneyNode } from './graph.ts';
export { migrations } from './migrations.ts';
export type { AudiencePort, JourneysDeps } from './ports.ts';
export { journeysZh } from './problems.zh.ts';
export type { Journeys } from './room.ts';
export type { CouponPort, MatchingPort, RoomPorts } from './room-ports.ts';
export { routes } from './routes.ts';
export type { Journey, JourneyList, JourneyPeople, JourneyResults } from './schema.ts';
export type {
  CalendarItem as SopItem,
  MomentPlanChange,
  MomentPlanView,
  NewMomentPlan,
  NewSop,
  SopCalendar,
  SopChange,
  SopList,
  SopRow,
  SopView,
  TemplateMade,
} from './sop/schema.ts';
export type { TryAnswer, TryBody } from './try.ts';

export function createJourneys(given: JourneysDeps): Journeys {
  const deps: Deps = { ...given, boundary: given.boundary ?? stopHere, steady: given.steady ?? ((work) => work()) };
  const { pg, clock, log } = deps;
  const plans = createPlans();
  const definitions = createDefinitions(deps);
  deps.content.onRemove(definitions.usersOf);

  const { approvals } = deps.channels;
  const acts = {
    launch: (workspaceNo: number, id: string, existing?: boolean) => woken(definitions.launch(workspaceNo, id, existing)),
    change: (workspaceNo: number, id: string, wanted: JourneyChange) => woken(definitions.change(workspaceNo, id, wanted)),
  };
  defineApprovals(deps, definitions, acts);
  const change = async (workspaceNo: number, id: string, wanted: JourneyChange): Promise<Journey> => {
    const { graph, inside, map } = wanted;
    if (graph !== undefined && (await definitions.row(workspaceNo, id)).state !== 'draft')
      await approvals.pass(
        ...([workspaceNo, 'journey.change', id, { graph: await definitions.kept(workspaceNo, id, graph), inside, map }] as const),
        { graph, inside, map },
      );
    return acts.change(workspaceNo, id, wanted);
  };
  const sops = createSops(deps, plans, {
    get: definitions.get,
    create: definitions.create,
    change: (workspaceNo, id, wanted) => change(workspaceNo, id, wanted),
  });

  const each = async (work: (workspaceNo: number) => Promise<number>): Promise<number> => {
    let count = 0;
    const errors: unknown[] = [];
    for (const { no } of await deps.workspaces()) {
      try {
        count += await work(no);
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
    return count;
  };
  const tick = () =>
    each(async (no) => {
      let moved = 0;
      for (const verb of [letMembersIn, letInByClock, letArrivalsIn, advance]) moved += await deps.steady(() => verb(deps, plans, no));
      return moved + (await makeCalls(deps, plans, no)) + (await sops.moments.handOver(no));
    });
  const tell = () => each((no) => announce(deps, no));
  const nextDue = async (): Promise<number | undefined> => {
    const [row] = await pg.query<{ due: Date | null }>(
      `SELECT min(d.due) AS due FROM unnest($1::int[]) AS w (no) CROSS JOIN LATERAL (
         (SELECT min(p.due_at) AS due FROM journeys j CROSS JOIN LATERAL (
             SELECT d.due_at FROM journey_people d WHERE d.journey_no = j.no AND d.due_at IS NOT NULL ORDER BY d.due_at LIMIT 1) p
           WHERE j.workspace_no = w.no AND j.state = 'running')
         UNION ALL (SELECT c.next_at FROM journey_clocks c JOIN journeys j ON j.no = c.journey_no AND j.state = 'running'
           WHERE c.workspace_no = w.no AND c.next_at IS NOT NULL ORDER BY c.next_at LIMIT 1)
         UNION ALL (SELECT c.due_at FROM journey_calls c JOIN journeys j ON j.no = c.journey_no AND j.state <> 'paused'
           WHERE c.workspace_no = w.no ORDER BY c.due_at LIMIT 1)
         UNION ALL (SELECT m.at FROM sop_moments m WHERE m.workspace_no = w.no AND m.state IN ('planned', 'handing') AND m.at > $2 ORDER BY m.at LIMIT 1)
         UNION ALL (SELECT a.at FROM journey_arrivals a JOIN journeys j ON j.no = a.journey_no AND j.state = 'running' WHERE a.workspace_no = w.no LIMIT 1)) d`,
      [(await deps.workspaces()).map((w) => w.no), clock.now()],
    );
    return row?.due?.getTime();
  };
  const loops = {
    move: createLoop({
      name: 'journeys.move',
      clock,
      log,
      run: async () => {
        try {
          if ((await tick()) > 0) deps.channels.wake();
          return await nextDue();
        } finally {
          // Telling gives way to moving.
          loops.tell.wake();
        }
      },
    }),
    tell: createLoop({
      name: 'journeys.announce',
      clock,
      log,
      run: async () => {
        await tell();
        return undefined;
      },
    }),
  };
  const woken = async <T>(work: Promise<T>): Promise<T> => {
    const done = await work;
    loops.move.wake();
    return done;
  };

  return {
    create: definitions.create,
    check: definitions.check,
    change,
    get: definitions.get,
    list: definitions.list,
    launch: async (workspaceNo, id, existing) => {
      const row = await definitions.row(workspaceNo, id);
      if (row.state === 'draft') await approvals.pass(workspaceNo, 'journey.launch', id, { existing });
      // Before it begins: afterwards its own messages would stand in the way.
      const { warnings } = await foresee(deps, workspaceNo, row, existing);
      return { ...(await acts.launch(workspaceNo, id, existing)), warnings };
    },
    foresee: async (workspaceNo, id, existing, actor) => {
      const row = await definitions.row(workspaceNo, id);
      return {
        ...(await foresee(deps, workspaceNo, row, existing)),
        approval: row.state === 'draft' ? await approvals.need(workspaceNo, 'journey.launch', id, { existing }, actor) : null,
      };
    },
    foreseen: async (workspaceNo, id, query) => foreseen(deps, workspaceNo, await definitions.row(workspaceNo, id), query),
    pause: (workspaceNo, id) => woken(definitions.pause(workspaceNo, id)),
    resume: (workspaceNo, id) => woken(definitions.resume(workspaceNo, id)),
    archive: (workspaceNo, id) => woken(definitions.archive(workspaceNo, id)),
    results: async (workspaceNo, id, version) => {
      const { no, graph } = await definitions.row(workspaceNo, id);
      return results(deps, { no, id, workspaceNo, graph }, version);
    },
    people: async (workspaceNo, id, query) => {
      const { no } = await definitions.row(workspaceNo, id);
      return journeyPeople(deps, { no, workspaceNo }, query);
    },
    enter: async (workspaceNo, id, ask) => woken(definitions.row(workspaceNo, id).then((row) => request(deps, workspaceNo, row, ask))),
    templates: () => templates,
    fromTemplate: (workspaceNo, ask) => fromTemplate(deps, workspaceNo, ask, definitions.create),
    sops,
    try: async (workspaceNo, id, ask) => tryOut(deps, workspaceNo, await definitions.row(workspaceNo, id), ask),
    carried: (workspaceNo, passes) => carriedBy(pg, workspaceNo, passes),
    consume: async (slice) => {
      const entered = await consume(deps, plans, slice);
      if (entered) loops.move.wake();
      else loops.tell.wake();
    },
    onMerge: async (workspaceNo, moves) => {
      await followMerges(deps, plans, workspaceNo, moves);
      loops.tell.wake();
    },
    onSplit: async (workspaceNo, split) => {
      await followSplit(deps, workspaceNo, split);
    },
    tick,
    announce: tell,
    start: () => {
      for (const loop of Object.values(loops)) loop.start();
    },
    stop: async () => {
      await Promise.all(Object.values(loops).map((loop) => loop.stop()));
    },
  };
}
