import { sqlStrings } from '../../base/index.ts';
import { lot } from '../../experiments/index.ts';
import type { MatchingDeps } from '../ports.ts';
import { type Match, type MatchRecord, matches } from './beliefs.ts';
import type { OptionKept } from './choices.ts';
import type { Logged } from './off-policy.ts';

export interface Outcome {
  personNo: number;
  content: string;
  level: string;
  propensity: number;
  options: OptionKept[];
  reward: 0 | 1;
}

const day = 86_400_000;
const mostChoices = 100_000;
/** A model of what is clicked is drawn towards the whole as by so many choices. */
const worth = 30;

/** Choices whose time for a click is over, and what came of them; the newest. */
export async function outcomesOf(
  deps: Pick<MatchingDeps, 'pg' | 'ch' | 'source'>,
  workspaceNo: number,
  now: number,
  days: number,
  clickDays: number,
): Promise<Outcome[]> {
  const rows = await deps.pg.query<{ no: number; content: string; level: string; propensity: number; options: OptionKept[]; at: Date }>(
    `SELECT person_no AS no, content_id AS content, level, propensity, options, at FROM match_choices
     WHERE workspace_no = $1 AND content_id IS NOT NULL AND at > $2 AND at <= $3 ORDER BY at DESC LIMIT ${mostChoices}`,
    [workspaceNo, new Date(now - days * day), new Date(now - clickDays * day)],
  );
  if (rows.length === 0) return [];
  const first = Math.min(...[rows.at(-1)!, rows[0]!].map((r) => r.at.getTime()));
  const contents = sqlStrings(new Set(rows.map((r) => r.content)));
  const clicks = await deps.ch.query<{ no: number; content: string; times: number[] }>(
    `SELECT person_no AS no, content, groupArray(toFloat64(toUnixTimestamp64Milli(time))) AS times
     FROM ${deps.source(workspaceNo, ["ifNull(properties.contentId.:String, '') AS content"])}
     WHERE event = 'Message Clicked' AND content IN (${contents}) AND time >= fromUnixTimestamp64Milli(toInt64(${first}), 'UTC') GROUP BY person_no, content`,
  );
  const clicked = new Map(clicks.map((c) => [`${c.no}|${c.content}`, c.times]));
  return rows.map(({ no, content, level, propensity, options, at }) => {
    const from = at.getTime();
    const hit = clicked.get(`${no}|${content}`)?.some((t) => t >= from && t <= from + clickDays * day);
    return { personNo: no, content, level, propensity, options, reward: hit ? 1 : 0 };
  });
}

/** Clicks by how well a content matched, against what they would be had that made no difference. */
export function matchRecords(outcomes: readonly Outcome[]): MatchRecord[] {
  const rates = ratesOf(outcomes, (o) => o.content);
  return matches.map((match) => {
    const of = outcomes.filter((o) => matchedBy(o, o.content) === match);
    return {
      match,
      sent: of.length,
      hits: of.reduce((n, o) => n + o.reward, 0),
      expected: of.reduce((n, o) => n + rates(o.content), 0),
    };
  });
}

const matchedBy = (o: Outcome, content: string): Match => o.options.find(([id]) => id === content)?.[1] ?? 0;

function ratesOf(outcomes: readonly Outcome[], keyOf: (o: Outcome) => string): (key: string) => number {
  const all = outcomes.reduce((n, o) => n + o.reward, 0);
  const base = (all + 1) / (outcomes.length + 20);
  const sums = new Map<string, { n: number; h: number }>();
  for (const o of outcomes) {
    const at = keyOf(o);
    const s = sums.get(at) ?? { n: 0, h: 0 };
    s.n += 1;
    s.h += o.reward;
    sums.set(at, s);
  }
  return (key) => {
    const s = sums.get(key) ?? { n: 0, h: 0 };
    return (s.h + worth * base) / (s.n + worth);
  };
}

/**
 * The choices as another way of choosing sees them. `best` takes whatever a model likes best that was made without this half of the people, so that it is not
 * praised for what it has seen; `even` gives all alike; anything else is a content that is always given, where it could have been.
 */
export function asLogged(outcomes: readonly Outcome[], policy: string): Logged[] {
  const half = (o: Outcome): 0 | 1 => (lot('matching:fold', o.personNo) < 0.5 ? 0 : 1);
  const cell = (content: string, match: Match): string => `${content}|${match}`;
  const models = ([0, 1] as const).map((h) =>
    ratesOf(
      outcomes.filter((o) => half(o) !== h),
      (o) => cell(o.content, matchedBy(o, o.content)),
    ),
  );
  return outcomes.flatMap((o): Logged[] => {
    const model = models[half(o)]!;
    const rates = o.options.map(([id, match]) => model(cell(id, match)));
    const target = targetOf(o, policy, rates);
    if (!target) return [];
    const at = o.options.findIndex(([id]) => id === o.content);
    return [
      {
        propensity: o.propensity,
        target: target[at]!,
        reward: o.reward,
        modelled: rates[at]!,
        modelledTarget: rates.reduce((s, r, i) => s + r * target[i]!, 0),
      },
    ];
  });
}

function targetOf(o: Outcome, policy: string, rates: readonly number[]): number[] | undefined {
  if (policy === 'even') return rates.map(() => 1 / rates.length);
  const at = policy === 'best' ? rates.indexOf(Math.max(...rates)) : o.options.findIndex(([id]) => id === policy);
  return at < 0 ? undefined : rates.map((_, i) => (i === at ? 1 : 0));
}
