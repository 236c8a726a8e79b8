import type { Ch, Clock } from '../../base/index.ts';
import type { Events } from '../../events/index.ts';
import { eventCondition } from '../compile/event-condition.ts';
import { type Interval, intersect, intervalOf } from '../compile/window.ts';
import type { Rule, Step } from '../rule.ts';

/** Events that a statement is about. `count`: those in its window; `newest`: the last three of them. */
export interface Evidence {
  count: number;
  newest: { messageId: string; event: string; timestamp: string }[];
}

const some = 3;

/** For each statement the person's events that it speaks of; undefined for one that is not about events. One query. */
export async function evidenceOf(
  deps: { ch: Ch; clock: Clock; events: Pick<Events, 'source'> },
  ws: number,
  personNo: number,
  statements: readonly Rule[],
): Promise<(Evidence | undefined)[]> {
  const asOf = deps.clock.ms() + 1;
  const asked = statements.map((rule) => aboutOf(rule, asOf));
  const columns = asked.flatMap((about, i) => (about ? [`toUInt8(${conditionOf(about)}) AS w${i}`] : []));
  if (columns.length === 0) return asked.map(() => undefined);
  const each = asked.flatMap((about, i) =>
    about ? [`countIf(w${i} = 1) AS n${i}`, `groupArraySortedIf(${some})((-at, id, name), w${i} = 1) AS e${i}`] : [],
  );
  const rows = `SELECT toUnixTimestamp64Milli(time) AS at, message_id AS id, if(event = '', type, event) AS name, ${columns.map((c) => c.split(' AS ').at(-1)).join(', ')}
    FROM ${deps.events.source(ws, [personNo], columns)}`;
  const [row] = await deps.ch.query<Record<string, unknown>>(`SELECT ${each.join(', ')} FROM (${rows})`);
  return asked.map((about, i) => {
    if (!about || !row) return undefined;
    const newest = (row[`e${i}`] as [number, string, string][]).map(([at, messageId, event]) => ({
      messageId,
      event,
      timestamp: new Date(-Number(at)).toISOString(),
    }));
    return { count: Number(row[`n${i}`]), newest };
  });
}

interface About {
  steps: readonly Step[];
  interval: Interval;
}

function aboutOf(rule: Rule, asOf: number): About | undefined {
  if ('sequence' in rule) return { steps: rule.sequence, interval: intervalOf(rule.during, asOf).interval };
  if (!('event' in rule)) return undefined;
  const window = intervalOf(rule.within, asOf).interval;
  // "First in …" and "last in …" speak of all events in the window; the one that decides is shown among the newest where it is.
  const narrower = rule.last ? intervalOf(rule.last, asOf).interval : undefined;
  return { steps: [rule], interval: narrower ? intersect(window, narrower) : window };
}

function conditionOf({ steps, interval }: About): string {
  const bounds = [
    Number.isFinite(interval.lo) ? `toUnixTimestamp64Milli(time) >= ${interval.lo}` : '',
    Number.isFinite(interval.hi) ? `toUnixTimestamp64Milli(time) < ${interval.hi}` : '',
  ].filter(Boolean);
  return [`(${steps.map((s) => `(${eventCondition(s)})`).join(' OR ')})`, ...bounds].join(' AND ');
}
