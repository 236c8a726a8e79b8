import { newId, notFound, type Pg, problem } from '../../base/index.ts';
import type { Asker, InsightDeps } from '../deps.ts';
import { type ExploredAnswer, explore, type Kind } from '../explore/explore.ts';
import { hideQuestion } from '../hide.ts';
import { addDays, localDate } from '../period.ts';
import { type Explored, explored } from '../schema.ts';

export interface SavedQuestion {
  id: string;
  name: string;
  kind: Kind;
  question: Explored;
  /** Asked again, it is about the last so many days; null: about the very dates it was saved with. */
  days: number | null;
  createdBy: string;
  /** Whether who asks may change it: it is theirs, or they may change everyone's. */
  mayChange: boolean;
  createdAt: string;
  updatedAt: string;
}

export interface Saving {
  name: string;
  question: Explored;
  days?: number | null | undefined;
}

/** Who saves or reads questions: `all` may change everyone's. */
export interface Keeper {
  id: string;
  name: string;
  all: boolean;
}

interface Row {
  owner: string;
  id: string;
  name: string;
  question: unknown;
  days: number | null;
  created_by: string;
  created_at: Date;
  updated_at: Date;
}

const most = 1000;
const columns = 'id, name, question, days, owner, created_by, created_at, updated_at';

export type Questions = ReturnType<typeof createQuestions>;

/** Questions that are kept: everyone in the workspace sees and asks them. Personal values in them are kept as what stands for them in the events. */
export function createQuestions(deps: InsightDeps & { pg: Pg }) {
  const { pg, clock } = deps;

  const one = async (ws: number, id: string, keeper?: Keeper): Promise<SavedQuestion> => {
    const [row] = await pg.query<Row>(`SELECT ${columns} FROM insight_questions WHERE workspace_no = $1 AND id = $2`, [ws, id]);
    if (!row) throw notFound('Question');
    return viewOf(row, keeper);
  };
  const own = async (ws: number, id: string, keeper: Keeper): Promise<SavedQuestion> => {
    const found = await one(ws, id, keeper);
    if (!found.mayChange)
      throw problem(403, 'Not yours', { detail: `this question is ${found.createdBy}'s; save one of your own instead` });
    return found;
  };

  return {
    list: async (ws: number, keeper?: Keeper): Promise<SavedQuestion[]> => {
      const rows = await pg.query<Row>(
        `SELECT ${columns} FROM insight_questions WHERE workspace_no = $1 ORDER BY updated_at DESC, id LIMIT ${most}`,
        [ws],
      );
      return rows.map((row) => viewOf(row, keeper));
    },
    one,
    save: async (ws: number, by: Keeper, { name, question, days }: Saving): Promise<SavedQuestion> => {
      const kept = await hideQuestion(deps, ws, question, true);
      const [row] = await pg.query<Row>(
        `INSERT INTO insight_questions (workspace_no, id, name, kind, question, days, owner, created_by, created_at, updated_at)
         SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $9 WHERE (SELECT count(*) FROM insight_questions WHERE workspace_no = $1) < ${most} RETURNING ${columns}`,
        [ws, newId('qst'), name, question.kind, JSON.stringify(kept), days ?? null, by.id, by.name, clock.now()],
      );
      if (!row) throw problem(409, 'Too many saved questions', { detail: `a workspace keeps at most ${most}; delete some first` });
      return viewOf(row, by);
    },
    /** @throws 403 when it is somebody else's and the keeper may change only their own */
    change: async (ws: number, keeper: Keeper, id: string, change: Partial<Saving>): Promise<SavedQuestion> => {
      const before = await own(ws, id, keeper);
      const question = change.question ? await hideQuestion(deps, ws, change.question, true) : before.question;
      const days = change.days === undefined ? before.days : change.days;
      const [row] = await pg.query<Row>(
        `UPDATE insight_questions SET name = $3, kind = $4, question = $5, days = $6, updated_at = $7 WHERE workspace_no = $1 AND id = $2 RETURNING ${columns}`,
        [ws, id, change.name ?? before.name, question.kind, JSON.stringify(question), days, clock.now()],
      );
      if (!row) throw notFound('Question');
      return viewOf(row, keeper);
    },
    /** @throws 403 when it is somebody else's and the keeper may remove only their own */
    remove: async (ws: number, keeper: Keeper, id: string): Promise<void> => {
      await own(ws, id, keeper);
      const gone = await pg.query('DELETE FROM insight_questions WHERE workspace_no = $1 AND id = $2 RETURNING id', [ws, id]);
      if (gone.length === 0) throw notFound('Question');
    },
    /** Asks it again, as of now. */
    answer: async (asker: Asker, id: string): Promise<ExploredAnswer> => {
      const { question, days } = await one(asker.workspaceNo, id);
      const { kind, ...rest } = question;
      const today = localDate(clock.ms(), asker.timezone);
      const dates = days === null ? {} : { from: addDays(today, 1 - days), to: addDays(today, 1) };
      // What is kept has nothing to hide any more.
      return explore({ ...deps, hidden: async (_ws, steps) => steps }, asker, kind, { ...rest, ...dates } as never);
    },
  };
}

function viewOf(row: Row, keeper?: Keeper): SavedQuestion {
  const question = explored.parse(row.question);
  return {
    id: row.id,
    name: row.name,
    kind: question.kind,
    question,
    days: row.days,
    createdBy: row.created_by,
    mayChange: keeper !== undefined && (keeper.all || (row.owner !== '' && row.owner === keeper.id)),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
