import type { EntryNode, ExitRuleNode, GoalNode, Graph, JourneyNode, UntilNode, Where } from './graph.ts';
import type { AudiencePort } from './ports.ts';

/** A graph as it is kept: personal values in its rules and conditions replaced by what stands for them in the events. */
export async function hideGraph(audience: AudiencePort, workspaceNo: number, graph: Graph, before: Graph | undefined): Promise<Graph> {
  if (!audience.hidden) return graph;
  const rules = graph.nodes.flatMap(rulesOf);
  if (rules.length === 0) return graph;
  const hidden = await audience.hidden(workspaceNo, rules, before?.nodes.flatMap(rulesOf) ?? []);
  let at = 0;
  const next = (): unknown => hidden[at++];
  return { ...graph, nodes: graph.nodes.map((node) => withRules(node, next)) };
}

/** The rules and the conditions on events of a node, in an order that `withRules` keeps. */
function rulesOf(node: JourneyNode): unknown[] {
  if (node.type === 'branch') return node.branches.flatMap((b) => (given(b.rule) ? [b.rule] : []));
  const event = 'where' in node && node.where && node.where.length > 0 ? [{ event: eventOf(node), where: node.where }] : [];
  return 'rule' in node && given(node.rule) ? [...event, node.rule] : event;
}

function withRules(node: JourneyNode, next: () => unknown): JourneyNode {
  if (node.type === 'branch') return { ...node, branches: node.branches.map((b) => (given(b.rule) ? { ...b, rule: next() } : b)) };
  let made: JourneyNode = node;
  if ('where' in node && node.where && node.where.length > 0)
    made = { ...made, where: (next() as { where: Where[] }).where } as JourneyNode;
  return 'rule' in node && given(node.rule) ? ({ ...made, rule: next() } as JourneyNode) : made;
}

const given = (rule: unknown): boolean => rule !== undefined && rule !== null;
/** The event on which conditions stand; of an entry by an audience or a touchpoint, the one by which they come in. */
const eventOf = (node: EntryNode | GoalNode | UntilNode | ExitRuleNode): string =>
  node.event ?? ('touchpoint' in node && node.touchpoint ? 'Touchpoint Entered' : 'Audience Entered');
