import type { Pg } from '../../base/index.ts';

/** The lock between batches of events (shared) and erasures (alone): a batch that read the old state is written before an erasure goes on. */
const LOCK = 71_006;

/** Raised inside a batch when somebody was erased since this process last looked; the batch starts again. */
export class ErasedSince extends Error {
  constructor() {
    super('people were erased meanwhile');
  }
}

/** Numbers of people who were erased: nothing may be written about them any more. */
export class Erased {
  readonly #pg: Pg;
  readonly #forget: () => void;
  readonly #numbers = new Set<number>();
  #epoch = 0;
  /** Up to where the writer knows that what it remembered is forgotten. */
  #writer: number | undefined;

  /** @param forget called when somebody was erased: what is remembered of values may be stale */
  constructor(pg: Pg, forget: () => void) {
    this.#pg = pg;
    this.#forget = forget;
  }

  has(person: number): boolean {
    return this.#numbers.has(person);
  }

  async load(pg: Pg): Promise<void> {
    const rows = await pg.query<{ epoch: number; numbers: number[] }>(
      'SELECT epoch, numbers FROM erasures WHERE epoch > $1 ORDER BY epoch',
      [this.#epoch],
    );
    if (rows.length === 0) return;
    for (const { numbers } of rows) for (const no of numbers) this.#numbers.add(Number(no));
    this.#epoch = rows.at(-1)!.epoch;
    this.#forget();
  }

  /** At the beginning of a batch's transaction. */
  async begin(tx: Pg): Promise<void> {
    await tx.query('SELECT pg_advisory_xact_lock_shared($1)', [LOCK]);
    const [row] = await tx.query<{ epoch: number | null }>('SELECT max(epoch) AS epoch FROM erasures');
    const epoch = row?.epoch ?? 0;
    if (epoch === this.#writer) return;
    await this.load(this.#pg);
    // A process that has just started remembers nothing yet.
    const first = this.#writer === undefined;
    this.#writer = epoch;
    if (!first) throw new ErasedSince();
  }

  /** At the beginning of the transaction that erases: returns once no batch is under way that has not seen it. */
  async alone(tx: Pg): Promise<void> {
    await tx.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
  }
}
