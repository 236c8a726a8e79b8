import { ANY_EVENT, eventCondition } from '../../audience/index.ts';
import { sqlString, sqlStrings } from '../../base/index.ts';
import { propertySql } from '../breakdown.ts';
import { fitsColumn, namesSql } from '../funnel-sql.ts';
import { layersOver } from '../layers.ts';
import type { Range } from '../period.ts';
import { withinMs } from '../schema-base.ts';
import type { Source } from '../source.ts';
import { inRange } from './common.ts';
import type { PathsQuestion } from './schema.ts';

/** Stands for steps that were left out between the start and the end. */
export const between = '…';

/**
 * One row for each path that somebody went: `person_no` and `path`, the names of its steps.
 * Events are sorted, cut where nothing happened for longer than the gap, shortened to the window, and then trimmed to start and end.
 */
export function pathsSql({ source, question, range }: { source: Source; question: PathsQuestion; range: Range }): string {
  const { events, leaveOut, by, start, end, steps, collapse } = question;
  const columns = [
    ...events.map((one, i) => fitsColumn(one, `fits_${i}`)),
    ...(by ? [`ifNull(toString(${propertySql(by)}), '') AS called`] : []),
  ];
  const raw = by ? "if(called != '', called, toString(event))" : 'toString(event)';
  const name =
    question.clean.length === 0
      ? raw
      : `multiIf(${question.clean.map(({ prefix, as }) => `startsWith(${raw}, ${sqlString(prefix)}), ${sqlString(as)}`).join(', ')}, ${raw})`;
  const wanted =
    events.length === 0
      ? eventCondition({ event: ANY_EVENT })
      : `${namesSql(events)} AND (${events.map((_, i) => `fits_${i}`).join(' OR ')})`;
  const out = leaveOut.length > 0 ? ` AND event NOT IN (${sqlStrings(leaveOut)})` : '';
  const gap = withinMs(question.gap);
  const names = question.within ? `arraySlice(walk.2, 1, arrayCount(t -> t - opened <= ${withinMs(question.within)}, walk.1))` : 'walk.2';
  const walked = collapse ? `arrayCompact(${names})` : names;
  const collected = `SELECT person_no, arraySort(groupArray((ms, key, name))) AS es FROM (
      SELECT person_no, toInt64(toUnixTimestamp64Milli(time)) AS ms, key, ${name} AS name FROM ${source(columns)} WHERE ${inRange(range)} AND ${wanted}${out}
    ) WHERE name != '' GROUP BY person_no`;
  const walks = layersOver(collected)
    .add({ opens: `arrayMap((e, before) -> e.1 - before > ${gap}, es, arrayPushFront(arrayPopBack(es.1), toInt64(-9000000000000000)))` })
    .add({ walks: 'arraySplit((e, o) -> o, es, opens)' })
    .select(['person_no', 'arrayJoin(arrayMap(w -> (w.1, w.3), walks)) AS walk']);
  return layersOver(walks)
    .add({ opened: 'walk.1[1]' })
    .add({ went: walked })
    .add({ path: trimmed(start, end, steps) })
    .select(['person_no', 'path'], 'length(path) > 0');
}

/** The part of a walk that is asked about. */
function trimmed(start: string | undefined, end: string | undefined, steps: number): string {
  const first = (array: string, name: string) => `indexOf(${array}, ${sqlString(name)})`;
  if (start !== undefined && end !== undefined) {
    const from = `arraySlice(went, ${first('went', start)} + 1)`;
    const whole = `arrayPushFront(arraySlice(${from}, 1, ${first(from, end)}), ${sqlString(start)})`;
    const short = `if(length(${whole}) <= ${steps}, ${whole}, ${
      steps < 3 ? '[]' : `arrayConcat(arraySlice(${whole}, 1, ${steps - 2}), [${sqlString(between)}, ${sqlString(end)}])`
    })`;
    return `if(${first('went', start)} = 0 OR ${first(from, end)} = 0, [], ${short})`;
  }
  if (start !== undefined) return `if(${first('went', start)} = 0, [], arraySlice(went, ${first('went', start)}, ${steps}))`;
  if (end !== undefined) return `if(${first('went', end)} = 0, [], arraySlice(arraySlice(went, 1, ${first('went', end)}), -${steps}))`;
  return `arraySlice(went, 1, ${steps})`;
}
