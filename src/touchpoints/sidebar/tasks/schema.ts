import { z } from 'zod';
import { personNo } from '../../../people/index.ts';

const line = z.object({ personId: z.string(), staffId: z.string() });

export const handOutBody = z.strictObject({
  people: z
    .array(
      z.strictObject({
        id: z.string().refine((id) => personNo(id) > 0, 'is no id of a person'),
        text: z.string().trim().max(300, 'must have at most 300 characters').default(''),
      }),
    )
    .min(1, 'name at least one customer')
    .max(200, 'at most 200 at once'),
  /** What staff are told in WeCom; without it the tasks are only there to be seen. */
  message: z.strictObject({ title: z.string().trim().max(128), text: z.string().trim().min(1).max(500) }).optional(),
});
export const handedOut = z.object({
  set: z.array(line),
  /** Theirs today already: nothing is doubled. */
  already: z.array(line),
  /** Bound to nobody who is there. */
  unbound: z.array(z.string()),
  told: z.array(z.string()),
  untold: z.array(z.object({ staffId: z.string(), reason: z.string() })),
});
