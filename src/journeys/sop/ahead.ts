import { addDays, instantOf } from '../../channels/index.ts';
import type { Plans } from '../plans.ts';
import type { Deps } from '../ports.ts';
import { type Row, tableOf } from './table.ts';

/** Of who is inside now: which message would come on which day, if nobody left before and every condition held. */
export interface AheadItem {
  journeyNo: number;
  row: Row;
  day: string;
  at: number;
  people: number;
  /** Who these are: people of the same version, place and day of coming in. */
  groups: readonly Standing[];
}
interface Standing {
  journey_no: number;
  version: number;
  node: string;
  entered: string;
  due: string;
  people: number;
}

export async function messagesAhead(
  deps: Pick<Deps, 'pg'>,
  plans: Plans,
  workspaceNo: number,
  journeys: readonly number[],
  days: { from: string; to: string; zone: string; now: number },
): Promise<AheadItem[]> {
  if (journeys.length === 0) return [];
  const standing = await deps.pg.query<Standing>(
    `SELECT journey_no, version, node, to_char(entered_at AT TIME ZONE $3, 'YYYY-MM-DD') AS entered, to_char(due_at AT TIME ZONE $3, 'YYYY-MM-DD') AS due, count(*) AS people
     FROM journey_people WHERE workspace_no = $1 AND journey_no = ANY($2) AND due_at IS NOT NULL GROUP BY 1, 2, 3, 4, 5`,
    [workspaceNo, [...journeys], days.zone],
  );
  const items = new Map<string, AheadItem & { groups: Standing[] }>();
  for (const group of standing) {
    const plan = await plans.get(deps.pg, group.journey_no, group.version);
    const rows = tableOf(plan.graph)?.rows ?? [];
    const stands = rows.findIndex((row) => row.wait.id === group.node);
    if (stands < 0) continue;
    let day = group.due;
    for (const [i, row] of rows.slice(stands).entries()) {
      if (i > 0) {
        const due = addDays(group.entered, row.wait.day);
        // Who is late comes to the later days late as well: one a day.
        day = due >= day ? due : addDays(day, 1);
      }
      if (day >= days.to) break;
      const at = instantOf(day, row.wait.at, days.zone);
      if (day < days.from || at <= days.now) continue;
      const key = `${group.journey_no}|${row.send.id}|${day}`;
      const item = items.get(key) ?? { journeyNo: group.journey_no, row, day, at, people: 0, groups: [] };
      item.people += group.people;
      item.groups.push(group);
      items.set(key, item);
    }
  }
  return [...items.values()];
}

/** More people than this are not compared one by one. */
const mostCompared = 300_000;

/** Which messages of different journeys come to the same people on the same day, and to how many: by the places of the items in the list. */
export async function samePeople(
  deps: Pick<Deps, 'pg'>,
  workspaceNo: number,
  items: readonly AheadItem[],
  zone: string,
): Promise<{ a: number; b: number; people: number }[]> {
  const crowded = [...Map.groupBy(items.keys(), (i) => items[i]!.day).values()]
    .filter((list) => new Set(list.map((i) => items[i]!.journeyNo)).size > 1)
    .flat();
  if (crowded.length === 0 || crowded.reduce((sum, i) => sum + items[i]!.people, 0) > mostCompared) return [];
  const who = crowded.flatMap((i) => items[i]!.groups.map((group) => ({ item: i, day: items[i]!.day, ...group })));
  return deps.pg.query(
    `WITH who AS (SELECT * FROM json_to_recordset($2) AS w (item int, day text, journey_no int, version int, node text, entered text, due text)),
     gets AS (
       SELECT DISTINCT w.item, w.day, w.journey_no, p.person_no FROM who w JOIN journey_people p ON p.journey_no = w.journey_no AND p.version = w.version AND p.node = w.node
         AND p.due_at IS NOT NULL AND to_char(p.entered_at AT TIME ZONE $3, 'YYYY-MM-DD') = w.entered AND to_char(p.due_at AT TIME ZONE $3, 'YYYY-MM-DD') = w.due
       WHERE p.workspace_no = $1)
     SELECT a.item AS a, b.item AS b, count(*) AS people FROM gets a JOIN gets b ON b.person_no = a.person_no AND b.day = a.day AND b.item > a.item AND b.journey_no <> a.journey_no
     GROUP BY 1, 2`,
    [workspaceNo, JSON.stringify(who), zone],
  );
}
