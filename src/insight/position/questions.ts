import { z } from 'zod';
import { kocQuestion } from '../koc/schema.ts';
import { range } from '../schema-base.ts';
import { suitabilityQuestion } from '../suitability/schema.ts';
import { poolValueQuestion } from './pool-value.ts';
import { purposeQuestion } from './purposes.ts';

/** Questions about what the pool is for, whose numbers lead to people. */
export const positionQuestion = z.discriminatedUnion('kind', [
  suitabilityQuestion.extend({ kind: z.literal('suitability') }),
  z.strictObject({ ...range, kind: z.literal('reach') }),
  poolValueQuestion.extend({ kind: z.literal('poolValue') }),
  purposeQuestion.extend({ kind: z.literal('purpose') }),
  kocQuestion.extend({ kind: z.literal('koc') }),
]);
export type PositionQuestion = z.infer<typeof positionQuestion>;
