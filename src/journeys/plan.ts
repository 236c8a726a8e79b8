import type { EntryNode, GoalNode, Graph, JourneyNode } from './graph.ts';

/** A version of a graph, ready to be walked. */
export interface Plan {
  journeyNo: number;
  journeyId: string;
  version: number;
  entry: EntryNode;
  goals: GoalNode[];
  /** Nodes in an order in which every node comes after those that lead to it. */
  order: JourneyNode[];
  node(id: string): JourneyNode | undefined;
  /** The node that follows, by a branch where there are branches; undefined at the end. */
  next(id: string, branch?: string): string | undefined;
}

export function reachable(graph: Graph, from: string): Set<string> {
  const seen = new Set([from]);
  const open = [from];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const e of graph.edges) {
      if (e.from !== id || seen.has(e.to)) continue;
      seen.add(e.to);
      open.push(e.to);
    }
  }
  return seen;
}

export function createPlan(of: { journeyNo: number; journeyId: string; version: number }, graph: Graph): Plan {
  const nodes = new Map(graph.nodes.map((n) => [n.id, n]));
  const ways = new Map(graph.edges.map((e) => [JSON.stringify([e.from, e.branch]), e.to]));
  const before = new Map(graph.nodes.map((n) => [n.id, graph.edges.filter((e) => e.to === n.id).length]));
  const order: JourneyNode[] = [];
  const free = graph.nodes.filter((n) => before.get(n.id) === 0);
  for (let node = free.shift(); node; node = free.shift()) {
    order.push(node);
    for (const e of graph.edges.filter((x) => x.from === node!.id)) {
      before.set(e.to, before.get(e.to)! - 1);
      if (before.get(e.to) === 0) free.push(nodes.get(e.to)!);
    }
  }
  return {
    ...of,
    entry: graph.nodes.find((n): n is EntryNode => n.type === 'entry')!,
    goals: graph.nodes.filter((n): n is GoalNode => n.type === 'goal'),
    order,
    node: (id) => nodes.get(id),
    next: (id, branch) => ways.get(JSON.stringify([id, branch])),
  };
}

/**
 * Which branch of a split a person takes: always the same one for the same journey, node and person, in the shares of the weights.
 */
export function splitBranch(seed: string, person: number, branches: readonly { key: string; weight: number }[]): string {
  const total = branches.reduce((sum, b) => sum + b.weight, 0);
  let at = (hash32(seed, person) / 2 ** 32) * total;
  for (const { key, weight } of branches) {
    if (at < weight) return key;
    at -= weight;
  }
  return branches.findLast((b) => b.weight > 0)!.key;
}

/** MurmurHash3's finish over an FNV-1a of the seed and the number: spreads evenly and is the same everywhere. */
export function hash32(seed: string, value: number): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < seed.length; i++) h = Math.imul(h ^ seed.charCodeAt(i), 0x01000193);
  h ^= Math.imul(value >>> 0, 0xcc9e2d51);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
