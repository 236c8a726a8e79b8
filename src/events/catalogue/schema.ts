import { z } from 'zod';

const text = z.string().max(200);

/** What staff declare of an event, of a property (of one event, or of that name everywhere), or of a trait. */
export const entryInput = z
  .strictObject({
    kind: z.enum(['event', 'property', 'trait']),
    /** Of the event: track, page, identify … */
    type: z.enum(['track', 'identify', 'page', 'screen', 'group', 'alias', '']).default(''),
    event: text.default(''),
    name: text.default(''),
    valueType: z.enum(['number', 'text', 'boolean', 'list', 'object']).nullish(),
    owner: text.nullish(),
    meaning: z.strictObject({ zh: z.string().max(1000).nullish(), en: z.string().max(1000).nullish() }).nullish(),
    personal: z.boolean().nullish(),
    expected: z.strictObject({ perDay: z.number().min(0).nullish(), sources: z.array(text).max(50).nullish() }).nullish(),
    status: z.enum(['active', 'deprecated', 'blocked']).default('active'),
  })
  .refine((e) => (e.kind === 'event' ? e.type !== '' && (e.type !== 'track' || e.event !== '') : e.name !== ''), {
    message: 'an event needs its type (and a track event its name); a property or trait needs its name',
  })
  .refine((e) => e.kind !== 'event' || e.name === '', { path: ['name'], message: 'belongs to properties and traits alone' });

export type EntryInput = z.infer<typeof entryInput>;

export interface Declared {
  valueType: string | null;
  owner: string | null;
  meaning: { zh: string | null; en: string | null };
  personal: boolean | null;
  expected: { perDay?: number | null; sources?: string[] | null } | null;
  status: 'active' | 'deprecated' | 'blocked';
}
