import { badInput, sqlString, sqlStrings } from '../../base/index.ts';
import { enoughPeople, newcombe, type Proportion, proportion } from '../../experiments/index.ts';
import type { Asker, InsightDeps } from '../deps.ts';
import { cells, type MovesQuestion } from '../explore/schema.ts';
import { type Meta, metaOf } from '../meta.ts';
import { instantSql, resolveRange } from '../period.ts';
import { depthSql, historyLayers, type Looks, looksAt } from './history-sql.ts';

export interface MovesRow {
  event: string;
  /** Which content or journey, where that is asked for, and its name if it is still there. */
  thing: string;
  name: string | null;
  /** Who did it in the days before they moved, of all who moved. */
  people: number;
  moved: Proportion;
  cell: object;
  /** The same of those who were on the same levels at a time of the same kind and did not move. */
  stayedPeople: number;
  stayed: Proportion;
  stayedCell: object;
  /** The one share over the other; null where nobody who stayed did it. */
  lift: number | null;
  /** The difference of the shares with its 95 % interval (Newcombe). */
  difference: { difference: number; low: number; high: number };
  /** Enough people on both sides, and the interval does not hold 0. */
  tells: boolean;
  enough: boolean;
  definition: string;
}

const mostEvents = 60;
/** Of a journey, what says that somebody was in it; where they went inside it says the same again. */
const ofJourneys = ['Journey Entered', 'Journey Converted'];
/** What Yutang writes of a person's standing says nothing about why it changed. */
const standing = ['Level Changed', 'Stage Changed', 'Tier Changed', 'Tag Added', 'Tag Removed', 'Audience Entered', 'Audience Exited'];

/** What people did before they moved up or down, against what those did who stayed. It shows what goes together, not what causes what. */
export async function moves(
  deps: InsightDeps,
  asker: Asker,
  question: MovesQuestion,
): Promise<{ rows: MovesRow[]; moved: number; movedCell: object; stayed: number; stayedCell: object; meta: Meta & { everyDays: number } }> {
  const startedAt = performance.now();
  const range = resolveRange(question, asker.timezone);
  const looks = looksAt(range, deps.clock.ms());
  const people = await peopleSql(deps, asker, question, looks);
  const [sizes, did, things] = await Promise.all([
    deps.ch.query<{ moved: number; people: number }>(`SELECT moved, uniqExact(person_no) AS people FROM (${people}) GROUP BY moved`),
    deps.ch.query<{ event: string; thing: string; went: number; held: number }>(
      `SELECT event, thing, uniqExactIf(person_no, moved = 1) AS went, uniqExactIf(person_no, moved = 0) AS held
       FROM (${didSql(deps, asker, question, people, looks)}) GROUP BY event, thing`,
    ),
    question.by === 'event' ? [] : deps.things?.(asker.workspaceNo),
  ]);
  const size = (moved: number) => Number(sizes.find((s) => Number(s.moved) === moved)?.people ?? 0);
  const [went, held] = [size(1), size(0)];
  const names = new Map(things?.map((one) => [one.id, one.name]));
  // What many did on either side: what only those did who stayed says as much.
  const weight = (one: { went: number; held: number }) =>
    Math.max(Number(one.went) / Math.max(1, went), Number(one.held) / Math.max(1, held));
  const counted = did.sort((a, b) => weight(b) - weight(a) || (a.event + a.thing < b.event + b.thing ? -1 : 1)).slice(0, mostEvents);
  const rows = counted
    .map(({ event, thing, went: did, held: didToo }): MovesRow => {
      const [moved, stayed] = [proportion(Number(did), went), proportion(Number(didToo), held)];
      const difference = newcombe({ part: Number(did), of: went }, { part: Number(didToo), of: held });
      const enough = went >= enoughPeople && held >= enoughPeople;
      return {
        event,
        thing,
        name: names.get(thing) ?? null,
        people: Number(did),
        moved,
        cell: { who: 'moved', event, thing },
        stayedPeople: Number(didToo),
        stayed,
        stayedCell: { who: 'stayed', event, thing },
        lift: stayed.share ? (moved.share ?? 0) / stayed.share : null,
        difference: { difference: difference.difference, low: difference.low, high: difference.high },
        tells: enough && (difference.low > 0 || difference.high < 0),
        enough,
        definition: 'moves.lift',
      };
    })
    .sort((a, b) => b.difference.difference - a.difference.difference || (a.event + a.thing < b.event + b.thing ? -1 : 1));
  const meta = metaOf(deps.clock, asker, { kind: 'moves', ...question }, range, startedAt, ['moves.lift']);
  return {
    rows,
    moved: went,
    movedCell: { who: 'moved' },
    stayed: held,
    stayedCell: { who: 'stayed' },
    meta: { ...meta, everyDays: looks.days },
  };
}

/**
 * One row a person: `moved`, and `at`, the look before which the days count. Of who moved so, the look before their first such move; of who never did, one
 * of the looks at which they were on such a level, by the hash of their number, so that the seasons weigh alike on both sides.
 */
async function peopleSql(deps: InsightDeps, asker: Asker, question: MovesQuestion, looks: Looks): Promise<string> {
  const order = (await deps.ladder(asker.workspaceNo, question.of)).map((l) => l.key);
  for (const side of ['fromLevel', 'toLevel'] as const) {
    const level = question[side];
    if (level !== undefined && level !== '' && !order.includes(level))
      throw badInput([{ field: side, reason: `there is no ${question.of} ${level}` }]);
  }
  const compare = { up: '>', down: '<', any: '!=' }[question.move];
  const fits = [
    `${depthSql(order, 'b')} ${compare} ${depthSql(order, 'a')}`,
    ...(question.fromLevel === undefined ? [] : [`a = ${sqlString(question.fromLevel)}`]),
    ...(question.toLevel === undefined ? [] : [`b = ${sqlString(question.toLevel)}`]),
  ].join(' AND ');
  // A step down starts inside the pool; a step up may start outside it.
  const open = question.fromLevel !== undefined ? `a = ${sqlString(question.fromLevel)}` : "a != ''";
  const inside = question.fromLevel === undefined ? " AND a != ''" : '';
  const pairs = 'arrayPopBack(levels), arrayPopFront(levels)';
  return (await historyLayers(deps, asker, question.of, looks))
    .add({
      steps: `arrayFilter((i, a, b) -> ${fits}${inside}, arrayEnumerate(arrayPopBack(levels)), ${pairs})`,
      waits: `arrayFilter((i, a, b) -> ${open} AND a = b, arrayEnumerate(arrayPopBack(levels)), ${pairs})`,
    })
    .add({
      moved: 'toUInt8(length(steps) > 0)',
      place: 'if(length(steps) > 0, steps[1], waits[1 + cityHash64(person_no) % greatest(length(waits), 1)])',
    })
    .select(
      ['person_no', 'moved', `fromUnixTimestamp64Milli(toInt64(arrayElement([${looks.at.join(', ')}], place)), 'UTC') AS at`],
      'place > 0',
    );
}

/** One row for each event (of a content, of a journey) that such a person has in the days before. */
function didSql(deps: InsightDeps, asker: Asker, question: MovesQuestion, people: string, looks: Looks): string {
  const earliest = instantSql(looks.at[0]! - question.days * 86_400_000);
  const what = {
    event: { thing: "''", fits: `event NOT IN (${sqlStrings(standing)})` },
    content: { thing: "ifNull(properties.contentId.:String, '')", fits: "thing != ''" },
    journey: { thing: "ifNull(properties.journeyId.:String, '')", fits: `thing != '' AND event IN (${sqlStrings(ofJourneys)})` },
  }[question.by];
  return `SELECT e.person_no AS person_no, e.event AS event, e.thing AS thing, p.moved AS moved FROM (
      SELECT person_no, toString(event) AS event, time, thing FROM ${deps.source(asker.workspaceNo, [`${what.thing} AS thing`])}
      WHERE time >= ${earliest} AND time < ${instantSql(looks.at.at(-1)!)} AND event != '' AND ${what.fits}) AS e
    INNER JOIN (${people}) AS p ON e.person_no = p.person_no WHERE e.time < p.at AND e.time >= p.at - INTERVAL ${question.days} DAY`;
}

/** The people behind one number. */
export async function movesCellSql(deps: InsightDeps, asker: Asker, question: MovesQuestion, cell: unknown): Promise<string> {
  const { who, event, thing } = cells.moves.parse(cell);
  const looks = looksAt(resolveRange(question, asker.timezone), deps.clock.ms());
  const people = await peopleSql(deps, asker, question, looks);
  const moved = `moved = ${who === 'moved' ? 1 : 0}`;
  if (event === undefined) return `SELECT DISTINCT person_no FROM (${people}) WHERE ${moved}`;
  return `SELECT DISTINCT person_no FROM (${didSql(deps, asker, question, people, looks)}) WHERE ${moved} AND event = ${sqlString(event)} AND thing = ${sqlString(thing)}`;
}
