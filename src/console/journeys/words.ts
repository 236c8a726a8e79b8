import { useTranslation } from 'react-i18next';
import type { JourneyNode, WaitNode } from '../api/journeys.ts';
import { eventName } from '../i18n/event-name.ts';
import { sayWhere } from '../rules/describe.ts';
import { useAudiences, useContents } from '../ui/pickers.tsx';
import { ELSE } from './graph.ts';

export const UNITS = ['minutes', 'hours', 'days'] as const;
export const unitOf = (node: WaitNode) => UNITS.find((unit) => node[unit] !== undefined) ?? 'days';

/** What a node does, on one line; and what its ways are called. */
export function useNodeWords() {
  const { t } = useTranslation();
  const groups = useAudiences();
  const items = useContents();
  const gist = (node: JourneyNode): string => {
    switch (node.type) {
      case 'entry': {
        if (node.audience)
          return t('journey.say.entryAudience', { x: groups.data?.items.find((one) => one.id === node.audience)?.name ?? node.audience });
        const where = node.where?.length ? ` (${sayWhere(node.where, t)})` : '';
        return node.event ? t('journey.say.entryEvent', { x: eventName(t, node.event) }) + where : '';
      }
      case 'wait': {
        const unit = unitOf(node);
        return node[unit] === undefined ? '' : t('journey.say.wait', { n: node[unit], unit: t(`common.${unit}`) });
      }
      case 'branch':
        return node.branches.map((one) => one.name || one.key).join(' / ');
      case 'split':
        return node.branches.map((one) => `${one.name || one.key} ${one.weight}%`).join(' / ');
      case 'send': {
        const name = items.data?.items.find((one) => one.id === node.contentId)?.name ?? node.contentId ?? '';
        return `${t(`common.channel.${node.channel}`)}${name ? ` · ${name}` : ''}`;
      }
      case 'goal':
        return node.event ? t('journey.say.goal', { x: eventName(t, node.event), n: node.withinDays ?? 0 }) : '';
      default:
        return t('journey.say.exit');
    }
  };
  const wayName = (node: JourneyNode | undefined, branch: string | undefined): string => {
    if (!branch) return '';
    if (branch === ELSE) return t('journey.otherwise');
    if (node?.type === 'branch' || node?.type === 'split') return node.branches.find((one) => one.key === branch)?.name || branch;
    return branch;
  };
  const title = (node: JourneyNode): string => node.name || t(`journey.node.${node.type}`);
  return { gist, wayName, title };
}
