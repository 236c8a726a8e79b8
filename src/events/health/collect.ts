import { boundary, type Ch, type Pg } from '../../base/index.ts';
import { landedAfter } from '../batches.ts';
import { countRange, type NobodyOf, type Source } from './count.ts';
import { flushDoors } from './refused/store.ts';
import type { Tally } from './tally.ts';

export interface CollectDeps {
  pg: Pg;
  ch: Ch;
  source: Source;
  nobodyOf: NobodyOf;
  tally: Tally;
}

const rowsMost = 250_000;
const name = 'health';

/**
 * Counts what has landed since the last time; nothing is read twice. A range is noted before it is counted and the inserts carry it as their
 * key, so a run that was killed is done again over the very same range and counts once. The row among the consumers keeps batches from being
 * forgotten before they were counted.
 */
export class Collector {
  readonly #deps: CollectDeps;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(deps: CollectDeps) {
    this.#deps = deps;
  }

  /** Everything that has landed by now is counted when it returns. Who asks while one run is under way shares the next. */
  run(): Promise<void> {
    if (!this.#running) {
      this.#running = this.#once().finally(() => {
        this.#running = undefined;
      });
      return this.#running;
    }
    this.#next ??= this.#running
      .catch(() => {})
      .then(() => {
        this.#next = undefined;
        return this.run();
      });
    return this.#next;
  }

  /** The same, for somebody who waits no longer than this for the latest. */
  async soon(patienceMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, patienceMs);
    });
    const run = this.run();
    run.catch(() => {});
    await Promise.race([run, enough]);
    clearTimeout(timer);
  }

  async #once(): Promise<void> {
    while (await this.#step()) {
      // One range after another.
    }
    await this.doors();
  }

  async #step(): Promise<boolean> {
    const { pg, ch } = this.#deps;
    const { through: after, pending } = await this.#progress();
    const through = pending ?? (await this.#reach(after));
    if (through === after) return false;
    if (pending === null) await pg.query('UPDATE health_progress SET pending = $2 WHERE name = $1', [name, through]);
    const counts = await countRange(this.#deps, after, through);
    if (counts.rows > 0) {
      const token = (table: string) => ({ token: `${table}-${after}-${through}` });
      await ch.insertRows('health_hours', counts.hours, token('hours'));
      await ch.insertRows('health_properties', counts.properties, token('properties'));
      await ch.insertRows('health_numbers', counts.numbers, token('numbers'));
      await ch.insertRows('health_measures', counts.measures, token('measures'));
      // A set of people, a least and a greatest time: the same again changes nothing.
      await ch.command(
        `INSERT INTO catalogue_seen SELECT workspace_no, type, event, uniqState(person_no), min(time), max(time) FROM events
         WHERE batch > ${after} AND batch <= ${through} GROUP BY workspace_no, type, event`,
      );
    }
    boundary('health.counted');
    await pg.tx(async (tx) => {
      await tx.query('UPDATE health_progress SET through = $2, pending = NULL WHERE name = $1', [name, through]);
      await tx.query('UPDATE event_consumers SET through = $2 WHERE name = $1', [name, through]);
    });
    return true;
  }

  async #progress(): Promise<{ through: number; pending: number | null }> {
    const { pg } = this.#deps;
    const read = () =>
      pg.query<{ through: number; pending: number | null }>('SELECT through, pending FROM health_progress WHERE name = $1', [name]);
    const [row] = await read();
    if (row) return row;
    // What was forgotten before the first count is not counted.
    await pg.query(
      `WITH start AS (SELECT coalesce(min(id), 1) - 1 AS id FROM event_batches),
         consumer AS (INSERT INTO event_consumers (name, through, counts) SELECT $1, id, true FROM start ON CONFLICT DO NOTHING)
       INSERT INTO health_progress (name, through) SELECT $1, id FROM start ON CONFLICT DO NOTHING`,
      [name],
    );
    return (await read())[0]!;
  }

  /** How far the next range goes: whole batches, with none still being written among them. */
  async #reach(after: number): Promise<number> {
    let through = after;
    for (let rows = 0; rows < rowsMost; ) {
      const next = await landedAfter(this.#deps.pg, through, rowsMost - rows);
      if (next.through === through) break;
      rows += next.rows;
      through = next.through;
    }
    return through;
  }

  /** What the doors counted, which no event shows. */
  async doors(): Promise<void> {
    await flushDoors(this.#deps, this.#deps.tally.doors);
    const rows = this.#deps.tally.take().map(({ workspaceNo, hour, ...rest }) => ({
      workspace_no: workspaceNo,
      hour: new Date(hour * 3_600_000).toISOString(),
      ...rest,
    }));
    if (rows.length > 0) await this.#deps.ch.insertRows('health_hours', rows);
  }
}
