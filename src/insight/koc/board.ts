import { definitionsOf } from '../definitions.ts';
import type { Asker, InsightDeps } from '../deps.ts';
import { iso, resolveRange } from '../period.ts';
import type { KocDeps } from './deps.ts';
import { dayMs, featuresSql, scoreSql } from './features-sql.ts';
import { enoughKocs, fitted, type Group, weighed } from './fit.ts';
import { rankCounts, ranksNowSql } from './ranks.ts';
import { type Feature, features, type KocModel, type KocQuestion, type KocSettings, kocCell } from './schema.ts';

export interface Scored {
  person: unknown;
  score: number;
  scoreBefore: number;
  koc: boolean;
  /** Each feature's count, and how far it moves the score: its part of the sum under the curve. */
  why: { feature: Feature; count: number; before: number; contribution: number }[];
}

export interface KocBoard {
  model: KocModel & { standardErrors: number[] | null; positives: number; people: number; horizonDays: number; enoughKocs: number };
  people: number;
  known: number;
  /** People who did each, in the window. */
  did: Record<Feature, number>;
  histogram: { from: number; to: number; people: number; cell: object }[];
  knownCell: object;
  candidates: Scored[];
  risers: Scored[];
  kocs: Scored[];
  ranks: { key: string; people: number; cell: object }[];
  meta: { question: object; askedAt: string; elapsedMs: number; definitions: Record<string, { zh: string; en: string }> };
}

/** Rising is against this long ago; becoming a KOC is looked for within this long. */
const riseDays = 30;
const horizonDays = 90;
const bins = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.000001];
const shown = 20;

/** Who speaks for the brand, who is likely to, and who rises. */
export async function kocBoard(deps: KocDeps, asker: Asker, settings: KocSettings): Promise<KocBoard> {
  const startedAt = performance.now();
  const now = deps.clock.ms() + 1;
  const { workspaceNo } = asker;
  const plan = { ...settings, workspaceNo };
  const [counts, model] = await modelOf(deps, plan, settings, now);
  const { kind, intercept, terms } = model;
  const question: KocQuestion = {
    to: iso(now),
    windowDays: settings.windowDays,
    level: settings.level,
    praise: settings.praise,
    model: { kind, intercept, terms },
  };
  const rows = await featuresSql(deps, plan, [now, now - riseDays * dayMs]);
  const scored = `SELECT person_no, f0, f1, koc0, ${scoreSql(model, 'f0')} AS score, ${scoreSql(model, 'f1')} AS before FROM (${rows})`;
  const best = (order: string, where: string) =>
    `groupArraySortedIf(${shown})((${order}, person_no, f0, f1, score, before, koc0), ${where})`;
  const [sum] = await deps.ch.query<Record<string, number> & { bins: number[]; candidates: Top[]; risers: Top[]; kocs: Top[] }>(
    `SELECT count() AS people, countIf(koc0) AS known, ${features.map((_, k) => `countIf(f0[${k + 1}] > 0) AS did_${k}`).join(', ')},
       [${bins.slice(1).map((to, i) => `countIf(NOT koc0 AND score >= ${bins[i]} AND score < ${to})`)}] AS bins,
       ${best('-score', 'NOT koc0 AND arraySum(f0) > 0')} AS candidates, ${best('before - score', 'score > before')} AS risers, ${best('-score', 'koc0')} AS kocs
     FROM (${scored})`,
  );
  const tops = { candidates: sum?.candidates ?? [], risers: sum?.risers ?? [], kocs: sum?.kocs ?? [] };
  const numbers = [...new Set(Object.values(tops).flatMap((list) => list.map((t) => t[1])))];
  const cards = new Map((await deps.people(workspaceNo, numbers)).map((card, i) => [numbers[i]!, card]));
  const told = (list: Top[]) => list.filter((t) => cards.has(t[1])).map((t) => scoredOf(model, t, cards.get(t[1])));
  const ranks = await rankCounts(deps, workspaceNo, settings.ranks);
  return {
    model: { ...model, horizonDays, enoughKocs, ...counts },
    people: sum?.people ?? 0,
    known: sum?.known ?? 0,
    did: Object.fromEntries(features.map((f, k) => [f, sum?.[`did_${k}`] ?? 0])) as Record<Feature, number>,
    histogram: bins
      .slice(1)
      .map((to, i) => ({ from: bins[i]!, to: Math.min(1, to), people: sum?.bins[i] ?? 0, cell: { from: bins[i]!, to } })),
    knownCell: { known: true },
    candidates: told(tops.candidates),
    risers: told(tops.risers),
    kocs: told(tops.kocs),
    ranks: settings.ranks.map(({ key }) => ({ key, people: ranks.get(key) ?? 0, cell: { rank: key } })),
    meta: {
      question: { kind: 'koc', ...question },
      askedAt: iso(deps.clock.ms()),
      elapsedMs: Math.round(performance.now() - startedAt),
      definitions: definitionsOf([
        'koc.score',
        'koc.probability',
        'koc.contribution',
        'koc.rising',
        'koc.known',
        'koc.rank',
        ...features.map((f) => `koc.${f}`),
      ]),
    },
  };
}

type Top = [order: number, person: number, now: number[], before: number[], score: number, was: number, koc: number | boolean];

function scoredOf({ terms }: KocModel, [, , f, g, score, scoreBefore, koc]: Top, person: unknown): Scored {
  return {
    person,
    score,
    scoreBefore,
    koc: Boolean(koc),
    why: terms
      .map(({ feature, mean, sd, coefficient }) => {
        const k = features.indexOf(feature);
        return { feature, count: f[k]!, before: g[k]!, contribution: (coefficient * (Math.log1p(f[k]!) - mean)) / sd };
      })
      .sort((a, b) => b.contribution - a.contribution),
  };
}

/**
 * Where enough people became KOCs in the last months, what they did before tells the odds of those who have not: features as of then, and who has become one since.
 * Else the counts are weighed as set, and the score is no probability.
 */
async function modelOf(deps: KocDeps, plan: KocSettings & { workspaceNo: number }, settings: KocSettings, now: number) {
  const grouped = (rows: string, vector: string, where: string, positive: string) =>
    deps.ch.query<{ f: number[]; n: number; positive: number }>(
      `SELECT ${vector} AS f, count() AS n, countIf(${positive}) AS positive FROM (${rows}) WHERE ${where} GROUP BY f`,
    );
  const then = await featuresSql(deps, plan, [now - horizonDays * dayMs, now]);
  const past: Group[] = await grouped(then, 'f0', 'NOT koc0 AND arraySum(f0) > 0', 'koc1');
  const positives = past.reduce((sum, g) => sum + g.positive, 0);
  const people = past.reduce((sum, g) => sum + g.n, 0);
  if (settings.model === 'auto' && positives >= enoughKocs && positives < people) {
    const { standardErrors, ...model } = fitted(past);
    return [
      { standardErrors, positives, people },
      { kind: model.kind, intercept: model.intercept, terms: model.terms } as KocModel,
    ] as const;
  }
  const today: Group[] = await grouped(then, 'f1', 'arraySum(f1) > 0', 'koc1');
  return [{ standardErrors: null, positives, people }, weighed(today, settings.weights)] as const;
}

/** The people behind a number of the board. */
export async function kocCellSql(deps: InsightDeps, asker: Asker, question: KocQuestion, cell: unknown): Promise<string> {
  const chosen = kocCell.parse(cell);
  if ('rank' in chosen)
    return `SELECT person_no FROM (${ranksNowSql(deps, asker.workspaceNo)}) WHERE rank = '${chosen.rank.replace(/[^a-z0-9_]/g, '')}'`;
  const at = resolveRange({ from: '1970-01-02', to: question.to }, asker.timezone).to;
  const rows = await featuresSql(deps, { ...question, workspaceNo: asker.workspaceNo }, [at, at - riseDays * dayMs]);
  const score = scoreSql(question.model, 'f0');
  const where =
    'known' in chosen
      ? `koc0 = ${chosen.known}`
      : 'did' in chosen
        ? `f0[${features.indexOf(chosen.did) + 1}] > 0`
        : `NOT koc0 AND ${score} >= ${chosen.from} AND ${score} < ${chosen.to}`;
  return `SELECT person_no FROM (${rows}) WHERE ${where}`;
}
