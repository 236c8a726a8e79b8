import { z } from 'zod';
import { badInput, type Clock, type Pg } from '../../base/index.ts';
import type { BindingRules, RuleVersion } from './facts.ts';

/** What this room itself says of customers brings nobody together. */
const own = /^Binding /;
const days = (max: number) =>
  z.number().int('must be a whole number of days').min(0, 'must not be negative').max(max, `must be at most ${max} days`);

export const rulesSchema = z
  .object({
    enabled: z.boolean(),
    touches: z
      .array(
        z.object({
          event: z
            .string()
            .min(1)
            .max(200)
            .refine((e) => !own.test(e), 'follows from binding itself; name what brings customer and staff together'),
          staff: z.string().regex(/^[^`\\\n.]{1,60}(\.[^`\\\n.]{1,60}){0,4}$/, 'is not the name of a property, such as userId or staff.id'),
        }),
      )
      .min(1, 'name at least one event that brings a customer and a staff member together')
      .max(10),
    protectionDays: days(3650),
    validityDays: days(36_500).nullable(),
    orderRenews: z.enum(['both', 'validity', 'nothing']),
  })
  .superRefine((r, ctx) => {
    if (r.validityDays !== null && r.validityDays < r.protectionDays)
      ctx.addIssue({
        code: 'custom',
        path: ['validityDays'],
        message: `must be at least the protection of ${r.protectionDays} days; make it longer, or the protection shorter`,
      });
  });

/** What a workspace is offered that has not said anything yet. */
export const usualRules: BindingRules = {
  enabled: true,
  touches: [{ event: 'Friend Added', staff: 'userId' }],
  protectionDays: 30,
  validityDays: 180,
  orderRenews: 'both',
};

export interface SavedRules {
  n: number;
  from: string;
  savedAt: string;
  by: string;
  rules: BindingRules;
}

interface Row {
  n: number;
  from_at: Date;
  rules: BindingRules;
  saved_at: Date;
  actor: string;
}

/** Versions as they count: of two that begin at the same instant the later saved. */
export async function ruleVersions(pg: Pg, workspaceNo: number): Promise<RuleVersion[]> {
  const rows = await pg.query<Row>('SELECT n, from_at, rules FROM binding_rules WHERE workspace_no = $1 ORDER BY from_at, n', [
    workspaceNo,
  ]);
  return rows.map((r) => ({ n: r.n, from: r.from_at.getTime(), rules: r.rules }));
}

export async function savedRules(pg: Pg, workspaceNo: number): Promise<SavedRules[]> {
  const rows = await pg.query<Row>('SELECT * FROM binding_rules WHERE workspace_no = $1 ORDER BY n DESC', [workspaceNo]);
  return rows.map((r) => ({ n: r.n, from: r.from_at.toISOString(), savedAt: r.saved_at.toISOString(), by: r.actor, rules: r.rules }));
}

/** Saves rules that hold from an instant on, now by default. Earlier ones stay what they were for their time. */
export async function saveRules(
  pg: Pg,
  clock: Clock,
  workspaceNo: number,
  rules: BindingRules,
  from: Date | undefined,
  actor: string,
): Promise<Date> {
  const now = clock.now();
  const at = from ?? now;
  if (at.getTime() > now.getTime())
    throw badInput([{ field: 'from', reason: 'lies ahead; rules hold from now on, or from a time that is past' }]);
  return pg.tx(async (tx) => {
    await tx.query('SELECT pg_advisory_xact_lock(7141, $1)', [workspaceNo]);
    const [last] = await tx.query<{ from_at: Date }>(
      'SELECT from_at FROM binding_rules WHERE workspace_no = $1 ORDER BY from_at DESC LIMIT 1',
      [workspaceNo],
    );
    if (last && from && at.getTime() < last.from_at.getTime())
      throw badInput([{ field: 'from', reason: 'lies before the rules that hold now; what was decided by them stays. Leave it out' }]);
    await tx.query(
      `INSERT INTO binding_rules (workspace_no, n, from_at, rules, saved_at, actor)
       SELECT $1, coalesce(max(n), 0) + 1, $2, $3, $4, $5 FROM binding_rules WHERE workspace_no = $1`,
      [workspaceNo, at, JSON.stringify(rules), now, actor],
    );
    return at;
  });
}
