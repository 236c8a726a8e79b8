import { boundary, type Log, type Pg } from '../base/index.ts';
import type { Identity } from '../people/index.ts';
import { mergedEvent, splitEvents } from './claims.ts';
import type { Incoming } from './message.ts';
import type { Hidden, MoveMap } from './moves.ts';
import type { Split } from './split.ts';
import { type SplitPart, splitMove } from './split-moves.ts';
import { Steady } from './steady.ts';

export type MergeHandler = (workspaceNo: number, moves: readonly { from: number; to: number }[]) => Promise<void>;

export type SplitHandler = (workspaceNo: number, split: Split) => Promise<void>;

interface Row {
  id: number;
  workspace_no: number;
  from_no: number;
  to_no: number;
  at: Date;
  message_id: string;
  actor: { kind: string; id: string } | null;
  reason: string | null;
  /** Of a split alone. */
  identities: Identity[] | null;
  former: number[] | null;
  through_batch: number | null;
  parts: SplitPart[] | null;
}

export interface ChangesDeps {
  pg: Pg;
  log: Log;
  moves: MoveMap;
  /** Events of the program itself, of a batch of their own. */
  write(workspaceNo: number, items: readonly Incoming[]): Promise<unknown>;
  /** Works out again what is known of people from their events alone. */
  refold(workspaceNo: number, people: readonly number[]): Promise<void>;
}

/**
 * Tells readers and rooms that two people became one, or one two, in the order in which it happened. In one step, while nobody works with the numbers
 * of people: readers see the events under the right one, and the rooms where a person stands somewhere follow. After it: rooms that only derive.
 * Each is told until it has been; handlers are idempotent.
 */
export class Merges implements Hidden {
  readonly steady = new Steady();
  readonly following: MergeHandler[] = [];
  readonly deriving: MergeHandler[] = [];
  readonly followingSplits: SplitHandler[] = [];
  readonly derivingSplits: SplitHandler[] = [];
  readonly #deps: ChangesDeps;
  /** Those who followed already, while the deriving rooms have still to be told. */
  readonly #followed = new Set<number>();
  readonly #hidden = new Set<string>();
  readonly #hiddenSplits = new Set<number>();
  #fresh = true;
  #started = false;
  /** Readers know of a change that a room could not follow. */
  #halfway = false;

  constructor(deps: ChangesDeps) {
    this.#deps = deps;
  }

  /** Begins: from here on readers learn of merges together with the rooms. What is untold from before stands before all work that begins later. */
  start(): void {
    this.#started = true;
    const begun = this.follow().then(() => this.tell());
    begun.catch((error: unknown) => this.#deps.log.error({ err: error }, 'merges could not be told; they are tried again'));
  }

  /**
   * Writes merges. They are hidden before: once written, whoever follows may be quicker than the one who wrote them, and what is hidden after
   * it has been followed stays hidden for good.
   */
  async writing<T>(
    merges: readonly { workspaceNo: number; moves: readonly { from: number; to: number }[] }[],
    write: () => Promise<T>,
  ): Promise<T> {
    if (this.#started)
      for (const { workspaceNo, moves } of merges) for (const { from } of moves) this.#hidden.add(`${workspaceNo}|${from}`);
    let written: T;
    try {
      written = await write();
    } catch (error) {
      for (const { workspaceNo, moves } of merges) this.#show(workspaceNo, moves);
      throw error;
    }
    if (merges.some(({ moves }) => moves.length > 0)) this.#fresh = true;
    // Where nobody tells the rooms, readers see it at once.
    if (!this.#started) for (const { workspaceNo, moves } of merges) this.#deps.moves.add(workspaceNo, moves);
    return written;
  }

  #show(workspaceNo: number, moves: readonly { from: number }[]): void {
    for (const { from } of moves) this.#hidden.delete(`${workspaceNo}|${from}`);
  }

  /** A person is about to be split: said inside the transaction that writes it, for the same reason. */
  splitComes(id: number): void {
    this.#hiddenSplits.add(id);
  }

  /** A person has been split. Readers learn of it with the rooms. */
  hasSplit(): void {
    this.#fresh = true;
  }

  merge(workspaceNo: number, from: number): boolean {
    return this.#hidden.has(`${workspaceNo}|${from}`);
  }

  split(id: number): boolean {
    return this.#hiddenSplits.has(id);
  }

  /** The quick part; afterwards everything that was written before this call has the survivor's number for all. */
  async follow(): Promise<void> {
    if (!this.#fresh) return;
    await this.steady.change(async () => {
      this.#fresh = false;
      try {
        for (let rows = await this.#pending(); rows.length > 0; rows = await this.#pending()) {
          for (const list of inOrder(rows)) await this.#followOne(list);
        }
        this.#halfway = false;
      } catch (error) {
        this.#fresh = true;
        throw error;
      }
    });
  }

  /** Work with the numbers of people: whoever happened to wait while a room failed to follow does not begin before it has. */
  async work<T>(fn: () => Promise<T>): Promise<T> {
    for (;;) {
      await this.follow();
      const done = await this.steady.work(async () => (this.#halfway ? undefined : { value: await fn() }));
      if (done) return done.value;
    }
  }

  async #followOne(list: Row[]): Promise<void> {
    const [{ workspace_no: workspaceNo }] = list as [Row];
    this.#halfway = true;
    const split = splitOf(list[0]!);
    if (split) {
      const { id, to_no, through_batch, parts } = list[0]!;
      this.#deps.moves.addSplit(workspaceNo, splitMove({ id, to_no, through_batch: through_batch!, parts: parts! }));
      this.#hiddenSplits.delete(id);
      for (const handler of this.followingSplits) await handler(workspaceNo, split);
    } else {
      const moves = movesOf(list);
      this.#deps.moves.add(workspaceNo, moves);
      // Readers know of it from here on: the moves may be loaded anew while the rooms follow, and must not be without it then.
      this.#show(workspaceNo, moves);
      for (const handler of this.following) await handler(workspaceNo, moves);
    }
    for (const { id } of list) this.#followed.add(id);
  }

  /** All of it, also for what another process wrote. */
  async tell(): Promise<void> {
    this.#fresh ||= (await this.#pending()).length > 0;
    await this.follow();
    while (this.#followed.size > 0) {
      const followed = [...this.#followed].sort((a, b) => a - b).slice(0, 5_000);
      const rows = await this.#untold('id = ANY($1)', followed);
      for (const list of inOrder(rows)) await this.#tellOne(list);
      // What another teller was quicker with.
      for (const id of followed) this.#followed.delete(id);
    }
  }

  async #tellOne(list: Row[]): Promise<void> {
    const { pg, refold, write } = this.#deps;
    const [{ workspace_no: workspaceNo }] = list as [Row];
    const split = splitOf(list[0]!);
    if (split) {
      await refold(workspaceNo, [split.from, split.to]);
      for (const handler of this.derivingSplits) await handler(workspaceNo, split);
    } else for (const handler of this.deriving) await handler(workspaceNo, movesOf(list));
    // Merges that a message caused are told with that message.
    const told = list.filter((row) => row.actor !== null).flatMap((row) => eventsOf(row, split));
    if (told.length > 0) await write(workspaceNo, told);
    boundary(split ? 'events.splits.announced' : 'events.merges.announced');
    const table = split ? 'person_splits' : 'person_merges';
    await pg.query(`UPDATE ${table} SET announced = true WHERE id = ANY($1)`, [list.map((r) => r.id)]);
  }

  #pending(): Promise<Row[]> {
    return this.#untold('id <> ALL($1)', [...this.#followed]);
  }

  #untold(which: string, ids: number[]): Promise<Row[]> {
    return this.#deps.pg.query<Row>(
      `SELECT * FROM (
         (SELECT id, workspace_no, from_no, to_no, at, message_id, actor, reason, NULL::jsonb AS identities, NULL::json AS former,
            NULL::bigint AS through_batch, NULL::jsonb AS parts FROM person_merges WHERE NOT announced AND ${which} ORDER BY id LIMIT 5000)
         UNION ALL
         (SELECT id, p.workspace_no, from_no, p.to_no, at, message_id, actor, reason, identities, to_json(former), through_batch, parts
            FROM person_splits p JOIN split_moves s USING (id) WHERE NOT announced AND ${which} ORDER BY id LIMIT 5000)
       ) changes ORDER BY id LIMIT 5000`,
      [ids],
    );
  }
}

function eventsOf(row: Row, split: Split | undefined): Incoming[] {
  const more = { actor: row.actor!.id, ...(row.reason ? { reason: row.reason } : {}) };
  if (split) return splitEvents(split, more);
  return [mergedEvent({ from: row.from_no, to: row.to_no, messageId: row.message_id, atMs: row.at.getTime() }, more)];
}

const movesOf = (list: readonly Row[]) => list.map((m) => ({ from: m.from_no, to: m.to_no }));

const splitOf = (row: Row): Split | undefined =>
  row.identities
    ? { id: row.id, from: row.from_no, to: row.to_no, former: row.former!, identities: row.identities, at: row.at }
    : undefined;

/** Of each workspace in order: merges that follow each other together, each split alone. */
function inOrder(rows: readonly Row[]): Row[][] {
  const lists: Row[][] = [];
  for (const of of Map.groupBy(rows, (r) => r.workspace_no).values()) {
    let open: Row[] | undefined;
    for (const row of of) {
      if (row.identities || !open) lists.push([row]);
      else open.push(row);
      open = row.identities ? undefined : lists.at(-1);
    }
  }
  return lists;
}
