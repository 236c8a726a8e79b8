import { assign } from '../experiments/index.ts';
import type { EntryNode, ExitRuleNode, GoalNode, Graph, JourneyNode } from './graph.ts';

/** A version of a graph, ready to be walked. */
export interface Plan {
  journeyNo: number;
  journeyId: string;
  version: number;
  graph: Graph;
  entries: EntryNode[];
  goals: GoalNode[];
  exitRules: ExitRuleNode[];
  /** Nodes in an order in which every node comes after those that lead to it. */
  order: JourneyNode[];
  node(id: string): JourneyNode | undefined;
  /** Its place in that order. */
  place(id: string): number;
  /** The node that follows, by a branch where there are branches; undefined at the end. */
  next(id: string, branch?: string): string | undefined;
}

/** All that can be come to from a node, by edges and jumps. */
export function reachable(graph: Graph, from: string): Set<string> {
  const seen = new Set([from]);
  const open = [from];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const node = graph.nodes.find((n) => n.id === id);
    const next = graph.edges.filter((e) => e.from === id).map((e) => e.to);
    if (node?.type === 'jump' && node.to) next.push(node.to);
    for (const to of next) {
      if (seen.has(to)) continue;
      seen.add(to);
      open.push(to);
    }
  }
  return seen;
}

export function createPlan(of: { journeyNo: number; journeyId: string; version: number }, graph: Graph): Plan {
  const nodes = new Map(graph.nodes.map((n) => [n.id, n]));
  // Asked for each person at each step.
  const ways = new Map<string, Map<string | undefined, string>>();
  for (const { from, branch, to } of graph.edges) ways.set(from, (ways.get(from) ?? new Map()).set(branch, to));
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
  const places = new Map(order.map((n, i) => [n.id, i]));
  const ofType = <T extends JourneyNode['type']>(type: T) =>
    graph.nodes.filter((n): n is Extract<JourneyNode, { type: T }> => n.type === type);
  return {
    ...of,
    graph,
    entries: ofType('entry'),
    goals: ofType('goal'),
    exitRules: ofType('exitRule'),
    order,
    place: (id) => places.get(id) ?? -1,
    node: (id) => nodes.get(id),
    next: (id, branch) => ways.get(id)?.get(branch),
  };
}

/**
 * Which branch of a split a person takes: always the same one for the same journey, node and person, in the shares of the weights.
 */
export const splitBranch = (seed: string, person: number, branches: readonly { key: string; weight: number }[]): string =>
  branches[
    assign(
      seed,
      person,
      branches.map((b) => b.weight),
    )
  ]!.key;
