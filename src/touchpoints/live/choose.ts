import type { Code, Target } from './schema.ts';
import { holds, wallIn } from './wall.ts';

export type Layer = 'special' | 'weekly' | 'all_day';

export interface Load {
  no: number;
  cap: number | null;
  taken: number;
  members: number;
  state: string;
}

export interface Moment {
  at: Date;
  zone: string;
  region?: string | undefined;
  /** How many were sent before, for taking turns. */
  turn: number;
  /** From 0 to 1, without 1. */
  random(): number;
}

/** Seats that are gone: whom we sent, or who is there, whichever is more. */
export const filled = (load: Load): number => Math.max(load.taken, load.members);
export const isFull = (load: Load): boolean => load.cap !== null && filled(load) >= load.cap;

/** Whose time it is: special dates, else hours of the week, else all day. */
export function onDuty(code: Code, at: Date, zone: string): { layer: Layer; numbers: number[] } {
  const wall = wallIn(zone, at);
  const yesterday = wall.day === 1 ? 7 : wall.day - 1;
  const within = (slot: { from: string; to: string }, today: boolean, before: boolean): boolean => {
    const when = holds(slot, wall.minute);
    return when === 'today' ? today : when === 'yesterday' && before;
  };
  const special = code.special.filter((s) =>
    within(s, s.first <= wall.date && wall.date <= s.last, s.first <= wall.before && wall.before <= s.last),
  );
  if (special.length > 0) return { layer: 'special', numbers: unique(special.flatMap((s) => s.targets)) };
  const weekly = code.weekly.filter((s) => within(s, s.days.includes(wall.day), s.days.includes(yesterday)));
  if (weekly.length > 0) return { layer: 'weekly', numbers: unique(weekly.flatMap((s) => s.targets)) };
  return {
    layer: 'all_day',
    numbers: code.allDay?.length ? unique(code.allDay) : code.targets.map((t) => t.no).filter((no) => no !== code.standby),
  };
}

const unique = (numbers: number[]): number[] => [...new Set(numbers)];

export type Why = 'full' | 'off' | 'not_ready' | 'region';
export interface Choice {
  layer: Layer;
  /** In the order in which to try them. */
  order: Target[];
  dropped: { target: Target; why: Why }[];
}

/** Who takes this scan: whose time it is, without those who have no room, in the order of the strategy. Empty: the stand-by. */
export function choose(code: Code, loads: ReadonlyMap<number, Load>, moment: Moment): Choice {
  const { layer, numbers } = onDuty(code, moment.at, moment.zone);
  const dropped: Choice['dropped'] = [];
  const able = numbers.flatMap((no) => {
    const target = code.targets.find((t) => t.no === no);
    if (!target) return [];
    const why = hindrance(target, loads.get(no));
    if (!why) return [target];
    dropped.push({ target, why });
    return [];
  });
  if (code.strategy !== 'region') return { layer, order: inOrder(code, able, moment), dropped };
  const own = able.filter((t) => moment.region !== undefined && t.regions.some((r) => sameRegion(r, moment.region!)));
  const anywhere = able.filter((t) => t.regions.length === 0);
  const order = [...own, ...anywhere];
  for (const target of able) if (!order.includes(target)) dropped.push({ target, why: 'region' });
  return { layer, order, dropped };
}

export function hindrance(target: Target, load: Load | undefined): Exclude<Why, 'region'> | undefined {
  if (target.off || load?.state === 'off') return 'off';
  if (load?.state !== 'ready') return 'not_ready';
  return isFull(load) ? 'full' : undefined;
}

/** 上海, 上海市 and 上海市浦东新区 are one region, by the shorter name. */
export const sameRegion = (a: string, b: string): boolean => {
  const bare = (text: string) =>
    text
      .trim()
      .toLowerCase()
      .replace(/[市省]$/, '');
  const [x, y] = [bare(a), bare(b)];
  return x !== '' && y !== '' && (x.startsWith(y) || y.startsWith(x));
};

function inOrder(code: Code, able: Target[], moment: Moment): Target[] {
  if (code.strategy === 'turn') return able.map((_, i) => able[(i + moment.turn) % able.length]!);
  if (code.strategy !== 'weight') return able;
  // Without replacement: should the first have just filled, the next is drawn by the weights of those left.
  const left = [...able];
  const order: Target[] = [];
  for (let sum = weights(left); left.length > 0 && sum > 0; sum = weights(left)) {
    let at = moment.random() * sum;
    const index = left.findIndex((t) => {
      at -= t.weight;
      return at < 0;
    });
    order.push(...left.splice(index < 0 ? left.length - 1 : index, 1));
  }
  return order;
}

export const weights = (targets: readonly Target[]): number => targets.reduce((sum, t) => sum + t.weight, 0);
