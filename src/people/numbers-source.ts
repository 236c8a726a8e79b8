import type { Pg } from '../base/index.ts';

const block = 500;
/** Blocks taken at once at least: events wait for each trip. */
const atOnce = 8;

/** Hands out fresh person numbers, taken from PostgreSQL in blocks. */
export function numberSource(pg: Pg): { take(): number; fill(atLeast: number): Promise<void> } {
  const free: { next: number; end: number }[] = [];
  const left = () => free.reduce((sum, b) => sum + b.end - b.next, 0);
  return {
    take: () => {
      const first = free[0];
      if (!first) throw new Error('person numbers are used up: fill first');
      const no = first.next++;
      if (first.next === first.end) free.shift();
      return no;
    },
    fill: async (atLeast) => {
      const missing = Math.ceil((atLeast - left()) / block);
      if (missing <= 0) return;
      const rows = await pg.query<{ start: number }>("SELECT nextval('person_blocks') AS start FROM generate_series(1, $1)", [
        Math.max(atOnce, missing),
      ]);
      for (const { start } of rows) free.push({ next: start, end: start + block });
    },
  };
}
