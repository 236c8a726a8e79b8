import type { Jobs } from '../../base/index.ts';
import type { Ask } from '../ask.ts';
import type { Store } from '../definitions/store.ts';
import type { Rule } from '../rule.ts';
import type { Give, GiveOptions } from './give.ts';
import type { createInterest } from './interest.ts';

export const TAG_MANY = 'audience.tag';
export const INTEREST = 'audience.interest';
const peopleAtOnce = 10_000;

export type BulkOf = { audience: string } | { rule: Rule };
interface Payload {
  key: string;
  of: BulkOf;
  options: GiveOptions;
}

/** Giving a tag to many, and tags by model, in the background. */
export function createBulk(deps: {
  jobs: Pick<Jobs, 'define' | 'start'>;
  ask: Ask;
  store: Store;
  give: Give;
  interest: ReturnType<typeof createInterest>;
}) {
  const { jobs, ask, store, give, interest } = deps;

  jobs.define<Payload>(TAG_MANY, async (job) => {
    const { key, of, options } = job.payload;
    const ws = job.workspaceNo;
    const rule = 'audience' in of ? (await store.audience(ws, of.audience)).rule : of.rule;
    const people = await ask.membersOf(ws, rule);
    for (let i = 0; i < people.length; i += peopleAtOnce) {
      // A run that is cut off and begun again gives nobody the tag twice.
      await give.give(ws, people.slice(i, i + peopleAtOnce), key, { ...options, messageId: job.id });
      await job.progress({ done: Math.min(i + peopleAtOnce, people.length), total: people.length });
    }
    return { people: people.length };
  });
  jobs.define(INTEREST, (job) => interest.refresh(job.workspaceNo));

  return {
    start: async (ws: number, key: string, of: BulkOf, options: GiveOptions): Promise<{ id: string }> => {
      if ('audience' in of) await store.audience(ws, of.audience);
      else await ask.expand(ws, [of.rule]);
      // What does not fit is said now and not by the job.
      await give.give(ws, [], key, options);
      return jobs.start(ws, TAG_MANY, { key, of, options });
    },
    refreshSoon: (ws: number) => jobs.start(ws, INTEREST, {}, { key: 'refresh' }),
  };
}
