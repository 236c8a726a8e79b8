import {
  type BranchNode,
  beside,
  type Edge,
  type EntryNode,
  type Graph,
  type JourneyNode,
  otherwise,
  type SendNode,
  untilDay,
  type WaitNode,
} from '../graph.ts';

/**
 * A table of days and a journey are the same thing twice. A journey is such a table where it is a chain of "wait until day n at hh:mm, (only those of whom
 * a rule holds,) send", and nothing else. What a table does not show (names, places on the canvas, the keys of branches) stays in the graph.
 */
export interface Row {
  wait: WaitNode & { day: number; at: string };
  /** Only of whom its one branch's rule holds. */
  only?: BranchNode;
  send: SendNode;
}
export interface Table {
  entries: EntryNode[];
  rows: Row[];
  /** Goals and exit rules, which stand beside the way, and the exit. */
  rest: JourneyNode[];
}

/** The table that a journey is; undefined where it is more than a table. */
export function tableOf(graph: Graph): Table | undefined {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const next = (id: string, branch?: string): string | undefined => graph.edges.find((e) => e.from === id && e.branch === branch)?.to;
  const entries = graph.nodes.filter((node) => node.type === 'entry');
  const rows: Row[] = [];
  let at = entries[0] && next(entries[0].id);
  for (let node = nodes.get(at ?? ''); node && node.type !== 'exit'; node = nodes.get(at ?? '')) {
    if (node.type !== 'wait' || !untilDay(node) || rows.length >= graph.nodes.length) return undefined;
    const then = nodes.get(next(node.id) ?? '');
    const only = then?.type === 'branch' ? then : undefined;
    const send = only ? nodes.get(next(only.id, only.branches[0]?.key) ?? '') : then;
    if (send?.type !== 'send') return undefined;
    rows.push({ wait: node, ...(only ? { only } : {}), send });
    at = next(send.id);
  }
  const table: Table = { entries, rows, rest: graph.nodes.filter((node) => node.type === 'exit' || beside(node)) };
  // A journey is a table exactly where the table makes the same journey.
  return sameGraph(graphOf(table), graph) ? table : undefined;
}

/** The journey that a table is. */
export function graphOf({ entries, rows, rest }: Table): Graph {
  const edges: Edge[] = [];
  const end = rest.find((node) => node.type === 'exit')?.id;
  const firsts = [...rows.map((row) => row.wait.id), end];
  const lead = (from: string, to: string | undefined, branch?: string): void => {
    if (to !== undefined) edges.push({ from, to, ...(branch === undefined ? {} : { branch }) });
  };
  for (const entry of entries) lead(entry.id, firsts[0]);
  for (const [i, { wait, only, send }] of rows.entries()) {
    lead(wait.id, only?.id ?? send.id);
    if (only) {
      lead(only.id, send.id, only.branches[0]?.key);
      lead(only.id, firsts[i + 1], otherwise);
    }
    lead(send.id, firsts[i + 1]);
  }
  const steps = rows.flatMap(({ wait, only, send }): JourneyNode[] => [wait, ...(only ? [only] : []), send]);
  return { nodes: [...entries, ...steps, ...rest], edges };
}

/** The same nodes and the same ways, in whatever order they are written; rows in the order of their days. */
function sameGraph(made: Graph, given: Graph): boolean {
  const times = made.nodes.filter((node) => node.type === 'wait').map((node) => timeOf(node as Row['wait']));
  if (times.some((time, i) => i > 0 && time < times[i - 1]!)) return false;
  const simple = made.nodes.every((node) => node.type !== 'branch' || (node.branches.length === 1 && !node.branches[0]!.entry?.length));
  const exits = made.nodes.filter((node) => node.type === 'exit').length;
  return simple && exits <= 1 && said(made.nodes) === said(given.nodes) && said(made.edges) === said(given.edges);
}

/** A set of objects as one text. Nodes are the very same; edges may be made anew, with their keys in another order. */
const said = (list: readonly object[]): string =>
  list
    .map((one) =>
      JSON.stringify(
        Object.entries(one)
          .filter(([, value]) => value !== undefined)
          .sort(([a], [b]) => (a < b ? -1 : 1)),
      ),
    )
    .sort()
    .join('\n');

/** Sorts as the days of a table come. */
export const timeOf = ({ day, at }: { day: number; at: string }): string => `${String(day).padStart(4, '0')} ${at}`;
