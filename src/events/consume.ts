import { boundary, type Log, type Pg } from '../base/index.ts';
import { landedAfter } from './batches.ts';
import type { LandedLog } from './landed.ts';

export interface Slice {
  workspaceNo: number;
  fromBatch: number;
  toBatch: number;
  /** Whose events landed. */
  people: Uint32Array;
  /** Event names that landed; `type:identify`, `type:page` … stand for messages other than track. */
  names: Set<string>;
}

export type SliceHandler = (slice: Slice) => Promise<void>;

/** At most so many events make one slice. */
const rowsMost = 250_000;

/**
 * Runs one consumer through the landed batches in order, at least once each; its progress is a row in PostgreSQL.
 * While events wait to be written it rests three times as long as it worked, so that ingest is never held up: slices grow instead.
 */
export class Consumer {
  readonly name: string;
  readonly #handler: SliceHandler;
  readonly #deps: { pg: Pg; log: Log; landed: LandedLog; busy: () => boolean };
  #through: number | undefined;
  #running: Promise<void> | undefined;
  #again = false;
  #stopped = false;

  constructor(name: string, handler: SliceHandler, deps: { pg: Pg; log: Log; landed: LandedLog; busy: () => boolean }) {
    this.name = name;
    this.#handler = handler;
    this.#deps = deps;
  }

  get through(): number {
    return this.#through ?? 0;
  }

  /** Says that there may be something to do. */
  wake(): void {
    if (this.#stopped) return;
    this.#again = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      if (this.#again && !this.#stopped) this.wake();
    });
  }

  /** Works until nothing is left; an error of the handler is thrown here rather than retried. */
  async drain(): Promise<void> {
    await this.#running;
    while (await this.#step()) {
      // One slice after another.
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running?.catch(() => {});
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (this.#again && !this.#stopped) {
      this.#again = false;
      try {
        const began = performance.now();
        if (await this.#step()) {
          this.#again = true;
          if (this.#deps.busy()) await pause(Math.min(8_000, 3 * (performance.now() - began)));
        }
        failures = 0;
      } catch (error) {
        failures += 1;
        this.#deps.log.error({ err: error, consumer: this.name, failures }, 'a consumer failed; it tries the same events again');
        await pause(Math.min(30_000, 250 * 2 ** failures));
        this.#again = true;
      }
    }
  }

  async #step(): Promise<boolean> {
    const { pg, landed } = this.#deps;
    this.#through ??= await this.#load();
    const next = await landedAfter(pg, this.#through, rowsMost);
    if (next.through === this.#through) return false;
    if (next.ids.length > 0) {
      const [fromBatch, toBatch] = [next.ids[0]!, next.ids.at(-1)!];
      for (const [workspaceNo, { people, names }] of await landed.of(next.ids)) {
        await this.#handler({ workspaceNo, fromBatch, toBatch, people: Uint32Array.from(people), names });
      }
    }
    boundary(`events.consumed.${this.name}`);
    await pg.query('UPDATE event_consumers SET through = $2 WHERE name = $1', [this.name, next.through]);
    this.#through = next.through;
    return true;
  }

  async #load(): Promise<number> {
    await this.#deps.pg.query('INSERT INTO event_consumers (name, through) VALUES ($1, 0) ON CONFLICT DO NOTHING', [this.name]);
    const [row] = await this.#deps.pg.query<{ through: number }>('SELECT through FROM event_consumers WHERE name = $1', [this.name]);
    return row!.through;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
