import { z } from 'zod';
import { purposes } from '../../content/index.ts';
import { carrier } from '../schema-base.ts';
import { metricOf, poolMetrics } from './metrics.ts';

const metric = z.string().superRefine((key, context) => {
  if (!metricOf(key)) context.addIssue({ code: 'custom', message: `must be one of ${poolMetrics.map((m) => m.key).join(', ')}` });
});
const measured = { metric, carrier: carrier.optional() };
const byCarrierFits = ({ metric: key, carrier: of }: { metric: string; carrier?: string | undefined }, context: z.RefinementCtx): void => {
  if (of !== undefined && metricOf(key)?.byCarrier === false)
    context.addIssue({ code: 'custom', path: ['carrier'], message: 'is not told by carrier for this metric' });
};
const number = z.number().min(-1e15).max(1e15);

const target = z
  .strictObject({
    ...measured,
    term: z.enum(['short', 'long']),
    /** From this day on sums are counted; and the way to the target begins. */
    from: z.iso.date(),
    by: z.iso.date(),
    value: number,
  })
  .superRefine(byCarrierFits)
  .refine(({ from, by }) => from < by, { path: ['by'], error: 'must be after from' });
export type Target = z.infer<typeof target>;

const guard = z.strictObject({ ...measured, op: z.enum(['<=', '>=']), limit: number }).superRefine(byCarrierFits);
export type Guard = z.infer<typeof guard>;

export const statementSchema = z.strictObject({
  name: z.string().trim().max(100).default(''),
  /** The lifetime need that the pool serves. */
  need: z.string().trim().max(1000).default(''),
  northStar: z.strictObject(measured).superRefine(byCarrierFits).default({ metric: 'ladder.net' }),
  guards: z.array(guard).max(20).default([]),
  targets: z.array(target).max(40).default([]),
  /** The level of the ladder from which on somebody is a fan. */
  fanLevel: z.string().min(1).max(50).default('repeat'),
  /** Groups that have named their purpose. */
  groups: z
    .array(z.strictObject({ id: z.string().min(1).max(200), purpose: z.enum(purposes) }))
    .max(2000)
    .default([]),
  /** What follows within so many days is put down to a message. */
  followDays: z.number().int().min(1).max(90).default(7),
});
export type Statement = z.infer<typeof statementSchema>;
