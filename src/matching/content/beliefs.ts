import type { ArmRecord } from '../../experiments/index.ts';
import type { Effect } from './effects.ts';

/** How much a content is about what the person likes: not at all, somewhat, mainly. */
export const matches = [0, 1, 2] as const;
export type Match = (typeof matches)[number];

/** From which share of a person's interest on a content is mainly about it. */
const mainly = 0.25;

export function matchOf(
  tags: readonly string[],
  interest: ReadonlyMap<string, number> | undefined,
): { match: Match; topic: string | null } {
  let topic: string | null = null;
  let share = 0;
  let most = 0;
  for (const tag of tags) {
    const of = interest?.get(tag) ?? 0;
    share += of;
    if (of > most) [most, topic] = [of, tag];
  }
  return { match: share <= 0 ? 0 : share < mainly ? 1 : 2, topic };
}

/** Before anything is known: one click in so many messages, on what so many messages would say. */
const usual = { rate: 0.05, worth: 20 };
/** How much what is known of the whole says of a part: as so many messages of its own would. */
const worth = { channel: 50, content: 20, level: 100, match: 200 };
/** What is known of a content elsewhere says of it here by half, and never more than so many messages would. */
const lent = { share: 0.5, most: 60, least: 4 };
/** Before it was seen: how many times as many click what they like. */
const usualLift: Record<Match, number> = { 0: 1, 1: 1.15, 2: 1.4 };

export interface MatchRecord {
  match: Match;
  sent: number;
  /** Clicks, and clicks to be expected had it made no difference. */
  hits: number;
  expected: number;
}

export interface Beliefs {
  /** What is believed of a content with people of a level over a channel: as a record that may be drawn from. */
  of(content: string, level: string, channel: string, match: Match): ArmRecord;
  /** The share of clicks to be expected, and on how many messages of that very kind it stands. */
  rate(content: string, level: string, channel: string, match: Match): { rate: number; own: number };
}

/**
 * Beta-binomial beliefs that lend to each other: the channel's rate is drawn towards all, the content's towards the channel's, the level is a factor drawn
 * towards 1, and a cell begins with what these say and ends with its own clicks (empirical Bayes: Efron & Morris 1975; Gelman et al., BDA 5.1).
 */
export function beliefsOf(effects: readonly Effect[], matched: readonly MatchRecord[] = []): Beliefs {
  const sum = (of: (e: Effect) => boolean) => effects.reduce((s, e) => (of(e) ? { n: s.n + e.sent, h: s.h + e.hits } : s), { n: 0, h: 0 });
  const towards = (part: { n: number; h: number }, rate: number, weight: number): number => (part.h + weight * rate) / (part.n + weight);
  const all = towards(
    sum(() => true),
    usual.rate,
    usual.worth,
  );
  const memo = <T>(make: (key: string) => T): ((key: string) => T) => {
    const kept = new Map<string, T>();
    return (key) => {
      const held = kept.get(key) ?? make(key);
      kept.set(key, held);
      return held;
    };
  };
  const ofChannel = memo((channel) =>
    towards(
      sum((e) => e.channel === channel),
      all,
      worth.channel,
    ),
  );
  const ofContent = memo((key) => {
    const [content, channel] = JSON.parse(key) as [string, string];
    const own = sum((e) => e.content === content && e.channel === channel);
    return { rate: towards(own, ofChannel(channel), worth.content), n: own.n };
  });
  const ofLevel = memo(
    (level) =>
      towards(
        sum((e) => e.level === level),
        all,
        worth.level,
      ) / all,
  );
  const ofCell = memo((key) => {
    const [content, level, channel] = JSON.parse(key) as [string, string, string];
    return sum((e) => e.content === content && e.level === level && e.channel === channel);
  });
  const lifts = new Map(
    matches.map((m) => {
      const r = matched.find((one) => one.match === m);
      return [m, r ? (r.hits + usualLift[m] * usual.rate * worth.match) / (r.expected + usual.rate * worth.match) : usualLift[m]];
    }),
  );
  const of: Beliefs['of'] = (content, level, channel, match) => {
    const whole = ofContent(JSON.stringify([content, channel]));
    const cell = ofCell(JSON.stringify([content, level, channel]));
    const prior = Math.min(0.9, Math.max(0.0005, whole.rate * ofLevel(level) * lifts.get(match)!));
    const weight = Math.min(lent.most, lent.least + lent.share * whole.n);
    return { hits: prior * weight + cell.h, misses: (1 - prior) * weight + (cell.n - cell.h) };
  };
  return {
    of,
    rate: (content, level, channel, match) => {
      const { hits, misses } = of(content, level, channel, match);
      return { rate: hits / (hits + misses), own: ofCell(JSON.stringify([content, level, channel])).n };
    },
  };
}
