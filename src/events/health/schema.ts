import { z } from 'zod';
import { decodeCursor, pageQuery } from '../../base/index.ts';

export const findingCursor = z.object({ open: z.boolean(), lastAt: z.iso.datetime({ offset: true }), id: z.string() });
export const findingQuery = pageQuery.extend({
  state: z.enum(['open', 'closed']).optional(),
  handling: z.enum(['new', 'acknowledged', 'muted', 'expected']).optional(),
  detector: z.string().max(60).optional(),
  severity: z.enum(['info', 'warning', 'critical']).optional(),
});
export const readCursor = (cursor: string | undefined) => decodeCursor(cursor, findingCursor);

export interface FindingQuery {
  state?: 'open' | 'closed' | undefined;
  handling?: string | undefined;
  detector?: string | undefined;
  severity?: string | undefined;
  before?: z.infer<typeof findingCursor> | undefined;
  limit: number;
}

export const findingChange = z
  .strictObject({
    handling: z.enum(['new', 'acknowledged', 'muted', 'expected']).optional(),
    /** Of a mute: how long. */
    until: z.iso.datetime({ offset: true }).optional(),
    note: z.string().max(1000).optional(),
  })
  .refine((c) => c.handling !== undefined || c.note !== undefined, { message: 'name what changes: handling or note' });
export type FindingChange = z.infer<typeof findingChange>;

export const expectedInput = z
  .strictObject({ from: z.iso.datetime({ offset: true }), to: z.iso.datetime({ offset: true }), note: z.string().max(300).optional() })
  .refine((e) => Date.parse(e.to) > Date.parse(e.from), { path: ['to'], message: 'must be after from' })
  .refine((e) => Date.parse(e.to) - Date.parse(e.from) <= 31 * 86_400_000, { path: ['to'], message: 'must be within 31 days of from' });
export type ExpectedInput = z.infer<typeof expectedInput>;
export interface ExpectedTime {
  id: string;
  from: string;
  to: string;
  note: string | null;
}
