import type { FieldError } from '../base/index.ts';
import { branchKeys, type Graph, type JourneyNode, nodeTypes } from './graph.ts';
import { type Dict, given, isDict, isText, isWhole, limits, type Reading, type ReadRule, readers } from './read-nodes.ts';

/**
 * Reads anything as a graph. What comes back has every node well formed, every edge between nodes and no circle; whether it is complete enough
 * to be launched is another question (`problemsOf`), so that an unfinished draft can be saved. Errors name the place and the mend.
 */
export function readGraph(input: unknown, readRule: ReadRule): { graph: Graph; errors: [] } | { graph: null; errors: FieldError[] } {
  const errors: FieldError[] = [];
  const bad = (field: string, reason: string): undefined => {
    errors.push({ field, reason });
  };
  if (!isDict(input)) return { graph: null, errors: [{ field: 'graph', reason: 'must be an object {nodes, edges}' }] };
  const { priority } = input;
  if (given(priority) && !isWhole(priority, 0, 100)) bad('graph.priority', 'must be a whole number from 0 to 100');
  for (const part of ['nodes', 'edges'] as const) if (!Array.isArray(input[part])) bad(`graph.${part}`, 'must be a list');
  if (errors.length > 0) return { graph: null, errors };
  const nodes = input.nodes as unknown[];
  const edges = input.edges as unknown[];
  if (nodes.length > limits.nodes) bad('graph.nodes', `has ${nodes.length} nodes; at most ${limits.nodes}`);
  if (edges.length > limits.nodes * 3) bad('graph.edges', `has ${edges.length} edges; at most ${limits.nodes * 3}`);
  if (errors.length > 0) return { graph: null, errors };

  const ids = new Map<string, JourneyNode>();
  for (const [i, node] of nodes.entries()) readNode(node, `graph.nodes.${i}`, ids, { bad, readRule });
  for (const [i, edge] of edges.entries()) readEdge(edge, `graph.edges.${i}`, ids, bad);
  if (errors.length > 0) return { graph: null, errors };

  const weight = given(priority) ? { priority } : {};
  const graph = { nodes, edges: edges.map((e) => dropNull(e as Dict)), ...weight } as unknown as Graph;
  errors.push(...edgeErrors(graph));
  errors.push(...jumpErrors(graph));
  if (errors.length === 0) errors.push(...circles(graph));
  return errors.length > 0 ? { graph: null, errors } : { graph, errors: [] };
}

function readNode(node: unknown, at: string, ids: Map<string, JourneyNode>, r: Reading): undefined {
  if (!isDict(node)) return r.bad(at, 'must be an object {id, type, …}');
  if (!isText(node.id)) return r.bad(`${at}.id`, `must be a text of 1 to ${limits.text} characters`);
  if (ids.has(node.id)) return r.bad(`${at}.id`, `"${node.id}" is used twice; give every node its own id`);
  ids.set(node.id, node as unknown as JourneyNode);
  if (!nodeTypes.includes(node.type as never)) {
    return r.bad(`${at}.type`, `${JSON.stringify(node.type) ?? 'nothing'} is not a kind of node; use one of ${nodeTypes.join(', ')}`);
  }
  readers[node.type as JourneyNode['type']](node, at, r);
}

function readEdge(edge: unknown, at: string, ids: Map<string, JourneyNode>, bad: Reading['bad']): undefined {
  if (!isDict(edge)) return bad(at, 'must be an object {from, to, branch?}');
  for (const end of ['from', 'to'] as const) {
    const id = edge[end];
    if (!isText(id) || !ids.has(id)) bad(`${at}.${end}`, `names no node of this graph: ${JSON.stringify(id) ?? 'nothing'}`);
  }
  if (edge.branch !== undefined && edge.branch !== null && !isText(edge.branch)) bad(`${at}.branch`, 'must be the key of a branch');
}

const dropNull = (edge: Dict): Dict => Object.fromEntries(Object.entries(edge).filter(([, v]) => v !== null));
/** One way out of a node, or one for each of its branches. */
function edgeErrors(graph: Graph): FieldError[] {
  const byId = new Map(graph.nodes.map((n) => [n.id, n]));
  const seen = new Set<string>();
  return graph.edges.flatMap((edge, i) => {
    const at = `graph.edges.${i}`;
    const from = byId.get(edge.from)!;
    const keys = branchKeys(from);
    const way = JSON.stringify([edge.from, edge.branch]);
    const twice = seen.has(way);
    seen.add(way);
    if (from.type === 'exit') return [{ field: `${at}.from`, reason: `"${edge.from}" is an exit; nothing follows it` }];
    if (byId.get(edge.to)!.type === 'entry')
      return [{ field: `${at}.to`, reason: 'leads into the entry; people enter there from outside' }];
    if (keys.length > 0 && (edge.branch === undefined || !keys.includes(edge.branch))) {
      return [{ field: `${at}.branch`, reason: `must be one of the branches of "${edge.from}": ${keys.join(', ')}` }];
    }
    if (keys.length === 0 && edge.branch !== undefined && !('branches' in from)) {
      return [{ field: `${at}.branch`, reason: `"${edge.from}" has no branches; leave it out` }];
    }
    return twice
      ? [{ field: at, reason: `is a second way out of "${edge.from}"${edge.branch === undefined ? '' : ` by "${edge.branch}"`}; keep one` }]
      : [];
  });
}

/** A jump names a node that somebody can stand at. */
function jumpErrors(graph: Graph): FieldError[] {
  return graph.nodes.flatMap((node, i) => {
    if (node.type !== 'jump' || node.to === undefined || node.to === null) return [];
    const to = graph.nodes.find((n) => n.id === node.to);
    if (!to) return [{ field: `graph.nodes.${i}.to`, reason: `names no node of this graph: ${JSON.stringify(node.to)}` }];
    if (to.type === 'entry' || to.type === 'exitRule' || to.id === node.id)
      return [{ field: `graph.nodes.${i}.to`, reason: 'must be a step on the way, and another than the jump itself' }];
    return [];
  });
}

/** A journey ends: a way that comes back to where it was is refused. */
function circles(graph: Graph): FieldError[] {
  const left = new Map(graph.nodes.map((n) => [n.id, 0]));
  for (const e of graph.edges) left.set(e.to, left.get(e.to)! + 1);
  const free = [...left].filter(([, n]) => n === 0).map(([id]) => id);
  for (let id = free.pop(); id !== undefined; id = free.pop()) {
    left.delete(id);
    for (const e of graph.edges.filter((x) => x.from === id)) {
      left.set(e.to, left.get(e.to)! - 1);
      if (left.get(e.to) === 0) free.push(e.to);
    }
  }
  const first = graph.nodes.findIndex((n) => left.has(n.id));
  if (first < 0) return [];
  return [
    {
      field: `graph.nodes.${first}`,
      reason: `lies on a circle (${[...left.keys()].join(', ')}); a journey must end: take one of these edges out, or go back by a jump, which has a limit`,
    },
  ];
}
