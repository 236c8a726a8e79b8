import type { Ch, Pg } from '../base/index.ts';
import { replaceTraits, survivingPerson } from '../people/index.ts';

/**
 * What people are known by, from all their identify events: for each trait the newest by event time, at a tie what landed later.
 * @param source the relation to read the events of people from
 */
export async function refoldTraits(
  { ch, pg }: { ch: Ch; pg: Pg },
  workspaceNo: number,
  numbers: readonly number[],
  source: (people: readonly number[]) => string,
): Promise<void> {
  // Some may have been merged since.
  const people = [...new Set(await Promise.all(numbers.map(async (no) => (await survivingPerson(pg, workspaceNo, no)) ?? no)))];
  const rows = await ch.query<{ person_no: number; k: string; v: string; t: number }>(
    `SELECT person_no, kv.1 AS k, argMax(kv.2, (time, batch, key)) AS v, toUnixTimestamp64Milli(max(time)) AS t
     FROM (SELECT person_no, time, batch, key, arrayJoin(JSONExtractKeysAndValuesRaw(toString(properties))) AS kv FROM ${source(people)} WHERE type = 'identify')
     WHERE kv.2 != 'null' GROUP BY person_no, k`,
  );
  const found = new Map(people.map((no) => [no, { traits: {} as Record<string, unknown>, times: {} as Record<string, number> }] as const));
  for (const { person_no, k, v, t } of rows) {
    const one = found.get(person_no);
    if (!one) continue;
    one.traits[k] = JSON.parse(v) as unknown;
    one.times[k] = Number(t);
  }
  await replaceTraits(pg, workspaceNo, found);
}
