import { z } from 'zod';
import { notStorable, storable } from './storable.ts';

export const importKinds = ['orders', 'refunds', 'members', 'people', 'events', 'products'] as const;
export type ImportKind = (typeof importKinds)[number];

/** What the text of a status column can mean for an order row. */
export const orderMeanings = ['completed', 'refunded', 'cancelled', 'unpaid', 'adjustment'] as const;
export type OrderMeaning = (typeof orderMeanings)[number];

/** Target field -> column of the file. Free targets: `properties.<name>`, `traits.<name>`. */
export const mapping = z.record(z.string().min(1).max(200), z.string().min(1).max(500)).refine(storable, notStorable);
export type Mapping = z.infer<typeof mapping>;

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

export const importOptions = z.strictObject({
  /** Zone of times that name none; the workspace's when absent. */
  timezone: z.string().refine(isZone, { error: 'is not a time zone; name one such as Asia/Shanghai or UTC' }).optional(),
  /** Currency of amounts where no column says one; the workspace's when absent. */
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, { error: 'must be an ISO 4217 code such as CNY' })
    .optional(),
  /** Moves every time by so many whole days (a demo's history that ends yesterday). */
  shiftDays: z.number().int().min(-36500).max(36500).default(0),
  /** How 3/4/2011 is read; without it such dates are refused. */
  dateOrder: z.enum(['dmy', 'mdy']).optional(),
  /** Orders that name no customer: rejected, or each kept under an anonymous person of its own. */
  withoutCustomer: z.enum(['reject', 'anonymous']).default('reject'),
  /** Orders for which nothing was charged: `Gift Received`, or a completed order of 0, or rejected. */
  freeOrders: z.enum(['gift', 'completed', 'reject']).default('gift'),
  /** Status texts of this shop that are not known here, and what they mean. */
  statuses: z.record(z.string(), z.enum(orderMeanings)).refine(storable, notStorable).default({}),
  /** Where the ids come from (a shop, a platform): the same order id from two origins is two orders. */
  origin: z.string().max(100).refine(storable, notStorable).default(''),
});
export type ImportOptions = z.infer<typeof importOptions>;

export const startBody = z.object({
  uploadId: z.string().min(1).refine(storable, notStorable),
  kind: z.enum(importKinds),
  mapping: mapping.optional(),
  options: importOptions.prefault({}),
  /** Reads the whole file and tells what would happen; writes nothing. */
  dryRun: z.boolean().default(false),
  /** Sheet of a workbook; the first one when absent. */
  sheet: z.string().max(100).refine(storable, notStorable).optional(),
});

export const inspectBody = z.object({
  uploadId: z.string().min(1).refine(storable, notStorable),
  sheet: z.string().max(100).refine(storable, notStorable).optional(),
});

const count = z.number().int();

export const dryRunResult = z.object({
  /** People that the rows name: nobody knows them yet, known here, and known ones that would be found to be one. */
  people: z.object({ new: count, known: count, merged: count }),
  months: z.array(
    z.object({ month: z.string(), currency: z.string(), orders: count, revenueFen: count, refunds: count, refundFen: count }),
  ),
  earliest: z.string().nullable(),
  latest: z.string().nullable(),
});
export type DryRunResult = z.infer<typeof dryRunResult>;
export const importView = z.object({
  id: z.string(),
  kind: z.enum(importKinds),
  state: z.enum(['queued', 'running', 'done', 'failed']),
  rows: z.object({ read: count, accepted: count, duplicate: count, rejected: count }),
  progress: z.object({ done: count, total: count.nullable() }),
  rejectedUrl: z.string().nullable(),
  /** What the rows became: orders, refunds, gifts, revenueFen, people … by kind. */
  totals: z.record(z.string(), z.number()),
  /** How many rows were rejected for which reason. */
  reasons: z.record(z.string(), z.number()),
  file: z.string(),
  mapping,
  options: z.record(z.string(), z.unknown()),
  error: z.string().nullable(),
  /** It only looked: nothing was written. */
  dryRun: z.boolean(),
  /** What a dry run found. */
  result: dryRunResult.nullable(),
  /** The pull that fetched the rows. */
  pullId: z.string().nullable(),
  createdBy: z.string().nullable(),
  createdAt: z.string(),
  finishedAt: z.string().nullable(),
});
export type ImportView = z.infer<typeof importView>;

export const inspection = z.object({
  uploadId: z.string(),
  file: z.string(),
  format: z.enum(['csv', 'jsonl', 'xlsx']),
  /** Sheets of a workbook, and the one that was looked at. */
  sheets: z.array(z.string()),
  sheet: z.string().nullable(),
  encoding: z.string(),
  delimiter: z.string().nullable(),
  /** Data rows: counted in a small file, estimated in a large one. */
  rows: count,
  columns: z.array(z.object({ name: z.string(), examples: z.array(z.unknown()) })),
  kind: z.enum(importKinds),
  mapping,
  /** Fields that rows of each kind can fill. */
  targets: z.record(z.enum(importKinds), z.array(z.object({ name: z.string(), required: z.boolean() }))),
  sample: z.array(z.record(z.string(), z.unknown())),
});
export type Inspection = z.infer<typeof inspection>;

export const rejectedRows = z.object({
  items: z.array(z.object({ row: count, reason: z.string(), values: z.record(z.string(), z.string()) })),
});

export const targetsView = z.object({
  items: z.array(
    z.object({
      kind: z.enum(importKinds),
      freePrefix: z.string().nullable(),
      needsIdentity: z.boolean(),
      targets: z.array(z.object({ name: z.string(), required: z.boolean(), identity: z.boolean() })),
    }),
  ),
});

export const product = z.object({
  productId: z.string(),
  name: z.string(),
  category: z.string().nullable(),
  priceFen: z.number().int().nullable(),
  costFen: z.number().int().nullable(),
  stock: z.number().nullable(),
  currency: z.string().nullable(),
  updatedAt: z.string(),
});
export type Product = z.infer<typeof product>;
