import { type Clock, type Log, newId, type Pg } from '../base/index.ts';
import {
  type By,
  cacheKey,
  checkJoin,
  hindrances,
  type IdentityActs,
  type IdentityBooks,
  type IdentityCache,
  numberKey,
  planSplit,
  refuseJoin,
  releaseQuarantine,
  writeJoin,
  writePolicy,
  writeSplit,
} from '../people/index.ts';
import { hashKey } from './dedupe.ts';
import type { Merges } from './merged.ts';
import { recordMoves } from './moves.ts';
import { recordSplit } from './split-moves.ts';
import type { EventWriter } from './writer.ts';

interface Deps {
  pg: Pg;
  clock: Clock;
  log: Log;
  cache: IdentityCache;
  books: IdentityBooks;
  numbers: { take(): number; fill(atLeast: number): Promise<void> };
  writer: EventWriter;
  merges: Merges;
}

/** What people decide about identities by hand. Each is done between two batches of events, so that no event is half of the time before. */
export function createIdentityActs(deps: Deps): IdentityActs {
  const { pg, clock, cache, books, numbers, writer, merges } = deps;
  const by = (who: Pick<By, 'actor' | 'reason'>): By => ({ ...who, messageId: newId('hand', clock.ms()), at: clock.now() });
  /** Whoever asked reads the outcome next; should a room fail to follow, it is told again later. */
  const told = () =>
    merges.tell().catch((error: unknown) => deps.log.error({ err: error }, 'not all rooms have followed a decision about identities yet'));

  const split: IdentityActs['split'] = async (workspaceNo, from, identities, who, audit) => {
    const to = await writer.act(async () => {
      const plan = await planSplit(pg, workspaceNo, from, identities);
      await numbers.fill(1);
      const number = numbers.take();
      const vias = plan.leaving.map((identity) => hashKey(cacheKey(workspaceNo, identity)));
      const own = plan.former.map((no) => hashKey(numberKey(workspaceNo, no)));
      await pg.tx(async (tx) => {
        const done = await writeSplit(tx, workspaceNo, plan, number, by(who));
        merges.splitComes(done);
        await recordSplit(tx, workspaceNo, { id: done, from, to: number, vias: [...vias, ...own], olds: plan.former });
        await audit(tx, number, plan.leaving);
      });
      cache.split(plan.former, number);
      books.forget(workspaceNo);
      merges.hasSplit();
      return number;
    });
    await told();
    return to;
  };

  const merge: IdentityActs['merge'] = async (workspaceNo, to, from, { force, ...who }, audit) => {
    await writer.act(async () => {
      await checkJoin(pg, workspaceNo, to, from);
      const against = await hindrances(pg, workspaceNo, await books.of(workspaceNo), to, from);
      const hindered = against.apart || against.limits.length > 0;
      if (hindered && !force) throw refuseJoin(against);
      const moves = [{ from, to }];
      await merges.writing([{ workspaceNo, moves }], () =>
        pg.tx(async (tx) => {
          await writeJoin(tx, workspaceNo, from, to, { ...by(who), forced: hindered });
          await recordMoves(tx, workspaceNo, moves);
          await audit(tx, hindered);
        }),
      );
      cache.move(from, to);
      books.forget(workspaceNo);
    });
    await told();
  };

  return {
    split,
    merge,
    hindrances: async (workspaceNo, a, b) => hindrances(pg, workspaceNo, await books.of(workspaceNo), a, b),
    rules: async (workspaceNo) => (await books.of(workspaceNo)).rules,
    release: (workspaceNo, id, actor, audit) =>
      writer.act(async () => {
        await pg.tx(async (tx) => audit(tx, await releaseQuarantine(tx, workspaceNo, id, actor, clock.now())));
        // Where a weak identity points is not known any more.
        cache.split([], 0);
        books.forget(workspaceNo);
      }),
    setPolicy: (workspaceNo, settings, actor, audit) =>
      writer.act(async () => {
        await pg.tx(async (tx) => {
          await writePolicy(tx, workspaceNo, settings, actor, clock.now());
          await audit(tx);
        });
        books.forget(workspaceNo);
      }),
  };
}
