import { z } from 'zod';
import { parseRule } from './parse.ts';
import type { Rule } from './rule.ts';

/**
 * A rule at the edge. The language is read by `parseRule`, whose errors name the place and the mend, which a union of shapes cannot;
 * here its errors become zod's.
 */
export const ruleSchema = z
  .unknown()
  .transform((input, ctx): Rule => {
    const { rule, errors } = parseRule(input, '');
    if (rule) return rule;
    for (const e of errors) ctx.addIssue({ code: 'custom', path: segments(e.field), message: e.reason });
    return z.NEVER;
  })
  .meta({
    description:
      'A rule: {all|any:[…]}, {not}, {trait, op, value}, {tag}, {stage}, {tier}, {level}, {audience}, {event, where, within, count|sum|avg|min|max|distinct|first|last}, {sequence, within, during}',
    example: { event: 'Order Completed', within: { days: 30 }, count: { op: '>=', value: 2 } },
  });

/** `all[1].where[0].op` as the steps of a path. */
function segments(field: string): (string | number)[] {
  return field
    .split(/[.[\]]+/)
    .filter((s) => s !== '')
    .map((s) => (/^\d+$/.test(s) ? Number(s) : s));
}

export const nameSchema = z.object({ zh: z.string().trim().min(1).max(100), en: z.string().trim().min(1).max(100) });
export const keySchema = z
  .string()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}_:.-]{0,59}$/u, 'must be letters, digits, _ - . or :, at most 60, and begin with a letter or digit');

export const orderedSchema = z.object({
  items: z
    .array(z.object({ key: keySchema, name: nameSchema, rule: ruleSchema }))
    .min(1)
    .max(30)
    .refine((items) => new Set(items.map((i) => i.key)).size === items.length, 'two of them have the same key; give each its own'),
});
const description = z.string().trim().max(500).optional();
export const tagAboutSchema = z.object({
  description,
  owner: z.string().trim().max(100).optional(),
  values: z.enum(['none', 'one', 'many']).optional(),
  expiresAfterDays: z.number().positive().max(3_650).optional(),
  group: z.string().trim().min(1).max(60).optional(),
  model: z.object({ topic: z.string().trim().min(1).max(200), threshold: z.number().positive().max(100_000) }).optional(),
});
type TagInput = { rule?: unknown; about?: z.infer<typeof tagAboutSchema> | undefined };
const fits = (tag: TagInput, ctx: z.RefinementCtx) => {
  if (!tag.rule || !tag.about) return;
  for (const field of ['expiresAfterDays', 'model'] as const)
    if (tag.about[field] !== undefined)
      ctx.addIssue({
        code: 'custom',
        path: ['about', field],
        message: 'is of tags that are given; a tag by rule holds while its rule does',
      });
  if (tag.about.values && tag.about.values !== 'none')
    ctx.addIssue({ code: 'custom', path: ['about', 'values'], message: 'must be none: a tag by rule has no value' });
};
export const newTagSchema = z
  .object({ key: keySchema, name: nameSchema, rule: ruleSchema.nullable().default(null), about: tagAboutSchema.default({}) })
  .superRefine(fits);
export const tagChangeSchema = z
  .object({ name: nameSchema.optional(), rule: ruleSchema.nullable().optional(), about: tagAboutSchema.optional() })
  .superRefine(fits);
export const newAudienceSchema = z.object({
  name: z.string().trim().min(1).max(100),
  rule: ruleSchema,
  live: z.boolean().default(true),
  description,
});
export const audienceChangeSchema = z.object({
  name: z.string().trim().min(1).max(100).optional(),
  rule: ruleSchema.optional(),
  live: z.boolean().optional(),
  description,
});
export const peopleTagSchema = z.object({
  personIds: z.array(z.string()).min(1).max(1000),
  key: keySchema,
  value: z.union([z.string().max(200), z.number(), z.boolean()]).optional(),
});
