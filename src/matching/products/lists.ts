import type { Pg } from '../../base/index.ts';
import type { Listed } from './best.ts';

/** What is kept of a person: what is next, at which hours they were here, and what became of their messages. */
export interface Kept {
  personNo: number;
  listed: readonly Listed[];
  hours: readonly number[] | undefined;
  messages: readonly { channel: string; sent: number; clicked: number }[];
}

/** People written in one statement: more would hold up whoever asks meanwhile. */
const atOnce = 500;
const tenth = (n: number): number => Math.round(n * 10) / 10;

/** Writes what is next for these people; written again it is the same. */
export async function writeLists(pg: Pg, of: { workspaceNo: number; build: number; at: Date }, people: readonly Kept[]): Promise<void> {
  for (let i = 0; i < people.length; i += atOnce) {
    const some = people.slice(i, i + atOnce);
    const column = (value: (l: Listed) => number): string[] => some.map(({ listed }) => `{${listed.map(value).join(',')}}`);
    await pg.query(
      `INSERT INTO match_people (workspace_no, build, at, person_no, codes, scores, whys, because, since, every, hours, messages)
       SELECT $1, $2, $3, no, codes::int[], scores::real[], whys::smallint[], because::int[], since::real[], every::real[], hours::int[], messages::jsonb
       FROM unnest($4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[])
         AS r (no, codes, scores, whys, because, since, every, hours, messages)
       ON CONFLICT (workspace_no, person_no, build) DO NOTHING`,
      [
        ...[of.workspaceNo, of.build, of.at, some.map((p) => p.personNo)],
        ...[column((l) => l.code), column((l) => Math.fround(l.score)), column((l) => l.why), column((l) => l.because)],
        ...[column((l) => tenth(l.since)), column((l) => tenth(l.every))],
        some.map((p) => (p.hours ? `{${p.hours.join(',')}}` : null)),
        some.map((p) => (p.messages.length > 0 ? JSON.stringify(p.messages) : null)),
      ],
    );
  }
}
