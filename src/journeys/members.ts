import { letIn } from './enter.ts';
import { type EntryNode, triggerOf } from './graph.ts';
import type { Plan } from './plan.ts';
import type { Plans } from './plans.ts';
import { type Deps, lock } from './ports.ts';

const setSize = 20_000;
/** Above every number of a person. */
export const everybody = Number.MAX_SAFE_INTEGER;

interface Row {
  no: number;
  version: number;
  launched_at: Date;
  members_below: number;
}

/**
 * Lets in those who were in the entry's audience at the launch, where the launch asked for it: set by set, from the highest number down. How far it came
 * is written in the same transaction, so nobody is let in twice and a stop in between forgets nobody. Who came into the audience after the launch
 * enters by that event. Returns how many entered.
 */
export async function letMembersIn(deps: Deps, plans: Plans, workspaceNo: number): Promise<number> {
  let entered = 0;
  for (;;) {
    const [journey] = await deps.pg.query<Row>(
      "SELECT no, version, launched_at, members_below FROM journeys WHERE workspace_no = $1 AND state = 'running' AND members_below IS NOT NULL ORDER BY no LIMIT 1",
      [workspaceNo],
    );
    if (!journey) return entered;
    // A version made after the launch may begin otherwise; the launch was about the first.
    const audience = byMembers(await plans.get(deps.pg, journey.no, 1))?.audience;
    const plan = await plans.get(deps.pg, journey.no, journey.version);
    const entry = byMembers(plan) ?? plan.entries[0]!;
    const page =
      audience === undefined ? [] : ((await deps.audience.members?.(workspaceNo, audience, journey.members_below, setSize)) ?? []);
    const launched = journey.launched_at.getTime();
    const arrivals = page
      .filter((m) => m.since === null || m.since <= launched)
      .map((m) => ({ personNo: m.personNo, at: journey.launched_at }));
    const done = await deps.pg.tx(async (tx) => {
      await lock(tx, workspaceNo);
      // Not so any more where another process was first, or the journey was stopped.
      const [still] = await tx.query(
        `UPDATE journeys SET members_below = $3 WHERE no = $1 AND members_below = $2 AND state = 'running' RETURNING no`,
        [journey.no, journey.members_below, page.length < setSize ? null : page.at(-1)!.personNo],
      );
      return still ? letIn(deps, tx, workspaceNo, { plan, entry }, arrivals, deps.clock.now()) : { people: 0, sends: 0 };
    });
    await deps.boundary('journeys.members');
    if (done.sends > 0) deps.channels.wake();
    entered += done.people;
  }
}

const byMembers = (plan: Plan): EntryNode | undefined => plan.entries.find((e) => triggerOf(e) === 'audience' && e.on !== 'exit');
