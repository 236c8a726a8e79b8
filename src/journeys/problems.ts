import type { FieldError } from '../base/index.ts';
import { beside, branchKeys, type Graph, optionalBranches, otherwise } from './graph.ts';
import { nodeProblems } from './node-problems.ts';
import { reachable } from './plan.ts';
import type { Surroundings } from './surroundings.ts';

/** Why a well-formed graph cannot be launched yet; nothing when it can. */
export function problemsOf(graph: Graph, around: Surroundings): FieldError[] {
  const problems: FieldError[] = [];
  const bad = (field: string, reason: string): undefined => {
    problems.push({ field, reason });
  };
  const entries = graph.nodes.filter((n) => n.type === 'entry');
  if (entries.length === 0) bad('graph.nodes', 'has no entry; add one');
  const reached = new Set(entries.flatMap((e) => [...reachable(graph, e.id)]));
  const ways = new Set(graph.edges.map((e) => JSON.stringify([e.from, e.branch])));
  graph.nodes.forEach((node, i) => {
    const at = `graph.nodes.${i}`;
    // A goal counts wherever it stands; on the way it is only passed.
    if (!beside(node) && entries.length > 0 && !reached.has(node.id)) bad(at, `"${node.id}" is never reached; connect it or take it out`);
    for (const key of branchKeys(node)) {
      if (ways.has(JSON.stringify([node.id, key])) || (optionalBranches.includes(key) && !('branches' in node))) continue;
      const what = key === otherwise ? 'those who match no branch ("else")' : `the branch "${key}"`;
      bad(at, `${what} lead nowhere; connect them to a node, or to an exit`);
    }
    nodeProblems(graph, node, at, around, bad);
  });
  return problems;
}
