import { Cron } from 'croner';
import { z } from 'zod';
import { importKinds, importOptions, mapping } from '../schema.ts';
import { notStorable, storable } from '../storable.ts';

const text = (most: number) => z.string().trim().min(1).max(most).refine(storable, notStorable);

export const source = z.strictObject({
  engine: z.enum(['postgres', 'mysql']),
  host: text(255).regex(/^[A-Za-z0-9._:[\]-]+$/, { error: 'must be a host name or an address, without a scheme or a port' }),
  port: z.number().int().min(1).max(65_535).optional(),
  database: text(100),
  user: text(100),
  /** `verify`: TLS with a certificate that is checked; `require`: TLS with any certificate; `off`: as plain text. */
  tls: z.enum(['verify', 'require', 'off']).default('verify'),
});
export type Source = z.infer<typeof source>;
export const portOf = (s: Source): number => s.port ?? (s.engine === 'postgres' ? 5432 : 3306);

function cronError(expression: string): string | undefined {
  try {
    new Cron(expression, { paused: true, mode: '5-part' });
    return undefined;
  } catch {
    return 'is no schedule; write five fields such as 0 3 * * *';
  }
}

export const schedule = z.union([
  z.strictObject({ everyMinutes: z.number().int().min(1).max(10_080) }),
  z.strictObject({
    cron: z
      .string()
      .max(100)
      .refine((c) => cronError(c) === undefined, { error: 'is no schedule; write five fields such as 0 3 * * *' }),
  }),
  /** Only when someone asks for it. */
  z.strictObject({ byHand: z.literal(true) }),
]);
export type Schedule = z.infer<typeof schedule>;

/** A table's name, or a query that reads. */
const query = text(20_000)
  .transform((q) => q.replace(/;\s*$/, ''))
  .refine((q) => /^[\w.$"`]+$/.test(q) || /^\s*(select|with)\b/i.test(q), {
    error: 'must be the name of a table, or one query that begins with SELECT or WITH',
  });

export const pullBody = z.strictObject({
  name: text(100),
  source,
  password: z.string().max(500).refine(storable, notStorable).default(''),
  query,
  /** A column that only grows, such as updated_at or id: only rows from where the last run ended are read. */
  cursor: text(100),
  kind: z.enum(importKinds),
  mapping,
  options: importOptions.prefault({}),
  schedule: schedule.default({ everyMinutes: 60 }),
  enabled: z.boolean().default(true),
});
export type PullBody = z.infer<typeof pullBody>;
export const pullPatch = z.strictObject({
  name: text(100).optional(),
  source: source.optional(),
  password: z.string().max(500).refine(storable, notStorable).optional(),
  query: query.optional(),
  cursor: text(100).optional(),
  kind: z.enum(importKinds).optional(),
  mapping: mapping.optional(),
  options: importOptions.optional(),
  schedule: schedule.optional(),
  enabled: z.boolean().optional(),
  /** True: the next run begins at the beginning. */
  restart: z.boolean().optional(),
});
export type PullPatch = z.infer<typeof pullPatch>;
export const pullTest = z.strictObject({
  /** A pull whose password is to be used, where none is given. */
  pullId: text(60).optional(),
  source,
  password: z.string().max(500).refine(storable, notStorable).optional(),
  query,
  cursor: text(100).optional(),
  kind: z.enum(importKinds).optional(),
});

const count = z.number().int();
export const pullView = z.object({
  id: z.string(),
  name: z.string(),
  source,
  query: z.string(),
  cursor: z.string(),
  kind: z.enum(importKinds),
  mapping,
  options: z.record(z.string(), z.unknown()),
  schedule,
  enabled: z.boolean(),
  /** Up to where rows were read. */
  watermark: z.string().nullable(),
  nextAt: z.string().nullable(),
  lastRun: z.lazy(() => runView).nullable(),
  createdAt: z.string(),
});
export const runView = z.object({
  id: z.string(),
  state: z.enum(['queued', 'running', 'done', 'failed']),
  fetched: count,
  accepted: count,
  duplicate: count,
  rejected: count,
  imports: z.array(z.string()),
  error: z.string().nullable(),
  startedAt: z.string(),
  finishedAt: z.string().nullable(),
});
export type PullView = z.infer<typeof pullView>;
export type RunView = z.infer<typeof runView>;
export const testView = z.object({
  columns: z.array(z.object({ name: z.string(), examples: z.array(z.unknown()) })),
  kind: z.enum(importKinds),
  mapping,
  cursor: z.string().nullable(),
  sample: z.array(z.record(z.string(), z.unknown())),
});
