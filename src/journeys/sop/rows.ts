import { badInput } from '../../base/index.ts';
import type { BranchNode, EntryNode, Graph, JourneyNode, SendNode } from '../graph.ts';
import type { SopRow, SopRowInput } from './schema.ts';
import { graphOf, type Row, type Table, tableOf, timeOf } from './table.ts';

/** Rows as they are shown. A row has the id of its message's step, so that what was sent stays with it. */
export const rowsOf = ({ rows }: Table): SopRow[] =>
  rows.map(({ wait, only, send }) => ({
    ...{ id: send.id, day: wait.day, at: wait.at, name: send.name ?? '', channel: send.channel, contentId: send.contentId ?? null },
    ...{ among: send.among ?? [], fallback: send.fallback ?? [], rule: only?.branches[0]?.rule ?? null },
  }));

/** A row that is written, with content by its id. */
export type ReadyRow = Omit<SopRowInput, 'text'>;

/** The journey of these rows. What a row of before had besides stays as it was; `before`: nothing for a new journey. */
export function withRows(before: Graph | undefined, entry: Record<string, unknown> | undefined, given: readonly ReadyRow[]): Graph {
  const table = before ? tableOf(before) : undefined;
  if (before && !table) throw badInput([{ field: 'rows', reason: 'this journey is more than a table of days; change it on the canvas' }]);
  const known = new Map(table?.rows.map((row) => [row.send.id, row]));
  const taken = new Set(before?.nodes.map((node) => node.id));
  const fresh = (kind: string): string => {
    let n = 1;
    while (taken.has(`${kind}-${n}`)) n += 1;
    taken.add(`${kind}-${n}`);
    return `${kind}-${n}`;
  };
  const sorted = [...given].sort((a, b) => (timeOf(a) < timeOf(b) ? -1 : timeOf(a) > timeOf(b) ? 1 : 0));
  const used = new Set<string>();
  const rows = sorted.map((row): Row => {
    const was = row.id !== undefined && !used.has(row.id) ? known.get(row.id) : undefined;
    if (was) used.add(was.send.id);
    const only = row.rule === undefined || row.rule === null ? undefined : onlyWho(was?.only, row.rule, fresh);
    return {
      wait: { ...(was?.wait ?? { id: fresh('wait'), type: 'wait' as const }), day: row.day, at: row.at },
      ...(only ? { only } : {}),
      send: said(was?.send ?? { id: fresh('send'), type: 'send', channel: row.channel }, row),
    };
  });
  const entries = table?.entries ?? [{ id: 'entry', type: 'entry' } as EntryNode];
  if (entry && entries[0]) entries[0] = { ...entry, id: entries[0].id, type: 'entry' } as EntryNode;
  const rest: JourneyNode[] = table?.rest ?? [{ id: 'exit', type: 'exit' }];
  // What else a graph says of the whole journey stays.
  return { ...before, ...graphOf({ entries, rows, rest }) };
}

function onlyWho(was: BranchNode | undefined, rule: unknown, fresh: (kind: string) => string): BranchNode {
  const node = was ?? { id: fresh('branch'), type: 'branch' as const, branches: [{ key: 'yes', name: '' }] };
  return { ...node, branches: [{ ...node.branches[0]!, rule }] };
}

/** A message as its row says; a field that the row leaves empty is not there. */
function said({ name: _, contentId: __, among: ___, fallback: ____, ...was }: SendNode, row: ReadyRow): SendNode {
  return {
    ...was,
    channel: row.channel,
    ...(row.name ? { name: row.name } : {}),
    ...(row.contentId ? { contentId: row.contentId } : {}),
    ...(row.contentId === 'auto' && row.among?.length ? { among: row.among } : {}),
    ...(row.fallback?.length ? { fallback: row.fallback } : {}),
  };
}
