import type { TFunction } from 'i18next';
import type { Happening } from '../api/people.ts';
import { eventName } from '../i18n/event-name.ts';
import type { Format } from '../ui/format.ts';
import type { Labels } from '../ui/labels.tsx';

export type EventGroup = 'orders' | 'messages' | 'changes' | 'behaviour';

export function groupOf(event: Happening): EventGroup {
  if (/^(Order|Cart|Checkout|Coupon|Payment)/.test(event.event)) return 'orders';
  if (/^(Message|Journey) /.test(event.event)) return 'messages';
  if (/^(Stage|Tier|Level) Changed|^Tag |^Audience |^Identity /.test(event.event) || ['identify', 'alias', 'group'].includes(event.type))
    return 'changes';
  return 'behaviour';
}

const text = (value: unknown): string | undefined => (typeof value === 'string' || typeof value === 'number' ? String(value) : undefined);

interface Gist {
  t: TFunction;
  format: Format;
  labels: Labels;
  /** Names of journeys and content by id. */
  names: Map<string, string>;
}

/** What matters of an event, on one line. */
export function gistOf(event: Happening, { t, format, labels, names }: Gist): string {
  const p = event.properties;
  const kind = { 'Stage Changed': 'stages', 'Tier Changed': 'tiers', 'Level Changed': 'levels' }[event.event] as 'stages' | undefined;
  if (kind) {
    const name = (key: unknown) => (typeof key === 'string' && key ? labels.label(kind, key) : '–');
    return `${name(p.from)} → ${name(p.to)}`;
  }
  if (event.event.startsWith('Tag ')) return [labels.label('tags', String(p.key ?? '')), text(p.value)].filter(Boolean).join(': ');
  if (event.event.startsWith('Order ')) {
    const fen = typeof p.revenue_fen === 'number' ? p.revenue_fen : typeof p.revenue === 'number' ? Math.round(p.revenue * 100) : undefined;
    const products = Array.isArray(p.products) ? (p.products as { name?: string }[]).map((one) => one.name).filter(Boolean) : [];
    return [
      fen === undefined ? undefined : format.fen(fen),
      text(p.order_id),
      products.slice(0, 2).join('、') + (products.length > 2 ? ` +${products.length - 2}` : ''),
    ]
      .filter(Boolean)
      .join(' · ');
  }
  if (/^(Message|Journey) /.test(event.event)) {
    const named = [p.journeyId, p.contentId].map((id) => names.get(String(id))).filter(Boolean);
    const channel = typeof p.channel === 'string' ? t(`common.channel.${p.channel}`, p.channel) : undefined;
    const reason = typeof p.reason === 'string' ? t(`message.reason.${p.reason}`, p.reason) : undefined;
    return [...named, channel, text(p.branchName) ?? text(p.branch), reason, text(p.url)].filter(Boolean).join(' · ');
  }
  if (event.type === 'identify')
    return Object.entries(p)
      .filter(([key]) => key !== 'avatar')
      .slice(0, 3)
      .map(([key, value]) => `${key}: ${text(value) ?? '…'}`)
      .join(' · ');
  const known = ['name', 'title', 'reason', 'channel', 'branch', 'url', 'path', 'state', 'sku', 'product_id', 'order_id'];
  return known
    .map((key) => text(p[key]))
    .filter(Boolean)
    .slice(0, 3)
    .join(' · ');
}

export function titleOf(event: Happening, t: TFunction): string {
  if (event.type === 'track') return eventName(t, event.event);
  const kind = t(`event.${event.type}`, event.type);
  return event.event ? `${kind} ${event.event}` : kind;
}
