import { addDays, instantOf, localDay, weekdayOf } from '../../channels/index.ts';
import { nextRun } from '../clocks.ts';
import { type EntryNode, type Graph, triggerOf } from '../graph.ts';
import type { Plans } from '../plans.ts';
import { type Deps, zoneOf } from '../ports.ts';
import { messagesAhead, samePeople } from './ahead.ts';
import type { MomentPlans } from './moments.ts';
import type { CalendarItem, SopCalendar, SopCalendarQuery } from './schema.ts';
import { tableOf } from './table.ts';

/** What goes out on which day, to persons, groups and in moments: what was, as it went, and what is to come, as it looks now. */

interface Journey {
  no: number;
  id: string;
  name: string;
  state: string;
  version: number;
  graph: Graph;
}
interface Asking {
  deps: Deps;
  workspaceNo: number;
  zone: string;
  now: number;
  days: string[];
  from: number;
  to: number;
}

const none = { sent: 0, waiting: 0, skipped: 0, failed: 0 };

export async function readCalendar(
  deps: Deps,
  plans: Plans,
  moments: MomentPlans,
  workspaceNo: number,
  query: SopCalendarQuery,
): Promise<SopCalendar> {
  const zone = await zoneOf(deps, workspaceNo);
  const now = deps.clock.ms();
  const today = localDay(now, zone);
  const first = query.from ?? addDays(today, 1 - weekdayOf(today));
  const days = Array.from({ length: query.days }, (_, i) => addDays(first, i));
  const ask: Asking = {
    deps,
    workspaceNo,
    zone,
    now,
    days,
    from: instantOf(first, '00:00', zone),
    to: instantOf(addDays(first, query.days), '00:00', zone),
  };
  const journeys = await deps.pg.query<Journey>(
    "SELECT no, id, name, state, version, graph FROM journeys WHERE workspace_no = $1 AND state <> 'draft' ORDER BY no DESC LIMIT 1000",
    [workspaceNo],
  );
  const parts = await Promise.all([
    messagesOf(ask, journeys),
    comingOf(ask, plans, journeys),
    clocksOf(ask, journeys),
    groupsOf(ask),
    momentsOf(ask, moments),
  ]);
  const items = parts.flat().sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.key < b.key ? -1 : 1));
  return { timezone: zone, today, days, items: await withWords(deps, workspaceNo, items) };
}

/** What journeys have sent, step by step; what was sent by hand belongs to no plan. */
async function messagesOf({ deps, workspaceNo, zone, from, to }: Asking, journeys: readonly Journey[]): Promise<CalendarItem[]> {
  const byId = new Map(journeys.map((one) => [one.id, one]));
  const rows = await deps.channels.sentByDay(workspaceNo, new Date(from), new Date(to), zone);
  return rows.flatMap(({ journeyId, node, channel, contentId, day, at, ...counts }): CalendarItem[] => {
    const journey = byId.get(journeyId ?? '');
    if (!journey || node === null) return [];
    const step = journey.graph.nodes.find((one) => one.id === node)?.name ?? '';
    return [
      {
        ...{
          key: `m|${journeyId}|${node}|${contentId}|${channel}|${day}`,
          kind: kindOf(journey.graph),
          planId: journey.id,
          plan: journey.name,
          stepId: node,
          step,
        },
        ...{ channel, contentId, text: null, day, at: at.toISOString(), ahead: false, state: journey.state, ...counts, collides: [] },
        expected: counts.sent + counts.waiting + counts.skipped + counts.failed,
      },
    ];
  });
}

const byClock = (graph: Graph): EntryNode | undefined =>
  graph.nodes.find((n): n is EntryNode => n.type === 'entry' && triggerOf(n) === 'schedule');
const kindOf = (graph: Graph): CalendarItem['kind'] => (tableOf(graph) ? 'person' : byClock(graph) ? 'broadcast' : 'journey');

/** What comes to who is inside a calendar of persons. */
async function comingOf(
  { deps, workspaceNo, zone, now, days }: Asking,
  plans: Plans,
  journeys: readonly Journey[],
): Promise<CalendarItem[]> {
  const running = new Map(journeys.filter((one) => one.state === 'running').map((one) => [one.no, one]));
  const coming = await messagesAhead(deps, plans, workspaceNo, [...running.keys()], {
    from: days[0]!,
    to: addDays(days.at(-1)!, 1),
    zone,
    now,
  });
  const items = coming.map((one): CalendarItem => {
    const { id, name, state } = running.get(one.journeyNo)!;
    const { send } = one.row;
    return {
      ...{
        key: `p|${id}|${send.id}|${one.day}`,
        kind: 'person',
        planId: id,
        plan: name,
        stepId: send.id,
        step: send.name ?? '',
        channel: send.channel,
      },
      ...{
        contentId: send.contentId ?? null,
        text: null,
        day: one.day,
        at: new Date(one.at).toISOString(),
        ahead: true,
        state,
        expected: one.people,
        ...none,
        collides: [],
      },
    };
  });
  for (const { a, b, people } of await samePeople(deps, workspaceNo, coming, zone)) collide(items[a]!, items[b]!, people);
  return items;
}

function collide(a: CalendarItem, b: CalendarItem, count: number): void {
  a.collides.push({ key: b.key, plan: b.plan, count });
  b.collides.push({ key: a.key, plan: a.plan, count });
}
/** Items of one day that reach the same are told of each other. */
function collideAll(
  items: readonly CalendarItem[],
  same: (item: CalendarItem) => string,
  count: (a: CalendarItem, b: CalendarItem) => number,
): void {
  for (const list of Map.groupBy(items, (item) => `${item.day}|${same(item)}`).values())
    for (const [i, a] of list.entries()) for (const b of list.slice(i + 1)) if (a.planId !== b.planId) collide(a, b, count(a, b));
}

/** Journeys that begin by the clock for an audience: broadcasts. */
async function clocksOf({ deps, workspaceNo, zone, now, from, to }: Asking, journeys: readonly Journey[]): Promise<CalendarItem[]> {
  const audiences = new Map<CalendarItem, string>();
  const items: CalendarItem[] = [];
  for (const journey of journeys.filter((one) => one.state === 'running')) {
    const entry = byClock(journey.graph);
    if (!entry) continue;
    const expected = entry.audience === undefined ? null : ((await deps.audience.size?.(workspaceNo, entry.audience)) ?? null);
    for (
      let at = nextRun(entry, Math.max(now, from - 1), zone);
      at !== undefined && at < to && items.length < 500;
      at = nextRun(entry, at, zone)
    ) {
      const item: CalendarItem = {
        ...{
          key: `b|${journey.id}|${at}`,
          kind: 'broadcast',
          planId: journey.id,
          plan: journey.name,
          stepId: entry.id,
          step: entry.name ?? '',
          channel: firstChannel(journey.graph),
        },
        ...{
          contentId: null,
          text: null,
          day: localDay(at, zone),
          at: new Date(at).toISOString(),
          ahead: true,
          state: journey.state,
          expected,
          ...none,
          collides: [],
        },
      };
      items.push(item);
      audiences.set(item, entry.audience ?? `${journey.id}`);
    }
  }
  collideAll(
    items,
    (item) => audiences.get(item)!,
    (a) => a.expected ?? 0,
  );
  return items;
}

const firstChannel = (graph: Graph): string => graph.nodes.find((node) => node.type === 'send')?.channel ?? '';

async function groupsOf({ deps, workspaceNo, zone, days }: Asking): Promise<CalendarItem[]> {
  const purposes = new Map<CalendarItem, string>();
  const { items } = await deps.channels.groupPlans.calendar(workspaceNo, zone, { from: days[0]!, days: days.length });
  const list = items.map((one): CalendarItem => {
    const { counts } = one;
    const item: CalendarItem = {
      ...{
        key: `g|${one.planId}|${one.stepId}|${one.at}`,
        kind: 'group',
        planId: one.planId,
        plan: one.plan,
        stepId: one.stepId,
        step: one.step,
        channel: 'group',
      },
      ...{
        contentId: null,
        text: one.text,
        day: one.day,
        at: one.at,
        ahead: one.ahead,
        state: null,
        expected: one.groups,
        sent: counts.sent,
      },
      ...{ waiting: counts.due + counts.asked, skipped: counts.skipped, failed: counts.failed + counts.unsent, collides: [] },
    };
    purposes.set(item, one.purpose);
    return item;
  });
  collideAll(
    list,
    (item) => purposes.get(item)!,
    (a, b) => Math.min(a.expected ?? 0, b.expected ?? 0),
  );
  return list;
}

/** Planned moments, and those that staff have been given. */
async function momentsOf({ deps, workspaceNo, zone, from, to }: Asking, moments: MomentPlans): Promise<CalendarItem[]> {
  const [planned, made] = await Promise.all([
    moments.between(workspaceNo, from, to),
    deps.channels.staff.moments.between(workspaceNo, new Date(from), new Date(to)),
  ]);
  const plans = new Map(planned.map((one) => [one.momentId, one]));
  const base = { kind: 'moment' as const, channel: 'moment', stepId: '', ahead: false, ...none };
  const given = made.map((one): CalendarItem => {
    const plan = plans.get(one.id);
    const failed = one.state === 'failed' || one.state === 'cancelled';
    return {
      ...base,
      ...{
        key: `o|${one.id}`,
        planId: plan?.id ?? one.id,
        plan: plan?.series ?? '',
        step: '',
        contentId: one.contentId,
        text: one.text,
        collides: [],
      },
      ...{ day: localDay(Date.parse(one.madeAt), zone), at: one.madeAt, state: one.state, expected: one.staff, sent: one.published },
      ...(failed ? { failed: one.staff - one.published } : { waiting: one.staff - one.published }),
    };
  });
  const there = new Set(made.map((one) => one.id));
  const ahead = planned
    .filter((one) => one.momentId === null || !there.has(one.momentId))
    .map(
      (one): CalendarItem => ({
        ...base,
        ...{
          key: `o|${one.id}`,
          planId: one.id,
          plan: one.series,
          step: '',
          contentId: one.contentId,
          text: one.text,
          day: one.day,
          at: one.at,
          collides: [],
        },
        ...{
          state: one.state,
          ahead: one.state === 'planned',
          expected: one.staff?.length ?? null,
          failed: one.state === 'failed' ? 1 : 0,
        },
      }),
    );
  const list = [...given, ...ahead];
  // A member of staff publishes one of a company's moments a day, and everybody is asked where nobody is named.
  collideAll(
    list,
    () => '',
    (a, b) => Math.min(a.expected ?? b.expected ?? 0, b.expected ?? a.expected ?? 0),
  );
  return list;
}

/** With the words of their content. */
async function withWords(deps: Deps, workspaceNo: number, items: CalendarItem[]): Promise<CalendarItem[]> {
  const ids = items.flatMap((one) => (one.contentId && one.contentId !== 'auto' ? [one.contentId] : []));
  const contents = new Map((await deps.content.some(workspaceNo, [...new Set(ids)])).map((one) => [one.id, one]));
  return items.map((one) => {
    const content = contents.get(one.contentId ?? '');
    return content ? { ...one, text: one.text ?? content.body } : one;
  });
}
