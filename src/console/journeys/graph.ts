import type { Edge, Graph, JourneyNode, NodeOf, NodeType } from '../api/journeys.ts';

/** The way of those who match no branch. */
export const ELSE = 'else';
/** Nodes whose ways out are always the same. */
const FIXED: Partial<Record<NodeType, string[]>> = { until: ['met', 'timeout'], holdout: ['held', 'go'], coupon: ['issued', 'refused'] };
export type Branching = NodeOf<'branch' | 'split' | 'bandit'>;
export const isBranching = (node: JourneyNode): node is Branching => 'branches' in node;
/** No way leads on from here. */
const ends = (type: NodeType) => type === 'exit' || type === 'jump';
/** Stands beside the way: what holds for everyone who is inside. */
export const beside = (node: JourneyNode) => node.type === 'goal' || node.type === 'exitRule';

export const branchKeys = (node: JourneyNode): string[] =>
  isBranching(node) ? [...node.branches.map((one) => one.key), ...(node.type === 'branch' ? [ELSE] : [])] : (FIXED[node.type] ?? []);

export const nodeOf = (graph: Graph, id: string): JourneyNode | undefined => graph.nodes.find((node) => node.id === id);
/** Text messages cost money; app push before them saves it. */
export function paidBeforePush(node: NodeOf<'send'>): boolean {
  const chain: string[] = [node.channel, ...(node.fallback ?? []).map((one) => one.channel)];
  return chain.includes('sms') && chain.indexOf('push') > chain.indexOf('sms');
}

export const entriesOf = (graph: Graph): NodeOf<'entry'>[] => graph.nodes.filter((node) => node.type === 'entry');

function freshId(graph: Graph, type: NodeType): string {
  let n = 1;
  while (graph.nodes.some((node) => node.id === `${type}-${n}`)) n += 1;
  return `${type}-${n}`;
}

function freshKey(taken: string[]): string {
  return [...'abcdefghijklmnopqrstuvwxyz'].find((key) => !taken.includes(key)) ?? `b${taken.length + 1}`;
}

export function newGraph(entry: { event?: string; audience?: string } = {}): Graph {
  return {
    nodes: [
      { id: 'entry', type: 'entry', reentry: 'never', ...entry },
      { id: 'exit-1', type: 'exit' },
    ],
    edges: [{ from: 'entry', to: 'exit-1' }],
  };
}

function newNode(type: NodeType, id: string): JourneyNode {
  switch (type) {
    case 'entry':
      return { id, type, reentry: 'never' };
    case 'wait':
    case 'until':
      return { id, type, days: 1 };
    case 'window':
      return { id, type, from: '09:00', to: '21:00' };
    case 'branch':
      return { id, type, branches: [{ key: 'a', name: 'A' }] };
    case 'split':
      return {
        id,
        type,
        branches: [
          { key: 'a', name: 'A', weight: 50 },
          { key: 'b', name: 'B', weight: 50 },
        ],
      };
    case 'bandit':
      return {
        id,
        type,
        branches: [
          { key: 'a', name: 'A' },
          { key: 'b', name: 'B' },
        ],
      };
    case 'holdout':
      return { id, type, percent: 10 };
    case 'send':
    case 'group':
      return { id, type, channel: 'wecom' };
    case 'goal':
      return { id, type, withinDays: 7 };
    case 'jump':
      return { id, type, most: 3, days: 1 };
    default:
      return { id, type };
  }
}

export function reachable(graph: Graph, from: string): Set<string> {
  const seen = new Set([from]);
  const open = [from];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const edge of graph.edges) {
      if (edge.from !== id || seen.has(edge.to)) continue;
      seen.add(edge.to);
      open.push(edge.to);
    }
  }
  return seen;
}

/** Takes out what nobody can reach any more. What stands beside the way counts wherever it stands. */
function prune(graph: Graph): Graph {
  const entries = entriesOf(graph);
  if (!entries.length) return graph;
  const kept = new Set(entries.flatMap((entry) => [...reachable(graph, entry.id)]));
  const nodes = graph.nodes.filter((node) => kept.has(node.id) || beside(node));
  const ids = new Set(nodes.map((node) => node.id));
  return { ...graph, nodes, edges: graph.edges.filter((edge) => ids.has(edge.from) && ids.has(edge.to)) };
}

const isEdge = (edge: Edge, from: string, branch?: string) => edge.from === from && edge.branch === branch;

/** Puts a new node on a way; its own ways go on to where that way led. */
export function insertNode(graph: Graph, at: { from: string; branch?: string }, type: NodeType): { graph: Graph; id: string } {
  const id = freshId(graph, type);
  const node = newNode(type, id);
  const before = graph.edges.find((edge) => isEdge(edge, at.from, at.branch));
  const rest = graph.edges.filter((edge) => edge !== before);
  const edges: Edge[] = [...rest, { from: at.from, to: id, ...(at.branch ? { branch: at.branch } : {}) }];
  if (ends(type)) return { graph: prune({ ...graph, nodes: [...graph.nodes, node], edges }), id };
  let to = before?.to;
  const nodes = [...graph.nodes, node];
  if (!to) {
    const exit = freshId({ nodes, edges }, 'exit');
    nodes.push({ id: exit, type: 'exit' });
    to = exit;
  }
  // Whoever is held out leaves at once: that way is left open.
  const keys = branchKeys(node).filter((key) => key !== 'held');
  for (const branch of keys.length ? keys : [undefined]) edges.push({ from: id, to, ...(branch ? { branch } : {}) });
  return { graph: prune({ ...graph, nodes, edges }), id };
}

/** A goal, or what lets people out, beside the way. */
export function addBeside(graph: Graph, type: 'goal' | 'exitRule'): { graph: Graph; id: string } {
  const id = freshId(graph, type);
  return { graph: { ...graph, nodes: [...graph.nodes, newNode(type, id)] }, id };
}

/** One more way in, to where the first one leads. */
export function addEntry(graph: Graph): { graph: Graph; id: string } {
  const id = freshId(graph, 'entry');
  const first = entriesOf(graph)[0];
  const to = graph.edges.find((edge) => edge.from === first?.id)?.to;
  const edges = [...graph.edges, ...(to ? [{ from: id, to }] : [])];
  return { graph: { ...graph, nodes: [...graph.nodes, newNode('entry', id)], edges }, id };
}

/** Takes a node out; what led to it goes on to where its first way led. */
export function removeNode(graph: Graph, id: string): Graph {
  const node = nodeOf(graph, id);
  if (!node || (node.type === 'entry' && entriesOf(graph).length === 1)) return graph;
  const to = graph.edges.find((edge) => edge.from === id)?.to;
  const others = graph.edges.filter((edge) => edge.from !== id);
  const nodes = graph.nodes.filter((one) => one.id !== id);
  if (to) return prune({ ...graph, nodes, edges: others.map((edge) => (edge.to === id ? { ...edge, to } : edge)) });
  // An exit: whoever led here needs another end.
  const leading = others.filter((edge) => edge.to === id);
  if (!leading.length) return prune({ ...graph, nodes, edges: others });
  const end = nodes.find((one) => one.type === 'exit')?.id ?? freshId({ nodes, edges: [] }, 'exit');
  const all: JourneyNode[] = nodes.some((one) => one.id === end) ? nodes : [...nodes, { id: end, type: 'exit' }];
  return prune({ ...graph, nodes: all, edges: others.map((edge) => (edge.to === id ? { ...edge, to: end } : edge)) });
}

/** Replaces a node; ways of branches that are gone go with them, new branches lead where the others do. */
export function replaceNode(graph: Graph, node: JourneyNode): Graph {
  const nodes = graph.nodes.map((one) => (one.id === node.id ? node : one));
  if (!isBranching(node)) return { ...graph, nodes };
  const keys = branchKeys(node);
  const own = graph.edges.filter((edge) => edge.from === node.id);
  const others = graph.edges.filter((edge) => edge.from !== node.id);
  const usual = own.find((edge) => edge.branch === ELSE)?.to ?? own.at(-1)?.to;
  const edges = keys.flatMap((branch) => {
    const known = own.find((edge) => edge.branch === branch);
    if (known) return [known];
    return usual ? [{ from: node.id, to: usual, branch }] : [];
  });
  return prune({ ...graph, nodes, edges: [...others, ...edges] });
}

export function addBranch<T extends Branching>(node: T): T {
  const key = freshKey(node.branches.map((one) => one.key));
  const name = key.toUpperCase();
  if (node.type !== 'split') return { ...node, branches: [...node.branches, { key, name }] };
  // Shares stay whole and add up to 100.
  const count = node.branches.length + 1;
  const share = Math.floor(100 / count);
  const branches = [...node.branches, { key, name, weight: 0 }].map((one, at) => ({
    ...one,
    weight: at === 0 ? 100 - share * (count - 1) : share,
  }));
  return { ...node, branches };
}

/** Where a way may be led: any node that does not lead back to where it comes from. */
export function targetsFor(graph: Graph, from: string): JourneyNode[] {
  return graph.nodes.filter(
    (node) =>
      node.type !== 'entry' &&
      node.id !== from &&
      (!beside(node) || graph.edges.some((edge) => edge.to === node.id)) &&
      !reachable(graph, node.id).has(from),
  );
}

export function connect(graph: Graph, at: { from: string; branch?: string }, to: string): Graph {
  return prune({ ...graph, edges: graph.edges.map((edge) => (isEdge(edge, at.from, at.branch) ? { ...edge, to } : edge)) });
}
