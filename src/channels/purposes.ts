import type { Words } from './limits/rule.ts';

/**
 * What messages are for, as customers are asked about it. The kind says how far the rules of the house reach:
 * marketing is stopped by all of them; service is not counted by general caps and not by fatigue; transactional (an order notice) is moreover stopped by
 * no refusal but one of its own purpose.
 */
export const purposeKinds = ['marketing', 'service', 'transactional'] as const;
export type PurposeKind = (typeof purposeKinds)[number];
export interface MessagePurpose {
  key: string;
  /** As customers read it. */
  name: Words;
  kind: PurposeKind;
  /** Chosen for nothing new; what was said about it, and what it means for what still bears it, hold on. */
  retired?: boolean | undefined;
}

/** The purposes of content; a workspace may name them otherwise and add its own. */
export const defaultPurposes: MessagePurpose[] = [
  { key: 'notify', name: { zh: '订单与账户通知', en: 'Order and account notices' }, kind: 'transactional' },
  { key: 'service', name: { zh: '服务与关怀', en: 'Service and care' }, kind: 'service' },
  { key: 'benefit', name: { zh: '优惠与福利', en: 'Offers and benefits' }, kind: 'marketing' },
  { key: 'convert', name: { zh: '新品与推荐', en: 'New products and picks for you' }, kind: 'marketing' },
  { key: 'community', name: { zh: '社群与活动', en: 'Community and events' }, kind: 'marketing' },
];

/** A list as it is kept: what people have said something about is never forgotten, so a purpose that is left out is retired. */
export const keptPurposes = (before: readonly MessagePurpose[], now: readonly MessagePurpose[]): MessagePurpose[] => [
  ...now,
  ...before.filter((one) => now.every(({ key }) => key !== one.key)).map((one) => ({ ...one, retired: true })),
];

/** What says nothing of its purpose is marketing: the rules reach furthest there. */
export const kindOf = (purposes: readonly MessagePurpose[], key: string): PurposeKind =>
  purposes.find((one) => one.key === key)?.kind ?? 'marketing';
