import { type Ch, sqlNumbers } from '../base/index.ts';

/** What a landed batch changed, by workspace: whose events, and which names (`type:identify` … for other than track). */
export type LandedSlice = Map<number, { people: Set<number>; names: Set<string> }>;

const keptMost = 400;

/** The latest batches' slices in memory, so that consumers need not ask ClickHouse for them. Numbers lie close: as sets, hundreds of batches of an import would take ten times as much. */
export class LandedLog {
  readonly #slices = new Map<number, { workspaceNo: number; people: Uint32Array; names: readonly string[] }[]>();
  readonly #ch: Ch;

  constructor(ch: Ch) {
    this.#ch = ch;
  }

  add(batch: number, slice: LandedSlice): void {
    this.#slices.set(
      batch,
      Array.from(slice, ([workspaceNo, { people, names }]) => ({ workspaceNo, people: Uint32Array.from(people), names: [...names] })),
    );
    if (this.#slices.size > keptMost) this.#slices.delete(this.#slices.keys().next().value!);
  }

  /** People and names of some batches; from ClickHouse where memory does not hold them (after a restart, or another process wrote). */
  async of(batches: readonly number[]): Promise<LandedSlice> {
    const all: LandedSlice = new Map();
    const into = (workspaceNo: number) => {
      const found = all.get(workspaceNo) ?? { people: new Set<number>(), names: new Set<string>() };
      all.set(workspaceNo, found);
      return found;
    };
    const missing = batches.filter((b) => !this.#slices.has(b));
    for (const batch of batches) {
      for (const { workspaceNo, people, names } of this.#slices.get(batch) ?? []) {
        const slice = into(workspaceNo);
        for (const p of people) slice.people.add(p);
        for (const n of names) slice.names.add(n);
      }
    }
    if (missing.length === 0) return all;
    const rows = await this.#ch.query<{ workspace_no: number; person_no: number; names: string[] }>(
      `SELECT workspace_no, person_no, groupUniqArrayArray(if(type = 'track', [toString(event)], [toString(event), concat('type:', type)])) AS names
       FROM events WHERE batch IN ${sqlNumbers(missing)} AND moved_from = 0 GROUP BY workspace_no, person_no`,
    );
    for (const row of rows) {
      const slice = into(row.workspace_no);
      slice.people.add(row.person_no);
      for (const n of row.names) slice.names.add(n);
    }
    return all;
  }
}
