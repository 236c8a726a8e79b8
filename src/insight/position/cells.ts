import { z } from 'zod';
import type { Asker, InsightDeps } from '../deps.ts';
import { kocCellSql } from '../koc/board.ts';
import { resolveRange } from '../period.ts';
import { suitabilityCellSql } from '../suitability/suitability.ts';
import { poolValueCellSql } from './pool-value.ts';
import { purposePeopleOf } from './purposes.ts';
import type { PositionQuestion } from './questions.ts';
import { reachMetrics, reachPeopleSql } from './reach-sql.ts';

const reachCell = z.strictObject({ metric: z.enum(reachMetrics.map((m) => m.key)) });

/** The people behind a number of these questions. */
export async function positionCellSql(deps: InsightDeps, asker: Asker, question: PositionQuestion, cell: unknown): Promise<string> {
  switch (question.kind) {
    case 'suitability':
      return suitabilityCellSql(deps, asker, question, cell);
    case 'poolValue':
      return poolValueCellSql(deps, asker, question, cell);
    case 'purpose':
      return purposePeopleOf(deps, asker, question, cell);
    case 'koc':
      return kocCellSql(deps, asker, question, cell);
    case 'reach': {
      const plan = reachMetrics.find((m) => m.key === reachCell.parse(cell).metric)!;
      return `SELECT person_no FROM (${reachPeopleSql(deps.source(asker.workspaceNo), resolveRange(question, asker.timezone))}) WHERE ${plan.part}`;
    }
  }
}
