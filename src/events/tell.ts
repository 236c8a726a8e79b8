import { boundary, type Ch, type Clock, createPace, type Log, type Pg } from '../base/index.ts';
import { type IdentityCache, numberKey } from '../people/index.ts';
import { ErasedSince, type Privacy } from '../people/privacy/index.ts';
import { Added } from './activity.ts';
import { giveUp, landBatch, openBatch } from './batches.ts';
import { hashKey, type SeenMessages } from './dedupe.ts';
import type { LandedSlice } from './landed.ts';
import type { Incoming } from './message.ts';
import { readOwn } from './own.ts';
import { insertEach, insertMany, type Spoken } from './spoken.ts';

/** One of few things, said of many people at one instant. */
export interface Telling {
  timestamp: Date;
  words: readonly { event: string; properties: Record<string, unknown> }[];
  /** Of whom which of the words is said, and the id of that event. */
  told: readonly { messageId: string; personNo: number; word: number }[];
}

export interface ToldResult {
  accepted: number;
  duplicates: number;
  /** Of whom nothing is said any more. */
  erased: Set<number>;
}

export interface TellDeps {
  pg: Pg;
  ch: Ch;
  clock: Clock;
  log: Log;
  cache: Pick<IdentityCache, 'follow' | 'clear'>;
  seen: SeenMessages;
  landed(batch: number, slice: LandedSlice): void;
  privacy?: Pick<Privacy, 'hide' | 'batch'> | undefined;
  /** Between two batches of the writer. */
  act<T>(fn: () => Promise<T>): Promise<T>;
}

/** What other senders wait for at most: as much as they wait for a full batch. */
const atOnce = 20_000;
/** From so many on a statement of its own, which ClickHouse takes some milliseconds to understand, costs less than reading each event. */
const many = 500;

/**
 * Writes events that the program says of many people in the same words. They are events like all others: in a batch of their own, durable when it returns,
 * counted once by their ids, seen by consumers. But many are not made here one by one, for ClickHouse to read each (see spoken.ts).
 */
export function createTell(deps: TellDeps) {
  const { pg, ch, clock, seen, privacy } = deps;

  /** Of these, the ones that are not stored yet, each id once. */
  const fresh = async (ws: number, told: Telling['told']): Promise<Spoken[]> => {
    const ids = new Set<string>();
    const found: Spoken[] = [];
    const doubtful: Spoken[] = [];
    const pace = createPace();
    for (const [i, { messageId, personNo, word }] of told.entries()) {
      if (i % 64 === 0 && pace.due()) await pace.rest();
      if (ids.has(messageId)) continue;
      ids.add(messageId);
      const one = { messageId, person: personNo, word, key: hashKey(messageId), via: 0 };
      found.push(one);
      if (seen.maybe(ws, one.key)) doubtful.push(one);
    }
    if (doubtful.length === 0) return found;
    const stored = await seen.stored(ws, doubtful);
    return found.filter((one) => !stored.has(one.messageId));
  };

  const some = async (ws: number, words: readonly Incoming[], told: Telling['told'], result: ToldResult): Promise<void> => {
    const rows = await fresh(ws, told);
    const duplicates = told.length - rows.length;
    if (rows.length === 0) {
      result.duplicates += duplicates;
      return;
    }
    // From here on nothing carries a personal value in clear.
    const { items: hidden, secrets } = (await privacy?.hide(ws, words)) ?? { items: words, secrets: [] };
    const batch = await pg.tx(async (tx) => {
      await privacy?.batch.begin(tx);
      await privacy?.batch.store(tx, ws, secrets);
      return openBatch(tx, [ws], rows.length, clock.now());
    });
    privacy?.batch.stored(ws, secrets);
    boundary('events.identified');
    const slice = { people: new Set<number>(), names: new Set<string>() };
    const landed: LandedSlice = new Map([[ws, slice]]);
    try {
      const spoken: Spoken[] = [];
      const pace = createPace();
      for (const [i, one] of rows.entries()) {
        if (i % 64 === 0 && pace.due()) await pace.rest();
        const person = deps.cache.follow(one.person);
        if (privacy?.batch.isErased(person)) {
          result.erased.add(one.person);
          continue;
        }
        one.person = person;
        one.via = hashKey(numberKey(ws, person));
        spoken.push(one);
        slice.people.add(person);
        slice.names.add(words[one.word]!.event);
        seen.add(ws, one.key);
      }
      await (spoken.length < many ? insertEach : insertMany)(ch, { ws, batch, receivedMs: clock.ms(), words: hidden, spoken });
      boundary('events.written');
      // What is told of people is nothing that they did.
      await landBatch(pg, batch, new Added());
      result.accepted += spoken.length;
      result.duplicates += duplicates;
    } catch (error) {
      void giveUp(deps, batch, landed);
      throw error;
    }
    deps.landed(batch, landed);
    boundary('events.landed');
  };

  /** Somebody was erased since this process last looked: what is known now is true. */
  const again = async (work: () => Promise<void>): Promise<void> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof ErasedSince) || attempt === 4) throw error;
        deps.cache.clear();
      }
    }
  };

  return async (ws: number, { timestamp, words, told }: Telling): Promise<ToldResult> => {
    const result: ToldResult = { accepted: 0, duplicates: 0, erased: new Set() };
    const read = words.map((word): Incoming => {
      const item = readOwn({ ...word, messageId: '', timestamp, personNo: 0 });
      if ('reason' in item) throw new Error(`${item.field} ${item.reason}`);
      return item;
    });
    for (let i = 0; i < told.length; i += atOnce) await deps.act(() => again(() => some(ws, read, told.slice(i, i + atOnce), result)));
    return result;
  };
}
