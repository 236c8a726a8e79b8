import { type Ch, sqlStrings } from '../../base/index.ts';
import { type BuildPlan, key } from './build-sql.ts';
import { floats, type Model } from './model.ts';

/** Columns of a person's goods, in the order in which they stand in `rows`. */
export const had = { person: 0, code: 1, buys: 2, first: 3, last: 4, look: 5, fresh: 6, lasting: 7, pull: 8 };
const columns = ['person_no', 'code', 'buys', 'first_ms', 'last_ms', 'last_look_ms', 'fresh', 'lasting', 'pull'];
export const width = columns.length;

/** What somebody did with goods: rows from `from` to `to` of all that was read with it. */
export interface History {
  personNo: number;
  /** Its place in the levels of the model; -1: none. */
  level: number;
  again: number;
  pull: number;
  /** What they pay, as a logarithm, and how far that spreads. */
  usual: number;
  spread: number;
  rows: Float64Array;
  from: number;
  to: number;
}

/** Histories of whom `who` (SQL of a condition on person_no) lets through, by number. */
export async function readHistories(
  ch: Ch,
  plan: Pick<BuildPlan, 'workspaceNo' | 'build'>,
  { levels }: Model,
  who: string,
): Promise<History[]> {
  const level = levels.length > 0 ? `indexOf([${sqlStrings(levels)}], toString(level))` : '0';
  const people = await floats(
    ch,
    ['person_no', level, 'again', 'pull', 'price', 'spread'],
    `FROM match_readers WHERE ${key(plan)} AND ${who} ORDER BY person_no`,
  );
  const rows = await floats(ch, columns, `FROM match_history WHERE ${key(plan)} AND ${who} ORDER BY person_no, code`);
  const histories: History[] = [];
  let at = 0;
  for (let i = 0; i < people.length; i += 6) {
    const personNo = people[i]!;
    const from = at;
    while (at * width < rows.length && rows[at * width] === personNo) at += 1;
    histories.push({
      ...{
        personNo,
        level: people[i + 1]! - 1,
        again: people[i + 2]!,
        pull: people[i + 3]!,
        usual: people[i + 4]!,
        spread: people[i + 5]!,
      },
      ...{ rows, from, to: at },
    });
  }
  return histories;
}
