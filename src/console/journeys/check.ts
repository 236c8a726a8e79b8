import type { TFunction } from 'i18next';
import type { Channel } from '../api/channels.ts';
import type { Graph, JourneyNode } from '../api/journeys.ts';
import type { Where } from '../api/rule.ts';
import { hasValue } from '../rules/state.ts';

export interface Around {
  t: TFunction;
  contents: Set<string> | undefined;
  channels: Channel[] | undefined;
}

const whereOpen = (where: Where[] | undefined): boolean => (where ?? []).some((one) => !one.property || !hasValue(one.op, one.value));

/** What a node still lacks, in words for the node itself. The server checks the same again at launch. */
export function problemsOf(node: JourneyNode, { t, contents, channels }: Around): string[] {
  const found: string[] = [];
  switch (node.type) {
    case 'entry':
      if (!node.event && !node.audience) found.push(t('journey.check.noEntry'));
      if (whereOpen(node.where)) found.push(t('journey.check.unfinished'));
      break;
    case 'wait':
      if (!(node.minutes ?? node.hours ?? node.days)) found.push(t('journey.check.noWait'));
      break;
    case 'branch':
      if (!node.branches.length) found.push(t('journey.check.noBranch'));
      for (const one of node.branches) if (!one.rule) found.push(t('journey.check.noRule', { x: one.name || one.key }));
      break;
    case 'split':
      if (node.branches.length < 2) found.push(t('journey.check.twoWays'));
      else if (Math.abs(node.branches.reduce((sum, one) => sum + one.weight, 0) - 100) > 0.001) found.push(t('journey.check.sum'));
      break;
    case 'send':
      if (!node.contentId) found.push(t('journey.check.noContent'));
      else if (contents && !contents.has(node.contentId)) found.push(t('journey.check.goneContent'));
      if (channels && !channels.find((one) => one.key === node.channel)?.configured)
        found.push(t('journey.check.noChannel', { x: t(`common.channel.${node.channel}`) }));
      break;
    case 'goal':
      if (!node.event) found.push(t('journey.check.noGoalEvent'));
      if (whereOpen(node.where)) found.push(t('journey.check.unfinished'));
      break;
    default:
  }
  return found;
}

export const problemsByNode = (graph: Graph, around: Around): Map<string, string[]> =>
  new Map(graph.nodes.map((node) => [node.id, problemsOf(node, around)] as const).filter(([, found]) => found.length));
