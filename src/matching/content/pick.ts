import { badInput, boundary } from '../../base/index.ts';
import type { Candidate, MatchingDeps } from '../ports.ts';
import type { Words } from '../products/recommend.ts';
import type { MatchingSettings } from '../schema.ts';
import { type Beliefs, matchOf } from './beliefs.ts';
import { type Choice, keepChoices, readChoices, tellChoices } from './choices.ts';
import { createChooser, isHeldOut } from './choose.ts';

export interface PickAsk {
  people: readonly number[];
  /** Contents to choose among; without: all that may be sent over the channel. */
  among?: readonly string[] | undefined;
  channel: string;
  at: Date;
  /** The same question has the same key, and the same answer. */
  key: string;
  /** The share of people for whom nothing is chosen; without: as the settings say. */
  holdout?: number | undefined;
}
export type Picked = { contentId: string; score: number; propensity: number; reasons: string[]; words: Words[] } | { none: string };

const atOnce = 5_000;
const day = 86_400_000;

type Deps = Pick<MatchingDeps, 'pg' | 'ch' | 'source' | 'write' | 'contents' | 'levelOf' | 'interestSql'>;

/** Chooses a content for each of these people. `keep`: false: only says what would be chosen. */
export async function pick(
  deps: Deps,
  workspaceNo: number,
  ask: PickAsk,
  { settings, beliefs, keep }: { settings: MatchingSettings['content']; beliefs: Beliefs; keep: boolean },
): Promise<Map<number, Picked>> {
  if (ask.key === '') throw badInput([{ field: 'key', reason: 'must not be empty: it makes the same question have the same answer' }]);
  const found = new Map<number, Choice>();
  const candidates = await deps.contents(workspaceNo, ask.among, ask.channel, ask.at);
  for (let i = 0; i < ask.people.length; i += atOnce) {
    const people = [...new Set(ask.people.slice(i, i + atOnce))];
    const kept = keep ? await readChoices(deps.pg, workspaceNo, ask.key, people) : new Map<number, Choice>();
    const made = await chooseFor(deps, workspaceNo, { ...ask, people: people.filter((p) => !kept.has(p)) }, candidates, settings, beliefs);
    if (keep) {
      await keepChoices(deps.pg, workspaceNo, ask.key, ask.channel, ask.at, made);
      boundary('matching.chosen');
      // Whoever asked the same at the same moment may have been first.
      for (const [no, choice] of await readChoices(deps.pg, workspaceNo, ask.key, people)) found.set(no, choice);
    } else for (const choice of made) found.set(choice.personNo, choice);
  }
  if (keep) await tellChoices(deps.pg, deps.write, workspaceNo, ask.key);
  return new Map(
    [...found].map(([no, c]): [number, Picked] => [
      no,
      c.contentId === null
        ? { none: c.none! }
        : { contentId: c.contentId, score: c.score!, propensity: c.propensity!, reasons: c.reasons.map((r) => r.zh), words: c.reasons },
    ]),
  );
}

async function chooseFor(
  deps: Deps,
  workspaceNo: number,
  ask: PickAsk,
  candidates: readonly Candidate[],
  settings: MatchingSettings['content'],
  beliefs: Beliefs,
): Promise<Choice[]> {
  if (ask.people.length === 0) return [];
  const may = candidates.filter((c) => c.refused === null);
  const [levels, interests, seen, often] = await Promise.all([
    deps.levelOf(workspaceNo, ask.people),
    interestsOf(deps, workspaceNo, ask),
    seenBy(deps, workspaceNo, ask, settings.seenDays),
    choicesOf(deps, workspaceNo, ask, settings.frequency.days),
  ]);
  const chooser = createChooser(beliefs, settings.floor);
  return ask.people.map((personNo): Choice => {
    const level = levels.get(personNo) ?? '';
    const nothing = (none: string): Choice => ({
      personNo,
      contentId: null,
      none,
      score: null,
      propensity: null,
      level,
      options: [],
      reasons: [],
    });
    if (may.length === 0) return nothing(candidates.length === 0 ? 'no_content' : candidates[0]!.refused!);
    if (isHeldOut(workspaceNo, personNo, ask.holdout ?? settings.holdout)) return nothing('holdout');
    if ((often.get(personNo) ?? 0) >= settings.frequency.choices) return nothing('often');
    const had = seen.get(personNo);
    const fresh = may.filter((c) => !had?.has(c.id));
    if (fresh.length === 0) return nothing('all_seen');
    const matched = fresh.map((c) => ({ ...matchOf(c.tags, interests.get(personNo)), content: c.id }));
    const { option, propensity, shares } = chooser.choose(`match:${ask.key}`, personNo, level, ask.channel, matched);
    const { rate, own } = beliefs.rate(option.content, level, ask.channel, option.match);
    const { topic } = matched.find((m) => m.content === option.content)!;
    return {
      ...{ personNo, contentId: option.content, none: null, score: rate, propensity, level },
      options: matched.map((m, i) => [m.content, m.match, Math.round(shares[i]! * 1e6) / 1e6]),
      reasons: reasonsOf(topic, rate, own, propensity, fresh.length),
    };
  });
}

/** On so many messages of the very kind a rate is called known. */
const known = 30;

function reasonsOf(topic: string | null, rate: number, own: number, propensity: number, options: number): Words[] {
  const share = `${(100 * rate).toFixed(1)}%`;
  return [
    ...(topic ? [{ zh: `喜欢「${topic}」`, en: `likes ${topic}` }] : []),
    own >= known
      ? { zh: `同层级的人在这个渠道约 ${share} 会点`, en: `about ${share} of people of this level click it on this channel` }
      : { zh: `预计约 ${share} 会点（同类人的数据还少）`, en: `about ${share} are expected to click (few data of such people yet)` },
    ...(options > 1 && propensity < 1 / options ? [{ zh: '试一试，了解它对谁有效', en: 'tried out, to learn for whom it works' }] : []),
  ];
}

/** Of each person the share of interest by topic. */
async function interestsOf(deps: Deps, workspaceNo: number, ask: PickAsk): Promise<Map<number, Map<string, number>>> {
  const rows = await deps.ch.query<{ no: number; topics: [string, number][] }>(
    `SELECT person_no AS no, groupArray((topic, share)) AS topics FROM (
       SELECT person_no, topic, score / sum(score) OVER (PARTITION BY person_no) AS share FROM (${await deps.interestSql(workspaceNo, ask.at.getTime(), ask.people)}) WHERE score > 0)
     GROUP BY person_no`,
  );
  return new Map(rows.map(({ no, topics }) => [no, new Map(topics)]));
}

/** What people were sent, or had chosen for them, not long ago. */
async function seenBy(deps: Deps, workspaceNo: number, ask: PickAsk, days: number): Promise<Map<number, Set<string>>> {
  const since = new Date(ask.at.getTime() - days * day);
  const [sent, chosen] = await Promise.all([
    deps.ch.query<{ no: number; contents: string[] }>(
      `SELECT person_no AS no, groupUniqArray(content) AS contents FROM ${deps.source(workspaceNo, ["ifNull(properties.contentId.:String, '') AS content"], ask.people)}
       WHERE event = 'Message Sent' AND time > fromUnixTimestamp64Milli(toInt64(${since.getTime()}), 'UTC') AND content != '' GROUP BY person_no`,
    ),
    deps.pg.query<{ no: number; contents: string[] }>(
      `SELECT person_no AS no, array_agg(content_id) AS contents FROM match_choices
       WHERE workspace_no = $1 AND person_no = ANY($2::bigint[]) AND at > $3 AND content_id IS NOT NULL GROUP BY person_no`,
      [workspaceNo, ask.people, since],
    ),
  ]);
  const seen = new Map<number, Set<string>>();
  for (const { no, contents } of [...sent, ...chosen]) seen.set(no, new Set([...(seen.get(no) ?? []), ...contents]));
  return seen;
}

async function choicesOf(deps: Deps, workspaceNo: number, ask: PickAsk, days: number): Promise<Map<number, number>> {
  const rows = await deps.pg.query<{ no: number; n: number }>(
    `SELECT person_no AS no, count(*)::int AS n FROM match_choices
     WHERE workspace_no = $1 AND person_no = ANY($2::bigint[]) AND at > $3 AND content_id IS NOT NULL GROUP BY person_no`,
    [workspaceNo, ask.people, new Date(ask.at.getTime() - days * day)],
  );
  return new Map(rows.map((r) => [r.no, r.n]));
}
