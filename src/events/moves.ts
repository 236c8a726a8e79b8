import type { Pg } from '../base/index.ts';

/** Merged people whose events still lie under the old number: `open` until copied, `copied` until the old rows are gone. */
interface Moves {
  open: Map<number, number>;
  copied: Map<number, number>;
}

export async function recordMoves(tx: Pg, workspaceNo: number, moves: readonly { from: number; to: number }[]): Promise<void> {
  for (const { from, to } of moves) {
    await tx.query("UPDATE person_moves SET to_no = $3 WHERE workspace_no = $1 AND to_no = $2 AND state = 'open'", [workspaceNo, from, to]);
    await tx.query("INSERT INTO person_moves (workspace_no, from_no, to_no, state) VALUES ($1, $2, $3, 'open')", [workspaceNo, from, to]);
  }
}

/**
 * Keeps the relation that everyone reads events from. Until the rows of merged people are re-written under the number
 * of the one who stays, they are read through a mapping; copies and originals are never both seen.
 */
export class MoveMap {
  readonly #byWorkspace = new Map<number, Moves>();
  #addedWhileLoading: [number, readonly { from: number; to: number }[]][] | undefined;

  /** @param hides whether readers must not see a merge yet */
  async load(pg: Pg, hides: (workspaceNo: number, from: number) => boolean = () => false): Promise<void> {
    this.#addedWhileLoading = [];
    const rows = await pg.query<{ workspace_no: number; from_no: number; to_no: number; state: 'open' | 'copied' }>(
      "SELECT workspace_no, from_no, to_no, state FROM person_moves WHERE state <> 'done'",
    );
    this.#byWorkspace.clear();
    for (const row of rows) if (!hides(row.workspace_no, row.from_no)) this.#of(row.workspace_no)[row.state].set(row.from_no, row.to_no);
    const late = this.#addedWhileLoading;
    this.#addedWhileLoading = undefined;
    for (const [workspaceNo, moves] of late) this.add(workspaceNo, moves);
  }

  add(workspaceNo: number, moves: readonly { from: number; to: number }[]): void {
    this.#addedWhileLoading?.push([workspaceNo, moves]);
    const { open, copied } = this.#of(workspaceNo);
    for (const { from, to } of moves) {
      if (copied.has(from)) continue;
      for (const [earlier, target] of open) if (target === from) open.set(earlier, to);
      open.set(from, to);
    }
  }

  openCount(): number {
    let n = 0;
    for (const { open } of this.#byWorkspace.values()) n += open.size;
    return n;
  }

  /**
   * SQL text of a relation with all columns of `events`: this workspace's events under the numbers of those who stay.
   * @param people only events of these people (numbers of those who stay)
   * @param more further columns, as SQL over the table with their names. A path inside `properties` that is asked for here is read alone;
   * asked for outside, ClickHouse reads the whole JSON of every row.
   */
  source(workspaceNo: number, people?: Iterable<number>, more: readonly string[] = []): string {
    const also = more.map((column) => `, ${column}`).join('');
    const moves = this.#byWorkspace.get(workspaceNo);
    const list = people === undefined ? undefined : [...people];
    if (!moves || (moves.open.size === 0 && moves.copied.size === 0)) {
      return `(SELECT *${also} FROM events WHERE workspace_no = ${workspaceNo}${list ? ` AND person_no IN (${list.join(',') || '0'})` : ''})`;
    }
    const { open, copied } = moves;
    const from = [...open.keys()];
    const wheres = [`workspace_no = ${workspaceNo}`];
    if (list) {
      const wanted = new Set(list);
      for (const [f, to] of open) if (wanted.has(to)) wanted.add(f);
      wheres.push(`person_no IN (${[...wanted].join(',') || '0'})`);
    }
    if (from.length > 0) wheres.push(`moved_from NOT IN (${from.join(',')})`);
    if (copied.size > 0) wheres.push(`person_no NOT IN (${[...copied.keys()].join(',')})`);
    const inner = `SELECT *${also} FROM events WHERE ${wheres.join(' AND ')}`;
    if (from.length === 0) return `(${inner})`;
    return `(SELECT * REPLACE (toUInt32(transform(person_no, [${from.join(',')}], [${[...open.values()].join(',')}], person_no)) AS person_no) FROM (${inner}))`;
  }

  #of(workspaceNo: number): Moves {
    const found = this.#byWorkspace.get(workspaceNo) ?? { open: new Map<number, number>(), copied: new Map<number, number>() };
    this.#byWorkspace.set(workspaceNo, found);
    return found;
  }
}
