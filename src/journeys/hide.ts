import type { Graph, JourneyNode } from './graph.ts';
import type { AudiencePort } from './ports.ts';

/** A graph as it is kept: personal values in its rules and conditions replaced by what stands for them in the events. */
export async function hideGraph(audience: AudiencePort, workspaceNo: number, graph: Graph, before: Graph | undefined): Promise<Graph> {
  if (!audience.hidden) return graph;
  const rules = graph.nodes.flatMap(rulesOf);
  if (rules.length === 0) return graph;
  const hidden = await audience.hidden(workspaceNo, rules, before?.nodes.flatMap(rulesOf) ?? []);
  let at = 0;
  const next = (): unknown => hidden[at++];
  return {
    ...graph,
    nodes: graph.nodes.map((node): JourneyNode => {
      if (node.type === 'branch') return { ...node, branches: node.branches.map((b) => ({ ...b, rule: next() })) };
      return rulesOf(node).length > 0 ? { ...node, ...(next() as object) } : node;
    }),
  };
}

function rulesOf(node: JourneyNode): unknown[] {
  if (node.type === 'branch') return node.branches.map((b) => b.rule);
  if ((node.type === 'entry' || node.type === 'goal') && node.event && node.where && node.where.length > 0)
    return [{ event: node.event, where: node.where }];
  return [];
}
