import type { Edge, Graph, JourneyNode } from '../api/journeys.ts';
import { branchKeys, entriesOf } from './graph.ts';

export const NODE_WIDTH = 216;
export const NODE_HEIGHT = 84;
const COLUMN = NODE_WIDTH + 36;
const ROW = NODE_HEIGHT + 74;

export interface Placed {
  node: JourneyNode;
  x: number;
  y: number;
}

export interface Way {
  edge: Edge;
  path: string;
  /** Where the button and the numbers of the way stand. */
  at: { x: number; y: number };
  label: { x: number; y: number };
  /** A jump, back or to the side: it is no edge of the graph. */
  back?: true;
}

export interface Layout {
  nodes: Placed[];
  ways: Way[];
  width: number;
  height: number;
}

/** Ways out in the order of the node's own branches, so that columns do not jump when one is edited. */
function waysOut(graph: Graph, node: JourneyNode): Edge[] {
  const own = graph.edges.filter((edge) => edge.from === node.id);
  const keys = branchKeys(node);
  return own.sort((a, b) => keys.indexOf(a.branch ?? '') - keys.indexOf(b.branch ?? ''));
}

/** Each node below all that lead to it, branches side by side, joins under the middle of what they join. */
export function layoutGraph(graph: Graph): Layout {
  const entries = entriesOf(graph);
  if (!entries.length) return { nodes: [], ways: [], width: 0, height: 0 };
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const depth = new Map<string, number>();
  const sink = (id: string, at: number) => {
    if ((depth.get(id) ?? -1) >= at || at > graph.nodes.length) return;
    depth.set(id, at);
    for (const edge of graph.edges) if (edge.from === id) sink(edge.to, at + 1);
  };
  for (const entry of entries) sink(entry.id, 0);
  const shown = graph.nodes.filter((node) => depth.has(node.id)).sort((a, b) => (depth.get(a.id) ?? 0) - (depth.get(b.id) ?? 0));
  const into = (id: string) => graph.edges.filter((edge) => edge.to === id && depth.has(edge.from));
  const isJoin = (id: string) => into(id).length > 1;

  const widths = new Map<string, number>();
  const widthOf = (id: string): number => {
    const known = widths.get(id);
    if (known !== undefined) return known;
    const node = byId.get(id);
    const sum = node ? waysOut(graph, node).reduce((total, edge) => total + (isJoin(edge.to) ? 1 : widthOf(edge.to)), 0) : 0;
    const width = Math.max(1, sum);
    widths.set(id, width);
    return width;
  };

  const x = new Map<string, number>();
  let free = 0;
  for (const entry of entries) {
    x.set(entry.id, free + (widthOf(entry.id) - 1) / 2);
    free += widthOf(entry.id);
  }
  const slot = new Map<Edge, number>();
  const taken = new Map<number, number[]>();
  for (const node of shown) {
    const row = depth.get(node.id) ?? 0;
    const leading = into(node.id)
      .map((edge) => slot.get(edge))
      .filter((one) => one !== undefined);
    let at = x.get(node.id) ?? (leading.length ? leading.reduce((sum, one) => sum + one, 0) / leading.length : 0);
    while ((taken.get(row) ?? []).some((other) => Math.abs(other - at) < 1)) at += 0.5;
    x.set(node.id, at);
    taken.set(row, [...(taken.get(row) ?? []), at]);
    const out = waysOut(graph, node);
    const spans = out.map((edge) => (isJoin(edge.to) ? 1 : widthOf(edge.to)));
    let from = at - spans.reduce((sum, span) => sum + span, 0) / 2;
    out.forEach((edge, index) => {
      const span = spans[index] ?? 1;
      slot.set(edge, from + span / 2);
      if (!isJoin(edge.to)) x.set(edge.to, from + span / 2);
      from += span;
    });
  }

  const all = [...x.values(), ...slot.values()];
  const left = Math.min(...all);
  const right = Math.max(...all);
  const px = (column: number) => (column - left) * COLUMN + NODE_WIDTH / 2 + 12;
  const top = (id: string) => (depth.get(id) ?? 0) * ROW + 12;
  const nodes = shown.map((node) => ({ node, x: px(x.get(node.id) ?? 0) - NODE_WIDTH / 2, y: top(node.id) }));
  const ways = graph.edges
    .filter((edge) => depth.has(edge.from))
    .map((edge) => {
      const x1 = px(x.get(edge.from) ?? 0);
      const x2 = px(x.get(edge.to) ?? 0);
      const xs = px(slot.get(edge) ?? x.get(edge.from) ?? 0);
      const y1 = top(edge.from) + NODE_HEIGHT;
      const y2 = top(edge.to);
      const bend = y2 - 12;
      return {
        edge,
        path: `M${x1},${y1} V${y1 + 12} H${xs} V${bend} H${x2} V${y2}`,
        at: { x: xs, y: y1 + 44 },
        label: { x: xs, y: y1 + 21 },
      };
    });
  const jumps = nodes.flatMap(({ node, x: left, y }): Way[] => {
    const to = node.type === 'jump' && node.to ? nodes.find((one) => one.node.id === node.to) : undefined;
    if (!to) return [];
    // Along the left of everything that lies between.
    const side = Math.min(left, to.x) - 18;
    const [y1, y2] = [y + NODE_HEIGHT / 2, to.y + NODE_HEIGHT / 2];
    const middle = { x: side, y: (y1 + y2) / 2 };
    const path = `M${left},${y1} H${side} V${y2} H${to.x}`;
    return [{ edge: { from: node.id, to: to.node.id }, path, at: middle, label: middle, back: true }];
  });
  const rows = Math.max(...shown.map((node) => depth.get(node.id) ?? 0)) + 1;
  return { nodes, ways: [...ways, ...jumps], width: (right - left) * COLUMN + NODE_WIDTH + 24, height: rows * ROW - 74 + 24 };
}
