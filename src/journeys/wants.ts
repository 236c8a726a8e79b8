import { asksEntry } from './entry-data.ts';
import type { JourneyNode } from './graph.ts';
import type { Plan } from './plan.ts';
import type { Deps } from './ports.ts';

/** Every content item that a step may send. */
export function contentsOf(node: JourneyNode): string[] {
  if (node.type === 'group') return node.contentId ? [node.contentId] : [];
  if (node.type !== 'send') return [];
  const ids = [node.contentId, ...(node.among ?? []), ...(node.fallback ?? []).map((f) => f.contentId)];
  return ids.filter((id): id is string => typeof id === 'string' && id !== 'auto');
}

/** Whether what the entry's event said is to be kept: the graph asks it, a text says it, or a later journey may. */
export async function wantsEntry(deps: Deps, workspaceNo: number, plan: Plan): Promise<boolean> {
  if (asksEntry({ nodes: plan.order, edges: [] })) return true;
  if (plan.order.some((n) => n.type === 'jump' && n.journey) || plan.order.some((n) => n.type === 'webhook')) return true;
  const ids = [...new Set(plan.order.flatMap(contentsOf))];
  if (ids.length === 0) return false;
  return (await deps.content.some(workspaceNo, ids)).some((item) => /\{[{%][^}]*\bentry\b/.test(item.body));
}
