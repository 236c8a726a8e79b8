import { z } from 'zod';
import { decodeCursor, encodeCursor, newId, problem, sqlString } from '../../base/index.ts';
import { personId } from '../../people/index.ts';
import { createDisputes } from './disputes.ts';
import type { BindingRules } from './facts.ts';
import { consumeSlice, expireDue, followMerges, followSplit } from './follow.ts';
import type { BindingDeps } from './ports.ts';
import { readSetting, touchesOf } from './read-facts.ts';
import { savedRules, saveRules } from './rules.ts';
import { readStaffFile } from './staff/read-file.ts';
import { createStaff } from './staff/staff.ts';
import { fromDirectory } from './staff/sync.ts';
import { takeIn } from './staff/take-in.ts';
import { createSuccessions } from './succession.ts';
import { tell } from './tell.ts';
import { createTransfers, writeAct } from './transfers.ts';
import { bindingOf, present } from './views.ts';
import { explain, workOut } from './work-out.ts';

export const REPLAY = 'binding.replay';
const peopleAtOnce = 20_000;

/** Opens the room. What happens is worked out from landed events and from what was decided by hand; nothing else is kept. */
export function createBinding(deps: BindingDeps) {
  const { pg, ch, clock, jobs, platform } = deps;
  const staff = createStaff(deps);
  const disputes = createDisputes(deps);
  const transfers = createTransfers(deps);
  const successions = createSuccessions(deps, transfers);

  // Rules for a time that is past: everyone who was ever touched is looked at anew.
  jobs.define(REPLAY, async ({ workspaceNo, progress }) => {
    const touches = [...touchesOf((await readSetting(pg, workspaceNo)).versions).keys()].map(sqlString).join(', ');
    let done = 0;
    for (let after = 0; touches !== ''; ) {
      const rows = await ch.query<{ p: number }>(
        `SELECT DISTINCT person_no AS p FROM ${deps.events.source(workspaceNo)} WHERE type = 'track' AND event IN (${touches}) AND person_no > ${after}
         ORDER BY p LIMIT ${peopleAtOnce}`,
      );
      if (rows.length === 0) break;
      await workOut(
        deps,
        workspaceNo,
        rows.map((r) => r.p),
      );
      await tell(deps, workspaceNo);
      after = rows.at(-1)!.p;
      done += rows.length;
      await progress({ done });
    }
    return { people: done };
  });

  const mustHaveRules = async (ws: number): Promise<void> => {
    const [rules] = await savedRules(pg, ws);
    if (!rules)
      throw problem(409, 'There are no rules of binding yet', {
        detail: 'Save rules under Staff and stores → Rules; then customers can be bound.',
      });
  };

  return {
    staff,
    disputes,
    transfers,
    successions,
    savedRules: (ws: number) => savedRules(pg, ws),

    /** With a `from` that is past, everyone is worked out anew in the background. */
    saveRules: async (ws: number, rules: BindingRules, from: Date | undefined, actor: string): Promise<{ jobId: string | null }> => {
      await saveRules(pg, clock, ws, rules, from, actor);
      if (!from) return { jobId: null };
      return { jobId: (await jobs.start(ws, REPLAY, {}, { key: `${REPLAY}:${ws}` })).id };
    },

    /** Who has these people now, by number; who is bound to nobody is left out. */
    present: (ws: number, people: readonly number[]) => present(deps, ws, people),

    /** The binding of one person: now, the history, disputes, hand-overs; `touches`: also what changed nothing, and why. */
    ofPerson: async (ws: number, personNo: number, options: { touches?: boolean } = {}) => ({
      ...(await bindingOf(deps, ws, personNo)),
      disputes: await disputes.ofPerson(ws, personNo),
      transfers: await transfers.ofPerson(ws, personNo),
      kept: options.touches ? (await explain(deps, ws, personNo)).kept.map((k) => ({ ...k, at: new Date(k.at).toISOString() })) : [],
    }),

    /** The customers of one staff member, those bound last first. */
    customersOf: async (ws: number, staffId: string, page: { cursor?: string | undefined; limit: number }) => {
      const after = decodeCursor(page.cursor, z.tuple([z.iso.datetime(), z.number().int()]));
      const rows = await pg.query<{ no: number; since: Date; protected_until: Date; valid_until: Date | null; paused: boolean }>(
        `SELECT person_no AS no, since, protected_until, valid_until, paused FROM bindings
         WHERE workspace_no = $1 AND staff_id = $2 AND (paused OR valid_until IS NULL OR valid_until > $3) AND ($4::timestamptz IS NULL OR (since, person_no) < ($4, $5))
         ORDER BY since DESC, person_no DESC LIMIT $6`,
        [ws, staffId, clock.now(), after?.[0] ?? null, after?.[1] ?? null, page.limit + 1],
      );
      const items = rows.slice(0, page.limit).map((r) => ({
        personNo: r.no,
        personId: personId(r.no),
        since: r.since.toISOString(),
        protectedUntil: r.protected_until.toISOString(),
        validUntil: r.valid_until?.toISOString() ?? null,
        disputed: r.paused,
      }));
      const last = items.at(-1);
      return { items, nextCursor: rows.length > page.limit ? encodeCursor([last!.since, last!.personNo]) : null };
    },

    /**
     * Gives a customer to a staff member, or to nobody. With `handOver` the friendship is handed over at the platform, and the binding moves when that
     * is done; who is no friend of the present one is given at once.
     */
    give: async (
      ws: number,
      personNo: number,
      ask: { staff: string | null; reason: string; actor: string; handOver: boolean },
    ): Promise<{ moved: boolean; transferId: string | null }> => {
      await mustHaveRules(ws);
      const holder = (await present(deps, ws, [personNo])).get(personNo);
      if (holder?.disputed)
        throw problem(409, 'There is an open dispute about this customer', { detail: 'Decide it: that says whose they are.' });
      if ((holder?.staffId ?? null) === ask.staff)
        throw problem(409, 'Nothing would change', { detail: 'The customer is bound so already.' });
      if (ask.handOver && ask.staff !== null && holder) {
        const friends = (await platform?.friendsOf(ws, [personNo], holder.staffId)) ?? new Map<number, string>();
        if (friends.size > 0) {
          const giver = await staff.one(ws, holder.staffId);
          const given = {
            from: holder.staffId,
            to: ask.staff,
            friends,
            resigned: giver.state === 'left',
            reason: ask.reason,
            actor: ask.actor,
          };
          const { asked, tooOften, underWay } = await transfers.ask(ws, given);
          if (tooOften.length > 0)
            throw problem(409, 'WeCom hands a customer over twice in 90 days at most', {
              code: 'transfer_limit',
              detail: 'This one has had both. Move the binding without the friendship, or wait.',
            });
          if (underWay.length > 0) throw problem(409, 'A hand-over of this customer is under way');
          return { moved: false, transferId: asked.get(personNo) ?? null };
        }
      }
      await writeAct(pg, ws, {
        id: newId('act', clock.ms()),
        personNo,
        staff: ask.staff,
        at: clock.now(),
        actor: ask.actor,
        reason: ask.reason,
      });
      await workOut(deps, ws, [personNo]);
      await tell(deps, ws);
      return { moved: true, transferId: null };
    },

    takeInFile: async (ws: number, text: string, options: { whole: boolean; apply: boolean }) =>
      takeIn(deps, ws, readStaffFile(text, options.whole), options.apply),

    /** The tree and the staff as WeCom lists them now. */
    sync: async (ws: number) => {
      const directory = await platform?.directory?.(ws);
      if (!directory)
        throw problem(409, 'WeCom’s directory cannot be read here', {
          detail: 'Set up the WeCom channel with an app that may see departments and members; or take the staff in from a file.',
        });
      return takeIn(deps, ws, fromDirectory(directory), true);
    },

    consume: (slice: Parameters<typeof consumeSlice>[1]) => consumeSlice(deps, slice),
    onMerge: (ws: number, moves: readonly { from: number; to: number }[]) => followMerges(deps, ws, moves),
    onSplit: (ws: number, split: Parameters<typeof followSplit>[2]) => followSplit(deps, ws, split),
    /** Ends what has run out, works on hand-overs. */
    tick: async (): Promise<number> => (await expireDue(deps)) + (await transfers.work()),
    /** At a start: tells what a stopped process had written and not told. */
    recover: async (): Promise<void> => {
      const rows = await pg.query<{ ws: number }>('SELECT DISTINCT workspace_no AS ws FROM binding_history WHERE untold');
      for (const { ws } of rows) await tell(deps, ws);
    },
  };
}
export type Binding = ReturnType<typeof createBinding>;
