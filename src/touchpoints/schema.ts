import { z } from 'zod';
import { purposes } from '../content/index.ts';
import { carriers } from '../events/index.ts';
import { code } from './live/schema.ts';

/** Everything through which a person can enter. */
export const kinds = [
  'live_code',
  'static_code',
  'channel_code',
  'group_code',
  'oa_code',
  'mini_code',
  'mini_link',
  'short_link',
  'poster',
  'store',
  'staff',
  'ad',
  'account',
] as const;
export type Kind = (typeof kinds)[number];

/** Kinds whose door is a redirect of ours. */
export const linkKinds: readonly Kind[] = ['short_link', 'mini_link', 'poster', 'store', 'staff', 'ad', 'account'];
/** Kinds whose code the platform makes. */
export const platformKinds: readonly Kind[] = ['channel_code', 'group_code', 'oa_code', 'mini_code', 'mini_link'];

const line = (most: number) =>
  z
    .string()
    .trim()
    .max(most, { error: `must have at most ${most} characters` });
const name = line(120).min(1, { error: 'must not be empty' });
const id = z.string().max(64);

/** What a person does, gets and becomes after this door. */
export const entrySchema = z.object({
  template: z.enum(['group_coupon_order', 'group_content_app']).optional(),
  journeyId: id.optional(),
  contentId: id.optional(),
});

/** What entering by this door costs: at once, and for each friend. */
export const costSchema = z.object({ fixedFen: z.number().int().min(0).default(0), perFriendFen: z.number().int().min(0).default(0) });

/** What the platform needs to know to make its code. */
export const providedSchema = z.object({
  userIds: z.array(line(64).min(1)).max(100).optional(),
  chatIds: z.array(line(64).min(1)).max(5, { error: 'a join code of WeCom leads to at most 5 groups' }).optional(),
  skipVerify: z.boolean().optional(),
  page: line(128)
    .regex(/^[^/?][^?]*$/, { error: 'must be a page of the mini program, without a leading / and without a query' })
    .optional(),
  temporary: z.boolean().optional(),
});

const body = {
  name,
  carrier: z.enum(carriers),
  place: line(120),
  owner: line(120),
  purpose: z.enum(purposes).nullable(),
  campaign: line(120),
  tags: z.array(line(64).min(1)).max(20),
  entry: entrySchema,
  cost: costSchema.nullable(),
  /** Where a link leads. */
  url: line(2000).nullable(),
  /** What a static code says: the target itself. */
  content: line(1200).nullable(),
  provide: providedSchema.nullable(),
  /** When a static code dies: a personal-WeChat group code after 7 days. */
  expiresAt: z.iso.datetime({ offset: true }).nullable(),
  /** Members at which a static group code dies. */
  scanLimit: z.number().int().min(1).max(100_000).nullable(),
  /** Members of the group behind a static code, as somebody counted them: no platform tells. */
  members: z.number().int().min(0).max(100_000).nullable(),
  code: code.nullable(),
};

export const newTouchpoint = z.object({ kind: z.enum(kinds), name, ...z.object(body).omit({ name: true }).partial().shape });
export type NewTouchpoint = z.output<typeof newTouchpoint>;

export const touchpointChange = z
  .object({ ...body, state: z.enum(['live', 'paused']) })
  .partial()
  .refine((change) => Object.keys(change).length > 0, { error: 'must change something' });
export type TouchpointChange = z.output<typeof touchpointChange>;

export const touchpointSchema = z.object({
  id,
  key: z.string(),
  kind: z.enum(kinds),
  name: z.string(),
  carrier: z.string(),
  place: z.string(),
  owner: z.string(),
  purpose: z.enum(purposes).nullable(),
  campaign: z.string(),
  tags: z.array(z.string()),
  entry: entrySchema,
  cost: costSchema.nullable(),
  url: z.string().nullable(),
  /** What its code says; null while the platform has not made it. */
  content: z.string().nullable(),
  /** The platform gave a picture that is no QR code: that stands for it. */
  pictured: z.boolean(),
  /** The address of its door here, when it has one. */
  door: z.string().nullable(),
  provide: providedSchema.nullable(),
  /** Why the platform has not made its code, with the mend. */
  fault: z.string().nullable(),
  expiresAt: z.string().nullable(),
  scanLimit: z.number().nullable(),
  members: z.number().nullable(),
  batchId: z.string().nullable(),
  state: z.enum(['live', 'paused', 'archived']),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type Touchpoint = z.output<typeof touchpointSchema>;

export const listQuery = z.object({
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  query: z.string().max(120).optional(),
  kind: z.enum(kinds).optional(),
  campaign: z.string().max(120).optional(),
  /** Those of a batch; `none`: those of no batch. */
  batchId: id.optional(),
});
export type ListQuery = z.output<typeof listQuery>;

export const figuresQuery = z.object({
  from: z.iso.date().optional(),
  to: z.iso.date().optional(),
  /** Only these, by comma. */
  ids: z.string().max(14_000).optional(),
});
export const figureSchema = z.object({
  id,
  scans: z.number(),
  people: z.number(),
  friends: z.number(),
  joins: z.number(),
  /** Orders within 30 days of the last touch, by this touchpoint. */
  orders: z.number(),
  buyers: z.number(),
  revenueFen: z.number(),
});
export type Figure = z.output<typeof figureSchema>;

export const warningSchema = z.object({
  touchpointId: id,
  name: z.string(),
  kind: z.enum(kinds),
  /** Expired, or within a day; full, or nearly so; without another group behind the last; not made by the platform; its quota of codes nearly used up. */
  what: z.enum(['expired', 'expires_soon', 'members_full', 'members_near', 'no_next_group', 'all_full', 'platform_fault', 'quota']),
  at: z.string().nullable(),
  /** Members, or seats or codes that are left. */
  number: z.number().nullable(),
  detail: z.string().nullable(),
});
export type Warning = z.output<typeof warningSchema>;

export const pictureQuery = z.object({
  format: z.enum(['svg', 'png']).default('svg'),
  width: z.coerce.number().int().min(100).max(4000).default(800),
  level: z.enum(['L', 'M', 'Q', 'H']).default('M'),
  frame: z.enum(['0', '1']).default('0'),
  caption: line(40).default(''),
  /** With the workspace's logo for codes, if it has one. */
  logo: z.enum(['0', '1']).default('0'),
});

export const bulkBody = z.object({
  name,
  kind: z.enum(['static_code', 'channel_code', 'group_code', 'oa_code', 'short_link', 'store', 'staff', 'poster']),
  campaign: line(120).default(''),
  tags: z.array(line(64).min(1)).max(20).default([]),
  expiresAt: z.iso.datetime({ offset: true }).nullish(),
  /** `caption`: what is written under each code. */
  picture: z
    .object({
      width: z.number().int().min(200).max(2400).default(1000),
      level: z.enum(['L', 'M', 'Q', 'H']).default('M'),
      caption: z.enum(['none', 'name']).default('none'),
    })
    .default({ width: 1000, level: 'M', caption: 'none' }),
  rows: z
    .array(
      z.object({
        name,
        place: line(120).optional(),
        owner: line(120).optional(),
        content: line(1200).optional(),
        url: line(2000).optional(),
        userIds: z.array(line(64).min(1)).max(100).optional(),
        chatIds: z.array(line(64).min(1)).max(5).optional(),
      }),
    )
    .min(1)
    .max(10_000, { error: 'must have at most 10,000 rows; send the rest as another batch' }),
});
export type BulkBody = z.output<typeof bulkBody>;

export const batchSchema = z.object({
  id,
  name: z.string(),
  kind: z.string(),
  codes: z.number(),
  bytes: z.number().nullable(),
  jobId: z.string().nullable(),
  createdAt: z.string(),
  doneAt: z.string().nullable(),
});
export type Batch = z.output<typeof batchSchema>;
