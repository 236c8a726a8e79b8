import { badInput, problem } from '../../base/index.ts';
import { WecomError } from '../wecom/index.ts';
import { type PlanDeps, platformOf } from './ports.ts';
import type { HandoverAnswer, HandoverBody } from './schema.ts';

/** Groups of somebody who leaves, or hands them on while staying, passed to others: shared out among them, largest first, so that each gets about as many people. */

const PER_CALL = 100;
/** The platform moves so many groups of one member a day. */
const PER_DAY = 300;
const NOT_LEFT = 90500;
const HAS_LEFT = 90502;
const UNCHANGED = 90504;

const reasons: Record<number, string> = {
  49008: 'The group is dissolved',
  90501: 'This is not a group of customers',
  90502: 'The owner has left; hand it over as of somebody who left',
  90507: 'The group is being handed over already',
  90508: 'The group was handed over already',
  60011: 'Outside the visible range of the app',
  40003: 'WeCom does not know who takes over',
};

export async function handOverGroups(deps: PlanDeps, workspaceNo: number, ask: HandoverBody): Promise<HandoverAnswer> {
  const { pg } = deps;
  const platform = await platformOf(deps, workspaceNo);
  if (!platform) throw problem(409, 'WeCom is not set up', { detail: 'Enter its settings under Settings, Channels.' });
  const heirs = [...new Set(ask.to)];
  if (heirs.includes(ask.from)) throw badInput([{ field: 'to', reason: 'holds the one who gives' }]);
  const groups = await pg.query<{ chat_id: string; members: number }>(
    `SELECT g.chat_id, (SELECT count(*) FROM wecom_group_members m WHERE m.workspace_no = g.workspace_no AND m.corp_id = g.corp_id AND m.chat_id = g.chat_id
       AND m.ended_at IS NULL) AS members
     FROM wecom_groups g WHERE g.workspace_no = $1 AND g.corp_id = $2 AND g.owner = $3 AND g.dismissed_at IS NULL AND ($4::text[] IS NULL OR g.chat_id = ANY ($4))
     ORDER BY 2 DESC, 1`,
    [workspaceNo, platform.corpId, ask.from, ask.chatIds ?? null],
  );
  const today = groups.slice(0, PER_DAY);
  const answer: HandoverAnswer = { moved: [], failed: [], left: groups.length - today.length };
  const shares = new Map(heirs.map((heir) => [heir, { people: 0, chats: [] as string[] }]));
  for (const group of today) {
    const [, share] = [...shares].reduce((least, one) => (one[1].people < least[1].people ? one : least));
    share.people += group.members + 1;
    share.chats.push(group.chat_id);
  }
  for (const [heir, { chats }] of shares)
    for (let i = 0; i < chats.length; i += PER_CALL) {
      const some = chats.slice(i, i + PER_CALL);
      const failed = await move(platform.client, some, heir);
      const moved = some.filter((id) => (failed.get(id) ?? UNCHANGED) === UNCHANGED);
      // What goes through the API brings no event: our own copy is set at once.
      await pg.query('UPDATE wecom_groups SET owner = $4 WHERE workspace_no = $1 AND corp_id = $2 AND chat_id = ANY ($3)', [
        ...[workspaceNo, platform.corpId, moved, heir],
      ]);
      answer.moved.push(...moved.map((chatId) => ({ chatId, to: heir })));
      for (const [chatId, code] of failed)
        if (code !== UNCHANGED) answer.failed.push({ chatId, to: heir, code, reason: reasons[code] ?? `WeCom refused it (${code})` });
    }
  return answer;
}

/** As of somebody who left; and, where the platform says that the owner is there, as of somebody who stays. */
async function move(client: Parameters<typeof call>[0], chats: string[], heir: string): Promise<Map<string, number>> {
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
  client: NonNullable<Awaited<ReturnType<typeof platformOf>>>['client'],
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
