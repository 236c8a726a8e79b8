import { type Pg, sqlNumbers } from '../base/index.ts';
import { isCopy, leaves, type SplitMove, type SplitRow, splitMove } from './split-moves.ts';

/** Merged people whose events still lie under the old number: `open` until copied, `copied` until the old rows are gone. Splits likewise. */
interface Moves {
  open: Map<number, number>;
  copied: Map<number, number>;
  splits: Map<number, SplitMove>;
  copiedSplits: Map<number, SplitMove>;
}

/** What readers must not see yet. */
export interface Hidden {
  merge(workspaceNo: number, from: number): boolean;
  split(id: number): boolean;
}

const nothingHidden: Hidden = { merge: () => false, split: () => false };

export async function recordMoves(tx: Pg, workspaceNo: number, moves: readonly { from: number; to: number }[]): Promise<void> {
  if (moves.length === 0) return;
  // A later move of the list may take on whom an earlier one moved.
  const next = new Map(moves.map(({ from, to }) => [from, to]));
  const last = (no: number): number => {
    let n = no;
    for (let to = next.get(n); to !== undefined; to = next.get(n)) n = to;
    return n;
  };
  await tx.query(
    `WITH m AS MATERIALIZED (SELECT * FROM unnest($2::bigint[], $3::bigint[]) AS m(gone, stays)),
       earlier AS (UPDATE person_moves p SET to_no = m.stays FROM m WHERE p.workspace_no = $1 AND p.to_no = m.gone AND p.state = 'open')
     INSERT INTO person_moves (workspace_no, from_no, to_no, state) SELECT $1, m.gone, m.stays, 'open' FROM m`,
    [workspaceNo, moves.map((m) => m.from), moves.map((m) => last(m.to))],
  );
}

/**
 * Keeps the relation that everyone reads events from. Until the rows of merged people are re-written under the number
 * of the one who stays, they are read through a mapping; copies and originals are never both seen. So are the rows that leave by a split.
 */
export class MoveMap {
  readonly #byWorkspace = new Map<number, Moves>();
  #addedWhileLoading: (() => void)[] | undefined;

  async load(pg: Pg, hidden: Hidden = nothingHidden): Promise<void> {
    this.#addedWhileLoading = [];
    const [merges, splits] = await Promise.all([
      pg.query<{ workspace_no: number; from_no: number; to_no: number; state: 'open' | 'copied' }>(
        "SELECT workspace_no, from_no, to_no, state FROM person_moves WHERE state <> 'done'",
      ),
      pg.query<SplitRow>("SELECT id, workspace_no, to_no, through_batch, parts, state FROM split_moves WHERE state <> 'done' ORDER BY id"),
    ]);
    this.#byWorkspace.clear();
    for (const row of merges)
      if (!hidden.merge(row.workspace_no, row.from_no)) this.#of(row.workspace_no)[row.state].set(row.from_no, row.to_no);
    for (const row of splits)
      if (!hidden.split(row.id)) this.#of(row.workspace_no)[row.state === 'open' ? 'splits' : 'copiedSplits'].set(row.id, splitMove(row));
    const late = this.#addedWhileLoading;
    this.#addedWhileLoading = undefined;
    for (const add of late) add();
  }

  add(workspaceNo: number, moves: readonly { from: number; to: number }[]): void {
    this.#addedWhileLoading?.push(() => this.add(workspaceNo, moves));
    const { open, copied } = this.#of(workspaceNo);
    for (const { from, to } of moves) {
      if (copied.has(from)) continue;
      for (const [earlier, target] of open) if (target === from) open.set(earlier, to);
      open.set(from, to);
    }
  }

  addSplit(workspaceNo: number, split: SplitMove): void {
    this.#addedWhileLoading?.push(() => this.addSplit(workspaceNo, split));
    const { splits, copiedSplits } = this.#of(workspaceNo);
    if (!copiedSplits.has(split.id)) splits.set(split.id, split);
  }

  openCount(): number {
    let n = 0;
    for (const { open, splits } of this.#byWorkspace.values()) n += open.size + splits.size;
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
    if (!moves || (moves.open.size === 0 && moves.copied.size === 0 && moves.splits.size === 0 && moves.copiedSplits.size === 0)) {
      return `(SELECT *${also} FROM events WHERE workspace_no = ${workspaceNo}${list ? ` AND person_no IN ${sqlNumbers(list)}` : ''})`;
    }
    const splits = [...moves.splits.values()];
    const lying = list && lyingUnder(moves, list);
    // Of thousands of moves few concern the people asked for, and ClickHouse reads each number that is written here.
    const open = lying ? [...moves.open].filter(([from, to]) => lying.has(from) || lying.has(to)) : [...moves.open];
    const copied = lying ? [...moves.copied.keys()].filter((from) => lying.has(from)) : [...moves.copied.keys()];
    const from = open.map(([no]) => no);
    const wheres = [`workspace_no = ${workspaceNo}`];
    if (lying) wheres.push(`person_no IN ${sqlNumbers(lying)}`);
    if (from.length > 0) wheres.push(`moved_from NOT IN ${sqlNumbers(from)}`);
    if (copied.length > 0) wheres.push(`person_no NOT IN ${sqlNumbers(copied)}`);
    for (const split of splits) wheres.push(`NOT ${isCopy(split)}`);
    for (const split of moves.copiedSplits.values()) wheres.push(`NOT ${leaves(split)}`);
    let relation = `SELECT *${also} FROM events WHERE ${wheres.join(' AND ')}`;
    if (splits.length > 0) {
      // Of two splits the later holds.
      const arms = splits.toReversed().map((split) => `${leaves(split)}, ${split.to}`);
      relation = `SELECT * REPLACE (toUInt32(multiIf(${arms.join(', ')}, person_no)) AS person_no) FROM (${relation})`;
    }
    if (from.length > 0) {
      const targets = open.map(([, to]) => to).join(',');
      relation = `SELECT * REPLACE (toUInt32(transform(person_no, [${from.join(',')}], [${targets}], person_no)) AS person_no) FROM (${relation})`;
    }
    return splits.length > 0 && list ? `(SELECT * FROM (${relation}) WHERE person_no IN ${sqlNumbers(list)})` : `(${relation})`;
  }

  #of(workspaceNo: number): Moves {
    const found: Moves = this.#byWorkspace.get(workspaceNo) ?? {
      open: new Map(),
      copied: new Map(),
      splits: new Map(),
      copiedSplits: new Map(),
    };
    this.#byWorkspace.set(workspaceNo, found);
    return found;
  }
}

/** The numbers under which events of these people may lie. */
function lyingUnder({ open, splits }: Moves, people: readonly number[]): Set<number> {
  const wanted = new Set(people);
  for (const [from, to] of open) if (wanted.has(to)) wanted.add(from);
  // A later split may take from what an earlier one brought.
  for (const { to, parts } of [...splits.values()].toReversed())
    if (wanted.has(to)) for (const { persons } of parts) for (const person of persons) wanted.add(person);
  return wanted;
}
