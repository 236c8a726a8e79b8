import type { z } from 'zod';
import { sqlString } from '../../base/index.ts';
import type { Asker, InsightDeps } from '../deps.ts';
import { iso } from '../period.ts';
import type { ModelDeps } from '../value/deps.ts';
import type { HeatFit } from './heat-fit.ts';
import { lookAtAll, thresholds } from './look.ts';
import { type HeatReason, reasonsOf } from './reasons.ts';
import { type HeatBand, type HeatQuestion, heatBands, heatCell, type heatKind } from './schema.ts';
import { readHeatFit } from './store.ts';

export type HeatKind = z.infer<typeof heatKind>;

export interface HeatRow {
  band: HeatBand;
  people: number;
  /** Orders within a week to be expected of them. */
  expected: number;
  chance: number | null;
  cell: object;
}
export interface HotPerson {
  person: unknown;
  chance: number;
  band: HeatBand;
  /** How many times the usual chance. */
  times: number;
  reasons: HeatReason[];
}
export interface HeatAnswer {
  rows: HeatRow[];
  /** The hottest, hottest first: whom to act on now. */
  hottest: HotPerson[];
  meta: {
    question: HeatKind;
    to: string;
    timezone: string;
    askedAt: string;
    elapsedMs: number;
    /** Null before the first fit. */
    fit: HeatFit | null;
    thresholds: { hot: number; warm: number } | null;
    definitions: Record<string, { zh: string; en: string }>;
  };
}

const words = {
  chance: {
    zh: '此人在未来 7 天内下单的概率：由此人近 400 天的意向行为与订单，按过去各周的结果拟合。',
    en: 'The chance that this person orders within 7 days: from their intent events and orders of 400 days, fitted to what happened in past weeks.',
  },
  band: {
    zh: '热：至少为平均概率的 3 倍；温：至少 1.5 倍；其余为凉。',
    en: 'Hot: at least 3 times the usual chance; warm: at least 1.5 times; the others are cool.',
  },
  calibration: {
    zh: '用较早几周拟合，对较晚几周的人预测：按预测概率十等分，比较预测与实际。',
    en: 'Fitted to the earlier weeks and said of the later ones: people in tenths by foretold chance, what was said against what happened.',
  },
};

export async function heatAnswer(deps: ModelDeps, asker: Asker, question: HeatQuestion): Promise<HeatAnswer> {
  const startedAt = performance.now();
  const { workspaceNo } = asker;
  const fit = await readHeatFit(deps.pg, workspaceNo);
  const look = fit?.model ? await lookAtAll(deps, workspaceNo, fit) : undefined;
  const chosen = question.look ?? look?.look;
  const people = chosen === undefined ? undefined : heatPeopleSql(deps, workspaceNo, chosen);
  const [counted, top] = people
    ? await Promise.all([
        deps.ch.query<Omit<HeatRow, 'cell'>>(
          `SELECT band, count() AS people, sum(p.chance) AS expected, avg(p.chance) AS chance FROM (${people}) AS p GROUP BY band`,
        ),
        deps.ch.query<{ person_no: number; chance: number; band: HeatBand; features: number[] }>(
          `SELECT person_no, chance, band, features FROM (${people}) ORDER BY chance DESC, person_no LIMIT ${question.limit}`,
        ),
      ])
    : [[], []];
  const cards = await deps.people(
    workspaceNo,
    top.map((t) => t.person_no),
  );
  const byId = new Map(top.map((t, i) => [t.person_no, cards[i]]));
  return {
    rows:
      chosen === undefined
        ? []
        : heatBands.map((band) => ({
            people: 0,
            expected: 0,
            chance: null,
            ...counted.find((c) => c.band === band),
            band,
            cell: { band },
          })),
    hottest: top.flatMap(({ person_no, chance, band, features }) =>
      byId.get(person_no)
        ? [{ person: byId.get(person_no), chance, band, times: fit!.base > 0 ? chance / fit!.base : 0, reasons: reasonsOf(fit!, features) }]
        : [],
    ),
    meta: {
      question: { kind: 'heat', ...question, ...(chosen === undefined ? {} : { look: chosen }) },
      to: iso(look?.at.getTime() ?? deps.clock.ms()),
      ...{ timezone: asker.timezone, askedAt: iso(deps.clock.ms()), elapsedMs: Math.round(performance.now() - startedAt) },
      fit: fit ?? null,
      thresholds: fit?.model ? thresholds(fit.base) : null,
      definitions: words,
    },
  };
}

/** Everyone of a look who is still there: merged and erased people are gone from it. */
function heatPeopleSql(deps: Pick<InsightDeps, 'source'>, workspaceNo: number, look: number): string {
  return `SELECT person_no, chance, band, features FROM person_heat WHERE workspace_no = ${workspaceNo} AND look = ${look}
    AND person_no IN (SELECT person_no FROM ${deps.source(workspaceNo)} GROUP BY person_no)`;
}

/** The people behind a number of heat. */
export function heatCellSql(deps: InsightDeps, asker: Asker, question: HeatKind, cell: unknown): string {
  const { band } = heatCell.parse(cell);
  if (question.look === undefined) return 'SELECT toUInt32(0) AS person_no WHERE 0';
  return `SELECT person_no FROM (${heatPeopleSql(deps, asker.workspaceNo, question.look)}) WHERE band = ${sqlString(band)}`;
}
