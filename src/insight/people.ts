import { z } from 'zod';
import { badInput, decodeCursor, encodeCursor } from '../base/index.ts';
import { aarrrCellSql } from './aarrr.ts';
import { effectCellSql } from './content/effect.ts';
import type { Asker, InsightDeps } from './deps.ts';
import { waysCellSql } from './entrances/ways.ts';
import { distributionCellSql } from './explore/distribution.ts';
import { lifecycleCellSql } from './explore/lifecycle.ts';
import { pathsCellSql } from './explore/paths.ts';
import { stickinessCellSql } from './explore/stickiness.ts';
import { trendCellSql } from './explore/trend.ts';
import { worthCellSql } from './explore/worth.ts';
import { funnelCellSql } from './funnel.ts';
import { heatCellSql } from './heat/answer.ts';
import { hideQuestion } from './hide.ts';
import { ladderCellSql } from './ladder.ts';
import { dwellCellSql } from './ladder-depth/dwell.ts';
import { movesCellSql } from './ladder-depth/moves.ts';
import { poolCellSql } from './overview.ts';
import { positionCellSql } from './position/cells.ts';
import { retentionCellSql } from './retention.ts';
import { peopleQuestion, type Question } from './schema.ts';
import { valueCellSql } from './value/answer.ts';

const cursorShape = z.object({ after: z.number().int().nonnegative() });

export interface PeoplePage {
  items: unknown[];
  nextCursor: string | null;
  /** How many in all; on the first page. */
  total?: number;
}

/** The people behind any number of this room: the SQL that counted them, asked for the people instead. */
export async function people(deps: InsightDeps, asker: Asker, input: unknown): Promise<PeoplePage> {
  const { question, cell, cursor, limit } = parse(peopleQuestion, input, '');
  const after = decodeCursor(cursor, cursorShape)?.after;
  const behind = await cellSql(deps, asker, await hideQuestion(deps, asker.workspaceNo, question), cell);
  const [page] = await deps.ch.query<{ numbers: number[]; total: number }>(
    after === undefined
      ? `SELECT groupArraySorted(${limit + 1})(person_no) AS numbers, count() AS total FROM (${behind})`
      : `SELECT groupArraySorted(${limit + 1})(person_no) AS numbers, 0 AS total FROM (${behind}) WHERE person_no > ${after}`,
  );
  const numbers = page?.numbers ?? [];
  const shown = numbers.slice(0, limit);
  return {
    items: await deps.people(asker.workspaceNo, shown),
    nextCursor: numbers.length > limit ? encodeCursor({ after: shown[shown.length - 1] }) : null,
    ...(after === undefined ? { total: page?.total ?? 0 } : {}),
  };
}

async function cellSql(deps: InsightDeps, asker: Asker, question: Question, cell: unknown): Promise<string> {
  try {
    switch (question.kind) {
      case 'funnel':
        return await funnelCellSql(deps, asker, question, cell);
      case 'retention':
        return await retentionCellSql(deps, asker, question, cell);
      case 'trend':
        return await trendCellSql(deps, asker, question, cell);
      case 'paths':
        return pathsCellSql(deps, asker, question, cell);
      case 'stickiness':
        return await stickinessCellSql(deps, asker, question, cell);
      case 'lifecycle':
        return lifecycleCellSql(deps, asker, question, cell);
      case 'distribution':
        return await distributionCellSql(deps, asker, question, cell);
      case 'worth':
        return await worthCellSql(deps, asker, question, cell);
      case 'dwell':
        return await dwellCellSql(deps, asker, question, cell);
      case 'moves':
        return await movesCellSql(deps, asker, question, cell);
      case 'ways':
        return waysCellSql(deps, asker, question, cell);
      case 'content':
        return await effectCellSql(deps, asker, question, cell);
      case 'aarrr':
        return aarrrCellSql(deps, asker, question, cell);
      case 'pool':
        return poolCellSql(deps, asker, question, cell);
      case 'ladder':
      case 'flows':
        return await ladderCellSql(deps, asker, question, cell);
      case 'value':
        return await valueCellSql(deps, asker, question, cell);
      case 'heat':
        return heatCellSql(deps, asker, question, cell);
      case 'suitability':
      case 'reach':
      case 'poolValue':
      case 'purpose':
      case 'koc':
        return await positionCellSql(deps, asker, question, cell);
    }
  } catch (error) {
    throw error instanceof z.ZodError ? misfit(error, 'cell.') : error;
  }
}

function parse<T>(shape: z.ZodType<T>, input: unknown, prefix: string): T {
  const parsed = shape.safeParse(input);
  if (!parsed.success) throw misfit(parsed.error, prefix);
  return parsed.data;
}

function misfit(error: z.ZodError, prefix: string): Error {
  return badInput(error.issues.map((i) => ({ field: `${prefix}${i.path.join('.')}`.replace(/\.$/, '') || 'body', reason: i.message })));
}
