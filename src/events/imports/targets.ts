import { names, ours, traitNames } from './column-names.ts';
import { importsZh } from './problems.zh.ts';
import type { ImportKind, Mapping } from './schema.ts';

/** Columns that say who a row is about; each is an identity type of the product. */
export const identityTargets = [
  'user_id',
  'member_id',
  'phone',
  'email',
  'wechat_unionid',
  'wechat_openid',
  'wecom_external_userid',
  'crm_id',
  'erp_id',
  'platform_id',
  'anonymous_id',
  'device_id',
] as const;
export type IdentityTarget = (typeof identityTargets)[number];

const goods = ['product_id', 'product_name', 'category', 'quantity', 'price'];
const order = ['order_id', 'time', 'status', ...goods, 'amount', 'order_total'];

/** Fields that rows of each kind can fill, besides `properties.<name>` (orders, refunds, events) and `traits.<name>` (people, members). */
export const targets: Record<ImportKind, readonly string[]> = {
  orders: [...order, 'currency', 'carrier', 'products', ...identityTargets],
  refunds: ['order_id', 'refund_id', 'time', 'status', 'amount', ...goods, 'refund_reason', 'currency', 'carrier', ...identityTargets],
  members: [...identityTargets, 'joined_at', 'level', 'points', 'time', 'carrier', 'traits'],
  people: [...identityTargets, 'time', 'carrier', 'traits'],
  events: ['event', 'time', 'message_id', 'carrier', 'properties', ...identityTargets],
  products: ['product_id', 'product_name', 'category', 'price', 'cost', 'stock', 'currency'],
};

export const required: Record<ImportKind, readonly string[]> = {
  orders: ['order_id', 'time'],
  refunds: ['order_id', 'time', 'amount'],
  members: ['member_id'],
  people: [],
  events: ['event', 'time'],
  products: ['product_id', 'product_name'],
};

const free: Record<ImportKind, string | undefined> = {
  orders: 'properties.',
  refunds: 'properties.',
  members: 'traits.',
  people: 'traits.',
  events: 'properties.',
  products: undefined,
};

export function isTarget(kind: ImportKind, name: string): boolean {
  const prefix = free[kind];
  return targets[kind].includes(name) || (prefix !== undefined && name.startsWith(prefix) && name.length > prefix.length);
}

export function freePrefix(kind: ImportKind): string | undefined {
  return free[kind];
}

function index(words: Record<string, string>): Map<string, string> {
  return new Map(Object.entries(words).flatMap(([target, list]) => list.split(' ').map((n) => [n, target] as const)));
}
const targetOf = index(names);
const traitOf = index(traitNames);

export function plainName(header: string): string {
  return header
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[(（【[].*?[)）】\]]/g, '')
    .replace(/[\s_\-./:*#'"“”]+/g, '');
}

/** Columns that the product itself adds to a file of rejected rows, in each language. */
const added = new Set(Object.values(ours).flatMap((name) => [name, importsZh[name]]));

/** What the columns probably are, for each kind; and the kind that the file probably is. */
export function guess(headers: readonly string[]): { kind: ImportKind; mapping: Mapping } {
  const kind = guessKind(headers);
  return { kind, mapping: guessMapping(kind, headers) };
}

export function guessKind(headers: readonly string[]): ImportKind {
  const found = new Set(headers.map((h) => targetOf.get(plainName(h))));
  const has = (...any: string[]) => any.some((t) => found.has(t));
  const somebody = has(...identityTargets);
  if (has('refund_id') && has('refund_amount', 'amount', 'order_total')) return 'refunds';
  if (has('order_id') && has('refund_amount') && !has('price', 'amount', 'order_total')) return 'refunds';
  if (has('order_id') && has('price', 'amount', 'order_total', 'quantity', 'products')) return 'orders';
  if (has('event') && has('time', 'properties') && (somebody || has('message_id'))) return 'events';
  if (has('product_id') && !somebody) return 'products';
  if (has('member_id') && has('joined_at') && !has('order_id', 'event')) return 'members';
  if (somebody) return has('time') && has('amount', 'order_total') ? 'orders' : 'people';
  return has('product_name') ? 'products' : 'orders';
}

export function guessMapping(kind: ImportKind, headers: readonly string[]): Mapping {
  const mapping: Mapping = {};
  const left: string[] = [];
  // A file of refunds repeats time, state and amount of the order: the refund's own are taken first.
  const own = (header: string) => (kind === 'refunds' && (targetOf.get(plainName(header)) ?? '') in refundColumns ? 0 : 1);
  for (const header of [...headers].sort((a, b) => own(a) - own(b))) {
    const plain = plainName(header);
    const target = meaning(kind, plain);
    if (added.has(plain) || header === '') continue;
    if (target !== undefined && isTarget(kind, target) && !(target in mapping)) mapping[target] = header;
    else left.push(header);
  }
  if (kind === 'orders') settleAmounts(mapping);
  const prefix = free[kind];
  for (const header of left) {
    if (prefix === undefined) break;
    const name = (prefix === 'traits.' ? traitOf.get(plainName(header)) : undefined) ?? propertyName(header);
    if (!(`${prefix}${name}` in mapping)) mapping[`${prefix}${name}`] = header;
  }
  return mapping;
}

function meaning(kind: ImportKind, plain: string): string | undefined {
  if (kind === 'people' || kind === 'members') {
    const identity = targetOf.get(plain);
    if (identity !== undefined && (identityTargets as readonly string[]).includes(identity)) return identity;
    const trait = traitOf.get(plain);
    const own = trait === 'createdAt' ? 'joined_at' : trait;
    if (kind === 'members' && own !== undefined && isTarget(kind, own)) return own;
    return trait ? `traits.${trait}` : /^(updatedat|更新时间|修改时间)$/.test(plain) ? 'time' : identity;
  }
  // A shop's export may call the state of an order its event or type.
  if (kind === 'orders' && (plain === 'event' || plain === 'type')) return 'status';
  const target = targetOf.get(plain);
  return kind === 'refunds' ? (refundColumns[target ?? ''] ?? target) : target;
}

/** What a file of refunds says of the refund goes before what it repeats of the order. */
const refundColumns: Record<string, string> = { refund_amount: 'amount', refund_time: 'time', refund_status: 'status' };

/** Where rows have no goods of their own, "amount" is the whole order's. */
function settleAmounts(mapping: Mapping): void {
  const lines = 'price' in mapping || 'product_id' in mapping || 'product_name' in mapping || 'quantity' in mapping;
  const { amount } = mapping;
  if (!lines && amount !== undefined && !('order_total' in mapping)) {
    mapping.order_total = amount;
    delete mapping.amount;
  }
}

function propertyName(header: string): string {
  return header
    .trim()
    .replace(/^(properties|traits)\./, '')
    .replace(/\s+/g, '_');
}

/** What whoever maps columns must know of a kind. */
export function describeTargets(kind: ImportKind) {
  return {
    kind,
    freePrefix: free[kind] ?? null,
    /** Whether a column must say who a row is about. */
    needsIdentity: kind === 'people' || kind === 'events',
    targets: targets[kind].map((name) => ({
      name,
      required: required[kind].includes(name),
      identity: (identityTargets as readonly string[]).includes(name),
    })),
  };
}

/** The field whose value says which rows belong together; undefined where each row stands alone. */
export function keyTarget(kind: ImportKind, mapping: Mapping): string | undefined {
  if (kind === 'refunds') return 'refund_id' in mapping ? 'refund_id' : 'order_id';
  return kind === 'orders' ? 'order_id' : undefined;
}
