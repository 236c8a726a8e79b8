import { type Ch, type Clock, type Jobs, newId, sqlString } from '../../base/index.ts';
import type { Ask } from '../ask.ts';
import type { AudienceRow, Store } from '../definitions/store.ts';
import type { Rule } from '../rule.ts';
import { type By, ourselves } from '../saved/versions.ts';
import type { Give } from '../tags/give.ts';

export const FREEZE = 'audience.freeze';
const peopleAtOnce = 5_000;

export interface Sample {
  /** So many people, or so many of a hundred. */
  n?: number;
  percent?: number;
  /** Another seed draws others; the same draws the same. */
  seed: string;
}
interface Payload {
  id: string;
  rule: Rule;
  at: number;
  sample?: Sample;
}

/**
 * A frozen audience: who was in is written as `Audience Entered` of each, and its rule is that event. So it needs no store of its own: merged people stay in,
 * erased ones are gone, and other rules, journeys and exports use it like any audience.
 */
export function createFreeze(deps: {
  ch: Ch;
  clock: Clock;
  jobs: Pick<Jobs, 'define' | 'start'>;
  store: Store;
  ask: Ask;
  give: Give;
  recompute: (ws: number, only: readonly string[]) => Promise<unknown>;
}) {
  const { ch, clock, jobs, store, ask, give } = deps;

  /** Who it is of now; of a sample those whose number, mixed with the seed, comes first. */
  const chosen = async (ws: number, { rule, at, sample }: Payload): Promise<number[]> => {
    const { sql } = await ask.compile(ws, [rule], { asOf: at });
    const mixed = `sipHash64(${sqlString(sample?.seed ?? '')}, person_no)`;
    const order = sample?.n === undefined ? 'p' : mixed;
    const share = sample?.percent === undefined ? '' : ` AND ${mixed} % 1000000 < ${Math.round(sample.percent * 10_000)}`;
    const limit = sample?.n === undefined ? '' : ` LIMIT ${Math.trunc(sample.n)}`;
    const rows = await ch.query<{ p: number }>(`SELECT person_no AS p FROM (${sql}) WHERE r0${share} ORDER BY ${order}${limit}`);
    return rows.map((r) => r.p);
  };

  jobs.define<Payload>(FREEZE, async (job) => {
    const { id } = job.payload;
    const ws = job.workspaceNo;
    const { name, about } = await store.audience(ws, id);
    const people = await chosen(ws, job.payload);
    for (let i = 0; i < people.length; i += peopleAtOnce) {
      await give.write(
        ws,
        people.slice(i, i + peopleAtOnce).map((no) => ({
          no,
          id: `frozen-${id}-${no}`,
          event: 'Audience Entered',
          at: new Date(job.payload.at - 1),
          properties: { audienceId: id, name },
        })),
      );
      await job.progress({ done: Math.min(i + peopleAtOnce, people.length), total: people.length });
    }
    await store.changeAudience(ws, id, { about: { ...about, frozen: { ...about.frozen!, count: people.length } } });
    return { people: people.length };
  });

  /** Makes the audience at once, and fills it in the background. */
  return async (
    ws: number,
    of: { name: string; rule: Rule; from?: string; sample?: Sample | undefined; description?: string | undefined },
    by: By = ourselves,
  ): Promise<{ audience: AudienceRow; job: string }> => {
    const id = newId('aud', clock.ms());
    // What happens at this very instant has happened.
    const at = clock.ms() + 1;
    const audience = await store.addAudience(
      ws,
      {
        id,
        name: of.name,
        rule: { event: 'Audience Entered', where: [{ property: 'audienceId', op: '=', value: id }], count: { op: '>=', value: 1 } },
        live: true,
        about: {
          ...(of.description ? { description: of.description } : {}),
          frozen: {
            at: new Date(at).toISOString(),
            count: null,
            ...(of.from ? { from: of.from } : {}),
            ...(of.sample ? { sample: of.sample } : {}),
          },
        },
      },
      by,
    );
    const { id: job } = await jobs.start(ws, FREEZE, {
      id,
      rule: of.rule,
      at,
      ...(of.sample ? { sample: of.sample } : {}),
    } satisfies Payload);
    return { audience, job };
  };
}
