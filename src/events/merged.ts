import { boundary, type Log, type Pg } from '../base/index.ts';
import type { MoveMap } from './moves.ts';
import { Steady } from './steady.ts';

export type MergeHandler = (workspaceNo: number, moves: readonly { from: number; to: number }[]) => Promise<void>;

interface Row {
  id: number;
  workspace_no: number;
  from_no: number;
  to_no: number;
}

/**
 * Tells readers and rooms that two people became one. In one step, while nobody works with the numbers of people: readers see the events under the one
 * who stays, and the rooms where a person stands somewhere follow. After it: rooms that only derive. Each is told until it has been; handlers are idempotent.
 */
export class Merges {
  readonly steady = new Steady();
  readonly following: MergeHandler[] = [];
  readonly deriving: MergeHandler[] = [];
  readonly #deps: { pg: Pg; log: Log; moves: MoveMap };
  /** Those who followed already, while the deriving rooms have still to be told. */
  readonly #followed = new Set<number>();
  readonly #hidden = new Set<string>();
  #fresh = true;
  #started = false;

  constructor(deps: { pg: Pg; log: Log; moves: MoveMap }) {
    this.#deps = deps;
  }

  /** Begins: from here on readers learn of merges together with the rooms. What is untold from before stands before all work that begins later. */
  start(): void {
    this.#started = true;
    const begun = this.follow().then(() => this.tell());
    begun.catch((error: unknown) => this.#deps.log.error({ err: error }, 'merges could not be told; they are tried again'));
  }

  /** The writer has merged people. */
  happened(workspaceNo: number, list: readonly { from: number; to: number }[]): void {
    this.#fresh = true;
    // Where nobody tells the rooms, readers see it at once.
    if (!this.#started) this.#deps.moves.add(workspaceNo, list);
    else for (const { from } of list) this.#hidden.add(`${workspaceNo}|${from}`);
  }

  /** Whether readers must not see a merge yet. */
  hides(workspaceNo: number, from: number): boolean {
    return this.#hidden.has(`${workspaceNo}|${from}`);
  }

  /** The quick part; afterwards everything that was written before this call has the survivor's number for all. */
  async follow(): Promise<void> {
    if (!this.#fresh) return;
    await this.steady.change(async () => {
      this.#fresh = false;
      try {
        for (let rows = await this.#pending(); rows.length > 0; rows = await this.#pending()) {
          for (const [workspaceNo, list] of Map.groupBy(rows, (r) => r.workspace_no)) {
            const moves = movesOf(list);
            this.#deps.moves.add(workspaceNo, moves);
            for (const handler of this.following) await handler(workspaceNo, moves);
            for (const { id, from_no } of list) {
              this.#followed.add(id);
              this.#hidden.delete(`${workspaceNo}|${from_no}`);
            }
          }
        }
      } catch (error) {
        this.#fresh = true;
        throw error;
      }
    });
  }

  /** All of it, also for merges that another process wrote. */
  async tell(): Promise<void> {
    const { pg } = this.#deps;
    this.#fresh ||= (await this.#pending()).length > 0;
    await this.follow();
    while (this.#followed.size > 0) {
      const rows = await pg.query<Row>(
        'SELECT id, workspace_no, from_no, to_no FROM person_merges WHERE NOT announced AND id = ANY($1) ORDER BY id',
        [[...this.#followed].slice(0, 5_000)],
      );
      for (const [workspaceNo, list] of Map.groupBy(rows, (r) => r.workspace_no)) {
        for (const handler of this.deriving) await handler(workspaceNo, movesOf(list));
      }
      boundary('events.merges.announced');
      const ids = rows.map((r) => r.id);
      await pg.query('UPDATE person_merges SET announced = true WHERE id = ANY($1)', [ids]);
      for (const id of ids) this.#followed.delete(id);
      if (rows.length === 0) return;
    }
  }

  #pending(): Promise<Row[]> {
    return this.#deps.pg.query<Row>(
      'SELECT id, workspace_no, from_no, to_no FROM person_merges WHERE NOT announced AND id <> ALL($1) ORDER BY id LIMIT 5000',
      [[...this.#followed]],
    );
  }
}

const movesOf = (list: readonly Row[]) => list.map((m) => ({ from: m.from_no, to: m.to_no }));
