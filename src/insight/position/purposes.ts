import { z } from 'zod';
import type { Purpose } from '../../content/index.ts';
import { type Proportion, proportion } from '../../experiments/index.ts';
import { definitionsOf } from '../definitions.ts';
import type { Asker, InsightDeps } from '../deps.ts';
import { iso, resolveRange } from '../period.ts';
import { range } from '../schema-base.ts';
import { type FollowUp, followUps, purposeCellSql, purposePeopleSql, purposeSumsSql, type Thing, things } from './purposes-sql.ts';

/** What can be judged: its name and the purpose that it named. */
export interface Purposed {
  kind: Thing;
  id: string;
  name: string;
  purpose: Purpose | null;
}

export const purposeQuestion = z.strictObject({ ...range, withinDays: z.number().int().min(1).max(90).default(7) });
export type PurposeQuestion = z.infer<typeof purposeQuestion>;
export const purposeCell = z.strictObject({
  thing: z.enum(['journey', 'content', 'group']),
  id: z.string().min(1).max(200),
  metric: z.enum(['reached', ...followUps]).default('reached'),
});

/** By what each purpose is judged. How much is said in a group is in none of them. */
export const judgedBy: Record<Purpose, readonly FollowUp[]> = {
  notify: ['opened', 'clicked', 'followed'],
  benefit: ['claimed', 'ordered'],
  convert: ['ordered', 'clicked'],
  community: ['followed', 'shared'],
  service: ['opened', 'followed'],
};
/** Nothing is opened in a group: what it is told there is judged by what follows. */
const ofGroups: Record<Purpose, readonly FollowUp[]> = { ...judgedBy, notify: ['followed'], convert: ['ordered'], service: ['followed'] };

export interface PurposeRow extends Purposed {
  reached: number;
  /** Whose days are not over: more may follow. */
  open: number;
  judgedBy: readonly FollowUp[];
  followed: Record<FollowUp, Proportion>;
  /** Orders within the days, of those who were reached. */
  revenueFen: number;
  cells: Record<FollowUp | 'reached', object>;
}

export interface PurposeAnswer {
  rows: PurposeRow[];
  meta: { question: object; askedAt: string; elapsedMs: number; definitions: Record<string, { zh: string; en: string }> };
}

/** Journeys, contents and groups that reached somebody, each by what its own purpose asks for. */
export async function purposeBoard(
  deps: InsightDeps,
  asker: Asker,
  question: PurposeQuestion,
  known: readonly Purposed[],
): Promise<PurposeAnswer> {
  const startedAt = performance.now();
  const { withinDays } = question;
  const resolved = resolveRange(question, asker.timezone);
  const sums = await deps.ch.query<{ thing: string; reached: number; open: number; fen: number } & Record<`n_${FollowUp}`, number>>(
    purposeSumsSql(peopleSql(deps, asker, question), deps.clock.ms(), withinDays),
  );
  const byThing = new Map(known.map((k) => [things[k.kind] + k.id, k]));
  const kinds = Object.fromEntries(Object.entries(things).map(([kind, letter]) => [letter, kind])) as Record<string, Thing>;
  return {
    rows: sums.map((row) => {
      const kind = kinds[row.thing[0]!]!;
      const id = row.thing.slice(1);
      const one = byThing.get(row.thing) ?? { kind, id, name: id, purpose: null };
      const own = one.purpose ? (kind === 'group' ? ofGroups : judgedBy)[one.purpose] : [];
      return {
        ...one,
        reached: row.reached,
        open: row.open,
        judgedBy: own,
        followed: Object.fromEntries(followUps.map((f) => [f, proportion(row[`n_${f}`], row.reached)])) as Record<FollowUp, Proportion>,
        revenueFen: row.fen,
        cells: Object.fromEntries(
          (['reached', ...followUps] as const).map((metric) => [metric, { thing: kind, id, metric }]),
        ) as PurposeRow['cells'],
      };
    }),
    meta: {
      question: { kind: 'purpose', from: iso(resolved.from), to: iso(resolved.to), withinDays },
      askedAt: iso(deps.clock.ms()),
      elapsedMs: Math.round(performance.now() - startedAt),
      definitions: definitionsOf(['reached', 'revenue', ...followUps].map((f) => `purpose.${f}`)),
    },
  };
}

function peopleSql(deps: InsightDeps, asker: Asker, question: PurposeQuestion): string {
  const source = (columns: readonly string[]) => deps.source(asker.workspaceNo, columns);
  return purposePeopleSql(source, resolveRange(question, asker.timezone), question.withinDays);
}

export function purposePeopleOf(deps: InsightDeps, asker: Asker, question: PurposeQuestion, cell: unknown): string {
  const { thing, id, metric } = purposeCell.parse(cell);
  return purposeCellSql(peopleSql(deps, asker, question), thing, id, metric);
}
