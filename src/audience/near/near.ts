import { type Ch, createPace } from '../../base/index.ts';
import { instantSql } from '../compile/predicate.ts';
import { type Expanded, holdsOfNobody } from '../expand.ts';
import type { Column } from './columns.ts';
import { createDue } from './due.ts';
import { createHistory } from './history.ts';
import { createHolds, type Holds } from './holds.ts';

/** So many people at a time, so that nothing else in the process waits long. */
export const nearAtOnce = 2_000;
/** So many rows are held at once; who has more is left to ClickHouse. */
const rowsMost = 400_000;

/**
 * Asks rules of few people: their rows are read by a short statement, which costs ClickHouse little to understand, and the rules are run over them here.
 * False if they have too many rows; then nothing was asked.
 */
export async function askNear(
  ch: Pick<Ch, 'bytes'>,
  o: {
    rules: readonly Expanded[];
    asOf: number;
    source: (columns: readonly string[]) => string;
    /** Also events to come are read, and every event: something changes when they come. */
    due?: boolean;
  },
  each: (person: number, holds: readonly Holds[], due: () => number) => void,
): Promise<boolean> {
  const history = createHistory();
  const { movesAt, due } = createDue(history, o.asOf);
  const { rule } = createHolds(history, o.asOf, movesAt);
  // Whoever only comes later is not there yet, whatever the rule says of nobody.
  const holds = o.rules.map((r): Holds => {
    const told = rule(r);
    return o.due && holdsOfNobody(r) ? () => history.begun(o.asOf) && told() : told;
  });
  const all = o.due || o.rules.some(holdsOfNobody);
  const sql = history.sql(o.source, { all, most: rowsMost, ...(o.due ? {} : { before: instantSql(o.asOf) }) });
  const result = await columnsIn(await ch.bytes(sql, 'JSONCompactColumns'));
  if ((result[0]?.length ?? 0) >= rowsMost) return false;
  const pace = createPace();
  for (const [person, place] of history.take(result)) {
    history.turnTo(place);
    each(person, holds, due);
    if (pace.due()) await pace.rest();
  }
  return true;
}

/** ClickHouse writes a column a line. Read one by one, so that others have their turn meanwhile. */
async function columnsIn(bytes: Buffer): Promise<Column[]> {
  const columns: Column[] = [];
  const pace = createPace();
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(0x0a, from);
    const to = end < 0 ? bytes.length : end;
    // The first and the last line hold one bracket.
    if (to - from > 1) columns.push(JSON.parse(bytes.toString('utf8', from, bytes[to - 1] === 0x2c ? to - 1 : to)) as Column);
    from = to + 1;
    if (pace.due()) await pace.rest();
  }
  return columns;
}
