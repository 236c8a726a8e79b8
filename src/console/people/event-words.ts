import type { Happening } from '../api/people.ts';
import type { Format } from '../ui/format.ts';
import type { Labels } from '../ui/labels.tsx';

export type EventGroup = 'orders' | 'messages' | 'changes' | 'behaviour';

export function groupOf(event: Happening): EventGroup {
  if (/^(Order|Cart|Checkout|Coupon|Payment)/.test(event.event)) return 'orders';
  if (/^(Message|Journey) /.test(event.event)) return 'messages';
  if (/^(Stage|Tier|Level) Changed|^Tag |^Audience |^Identity /.test(event.event) || ['identify', 'alias', 'group'].includes(event.type)) return 'changes';
  return 'behaviour';
}

const text = (value: unknown): string | undefined => (typeof value === 'string' || typeof value === 'number' ? String(value) : undefined);

/** What matters of an event, on one line. */
export function gistOf(event: Happening, format: Format, labels: Labels): string {
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
    return [fen === undefined ? undefined : format.fen(fen), text(p.order_id), products.slice(0, 2).join('、') + (products.length > 2 ? ` +${products.length - 2}` : '')].filter(Boolean).join(' · ');
  }
  if (event.type === 'identify') return Object.entries(p).slice(0, 3).map(([key, value]) => `${key}: ${text(value) ?? '…'}`).join(' · ');
  const known = ['name', 'title', 'reason', 'channel', 'branch', 'url', 'path', 'state', 'sku', 'product_id', 'order_id'];
  return known.map((key) => text(p[key])).filter(Boolean).slice(0, 3).join(' · ');
}

export const titleOf = (event: Happening): string => (event.event ? (event.type === 'page' || event.type === 'screen' ? `${event.type}: ${event.event}` : event.event) : event.type);
