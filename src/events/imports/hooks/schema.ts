import { z } from 'zod';
import { importKinds, importOptions, mapping } from '../schema.ts';
import { notStorable, storable } from '../storable.ts';
import { parsePath } from './json-path.ts';

const header = z
  .string()
  .toLowerCase()
  .regex(/^[a-z0-9-]{1,60}$/, { error: 'must be the name of a header, such as x-signature' });

/** How a sender proves that it is the one. */
export const hookAuth = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('hmac'),
    header: header.default('x-signature'),
    encoding: z.enum(['hex', 'base64']).default('hex'),
    /** What stands before the signature, such as `sha256=`. */
    prefix: z.string().max(40).default(''),
    /** Header with the time of sending (Unix seconds or milliseconds); it is signed too, as `<time>.<body>`. */
    timestampHeader: header.optional(),
    /** How old that time may be. */
    toleranceSeconds: z.number().int().min(10).max(86_400).default(300),
  }),
  z.strictObject({ type: z.literal('token'), header: header.default('x-hook-token') }),
]);
export type HookAuth = z.infer<typeof hookAuth>;

const pathError = { error: 'is not a place in JSON; write order.items or $.order.id' };
export const rowsPath = z
  .string()
  .max(300)
  .refine(storable, notStorable)
  .refine((text) => parsePath(text) !== undefined, pathError);
const pathMapping = mapping.superRefine((all, ctx) => {
  for (const [target, path] of Object.entries(all))
    if (parsePath(path) === undefined) ctx.addIssue({ code: 'custom', path: [target], message: pathError.error });
});

export const hookBody = z.strictObject({
  name: z.string().trim().min(1).max(100).refine(storable, notStorable),
  kind: z.enum(importKinds),
  /** Where the rows are; empty where the payload is one row, or a list of them. */
  rows: rowsPath.default(''),
  mapping: pathMapping,
  options: importOptions.prefault({}),
  auth: hookAuth.prefault({ type: 'hmac' }),
  enabled: z.boolean().default(true),
});
export type HookBody = z.infer<typeof hookBody>;
export const hookPatch = z.strictObject({
  name: hookBody.shape.name.optional(),
  kind: hookBody.shape.kind.optional(),
  rows: rowsPath.optional(),
  mapping: pathMapping.optional(),
  options: importOptions.optional(),
  auth: hookAuth.optional(),
  enabled: z.boolean().optional(),
});
export type HookPatch = z.infer<typeof hookPatch>;

export const hookTest = z.strictObject({
  sample: z.unknown().refine((v) => v !== undefined, { error: 'is missing: give a payload as the sender would send it' }),
  kind: z.enum(importKinds).optional(),
  rows: rowsPath.optional(),
  mapping: pathMapping.optional(),
  options: importOptions.prefault({}),
});

const count = z.number().int();
export const rejectedRow = z.object({ index: count, field: z.string(), reason: z.string() });
export const hookView = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(importKinds),
  rows: z.string(),
  mapping,
  options: z.record(z.string(), z.unknown()),
  auth: hookAuth,
  enabled: z.boolean(),
  /** Where the sender posts to. */
  url: z.string(),
  /** Requests that could not prove who sent them. */
  refused: z.object({ count, at: z.string().nullable(), reason: z.string().nullable() }),
  lastAt: z.string().nullable(),
  createdAt: z.string(),
});
export type HookView = z.infer<typeof hookView>;
export const deliveryView = z.object({
  id: z.string(),
  receivedAt: z.string(),
  bytes: count,
  accepted: count,
  duplicate: count,
  rejected: count,
  errors: z.array(rejectedRow),
});
export type DeliveryView = z.infer<typeof deliveryView>;
export const received = z.object({
  deliveryId: z.string(),
  /** The same signed request came before; nothing was done again. */
  replayed: z.boolean(),
  accepted: count,
  duplicates: count,
  rejected: z.array(rejectedRow),
});
export type Received = z.infer<typeof received>;
export const testView = z.object({
  kind: z.enum(importKinds),
  rows: z.string(),
  mapping,
  paths: z.array(z.object({ path: z.string(), example: z.string() })),
  rowsFound: count,
  accepted: count,
  duplicates: count,
  rejected: z.array(rejectedRow),
  /** What the first rows would become. */
  events: z.array(z.record(z.string(), z.unknown())),
});
