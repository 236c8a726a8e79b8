import { z } from 'zod';
import { badInput } from './errors.ts';

/** Query of every list: an opaque cursor and a page size. */
export const pageQuery = z.object({
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
});

/** An opaque cursor that carries a small value. */
export function encodeCursor(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** The value in a cursor; 400 when it is not one of ours. */
export function decodeCursor<T>(cursor: string | undefined, shape: z.ZodType<T>): T | undefined {
  if (cursor === undefined || cursor === '') return undefined;
  try {
    const parsed = shape.safeParse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    if (parsed.success) return parsed.data;
  } catch {
    // Falls through to the same answer as a wrong shape.
  }
  throw badInput([{ field: 'cursor', reason: 'is not a cursor of this list; take nextCursor of the page before, or leave it out' }]);
}
