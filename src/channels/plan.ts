import { z } from 'zod';
import type { Accounts } from './accounts.ts';
import { foresee, foresightSchema } from './foresee.ts';
import { readLimits } from './limits/limits.ts';
import { allowance } from './limits/period.ts';
import type { Deps } from './ports.ts';
import { usage } from './reach.ts';
import { wecomConfig } from './wecom/index.ts';

/** What so many mass messages to an audience, or to all customers, would reach in this period, and what they would leave for later ones. */

export const planAsk = z.strictObject({
  /** Left out: all customers. */
  audienceId: z.string().min(1).max(64).optional(),
  messages: z.number().int().min(1).max(31).default(1),
});
export type ReachAsk = z.output<typeof planAsk>;

const byLeft = z.array(z.object({ messages: z.number(), customers: z.number() }));
export const planView = z.object({
  /** People of the audience that were looked at; null: all customers were. `more`: there are others. */
  people: z.number().nullable(),
  more: z.boolean(),
  /** Of them: who are customers of somebody, by how many they could still have before and after. */
  customers: z.number(),
  before: byLeft,
  after: byLeft,
  /** Messages that the period does not allow, and who could have nothing more in it afterwards. */
  over: z.number(),
  emptied: z.number(),
  until: z.string(),
  /** Messages that each would have to confirm. */
  staff: z.array(z.object({ userId: z.string(), customers: z.number(), messages: z.number() })),
  /** Judged person by person as the outbox does; null for all customers. */
  foresight: foresightSchema.nullable(),
});
export type ReachPlan = z.output<typeof planView>;

const mostLooked = 20_000;

export async function planReach(deps: Deps, accounts: Pick<Accounts, 'one'>, workspaceNo: number, ask: ReachAsk): Promise<ReachPlan> {
  const [account, limits] = await Promise.all([accounts.one(workspaceNo, 'wecom'), readLimits(deps.pg, workspaceNo)]);
  const parsed = wecomConfig.safeParse(account?.config);
  const corpId = parsed.success ? parsed.data.corpId : '';
  const { most, from, to } = allowance(limits.get('wecom.mass.perCustomer'), deps.clock.ms());
  const people = ask.audienceId === undefined ? undefined : await membersOf(deps, workspaceNo, ask.audienceId);
  const addresses = people && [
    ...(await deps.people.addresses(workspaceNo, 'wecom_external_userid', people.slice(0, mostLooked), `${corpId}:`)).values(),
  ];
  const rows = await usage(deps.pg, { workspaceNo, corpId, from, messages: most, ...(addresses ? { addresses } : {}) });
  const [before, after] = [new Map<number, number>(), new Map<number, number>()];
  const staff = new Map<string, ReachPlan['staff'][number]>();
  let [customers, over, emptied] = [0, 0, 0];
  for (const row of rows) {
    const left = most - row.used;
    const go = Math.min(left, ask.messages);
    customers += row.customers;
    over += (ask.messages - go) * row.customers;
    if (left > 0 && left - go === 0) emptied += row.customers;
    before.set(left, (before.get(left) ?? 0) + row.customers);
    after.set(left - go, (after.get(left - go) ?? 0) + row.customers);
    const one = staff.get(row.userid) ?? { userId: row.userid, customers: 0, messages: 0 };
    staff.set(row.userid, { ...one, customers: one.customers + row.customers, messages: one.messages + go * row.customers });
  }
  const sorted = (counts: Map<number, number>) =>
    [...counts].map(([messages, n]) => ({ messages, customers: n })).sort((a, b) => b.messages - a.messages);
  return {
    people: people ? Math.min(people.length, mostLooked) : null,
    more: (people?.length ?? 0) > mostLooked,
    ...{ customers, before: sorted(before), after: sorted(after), over, emptied, until: to.toISOString() },
    staff: [...staff.values()].sort((a, b) => b.messages - a.messages).slice(0, 200),
    foresight: people
      ? await foresee(deps, accounts, workspaceNo, { channel: 'wecom', people: people.slice(0, mostLooked), times: ask.messages })
      : null,
  };
}

/** One more than is looked at, so that it is known when there are more. */
async function membersOf(deps: Deps, workspaceNo: number, audienceId: string): Promise<number[]> {
  const found: number[] = [];
  let below = 2 ** 31;
  while (found.length <= mostLooked) {
    const page = (await deps.members?.(workspaceNo, audienceId, below, 5_000)) ?? [];
    found.push(...page.map((one) => one.personNo));
    const last = page.at(-1);
    if (!last) break;
    below = last.personNo;
  }
  return found;
}
