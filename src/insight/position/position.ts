import type { Pg } from '../../base/index.ts';
import type { Asker, InsightDeps } from '../deps.ts';
import type { SuitabilityQuestion } from '../suitability/schema.ts';
import { type Suitability, suitability } from '../suitability/suitability.ts';
import { type PoolWorth, poolWorth } from './pool-value.ts';
import { type Progress, progress } from './progress.ts';
import { type PurposeAnswer, type Purposed, type PurposeQuestion, purposeBoard } from './purposes.ts';
import { remember } from './remember.ts';
import type { Statement } from './schema.ts';
import { readStatement, type Stated, saveStatement } from './statement.ts';

export interface PositionDeps extends InsightDeps {
  pg: Pg;
  /** Journeys and contents with the purposes that they named. */
  purposed(workspaceNo: number): Promise<Purposed[]>;
}

/** What the pool is for, and how it stands against that. */
export interface Position {
  suitability(asker: Asker, question: SuitabilityQuestion): Promise<Suitability>;
  statement(workspaceNo: number): Promise<Stated>;
  /** Earlier versions stay. */
  state(workspaceNo: number, actor: string, statement: Statement): Promise<Stated>;
  progress(asker: Asker): Promise<Progress>;
  purposes(asker: Asker, question: PurposeQuestion): Promise<PurposeAnswer>;
  value(asker: Asker, periods: { days: number; count: number }): Promise<PoolWorth>;
}

export function createPosition(deps: PositionDeps): Position {
  const { pg, clock } = deps;
  const again = remember(clock, 5 * 60_000);
  const stated = (workspaceNo: number) => readStatement(pg, workspaceNo);
  return {
    suitability: (asker, question) => suitability(deps, asker, question),
    statement: stated,
    state: (workspaceNo, actor, statement) => saveStatement(pg, clock, workspaceNo, actor, statement),
    progress: async (asker) => {
      const { statement, version } = await stated(asker.workspaceNo);
      return again(`progress ${asker.workspaceNo} ${asker.timezone} ${version}`, () => progress(deps, asker, statement));
    },
    purposes: async (asker, question) => {
      const [known, { statement }] = await Promise.all([deps.purposed(asker.workspaceNo), stated(asker.workspaceNo)]);
      const groups = statement.groups.map((g): Purposed => ({ kind: 'group', id: g.id, name: g.id, purpose: g.purpose }));
      return purposeBoard(deps, asker, question, [...known, ...groups]);
    },
    value: async (asker, periods) => {
      const { fanLevel } = (await stated(asker.workspaceNo)).statement;
      const { days, count } = periods;
      const key = `value ${asker.workspaceNo} ${asker.timezone} ${fanLevel} ${days} ${count}`;
      return again(key, () => poolWorth(deps, asker, { fanLevel, days, count }));
    },
  };
}
