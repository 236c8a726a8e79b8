import { Liquid } from 'liquidjs';
import { type Clock, type Log, type Pg, boundary as stopHere } from '../../base/index.ts';
import type { ChannelAccount, ChannelAdapter, OutboundMessage, SubmitOutcome, SubmittedMessage } from '../adapter.ts';
import type { Limits } from '../limits/limits.ts';
import type { Media } from '../platform/media.ts';
import { eachOf } from '../platform/paging.ts';
import { type PosterBatch, type PosterPort, postersOf } from '../posters.ts';
import type { WechatAccount } from './account.ts';
import { closeReplies, type Follower, leaves, returnReplies, takeReplies } from './allowances.ts';
import { WechatError, WechatUnreachable } from './errors.ts';
import { whyNot } from './foresee.ts';
import { giveBack, loseGrants, takeGrant } from './grants.ts';
import { replyWithPicture, uploadPicture } from './pictures.ts';
import type { Notice } from './schema.ts';
import { createTemplates, type Templates } from './templates.ts';

/**
 * Carries messages out. An official account replies where the person's own deeds allow it, else it uses the notice that is set; a mini program
 * uses up one consent. These calls take no key of ours: the journal is written before, and a call without an answer is not made again.
 */

interface Deps {
  pg: Pg;
  clock: Clock;
  log: Log;
  open: (account: ChannelAccount) => WechatAccount | undefined;
  limits: (workspaceNo: number) => Promise<Limits>;
  media: Media;
  posters?: PosterPort | undefined;
}

type Batch = Deps & { templates: Templates; carried: PosterBatch };

type How = 'picture' | 'custom' | 'template' | 'subscribe';
const AT_ONCE = 10;
const liquid = new Liquid({ parseLimit: 20_000, renderLimit: 500, memoryLimit: 1_000_000 });

export interface WechatAdapter extends ChannelAdapter {
  poll(account: ChannelAccount, submitted: SubmittedMessage[]): Promise<SubmitOutcome[]>;
  recover(account: ChannelAccount, inDoubt: OutboundMessage[]): Promise<SubmitOutcome[]>;
}

export function createWechatAdapter(deps: Deps, kind: 'official_account' | 'mini_program'): WechatAdapter {
  const withTemplates = createTemplates(deps);
  const submit = async (given: ChannelAccount, messages: OutboundMessage[]): Promise<SubmitOutcome[]> => {
    const account = deps.open(given);
    if (!account) return messages.map(({ outboxId }) => ({ outboxId, state: 'failed', reason: 'account_settings' }));
    const outcomes: SubmitOutcome[] = [];
    await withTemplates(account, async (templates) => {
      const batch = { ...deps, templates, carried: await postersOf(deps, messages) };
      await eachOf(messages, AT_ONCE, async (message) => {
        outcomes.push((await known(deps, account, message.outboxId)) ?? (await send(batch, account, message)));
      });
    });
    return outcomes;
  };
  return {
    kind,
    submit,
    foresee: async (given, addresses) => {
      const account = deps.open(given);
      return account ? whyNot(deps, account, addresses) : new Map(addresses.map((address) => [address, 'account_settings']));
    },
    faults: async (given) => (await deps.open(given)?.client.faults()) ?? [],
    recover: async (given, inDoubt) => {
      const account = deps.open(given);
      if (!account) return inDoubt.map(({ outboxId }) => ({ outboxId, state: 'failed', reason: 'account_settings' }));
      return Promise.all(
        inDoubt.map(
          async ({ outboxId }): Promise<SubmitOutcome> =>
            (await known(deps, account, outboxId)) ?? { outboxId, state: 'retry', reason: 'never_sent' },
        ),
      );
    },
    poll: async (given, submitted) => {
      const rows = await deps.pg.query<{ outbox_id: string; reason: string | null; msgid: string }>(
        `SELECT outbox_id, reason, msgid FROM wechat_sends WHERE workspace_no = $1 AND outbox_id = ANY ($2) AND state = 'ended'`,
        [given.workspaceNo, submitted.map((message) => message.outboxId)],
      );
      return rows.map((row) => ({
        outboxId: row.outbox_id,
        providerRef: row.msgid,
        ...(row.reason === null ? { state: 'sent' as const } : { state: 'failed' as const, reason: row.reason }),
      }));
    },
  };
}

/** What the journal says of a message that was tried before. */
async function known({ pg }: Deps, account: WechatAccount, outboxId: string): Promise<SubmitOutcome | undefined> {
  const [row] = await pg.query<{ state: string; how: How; msgid: string | null; reason: string | null }>(
    'SELECT state, how, msgid, reason FROM wechat_sends WHERE workspace_no = $1 AND outbox_id = $2',
    [account.workspaceNo, outboxId],
  );
  if (!row) return undefined;
  if (row.state === 'taken') return { outboxId, state: 'submitted', ...(row.msgid ? { providerRef: row.msgid } : {}) };
  if (row.state === 'ended') return row.reason === null ? { outboxId, state: 'sent' } : { outboxId, state: 'failed', reason: row.reason };
  // A template carries our id, by which the platform knows its own repeat; of the others nobody can say whether they arrived.
  return row.how === 'template' ? undefined : { outboxId, state: 'failed', reason: 'in_doubt' };
}

async function send(deps: Batch, account: WechatAccount, message: OutboundMessage): Promise<SubmitOutcome> {
  const { outboxId } = message;
  const openid = message.address.slice(account.appId.length + 1);
  if (!message.address.startsWith(`${account.appId}:`) || !openid)
    return { outboxId, state: 'failed', reason: 'address_of_another_account' };
  const who = { workspaceNo: account.workspaceNo, appId: account.appId, openid };
  let reason = 'no_way';
  const page = deps.carried.pageOf(message);
  if (message.extra?.poster && !page) return { outboxId, state: 'failed', reason: 'no_poster' };
  for (const how of await waysFor(deps, account, who, message.extra?.poster !== undefined)) {
    const outcome = await tryWay(
      deps,
      account,
      who,
      page && !message.link && how !== 'picture' ? { ...message, link: page } : message,
      how,
    );
    if ('next' in outcome) reason = outcome.next;
    else return outcome;
  }
  return { outboxId, state: 'failed', reason };
}

/** In which order a person is tried. */
async function waysFor({ pg, clock }: Deps, account: WechatAccount, who: Follower, pictured: boolean): Promise<How[]> {
  const { subscribe, template } = account.config;
  if (account.kind === 'mini_program') return subscribe ? ['subscribe'] : [];
  // A picture is a message of its own; where there is room for one alone, its page is where the words lead.
  const both = pictured && (await takeReplies(pg, who, clock.now(), 2));
  const reply = both || (await takeReplies(pg, who, clock.now()));
  return [
    ...(both ? (['picture'] as const) : []),
    ...(reply && !both ? (['custom'] as const) : []),
    ...(subscribe ? (['subscribe'] as const) : []),
    ...(template ? (['template'] as const) : []),
  ];
}

async function tryWay(
  deps: Batch,
  account: WechatAccount,
  who: Follower,
  message: OutboundMessage,
  how: How,
): Promise<SubmitOutcome | { next: string }> {
  const { pg, clock } = deps;
  const { outboxId } = message;
  const { subscribe } = account.config;
  if (how === 'subscribe' && !(await takeGrant(pg, who, subscribe?.templateId ?? '', clock.now()))) return { next: 'no_grant' };
  if (how === 'template') {
    // It waits for the day on which it may go; replies and notices to others do not.
    if (deps.templates.left <= 0)
      return { outboxId, state: 'retry', reason: 'official.template.perDay', retryAt: deps.templates.until, waitsAlone: true };
    deps.templates.left -= 1;
  }
  let picture: { bytes: Buffer; mediaId: string } | undefined;
  if (how === 'picture') {
    const drawn = await deps.carried.draw(message);
    if (!drawn) throw new Error('a message without a poster was to go with one');
    if ('end' in drawn) {
      await returnReplies(pg, who, clock.now(), 2);
      return { outboxId, ...drawn.end };
    }
    try {
      picture = { ...drawn, mediaId: await uploadPicture(deps.media, account, drawn.bytes) };
    } catch (error) {
      if (!(error instanceof WechatError || error instanceof WechatUnreachable)) throw error;
      await returnReplies(pg, who, clock.now(), 2);
      return refused(deps, account, who, outboxId, how, error);
    }
  }
  await journal(deps, account, outboxId, how);
  stopHere('wechat.send.journalled');
  let shown = false;
  try {
    if (picture) await replyWithPicture(deps.media, account, who, picture);
    shown = picture !== undefined;
    const msgid = await call(account, who, message, how);
    stopHere('wechat.send.made');
    // How a template ended the platform tells later; the others are delivered or refused at once.
    const taken = how === 'template' && msgid !== undefined;
    await conclude(deps, account, outboxId, taken ? 'taken' : 'ended', null, msgid);
    return taken ? { outboxId, state: 'submitted', providerRef: msgid } : { outboxId, state: 'sent' };
  } catch (error) {
    if (error instanceof WechatUnreachable && error.inDoubt) {
      await conclude(deps, account, outboxId, 'ended', 'in_doubt');
      return { outboxId, state: 'failed', reason: 'in_doubt' };
    }
    if (!(error instanceof WechatError || error instanceof WechatUnreachable)) throw error;
    if (shown) {
      // Its words would come a second time with the picture if it went again.
      await conclude(deps, account, outboxId, 'ended', 'picture_only');
      return { outboxId, state: 'failed', reason: 'picture_only' };
    }
    await forget(deps, account, outboxId);
    return refused(deps, account, who, outboxId, how, error);
  }
}

/** It certainly did not go. */
async function refused(
  { pg, clock }: Deps,
  account: WechatAccount,
  who: Follower,
  outboxId: string,
  how: How,
  error: WechatError | WechatUnreachable,
): Promise<SubmitOutcome | { next: string }> {
  const code = error instanceof WechatError ? error.errcode : 0;
  const templateId = account.config.subscribe?.templateId ?? '';
  if (code === 45015 || code === 45047) {
    await closeReplies(pg, who);
    return { next: code === 45015 ? 'outside_window' : 'replies_used_up' };
  }
  if (code === 43101) {
    await loseGrants(pg, who, templateId, clock.now());
    return { next: 'no_grant' };
  }
  if (how === 'subscribe') await giveBack(pg, who, templateId);
  if (code === 43004 || code === 43005 || code === 50005) {
    await leaves(pg, who, clock.now());
    return { outboxId, state: 'failed', reason: 'not_a_follower' };
  }
  if (code === 48002) return { outboxId, state: 'failed', reason: 'refuses' };
  if (error instanceof WechatUnreachable || error.class === 'R' || error.class === 'W' || error.class === 'P' || error.class === 'T') {
    const retryAt = error instanceof WechatError ? error.retryAt : undefined;
    return { outboxId, state: 'retry', reason: code ? `wechat_${code}` : 'unreachable', ...(retryAt ? { retryAt } : {}) };
  }
  return { outboxId, state: 'failed', reason: `wechat_${code}` };
}

async function call(account: WechatAccount, who: Follower, message: OutboundMessage, how: How): Promise<string | undefined> {
  const { client, config, kind } = account;
  if (how === 'custom' || how === 'picture') {
    const content = message.link
      ? `${message.text}\n<a href="${message.link.url}">${message.link.title || message.link.url}</a>`
      : message.text;
    await client.call('message.custom.send', { touser: who.openid, msgtype: 'text', text: { content } });
    return undefined;
  }
  const notice = (how === 'template' ? config.template : config.subscribe) as Notice;
  const common = { touser: who.openid, template_id: notice.templateId, data: await dataOf(notice, message) };
  if (how === 'template') {
    const client_msg_id = message.outboxId.slice(-32);
    const { msgid } = await client.call('message.template.send', {
      ...common,
      client_msg_id,
      ...(message.link ? { url: message.link.url } : {}),
    });
    return msgid == null ? undefined : String(msgid);
  }
  const page = notice.page ? { page: notice.page } : {};
  if (kind === 'mini_program') {
    await client.call('message.subscribe.send', { ...common, ...page, ...(config.state ? { miniprogram_state: config.state } : {}) });
  } else await client.call('message.subscribe.bizsend', { ...common, ...(message.link ? { page: message.link.url } : page) });
  return undefined;
}

/** What a field of each kind holds at most; longer values are cut, because the platform refuses the whole message for one of them. */
const LENGTHS: Record<string, number> = { thing: 20, phrase: 5, character_string: 32, name: 10 };

export async function dataOf(notice: Notice, message: Pick<OutboundMessage, 'text' | 'link'>): Promise<Record<string, { value: string }>> {
  const scope = { text: message.text, link: message.link?.url ?? '' };
  const pairs = await Promise.all(
    Object.entries(notice.fields).map(async ([name, template]) => {
      const value = String(await liquid.parseAndRender(template, scope)).trim();
      const most = LENGTHS[name.replace(/\d+$/, '')];
      return [name, { value: (most ? [...value].slice(0, most).join('') : value) || '-' }] as const;
    }),
  );
  return Object.fromEntries(pairs);
}

async function journal({ pg, clock }: Deps, account: WechatAccount, outboxId: string, how: How): Promise<void> {
  await pg.query(
    `INSERT INTO wechat_sends (workspace_no, account_id, outbox_id, how, state, at) VALUES ($1, $2, $3, $4, 'calling', $5)
     ON CONFLICT (workspace_no, outbox_id) DO UPDATE SET how = excluded.how, state = 'calling', at = excluded.at`,
    [account.workspaceNo, account.id, outboxId, how, clock.now()],
  );
}

async function conclude(
  { pg }: Deps,
  account: WechatAccount,
  outboxId: string,
  state: 'taken' | 'ended',
  reason: string | null,
  msgid?: string,
): Promise<void> {
  await pg.query('UPDATE wechat_sends SET state = $3, reason = $4, msgid = $5 WHERE workspace_no = $1 AND outbox_id = $2', [
    account.workspaceNo,
    outboxId,
    state,
    reason,
    msgid ?? null,
  ]);
}

async function forget({ pg }: Deps, account: WechatAccount, outboxId: string): Promise<void> {
  await pg.query(`DELETE FROM wechat_sends WHERE workspace_no = $1 AND outbox_id = $2 AND state = 'calling'`, [
    account.workspaceNo,
    outboxId,
  ]);
}
