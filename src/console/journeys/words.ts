import { useTranslation } from 'react-i18next';
import type { JourneyNode, NodeOf } from '../api/journeys.ts';
import type { Where } from '../api/rule.ts';
import { eventName } from '../i18n/event-name.ts';
import { sayWhere } from '../rules/describe.ts';
import { useAudiences, useContents } from '../ui/pickers.tsx';
import { ELSE, isBranching } from './graph.ts';
import { useCoupons } from './pickers.tsx';

export const UNITS = ['minutes', 'hours', 'days'] as const;
export type Unit = (typeof UNITS)[number];
type Spanned = Partial<Record<Unit, number>>;
export const unitOf = (node: Spanned): Unit => UNITS.find((unit) => node[unit] !== undefined) ?? 'days';

export const TRIGGERS = ['event', 'audience', 'touchpoint', 'date', 'schedule', 'api'] as const;
export type Trigger = (typeof TRIGGERS)[number];
/** What begins an entry, as far as it has been chosen. */
export const triggerOf = (node: NodeOf<'entry'>): Trigger =>
  node.date ? 'date' : node.schedule ? 'schedule' : (TRIGGERS.find((one) => node[one] !== undefined && node[one] !== false) ?? 'event');

/** What a node does, on one line; and what its ways are called. */
export function useNodeWords() {
  const { t } = useTranslation();
  const groups = useAudiences();
  const items = useContents();
  const coupons = useCoupons();
  const span = (node: Spanned): string => {
    const unit = unitOf(node);
    return node[unit] === undefined ? '' : `${node[unit]} ${t(`common.${unit}`)}`;
  };
  const named = (list: { id: string; name: string }[] | undefined, id: string | undefined): string =>
    id ? (list?.find((one) => one.id === id)?.name ?? id) : '';
  const contentName = (id: string | undefined): string => (id === 'auto' ? t('journey.auto') : named(items.data?.items, id));
  const event = (name: string | undefined, where?: readonly unknown[]): string =>
    name ? eventName(t, name) + (where?.length ? ` (${sayWhere(where as Where[], t)})` : '') : '';
  const entry = (node: NodeOf<'entry'>): string => {
    switch (triggerOf(node)) {
      case 'audience':
        return node.audience
          ? t(node.on === 'exit' ? 'journey.say.exitAudience' : 'journey.say.entryAudience', {
              x: named(groups.data?.items, node.audience),
            })
          : '';
      case 'touchpoint':
        return t('journey.say.touchpoint');
      case 'date':
        return t('journey.say.date', { x: node.date?.trait ?? '', n: node.date?.days ?? 0, at: node.date?.at ?? '' });
      case 'schedule':
        return t('journey.say.schedule', { x: node.schedule?.cron ?? node.schedule?.at ?? '' });
      case 'api':
        return t('journey.say.api');
      default:
        return node.event
          ? t('journey.say.entryEvent', { x: event(node.event) }) + (node.where?.length ? ` (${sayWhere(node.where as Where[], t)})` : '')
          : '';
    }
  };
  const gist = (node: JourneyNode): string => {
    switch (node.type) {
      case 'entry':
        return entry(node);
      case 'wait':
        if (node.day !== undefined) return t('journey.say.waitDay', { n: node.day, at: node.at ?? '' });
        return span(node) && t('journey.say.wait', { x: span(node) });
      case 'until':
        return t('journey.say.until', { x: event(node.event, node.where) || (node.rule ? t('journey.aRule') : '…'), span: span(node) });
      case 'window':
        return t('journey.say.window', {
          days: node.weekdays?.length ? node.weekdays.map((day) => t(`journey.weekday.${day}`)).join(' ') : t('journey.everyDay'),
          from: node.from,
          to: node.to,
        });
      case 'branch':
      case 'bandit':
        return node.branches.map((one) => one.name || one.key).join(' / ');
      case 'split':
        return node.branches.map((one) => `${one.name || one.key} ${one.weight}%`).join(' / ');
      case 'holdout':
        return t('journey.say.holdout', { n: node.percent });
      case 'send':
      case 'group': {
        const rest =
          node.type === 'send' && node.fallback?.length
            ? ` → ${node.fallback.map((one) => t(`common.channel.${one.channel}`)).join(' → ')}`
            : '';
        const name = contentName(node.contentId);
        return `${t(`common.channel.${node.channel}`)}${rest}${name ? ` · ${name}` : ''}`;
      }
      case 'coupon':
        return named(coupons.data?.items, node.couponId);
      case 'tag':
        return node.remove ? t('journey.say.untag', { x: node.remove }) : node.add ? t('journey.say.tag', { x: node.add }) : '';
      case 'task':
        return node.text ?? '';
      case 'webhook':
        return node.topic ?? '';
      case 'jump':
        return node.journey ? t('journey.say.jumpOut') : node.to ? t('journey.say.jump', { x: node.to, n: node.most ?? 1 }) : '';
      case 'goal':
        return node.event ? t('journey.say.goal', { x: eventName(t, node.event), n: node.withinDays ?? 0 }) : '';
      case 'exitRule':
        return event(node.event, node.where) || (node.rule ? t('journey.aRule') : '');
      default:
        return t('journey.say.exit');
    }
  };
  const wayName = (node: JourneyNode | undefined, branch: string | undefined): string => {
    if (!branch) return '';
    if (branch === ELSE) return t('journey.otherwise');
    if (node && isBranching(node)) return node.branches.find((one) => one.key === branch)?.name || branch;
    return t(`journey.way.${branch}`);
  };
  const title = (node: JourneyNode): string => node.name || t(`journey.node.${node.type}`);
  return { gist, wayName, title };
}
