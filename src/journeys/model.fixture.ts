import { asksEntry } from './entry-data.ts';
import type { EntryNode, ExitRuleNode, GoalNode, Graph, JourneyNode, UntilNode, WaitNode } from './graph.ts';
import { createPlan, type Plan, splitBranch } from './plan.ts';

/** A slow, obvious interpreter of journeys: one person, one pass and one step at a time, from a list of events. What the engine does in sets must come to the same. */

export interface Landed {
  name: string;
  ms: number;
  k: number;
}
export interface ModelPass {
  version: number;
  node: string;
  eventAt: number;
  enteredAt: number;
  leftAt: number | null;
  reason: string | null;
  converted: boolean;
  key: string | null;
  k: number;
  since: number;
  until: number;
  due: number;
  arrives: boolean;
  jumps: Record<string, number>;
  jumped: Record<string, number>;
  /** In which order passes of one instant are written. */
  order: [turn: number, person: number];
  trail: string[];
}
export interface ModelPerson {
  number: number;
  events: Landed[];
  passes: ModelPass[];
}

const minute = 60_000;
const clocks = new Map<string, Intl.DateTimeFormat>();
/** What the calendar and the clock on the wall say there, as `2026-03-08 01:30`. */
export function wallOf(ms: number, zone: string): string {
  const clock = clocks.get(zone) ?? new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
  clocks.set(zone, clock);
  return clock.format(ms);
}
const found = new Map<string, number>();
/** The first minute at which the wall says so. Where the clocks jump over it: an hour after the time an hour earlier. */
function minuteOf(day: string, at: string, zone: string): number {
  const key = `${day} ${at} ${zone}`;
  const noon = Date.parse(`${day}T12:00Z`);
  for (let ms = noon - 1600 * minute; !found.has(key) && ms < noon + 1600 * minute; ms += minute)
    if (wallOf(ms, zone) === `${day} ${at}`) found.set(key, ms);
  if (!found.has(key)) {
    const [earlierDay, earlier] = new Date(Date.parse(`${day}T${at}Z`) - 60 * minute).toISOString().slice(0, 16).split('T');
    found.set(key, minuteOf(earlierDay!, earlier!, zone) + 60 * minute);
  }
  return found.get(key)!;
}
const laterDay = (day: string, n: number): string => new Date(Date.parse(day) + n * 1440 * minute).toISOString().slice(0, 10);

/** Until when somebody waits who came in at one instant and comes to the wait at another. */
function waitEnd(node: WaitNode, entered: number, now: number, zone: string): number {
  if (node.day === undefined) return now + minutesOf(node);
  const due = laterDay(wallOf(entered, zone).slice(0, 10), node.day);
  const today = wallOf(now, zone).slice(0, 10);
  if (due >= today) return minuteOf(due, node.at!, zone);
  // The day is over: the next such time.
  return minuteOf(today, node.at!, zone) > now ? minuteOf(today, node.at!, zone) : minuteOf(laterDay(today, 1), node.at!, zone);
}
const minutesOf = (node: object): number => ((node as { minutes?: number }).minutes ?? 0) * minute;

export class Model {
  readonly id: string;
  readonly zone: string;
  readonly #plans: Plan[] = [];
  readonly #graphs: Graph[] = [];

  constructor(id: string, graph: Graph, zone: string) {
    this.id = id;
    this.zone = zone;
    this.addVersion(graph);
  }
  addVersion(graph: Graph): void {
    this.#graphs.push(graph);
    this.#plans.push(createPlan({ journeyNo: 0, journeyId: this.id, version: this.#graphs.length }, graph));
  }
  get version(): number {
    return this.#graphs.length;
  }
  #node(pass: ModelPass, id = pass.node): JourneyNode {
    return this.#graphs[pass.version - 1]!.nodes.find((n) => n.id === id)!;
  }
  #entry(): EntryNode {
    return this.#graphs.at(-1)!.nodes.find((n): n is EntryNode => n.type === 'entry')!;
  }

  /** Whether somebody of that version stands at a wait there. */
  isWait(version: number, node: string): boolean {
    return this.#graphs[version - 1]!.nodes.some((n) => n.id === node && n.type === 'wait');
  }
  /** Who waits for a time, where and until when. */
  waits(people: Iterable<ModelPerson>): string[] {
    const passes = [...people].flatMap((person) => person.passes.map((pass) => ({ person, pass })));
    return passes
      .filter(({ pass }) => pass.leftAt === null && this.isWait(pass.version, pass.node))
      .map(({ person, pass }) => `${person.number} ${pass.node} ${new Date(pass.due).toISOString()}`);
  }

  /** What lands at one instant, and all that follows from it at that instant. */
  instant(now: number, people: readonly ModelPerson[], landed: ReadonlyMap<ModelPerson, Landed[]>): void {
    for (const person of people) {
      const fresh = [...(landed.get(person) ?? [])].sort((a, b) => a.ms - b.ms);
      person.events.push(...fresh);
      this.#enter(now, person, fresh);
      for (const pass of person.passes) this.#goal(pass, person, fresh, now);
      for (const pass of person.passes) this.#leaveByRule(pass, fresh, now);
      for (let moved = true; moved; ) {
        moved = false;
        for (const pass of person.passes) moved = (pass.leftAt === null && this.#moveOn(pass, person, now)) || moved;
      }
    }
  }

  #enter(now: number, person: ModelPerson, fresh: readonly Landed[]): void {
    const entry = this.#entry();
    const each = entry.key !== undefined || (entry.most ?? 1) > 1 || entry.over === 'replace';
    const coming = fresh.filter((e) => e.name === entry.event);
    // What the event said is kept only where it is asked for.
    const known = entry.key !== undefined || asksEntry(this.#graphs.at(-1)!);
    for (const [turn, e] of (each ? coming : coming.slice(0, 1)).entries()) {
      const key = entry.key === undefined ? null : String(e.k);
      const alike = person.passes.filter((p) => entry.key === undefined || p.key === key);
      const inside = alike.filter((p) => p.leftAt === null);
      if (alike.length > 0) {
        const { reentry } = entry;
        if (reentry === undefined || reentry === 'never') continue;
        const days = reentry === 'always' ? 0 : reentry.afterDays;
        const last = Math.max(...alike.map((p) => p.eventAt));
        if (e.ms <= last || e.ms < last + days * 1440 * minute) continue;
        if (inside.length >= (entry.most ?? 1) && entry.over !== 'replace') continue;
        inside.sort((a, b) => b.eventAt - a.eventAt);
        for (const old of inside.slice((entry.most ?? 1) - 1)) leave(old, now, 'replaced');
      }
      const pass: ModelPass = {
        ...{
          version: this.version,
          node: entry.id,
          eventAt: e.ms,
          enteredAt: now,
          leftAt: null,
          reason: null,
          converted: false,
          key,
          k: known ? e.k : -1,
        },
        ...{
          since: e.ms,
          until: 0,
          due: now,
          arrives: false,
          jumps: {},
          jumped: {},
          order: [turn, person.number],
          trail: [`enter ${entry.id}`],
        },
      };
      person.passes.push(pass);
      this.#go(pass, person, entry.id, undefined, now, true);
    }
  }

  #goal(pass: ModelPass, person: ModelPerson, fresh: readonly Landed[], now: number): void {
    if (pass.converted || pass.reason === 'merged') return;
    const goals = this.#graphs[pass.version - 1]!.nodes.filter((n): n is GoalNode => n.type === 'goal');
    const goal = goals.find((g) => fresh.some((e) => e.name === g.event));
    if (!goal) return;
    const hit = fresh.find((e) => {
      if (e.name !== goal.event || e.ms <= pass.eventAt) return false;
      const newest = person.passes.filter((p) => p.reason !== 'merged' && p.eventAt < e.ms).sort((a, b) => b.eventAt - a.eventAt)[0];
      return newest === pass && (pass.leftAt === null || e.ms <= pass.leftAt + goal.withinDays * 1440 * minute);
    });
    if (!hit) return;
    pass.converted = true;
    pass.trail.push(`convert ${goal.id}`);
    if (goal.exit && pass.leftAt === null) leave(pass, now, 'converted');
  }

  #leaveByRule(pass: ModelPass, fresh: readonly Landed[], now: number): void {
    const rule = this.#graphs[pass.version - 1]!.nodes.find((n): n is ExitRuleNode => n.type === 'exitRule');
    if (rule && pass.leftAt === null && fresh.some((e) => e.name === rule.event && e.ms > pass.eventAt)) leave(pass, now, 'exit_rule');
  }

  /** Whether a pass that stands somewhere goes on. */
  #moveOn(pass: ModelPass, person: ModelPerson, now: number): boolean {
    const node = this.#node(pass);
    if (pass.arrives) {
      pass.arrives = false;
      this.#arrive(pass, person, node.id, now, false);
      return true;
    }
    if (node.type === 'until') {
      if (this.#met(pass, person, node, now)) return this.#turn(pass, person, node, 'met', now);
      return pass.until <= now ? this.#turn(pass, person, node, 'timeout', now) : false;
    }
    if (pass.due > now) return false;
    if (node.type === 'jump') this.#jump(pass, person, node, now);
    else this.#go(pass, person, node.id, undefined, now, false);
    return true;
  }
  #met(pass: ModelPass, person: ModelPerson, node: UntilNode, now: number): boolean {
    return person.events.some(
      (e) => e.name === node.event && e.ms > pass.since && e.ms <= Math.min(now, pass.until) && (!node.match?.length || e.k === pass.k),
    );
  }
  #turn(pass: ModelPass, person: ModelPerson, node: JourneyNode, branch: string, now: number): true {
    pass.trail.push(`turn ${node.id}:${branch}`);
    this.#go(pass, person, node.id, branch, now, false);
    return true;
  }

  #go(pass: ModelPass, person: ModelPerson, from: string, branch: string | undefined, now: number, entering: boolean): undefined {
    const edge = this.#graphs[pass.version - 1]!.edges.find((e) => e.from === from && e.branch === branch);
    if (!edge) {
      pass.node = from;
      leave(pass, now, 'completed');
      return;
    }
    this.#arrive(pass, person, edge.to, now, entering);
  }

  #arrive(pass: ModelPass, person: ModelPerson, id: string, now: number, entering: boolean): undefined {
    const node = this.#node(pass, id);
    pass.node = id;
    const on = (branch?: string) => this.#go(pass, person, id, branch, now, entering);
    const take = (branch: string): undefined => {
      pass.trail.push(`branch ${id}:${branch}`);
      on(branch);
    };
    switch (node.type) {
      case 'wait':
        pass.trail.push(`arrive ${id}`);
        pass.due = waitEnd(node, pass.enteredAt, now, this.zone);
        return pass.due > now ? undefined : on();
      case 'until':
        pass.trail.push(`arrive ${id}`);
        pass.since = entering && Object.keys(pass.jumps).length === 0 ? pass.eventAt : now;
        pass.until = now + minutesOf(node);
        return;
      case 'branch': {
        const [one] = node.branches;
        const rule = one!.rule as { event: string; count: { value: number } } | undefined;
        const holds = rule
          ? person.events.filter((e) => e.name === rule.event).length >= rule.count.value
          : pass.k === (one!.entry![0]!.value as number);
        return take(holds ? one!.key : 'else');
      }
      case 'split':
        return take(splitBranch(`${this.id}:${id}`, person.number, node.branches));
      case 'jump':
        pass.trail.push(`arrive ${id}`);
        return this.#jump(pass, person, node, now, entering);
      case 'exit':
        pass.trail.push(`exit ${id} completed`);
        pass.leftAt = now;
        pass.reason = 'completed';
        return;
      default:
        pass.trail.push(`arrive ${id}`);
        return on();
    }
  }
  #jump(pass: ModelPass, person: ModelPerson, node: Extract<JourneyNode, { type: 'jump' }>, now: number, entering = false): undefined {
    const gone = pass.jumps[node.id] ?? 0;
    if (gone >= node.most!) return this.#go(pass, person, node.id, undefined, now, entering);
    const ready = (pass.jumped[node.id] ?? pass.enteredAt) + minutesOf(node);
    if (ready > now) {
      pass.due = ready;
      return;
    }
    pass.jumps[node.id] = gone + 1;
    pass.jumped[node.id] = now;
    this.#arrive(pass, person, node.to!, now, entering);
  }

  /** A new version for those inside. */
  move(people: readonly ModelPerson[], graph: Graph, now: number): void {
    const before = this.#graphs;
    const old = [...before];
    this.addVersion(graph);
    const standing = ['wait', 'until', 'jump'];
    for (const pass of people.flatMap((p) => p.passes).filter((p) => p.leftAt === null)) {
      const was = old[pass.version - 1]!.nodes.find((n) => n.id === pass.node)!;
      const to = graph.nodes.find((n) => n.id === pass.node);
      if (!to || to.type === 'entry' || to.type === 'goal' || to.type === 'exitRule') {
        leave(pass, now, 'version');
        continue;
      }
      pass.version = this.version;
      pass.trail.push(`move ${pass.node}`);
      pass.arrives = to.type !== was.type || !standing.includes(to.type);
    }
  }

  /** Two who are one: what is further on stays, as many as may be inside. */
  merge(from: ModelPerson, to: ModelPerson, now: number): void {
    const entry = this.#entry();
    const once = entry.reentry === undefined || entry.reentry === 'never';
    to.events.push(...from.events);
    const all = [...to.passes, ...from.passes].sort(
      (a, b) => a.enteredAt - b.enteredAt || a.order[0] - b.order[0] || a.order[1] - b.order[1],
    );
    const coming = from.passes.length > 0;
    to.passes = all;
    from.passes = [];
    from.events = [];
    if (!coming) return;
    const far = (p: ModelPass): number => {
      if (p.leftAt !== null) return Number.POSITIVE_INFINITY;
      const plan = this.#plans[p.version - 1]!;
      return Object.values(p.jumps).reduce((a, b) => a + b, 0) + plan.place(p.node) / plan.order.length;
    };
    for (const alike of Map.groupBy(all, (p) => p.key).values()) {
      const inPlay = alike.filter((p) => p.leftAt === null || (once && p.reason !== 'merged'));
      const staying = [...inPlay].sort((a, b) => (far(b) === far(a) ? 0 : far(b) - far(a))).slice(0, entry.most ?? 1);
      for (const p of alike) if (p.leftAt === null && !staying.includes(p)) leave(p, now, 'merged');
    }
  }
}

function leave(pass: ModelPass, now: number, reason: string): void {
  pass.trail.push(`leave ${pass.node} ${reason}`);
  pass.leftAt = now;
  pass.reason = reason;
}
