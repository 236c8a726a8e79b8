import { boundary, type Ch, type Clock, createPace, type Log, type Pg, problem } from '../base/index.ts';
import { type IdentityBooks, type IdentityCache, numberKey, type Resolved, resolveBatch } from '../people/index.ts';
import { ErasedSince, type Privacy, type Secret } from '../people/privacy/index.ts';
import { Added } from './activity.ts';
import { addedBy, giveUp, landBatch, openBatch } from './batches.ts';
import { claimOf, mergedEvent } from './claims.ts';
import { hashKey, type SeenMessages } from './dedupe.ts';
import { insertRows } from './insert.ts';
import type { LandedSlice } from './landed.ts';
import type { Merges } from './merged.ts';
import type { Incoming } from './message.ts';
import { recordMoves } from './moves.ts';
import { Rows } from './rows.ts';

export type Outcome = 'accepted' | 'duplicate' | { field: string; reason: string };

export interface WriterDeps {
  pg: Pg;
  ch: Ch;
  clock: Clock;
  log: Log;
  cache: IdentityCache;
  books: IdentityBooks;
  numbers: { take(): number; fill(atLeast: number): Promise<void> };
  seen: SeenMessages;
  landed(batch: number, slice: LandedSlice): void;
  /** Without it (rooms tested alone) nothing is sealed and nobody was erased. */
  privacy?: Pick<Privacy, 'hide' | 'batch'> | undefined;
  /** In whose hands merges are written, so that readers learn of them with the rooms. */
  merges: Pick<Merges, 'writing'>;
}

interface Request {
  workspaceNo: number;
  items: readonly Incoming[];
  outcomes: Outcome[];
  resolve(outcomes: Outcome[]): void;
  reject(error: unknown): void;
}

interface Prepared {
  batch: number;
  requests: Request[];
  /** The events as text, and beside each line whose it is. */
  rows: Rows;
  lines: { request: Request; index: number; flight: string }[];
  slice: LandedSlice;
  added: Added;
  /** Earlier batches that hold a message which this one repeats: acknowledged only with them. */
  after: Set<Promise<void>>;
}

const rowsMost = 8_000;
/** While a batch is stored the next is prepared once so many events wait for it: the smaller ClickHouse's parts, the dearer each event. */
const worthPreparing = 2_000;
const waitingMost = 200_000;
const hiddenAtOnce = 500;

/**
 * The only writer of events. What arrives while a batch is under way forms the next batch, so under load batches grow
 * and nobody waits for a timer. A batch passes: de-duplicate → who is it → PostgreSQL (identities, batch row 'writing')
 * → ClickHouse (durable, once per batch) → 'landed' → acknowledged.
 */
export class EventWriter {
  readonly #deps: WriterDeps;
  readonly #queue: Request[] = [];
  readonly #acts: (() => Promise<void>)[] = [];
  readonly #inFlight = new Map<string, Promise<void>>();
  #waiting = 0;
  /** Events in the queue, and who waits for enough of them. */
  #queued = 0;
  #enough: (() => void) | undefined;
  #running: Promise<void> | undefined;
  #storing: Promise<void> = Promise.resolve();

  constructor(deps: WriterDeps) {
    this.#deps = deps;
  }

  /** Whether events wait to be written: background work gives way meanwhile. */
  get busy(): boolean {
    return this.#waiting > 0;
  }

  /** Writes events; returns when each is durable (or was before). The order of outcomes is that of the items. */
  write(workspaceNo: number, items: readonly Incoming[]): Promise<Outcome[]> {
    if (items.length === 0) return Promise.resolve([]);
    if (this.#waiting + items.length > waitingMost && this.#waiting > 0) {
      return Promise.reject(
        problem(503, 'Too many events wait to be written', { detail: 'Nothing was acknowledged; send again in a few seconds.' }),
      );
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ workspaceNo, items, outcomes: new Array<Outcome>(items.length), resolve, reject });
      this.#waiting += items.length;
      this.#queued += items.length;
      if (this.#queued >= worthPreparing) this.#enough?.();
      this.#start();
    });
  }

  /** Does something between two batches: all that was resolved before is stored, and nothing is resolved meanwhile. It must not wait for `write`. */
  act<T>(fn: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#acts.push(() => fn().then(resolve, reject));
      this.#start();
    });
  }

  #start(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      // What was queued between the end of the run and here would otherwise wait for the next write.
      if (this.#queue.length + this.#acts.length > 0) this.#start();
    });
  }

  /** Returns when nothing is left to write. */
  async idle(): Promise<void> {
    while (this.#running || this.#waiting > 0) {
      await this.#running;
      await this.#storing;
    }
    await this.#storing;
  }

  async #run(): Promise<void> {
    // Requests of the same turn of the event loop share a batch.
    await new Promise((resolve) => setImmediate(resolve));
    for (;;) {
      if (this.#queued < worthPreparing) {
        await Promise.race([
          this.#storing,
          new Promise<void>((resolve) => {
            this.#enough = resolve;
          }),
        ]);
        this.#enough = undefined;
      }
      if (this.#acts.length > 0) {
        await this.#storing;
        for (let act = this.#acts.shift(); act; act = this.#acts.shift()) await act();
      }
      if (this.#queue.length === 0) return;
      const requests = this.#take();
      try {
        const prepared = await this.#prepare(requests);
        const before = this.#storing;
        this.#storing = before.then(() => this.#store(prepared));
        // One batch is stored while the next is prepared, and no more: what arrives meanwhile joins the one after.
        await before;
      } catch (error) {
        this.#fail(requests, error);
      }
    }
  }

  #take(): Request[] {
    const taken: Request[] = [];
    let rows = 0;
    while (this.#queue.length > 0 && (taken.length === 0 || rows + this.#queue[0]!.items.length <= rowsMost)) {
      const request = this.#queue.shift()!;
      rows += request.items.length;
      taken.push(request);
    }
    this.#queued -= rows;
    return taken;
  }

  #fail(requests: Request[], error: unknown): void {
    for (const request of requests) {
      this.#waiting -= request.items.length;
      request.reject(error);
    }
  }

  async #prepare(requests: Request[]): Promise<Prepared> {
    const { pg, clock, cache, numbers, books, privacy } = this.#deps;
    const after = new Set<Promise<void>>();
    const fresh = await this.#withoutDuplicates(requests, after);
    for (let attempt = 1; ; attempt++) {
      const parts: Part[] = [];
      try {
        for (const [workspaceNo, list] of Map.groupBy(fresh, (f) => f.request.workspaceNo)) {
          // From here on nothing carries a personal value in clear.
          const { items, secrets } = await this.#hidden(workspaceNo, list);
          const claims = items.map((item) => claimOf(workspaceNo, item));
          parts.push({
            workspaceNo,
            list,
            items,
            secrets,
            resolved: await resolveBatch({ pg, cache, numbers, books }, workspaceNo, claims),
          });
        }
        const merges = parts.map(({ workspaceNo, resolved }) => ({ workspaceNo, moves: resolved.merges }));
        const batch =
          fresh.length === 0
            ? 0
            : await this.#deps.merges.writing(merges, () =>
                pg.tx(async (tx) => {
                  await privacy?.batch.begin(tx);
                  for (const { workspaceNo, resolved, secrets } of parts) {
                    await privacy?.batch.store(tx, workspaceNo, secrets);
                    await resolved.commit(tx);
                    await recordMoves(tx, workspaceNo, resolved.merges);
                  }
                  return openBatch(
                    tx,
                    parts.map((p) => p.workspaceNo),
                    fresh.length,
                    clock.now(),
                  );
                }),
              );
        for (const { workspaceNo, resolved, secrets } of parts) {
          privacy?.batch.stored(workspaceNo, secrets);
          resolved.done();
        }
        boundary('events.identified');
        return await this.#encode(batch, requests, parts, after);
      } catch (error) {
        for (const { resolved } of parts) resolved.undo();
        // Another process attached the same identity first, or somebody was erased: what is known now is true, so match again.
        const again = (error as { code?: string }).code === '23505' || error instanceof ErasedSince;
        if (!again || attempt === 4) throw error;
      }
    }
  }

  async #withoutDuplicates(requests: Request[], after: Set<Promise<void>>): Promise<Fresh[]> {
    const { seen } = this.#deps;
    const fresh: Fresh[] = [];
    const doubtful: Fresh[] = [];
    const here = new Set<string>();
    const pace = createPace();
    for (const request of requests) {
      if (pace.due()) await pace.rest();
      for (let index = 0; index < request.items.length; index++) {
        const item = request.items[index]!;
        const flight = `${request.workspaceNo}|${item.messageId}`;
        const flying = this.#inFlight.get(flight);
        if (here.has(flight) || flying) {
          request.outcomes[index] = 'duplicate';
          if (flying) after.add(flying);
          continue;
        }
        here.add(flight);
        const one: Fresh = { request, index, item, flight, key: hashKey(item.messageId) };
        (seen.maybe(request.workspaceNo, one.key) ? doubtful : fresh).push(one);
      }
    }
    for (const [workspaceNo, list] of Map.groupBy(doubtful, (d) => d.request.workspaceNo)) {
      const stored = await seen.stored(
        workspaceNo,
        list.map((d) => ({ key: d.key, messageId: d.item.messageId })),
      );
      for (const one of list) {
        if (stored.has(one.item.messageId)) one.request.outcomes[one.index] = 'duplicate';
        else fresh.push(one);
      }
    }
    return fresh;
  }

  async #hidden(workspaceNo: number, list: readonly Fresh[]): Promise<{ items: Incoming[]; secrets: Secret[] }> {
    const { privacy } = this.#deps;
    const given = list.map((f) => f.item);
    if (!privacy) return { items: given, secrets: [] };
    const hidden: { items: Incoming[]; secrets: Secret[] } = { items: [], secrets: [] };
    const pace = createPace();
    for (let i = 0; i < given.length; i += hiddenAtOnce) {
      const { items, secrets } = await privacy.hide(workspaceNo, given.slice(i, i + hiddenAtOnce));
      hidden.items.push(...items);
      hidden.secrets.push(...secrets);
      if (pace.due()) await pace.rest();
    }
    return hidden;
  }

  async #encode(batch: number, requests: Request[], parts: Part[], after: Set<Promise<void>>): Promise<Prepared> {
    const pace = createPace();
    const receivedMs = this.#deps.clock.ms();
    const prepared: Prepared = {
      batch,
      requests,
      rows: new Rows(parts.reduce((sum, p) => sum + p.list.length, 0)),
      lines: [],
      slice: new Map(),
      added: new Added(),
      after,
    };
    for (const { workspaceNo, list, items, resolved } of parts) {
      const people = new Set<number>();
      const names = new Set<string>();
      const push = (item: Incoming, person: number, via: string, key: number, request: Request, index: number, flight: string) => {
        prepared.rows.add(workspaceNo, person, hashKey(via), batch, key, receivedMs, item);
        prepared.lines.push({ request, index, flight });
        prepared.added.add(workspaceNo, person, item);
        people.add(person);
        names.add(item.event);
        if (item.type !== 'track') names.add(`type:${item.type}`);
        this.#deps.seen.add(workspaceNo, key);
      };
      for (const [i, one] of list.entries()) {
        if (i % 64 === 0 && pace.due()) await pace.rest();
        const person = resolved.people[i]!;
        if (person === 0)
          one.request.outcomes[one.index] = {
            field: 'previousId',
            reason: 'belongs to somebody else: joining the two would break an identity limit',
          };
        else if (this.#deps.privacy?.batch.isErased(person)) one.request.outcomes[one.index] = { field: 'personNo', reason: 'was erased' };
        else push(items[i]!, person, resolved.via[i]!, one.key, one.request, one.index, one.flight);
      }
      for (const merge of resolved.merges) {
        const item = mergedEvent(merge);
        push(item, merge.to, numberKey(workspaceNo, merge.to), hashKey(item.messageId), list[0]!.request, -1, '');
      }
      prepared.slice.set(workspaceNo, { people, names });
    }
    return prepared;
  }

  async #store(prepared: Prepared): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    promise.catch(() => {});
    for (const { flight } of prepared.lines) this.#inFlight.set(flight, promise);
    try {
      await Promise.all(prepared.after);
      let { added } = prepared;
      if (prepared.rows.length > 0) {
        const refused = await insertRows(this.#deps.ch, prepared.batch, prepared.rows);
        for (const { index, reason } of refused) {
          const line = prepared.lines[index]!;
          if (line.index >= 0) line.request.outcomes[line.index] = { field: 'properties', reason };
        }
        if (refused.length > 0) added = await addedBy(this.#deps.ch, prepared.batch);
      }
      boundary('events.written');
      if (prepared.batch > 0) {
        await landBatch(this.#deps.pg, prepared.batch, added);
        this.#deps.landed(prepared.batch, prepared.slice);
      }
      boundary('events.landed');
      for (const request of prepared.requests) {
        this.#waiting -= request.items.length;
        for (let i = 0; i < request.outcomes.length; i++) request.outcomes[i] ??= 'accepted';
        request.resolve(request.outcomes);
      }
      resolve();
    } catch (error) {
      this.#fail(prepared.requests, error);
      reject(error);
      if (prepared.batch > 0) void giveUp(this.#deps, prepared.batch, prepared.slice);
    } finally {
      for (const { flight } of prepared.lines) this.#inFlight.delete(flight);
    }
  }
}

/** What a batch holds of one workspace. */
interface Part {
  workspaceNo: number;
  list: Fresh[];
  /** The messages of `list` as they are kept. */
  items: readonly Incoming[];
  secrets: readonly Secret[];
  resolved: Resolved;
}

interface Fresh {
  request: Request;
  index: number;
  item: Incoming;
  flight: string;
  key: number;
}
