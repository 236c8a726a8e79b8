import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Graph, NodeOf, NodeType } from '../api/journeys.ts';
import {
  addBeside,
  addBranch,
  addEntry,
  beside,
  branchKeys,
  connect,
  entriesOf,
  insertNode,
  isBranching,
  newGraph,
  reachable,
  removeNode,
  replaceNode,
  targetsFor,
} from './graph.ts';
import { layoutGraph, NODE_WIDTH } from './layout.ts';

/** What the server asks of a graph before it may be launched, as far as ways go. */
function faults(graph: Graph): string[] {
  const found: string[] = [];
  const reached = new Set(entriesOf(graph).flatMap((entry) => [...reachable(graph, entry.id)]));
  for (const node of graph.nodes) {
    const out = graph.edges.filter((edge) => edge.from === node.id);
    if (!beside(node) && !reached.has(node.id)) found.push(`${node.id} is not reached`);
    if ((node.type === 'exit' || node.type === 'jump') && out.length) found.push(`${node.id} leads on`);
    // Who is held out may be let go at once.
    const keys = branchKeys(node).filter((key) => key !== 'held' || out.some((edge) => edge.branch === key));
    if (
      keys.length &&
      keys.toSorted().join() !==
        out
          .map((edge) => edge.branch)
          .toSorted()
          .join()
    )
      found.push(`${node.id} has other ways than branches`);
    if (!keys.length && !['exit', 'jump', 'goal', 'exitRule'].includes(node.type) && out.length !== 1)
      found.push(`${node.id} has ${out.length} ways`);
    if (graph.edges.some((edge) => edge.from === node.id && reachable(graph, edge.to).has(node.id)))
      found.push(`${node.id} lies on a circle`);
  }
  return found;
}

describe('graph', () => {
  test('a branch put on a way rejoins where the way led', () => {
    const { graph, id } = insertNode(newGraph({ event: 'Order Completed' }), { from: 'entry' }, 'branch');
    expect(graph.edges).toContainEqual({ from: id, to: 'exit-1', branch: 'a' });
    expect(graph.edges).toContainEqual({ from: id, to: 'exit-1', branch: 'else' });
    expect(faults(graph)).toEqual([]);
  });

  test('a new share keeps the sum at 100', () => {
    const { graph, id } = insertNode(newGraph(), { from: 'entry' }, 'split');
    const split = addBranch(graph.nodes.find((node) => node.id === id) as NodeOf<'split'>);
    expect(split.branches.map((one) => one.weight)).toEqual([34, 33, 33]);
    expect(faults(replaceNode(graph, split))).toEqual([]);
  });

  test('an exit put on a way cuts off what followed', () => {
    const first = insertNode(newGraph(), { from: 'entry' }, 'send');
    const second = insertNode(first.graph, { from: 'entry' }, 'exit');
    expect(second.graph.nodes.map((node) => node.type)).toEqual(['entry', 'exit']);
  });

  test('a way cannot be led back', () => {
    const wait = insertNode(newGraph(), { from: 'entry' }, 'wait');
    const send = insertNode(wait.graph, { from: wait.id }, 'send');
    expect(targetsFor(send.graph, send.id).map((node) => node.id)).not.toContain(wait.id);
    expect(faults(connect(send.graph, { from: 'entry' }, send.id))).toEqual([]);
  });

  const act = fc.record({
    kind: fc.constantFrom('insert', 'insert', 'remove', 'branch', 'connect', 'goal', 'exitRule', 'entry'),
    pick: fc.nat(),
    type: fc.constantFrom<NodeType>('wait', 'branch', 'split', 'send', 'exit', 'until', 'holdout', 'coupon', 'bandit', 'jump'),
  });

  test('no sequence of edits breaks a graph, and no two nodes lie on each other', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 14 }), (acts) => {
        let graph: Graph = { ...newGraph(), priority: 70 };
        for (const { kind, pick, type } of acts) {
          const edge = graph.edges[pick % graph.edges.length];
          const node = graph.nodes[pick % graph.nodes.length];
          if (!edge || !node) continue;
          if (kind === 'insert') ({ graph } = insertNode(graph, edge, type));
          else if (kind === 'remove') graph = removeNode(graph, node.id);
          else if (kind === 'goal' || kind === 'exitRule') ({ graph } = addBeside(graph, kind));
          else if (kind === 'entry') ({ graph } = addEntry(graph));
          else if (kind === 'branch' && isBranching(node)) graph = replaceNode(graph, addBranch(node));
          else if (kind === 'connect') {
            const target = targetsFor(graph, edge.from)[0];
            if (target) graph = connect(graph, edge, target.id);
          }
          expect([faults(graph), graph.priority]).toEqual([[], 70]);
          const { nodes } = layoutGraph(graph);
          for (const a of nodes)
            for (const b of nodes) if (a !== b && a.y === b.y) expect(Math.abs(a.x - b.x)).toBeGreaterThanOrEqual(NODE_WIDTH);
        }
      }),
    );
  });
});
