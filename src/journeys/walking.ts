import type { EnqueueBatch } from '../channels/index.ts';
import { type JourneyNode, type JumpNode, spanMs } from './graph.ts';
import { lapOf, type Pass, type PassData, type Stand } from './pass.ts';
import type { Plan } from './plan.ts';
import type { Deps } from './ports.ts';
import type { Way } from './way.ts';

/** Where and when a set of people is moved. */
export interface World {
  deps: Deps;
  workspaceNo: number;
  zone: string;
  plan: Plan;
  now: Date;
}

export interface Sending {
  node: string;
  channel: string;
  contentId: string;
  items: EnqueueBatch['items'];
}

export interface Walked {
  stands: Stand[];
  sends: Sending[];
  /** What is to be done outside, of whom. */
  calls: { node: string; passNo: number; lap: number }[];
  /** Who goes into another journey. */
  jumps: { journey: string; personNo: number; data: PassData }[];
}

export interface Walker {
  readonly pass: Pass;
  branch: string | null;
  data: PassData | null;
  way: Way;
  /** The way by which it comes. */
  from: string;
  by: string | undefined;
}

/** Journeys that lead into each other without anything happening in between end somewhere. */
const mostHops = 20;

/** A set of people under way at one moment, and what comes of it. Nothing is written here. */
export class Walking {
  readonly world: World;
  readonly out: Walked = { stands: [], sends: [], calls: [], jumps: [] };
  readonly #arriving = new Map<string, Walker[]>();

  constructor(world: World) {
    this.world = world;
  }

  stand(w: Walker, node: string, dueAt: Date | null, more: { reason?: string; since?: Date | null; until?: Date | null } = {}): undefined {
    const { no, personNo } = w.pass;
    const { reason = null, since = null, until = null } = more;
    const changed = w.data !== w.pass.data && w.data ? { data: w.data } : {};
    this.out.stands.push({ no, personNo, node, branch: w.branch, dueAt, reason, since, until, way: w.way, ...changed });
  }
  /** Looks at it again later, as it stands. */
  stay(w: Walker, dueAt: Date): void {
    this.stand(w, w.pass.node, dueAt, { since: w.pass.since, until: w.pass.until });
  }
  end(w: Walker, node: string, reason: string): undefined {
    w.way = w.way.and({ node, kind: 'leave', reason });
    this.stand(w, node, null, { reason });
  }
  /** Comes to a node. */
  to(w: Walker, node: string): void {
    const there = this.#arriving.get(node);
    if (there) there.push(w);
    else this.#arriving.set(node, [w]);
  }
  leave(w: Walker, from: string, branch?: string): undefined {
    const to = this.world.plan.next(from, branch);
    if (to === undefined) return this.end(w, from, 'completed');
    w.from = from;
    w.by = branch;
    this.to(w, to);
  }
  arrive(w: Walker, node: string, reason?: string): void {
    w.way = w.way.and({ node, kind: 'arrive', ...came(w), ...(reason === undefined ? {} : { reason }) });
  }
  /** Takes a branch of a node that it has just come to; `turn`: of one at which it stood. */
  take(w: Walker, node: string, branch: string, kind: 'branch' | 'turn' = 'branch'): void {
    const lap = lapOf(w.data);
    w.way = w.way.and({ node, kind, branch, ...(kind === 'branch' ? came(w) : {}), ...(lap > 0 ? { lap } : {}) });
    w.branch = branch;
    this.leave(w, node, branch);
  }
  send(node: string, channel: string, contentId: string, walkers: readonly Walker[]): void {
    const { version } = this.world.plan;
    const items = walkers.map((w) => {
      const lap = lapOf(w.data);
      const key = lap > 0 ? { key: `${version}:${node}:${w.pass.no}:${lap}` } : {};
      return { personNo: w.pass.personNo, passNo: w.pass.no, branch: w.branch, ...key };
    });
    if (items.length > 0) this.out.sends.push({ node, channel, contentId, items });
  }
  jump(w: Walker, node: JumpNode): undefined {
    if (node.journey !== undefined && node.journey !== null) {
      const hops = (w.data?.hops ?? 0) + 1;
      if (hops > mostHops) return this.end(w, node.id, 'jump_limit');
      this.out.jumps.push({
        journey: node.journey,
        personNo: w.pass.personNo,
        data: { ...(w.data?.entry ? { entry: w.data.entry } : {}), hops },
      });
      return this.end(w, node.id, 'jumped');
    }
    const gone = w.data?.jumps?.[node.id] ?? 0;
    if (gone >= (node.most ?? 1)) return this.leave(w, node.id);
    const pause = spanMs(node);
    const ready = (w.data?.jumped?.[node.id] ?? w.pass.enteredAt.getTime()) + pause;
    const { now } = this.world;
    if (pause > 0 && ready > now.getTime()) return this.stand(w, node.id, new Date(ready));
    w.data = {
      ...w.data,
      jumps: { ...w.data?.jumps, [node.id]: gone + 1 },
      ...(pause > 0 ? { jumped: { ...w.data?.jumped, [node.id]: now.getTime() } } : {}),
    };
    w.from = node.id;
    w.by = undefined;
    this.to(w, node.to!);
  }
  /** The next node somebody comes to, in an order in which a node comes after those that lead to it. */
  next(): [JourneyNode, Walker[]] | undefined {
    const { plan } = this.world;
    let first: string | undefined;
    for (const id of this.#arriving.keys()) if (first === undefined || plan.place(id) < plan.place(first)) first = id;
    if (first === undefined) return undefined;
    const here = this.#arriving.get(first)!;
    this.#arriving.delete(first);
    return [plan.node(first)!, here];
  }
}

export const came = (w: Walker): { from: string; by?: string } => ({ from: w.from, ...(w.by === undefined ? {} : { by: w.by }) });
