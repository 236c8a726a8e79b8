import { type Ch, type Clock, createPace, type Log, type Pg } from '../base/index.ts';
import { IdentityBooks, IdentityCache, numberSource } from '../people/index.ts';
import type { Privacy } from '../people/privacy/index.ts';
import { activityColumn } from './activity.ts';
import { pruneBatches, recoverBatches } from './batches.ts';
import { Consumer, type SliceHandler } from './consume.ts';
import { hashKey, SeenMessages } from './dedupe.ts';
import { createIdentityActs } from './identity-acts.ts';
import { LandedLog, type LandedSlice } from './landed.ts';
import { type MergeHandler, Merges, type SplitHandler } from './merged.ts';
import type { Incoming } from './message.ts';
import { MoveMap } from './moves.ts';
import { type OwnEvent, readOwn } from './own.ts';
import { type EventCursor, type EventFilter, eventsOfPerson } from './read.ts';
import { countOpen, recount } from './recount.ts';
import { refoldTraits } from './refold.ts';
import { type SealPlain, sealPlainEvents } from './seal-plain.ts';
import { settleMoves } from './settle-moves.ts';
import { createTell } from './tell.ts';
import { type Watch, watched } from './watched.ts';
import { EventWriter } from './writer.ts';

export interface WriteResult {
  accepted: number;
  duplicates: number;
  rejected: { index: number; field: string; reason: string }[];
}

export type Events = ReturnType<typeof build>;

export interface EventsDeps {
  pg: Pg;
  ch: Ch;
  clock: Clock;
  log: Log;
  /** Waits until queries begun before have ended; five seconds by default. */
  grace?: () => Promise<void>;
  /** Seals personal values on their way in. Rooms tested alone go without. */
  privacy?: Privacy;
  /** Who says what is not taken in, and counts what is sent again. */
  watch?: Watch;
}

/** Opens the events room: recovers what a crash left, learns which messages were counted. */
export async function createEvents(deps: EventsDeps) {
  const { pg, ch } = deps;
  await recoverBatches(pg, ch, deps.clock.now());
  const counted = await countOpen({ pg, ch });
  if (counted > 0) deps.log.info({ ranges: counted }, 'what people did was counted');
  const seen = new SeenMessages(ch);
  const moves = new MoveMap();
  await Promise.all([seen.load(), moves.load(pg)]);
  return build(deps, seen, moves);
}

function build(deps: EventsDeps, seen: SeenMessages, moves: MoveMap) {
  const { pg, ch, clock, log } = deps;
  const landed = new LandedLog(ch);
  const consumers: Consumer[] = [];
  const books = new IdentityBooks(pg);
  const cache = new IdentityCache();
  const numbers = numberSource(pg);
  const merges: Merges = new Merges({
    pg,
    log,
    moves,
    write: (workspaceNo, items) => writer.write(workspaceNo, items),
    refold: async (workspaceNo, people) => {
      await recount({ pg, ch }, workspaceNo, people);
      await writer.act(() => refoldTraits({ ch, pg }, workspaceNo, people, (now) => moves.source(workspaceNo, now)));
    },
  });
  let running = false;
  const writing = {
    ...{ pg, ch, clock, log, cache, seen, privacy: deps.privacy },
    landed: (batch: number, slice: LandedSlice) => {
      landed.add(batch, slice);
      if (running) for (const consumer of consumers) consumer.wake();
    },
  };
  const writer: EventWriter = new EventWriter({ ...writing, books, numbers, merges });
  consumers.push(new Consumer('merges', () => merges.tell(), { pg, log, landed, busy: () => false }));
  const grace = deps.grace ?? (() => new Promise<void>((resolve) => setTimeout(resolve, 5_000).unref()));
  let timer: NodeJS.Timeout | undefined;
  let settling: Promise<unknown> = Promise.resolve();
  /** One after another: two at once would copy the same rows. */
  const settle = (): Promise<number> => {
    const done = settling.then(() => settleMoves({ pg, ch, moves, grace, hidden: merges }));
    settling = done.catch(() => {});
    return done;
  };

  const writeIncoming = watched((workspaceNo, items) => writer.write(workspaceNo, items), clock, deps.watch);
  return {
    /** Of these messages, those that are stored. */
    known: (workspaceNo: number, messageIds: readonly string[]): Promise<Set<string>> => {
      const asked = messageIds.map((messageId) => ({ key: hashKey(messageId), messageId }));
      return seen.stored(
        workspaceNo,
        asked.filter((m) => seen.maybe(workspaceNo, m.key)),
      );
    },
    /** SQL text of the relation that everyone reads events from; see MoveMap.source. */
    source: (workspaceNo: number, people?: Iterable<number>, more?: readonly string[]) => moves.source(workspaceNo, people, more),
    /** Messages that passed a door; durable when it returns. */
    writeIncoming,
    /** Events of the program itself, de-duplicated by messageId; durable when it returns. */
    write: async (workspaceNo: number, own: readonly OwnEvent[]): Promise<WriteResult> => {
      const result: WriteResult = { accepted: 0, duplicates: 0, rejected: [] };
      const items: Incoming[] = [];
      const places: number[] = [];
      const { rules } = await books.of(workspaceNo);
      const pace = createPace();
      for (const [index, one] of own.entries()) {
        const read = readOwn(one, rules);
        if ('reason' in read) result.rejected.push({ index, ...read });
        else {
          items.push(read);
          places.push(index);
        }
        if (pace.due()) await pace.rest();
      }
      const outcomes = await writeIncoming(workspaceNo, items);
      outcomes.forEach((outcome, i) => {
        if (outcome === 'accepted') result.accepted += 1;
        else if (outcome === 'duplicate') result.duplicates += 1;
        else result.rejected.push({ index: places[i]!, ...outcome });
      });
      return result;
    },
    /** The same for few words said of many people: far cheaper for each of them. */
    tell: createTell({ ...writing, act: (fn) => writer.act(fn) }),
    /**
     * Registers a consumer of landed events: in order, at least once, progress kept. The handler must be idempotent.
     * `steady`: no merge comes in the middle of a slice, for who keeps where people stand; such a handler must be quick.
     */
    consume: (name: string, handler: SliceHandler, options: { steady?: boolean } = {}) => {
      const handle: SliceHandler = async (slice) => {
        // A merge is told before the events that came with it or after it: those are the survivor's.
        if (options.steady) return merges.work(() => handler(slice));
        await merges.follow();
        await handler(slice);
      };
      consumers.push(new Consumer(name, handle, { pg, log, landed, busy: () => writer.busy }));
    },
    /**
     * Registers who must follow when two people become one: in the same step in which readers learn of it, or (`derives`) after it,
     * for a room that has only to work something out again.
     */
    onMerge: (handler: MergeHandler, options: { derives?: boolean } = {}) => {
      (options.derives ? merges.deriving : merges.following).push(handler);
    },
    /** Registers who must follow when some identities of a person become another person, with their events; as for merges. */
    onSplit: (handler: SplitHandler, options: { derives?: boolean } = {}) => {
      (options.derives ? merges.derivingSplits : merges.followingSplits).push(handler);
    },
    /** What people decide about identities by hand. */
    identity: createIdentityActs({ pg, clock, log, cache, books, numbers, writer, merges }),
    /** The identity policy of a workspace. */
    identityRules: async (workspaceNo: number) => (await books.of(workspaceNo)).rules,
    /** Runs work that takes people by their numbers and reads their events: no merge comes in between. */
    steady: <T>(work: () => Promise<T>): Promise<T> => merges.work(work),
    /** Whether events wait to be written. */
    busy: () => writer.busy,
    ofPerson: (workspaceNo: number, person: number, options: EventFilter & { before?: EventCursor | undefined; limit: number }) =>
      eventsOfPerson(ch, moves.source(workspaceNo, [person]), options),
    /** What people did, for look-ups. */
    activity: activityColumn,
    /** Batches landed but not yet consumed, by consumer. */
    lag: async (): Promise<Record<string, number>> => {
      const [top] = await pg.query<{ id: number | null }>("SELECT max(id) AS id FROM event_batches WHERE state <> 'writing'");
      return Object.fromEntries(consumers.map((c) => [c.name, Math.max(0, (top?.id ?? 0) - c.through)]));
    },
    /** Begins to run consumers and the upkeep of merged people's events. */
    start: (options: { poll?: number } = {}) => {
      running = true;
      merges.start();
      for (const consumer of consumers) consumer.wake();
      let beats = 0;
      timer = setInterval(() => {
        beats += 1;
        if (options.poll) for (const consumer of consumers) consumer.wake();
        // First soon after the start: what the process before had begun is brought to its end.
        if (beats % 30 !== 1) return;
        settle()
          .then(() => pruneBatches(pg))
          .catch((error: unknown) => log.error({ err: error }, 'upkeep of events failed'));
      }, options.poll ?? 1_000).unref();
    },
    /** Re-writes merged people's events under the one who stays; see settleMoves. */
    settle,
    /** The last batch that was begun; what is personal from now on is sealed in all that follow. */
    lastBatch: (): Promise<number> =>
      writer.act(async () => Number((await pg.query<{ n: number }>('SELECT last_value AS n FROM event_batches_id_seq'))[0]!.n)),
    /** Seals what stands in clear in events of a workspace; nothing else is re-written meanwhile. */
    sealPlain: (workspaceNo: number, run: SealPlain): Promise<void> => {
      const { privacy } = deps;
      if (!privacy) return Promise.resolve();
      const again = () => settleMoves({ pg, ch, moves, grace, hidden: merges });
      const done = settling.then(() => sealPlainEvents({ pg, ch, privacy, settle: again }, workspaceNo, run));
      settling = done.catch(() => {});
      return done;
    },
    /** Waits until all that was written has landed and every consumer has caught up, also with what they wrote. */
    flush: async () => {
      for (;;) {
        await writer.idle();
        const before = consumers.map((c) => c.through).join();
        for (const consumer of consumers) await consumer.drain();
        if (before === consumers.map((c) => c.through).join()) return;
      }
    },
    stop: async () => {
      running = false;
      clearInterval(timer);
      await writer.idle();
      for (const consumer of consumers) await consumer.stop();
      await settling;
    },
  };
}
