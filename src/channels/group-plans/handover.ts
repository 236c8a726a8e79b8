import { badInput, newId, problem } from '../../base/index.ts';
import { readLimits } from '../limits/limits.ts';
import { allowance } from '../limits/period.ts';
import { WecomError } from '../wecom/index.ts';
import { type PlanDeps, type Platform, platformOf } from './ports.ts';
import type { HandoverAnswer, HandoverBody } from './schema.ts';

/**
 * Groups of somebody who leaves, or hands them on while staying, passed to others: shared out among them, largest first, so that each gets about as many
 * people. All are written down; as many go today as the platform moves of one owner a day, the rest on the days after.
 */

const PER_CALL = 100;
/** While one process moves a group no other does; if it dies, another takes it up after this long. */
const LEASE_MS = 60_000;
const NOT_LEFT = 90500;
const HAS_LEFT = 90502;
const UNCHANGED = 90504;

export const REASONS: Record<number, string> = {
  49008: 'The group is dissolved',
  90501: 'This is not a group of customers',
  90502: 'The owner has left; hand it over as of somebody who left',
  90507: 'The group is being handed over already',
  90508: 'The group was handed over already',
  60011: 'Outside the visible range of the app',
  40003: 'WeCom does not know who takes over',
};
export const reasonOf = (code: number): string => REASONS[code] ?? `WeCom refused it (${code})`;

interface Move {
  id: string;
  chat_id: string;
  from_owner: string;
  to_owner: string;
}
type Outcome = Move & { code: number | null };

export async function handOverGroups(deps: PlanDeps, workspaceNo: number, ask: HandoverBody, by: string): Promise<HandoverAnswer> {
  const platform = await platformOf(deps, workspaceNo);
  if (!platform) throw problem(409, 'WeCom is not set up', { detail: 'Enter its settings under Settings, Channels.' });
  const heirs = [...new Set(ask.to)];
  if (heirs.includes(ask.from)) throw badInput([{ field: 'to', reason: 'holds the one who gives' }]);
  const ids = await writeDown(deps, workspaceNo, platform.corpId, { ...ask, to: heirs }, by);
  await deps.boundary('groups.handover.asked');
  const done = await moveDue(deps, workspaceNo, platform, ids);
  return {
    moved: done.filter((one) => one.code === null).map((one) => ({ chatId: one.chat_id, to: one.to_owner })),
    failed: done.flatMap(({ code, chat_id, to_owner }) =>
      code === null ? [] : [{ chatId: chat_id, to: to_owner, code, reason: reasonOf(code) }],
    ),
    left: ids.length - done.length,
  };
}

/** Who gets which group. What waits already keeps its place, with the heir that it is given now. */
async function writeDown({ pg, clock }: PlanDeps, workspaceNo: number, corpId: string, ask: HandoverBody, by: string): Promise<string[]> {
  const groups = await pg.query<{ chat_id: string; members: number }>(
    `SELECT g.chat_id, (SELECT count(*) FROM wecom_group_members m WHERE m.workspace_no = g.workspace_no AND m.corp_id = g.corp_id AND m.chat_id = g.chat_id
       AND m.ended_at IS NULL) AS members
     FROM wecom_groups g WHERE g.workspace_no = $1 AND g.corp_id = $2 AND g.owner = $3 AND g.dismissed_at IS NULL AND ($4::text[] IS NULL OR g.chat_id = ANY ($4))
     ORDER BY 2 DESC, 1`,
    [workspaceNo, corpId, ask.from, ask.chatIds ?? null],
  );
  const shares = ask.to.map((heir) => ({ heir, people: 0 }));
  const given = groups.map((group) => {
    const share = shares.reduce((least, one) => (one.people < least.people ? one : least));
    share.people += group.members + 1;
    return share.heir;
  });
  const rows = await pg.query<{ id: string }>(
    `INSERT INTO group_handovers AS h (workspace_no, corp_id, id, no, chat_id, from_owner, to_owner, asked_at, made_by)
     SELECT $1, $2, $3 || '_' || t.no, t.no, t.chat, $4, t.heir, $5, $6 FROM unnest($7::text[], $8::text[]) WITH ORDINALITY AS t (chat, heir, no)
     ON CONFLICT (workspace_no, corp_id, chat_id) WHERE state IN ('waiting', 'moving')
       DO UPDATE SET to_owner = CASE WHEN h.state = 'waiting' THEN excluded.to_owner ELSE h.to_owner END RETURNING id`,
    [workspaceNo, corpId, newId('hov', clock.ms()), ask.from, clock.now(), by, groups.map((one) => one.chat_id), given],
  );
  return rows.map((row) => row.id);
}

/** Moves what waits, as far as the platform allows today; `only`: of these alone. */
export async function moveDue(deps: PlanDeps, workspaceNo: number, platform: Platform, only?: readonly string[]): Promise<Outcome[]> {
  const moves = await claim(deps, workspaceNo, platform.corpId, only);
  await deps.boundary('groups.handover.claimed');
  const done: Outcome[] = [];
  for (const some of Map.groupBy(moves, (one) => `${one.from_owner}\n${one.to_owner}`).values())
    for (let i = 0; i < some.length; i += PER_CALL) done.push(...(await move(deps, workspaceNo, platform, some.slice(i, i + PER_CALL))));
  return done;
}

/**
 * Written down as under way before the platform is asked, so that the day's count holds whatever happens then. What another process left under way is asked
 * for again and counts once: of a group that it has moved the platform says that nothing changes.
 */
async function claim({ pg, clock }: PlanDeps, workspaceNo: number, corpId: string, only: readonly string[] | undefined): Promise<Move[]> {
  const { most, from } = allowance((await readLimits(pg, workspaceNo)).get('wecom.groups.perOwner'), clock.ms());
  return pg.tx(async (tx) => {
    await tx.query('SELECT pg_advisory_xact_lock(7126, $1)', [workspaceNo]);
    await tx.query(
      `UPDATE group_handovers h SET state = 'over', ended_at = $3 FROM wecom_groups g WHERE h.workspace_no = $1 AND h.corp_id = $2 AND h.state = 'waiting'
         AND g.workspace_no = $1 AND g.corp_id = $2 AND g.chat_id = h.chat_id AND (g.owner <> h.from_owner OR g.dismissed_at IS NOT NULL)`,
      [workspaceNo, corpId, clock.now()],
    );
    return tx.query<Move>(
      `WITH used AS (
         SELECT from_owner, count(*) AS n FROM group_handovers WHERE workspace_no = $1 AND corp_id = $2 AND moved_at >= $3 GROUP BY 1),
       turn AS (
         SELECT h.id, h.state, row_number() OVER (PARTITION BY h.from_owner, h.state ORDER BY h.asked_at, h.no) + coalesce(u.n, 0) AS place
         FROM group_handovers h LEFT JOIN used u USING (from_owner)
         WHERE h.workspace_no = $1 AND h.corp_id = $2 AND ($4::text[] IS NULL OR h.id = ANY ($4))
           AND (h.state = 'waiting' OR (h.state = 'moving' AND h.lease < $5)))
       UPDATE group_handovers h SET state = 'moving', lease = $6, moved_at = coalesce(h.moved_at, $5) FROM turn
       WHERE h.workspace_no = $1 AND h.id = turn.id AND (turn.state = 'moving' OR turn.place <= $7)
       RETURNING h.id, h.chat_id, h.from_owner, h.to_owner`,
      [workspaceNo, corpId, from, only ?? null, clock.now(), new Date(clock.ms() + LEASE_MS), most],
    );
  });
}

async function move(deps: PlanDeps, workspaceNo: number, { client, corpId }: Platform, moves: Move[]): Promise<Outcome[]> {
  const { pg, clock } = deps;
  const heir = moves[0]!.to_owner;
  let failed: Map<string, number>;
  try {
    failed = await transfer(
      client,
      moves.map((one) => one.chat_id),
      heir,
    );
  } catch (error) {
    // They stay under way, and are asked for again.
    deps.log.warn({ err: error }, 'groups could not be handed over');
    return [];
  }
  await deps.boundary('groups.handover.called');
  const codeOf = ({ chat_id }: Move): number | null => {
    const code = failed.get(chat_id) ?? UNCHANGED;
    return code === UNCHANGED ? null : code;
  };
  const done = moves.map((one) => ({ ...one, code: codeOf(one) }));
  const moved = done.filter((one) => one.code === null).map((one) => one.chat_id);
  await pg.tx(async (tx) => {
    // What goes through the API brings no event: our own copy is set at once.
    await tx.query('UPDATE wecom_groups SET owner = $4 WHERE workspace_no = $1 AND corp_id = $2 AND chat_id = ANY ($3)', [
      ...[workspaceNo, corpId, moved, heir],
    ]);
    // A group that was refused has not used up the day.
    await tx.query(
      `UPDATE group_handovers h SET state = CASE WHEN d.code IS NULL THEN 'moved' ELSE 'failed' END, code = d.code, ended_at = $4, lease = NULL,
         moved_at = CASE WHEN d.code IS NULL THEN h.moved_at END
       FROM unnest($2::text[], $3::int[]) AS d (id, code) WHERE h.workspace_no = $1 AND h.id = d.id`,
      [workspaceNo, done.map((one) => one.id), done.map((one) => one.code), clock.now()],
    );
  });
  return done;
}

/** As of somebody who left; and, where the platform says that the owner is there, as of somebody who stays. */
async function transfer(client: Platform['client'], chats: string[], heir: string): Promise<Map<string, number>> {
  const failed = await call(client, 'groupchat.transfer', chats, heir);
  const there = [...failed].filter(([, code]) => code === NOT_LEFT).map(([id]) => id);
  if (there.length > 0) {
    const again = await call(client, 'groupchat.onjob_transfer', there, heir);
    for (const id of there) {
      const code = again.get(id);
      if (code === undefined) failed.delete(id);
      else failed.set(id, code === HAS_LEFT ? NOT_LEFT : code);
    }
  }
  return failed;
}

async function call(
  client: Platform['client'],
  name: 'groupchat.transfer' | 'groupchat.onjob_transfer',
  chats: string[],
  heir: string,
): Promise<Map<string, number>> {
  try {
    const { failed_chat_list } = await client.call(name, { chat_id_list: chats, new_owner: heir });
    return new Map(failed_chat_list.map((one) => [one.chat_id, one.errcode]));
  } catch (error) {
    if (error instanceof WecomError && error.class === 'D') return new Map(chats.map((id) => [id, error.errcode]));
    throw error;
  }
}
