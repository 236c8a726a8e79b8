import type { Access } from './access/index.ts';
import type { Audience } from './audience/index.ts';
import { type Clock, type Config, createGuardedHttp, isAllowedHost, type Jobs, type Log, type Pg, problem } from './base/index.ts';
import {
  type Channels,
  miniCode,
  miniConfig,
  miniLink,
  officialConfig,
  sceneCode,
  type Wechat,
  type Wecom,
  type WecomClient,
  WecomError,
  wecomConfig,
} from './channels/index.ts';
import type { Content, Shares } from './content/index.ts';
import type { Events } from './events/index.ts';
import { normaliseIdentity, peopleByIdentities } from './people/index.ts';
import { createTouchpoints, type Made, type PlatformPort, readPicture, type Way, type Wish } from './touchpoints/index.ts';

export interface TouchpointParts {
  config: Config;
  pg: Pg;
  ch: Parameters<typeof createTouchpoints>[0]['ch'];
  clock: Clock;
  log: Log;
  jobs: Jobs;
  access: Access;
  events: Events;
  audience: Audience;
  content: Content;
  channels: Channels;
  wecom: Wecom;
  shares: Shares;
  wechat: Wechat;
  publicUrl: string;
  /** Where pictures of the platform may come from although it is internal: the simulator. */
  wecomBaseUrl: string;
  wechatBaseUrl: string;
}

/** The doors of the pond, connected with the platforms that make codes, and with those who know people. */
export function openTouchpoints(parts: TouchpointParts) {
  const { config, pg, access, audience, events } = parts;
  const touchpoints = createTouchpoints({
    ...parts,
    dataDir: config.dataDir,
    allow: config.YUTANG_WEBHOOK_ALLOW,
    platform: platformOf(parts),
    tag: (ws, people, key, act) => audience.tagByHand(ws, people, key, { messageId: act }),
    personOf: async (ws, given) => {
      const wanted = given.flatMap(({ type, id }) => {
        const normal = normaliseIdentity(type, id);
        return 'identity' in normal ? [normal.identity] : [];
      });
      const found = await peopleByIdentities(pg, ws, wanted);
      const no = wanted.map((i) => found.get(`${i.type}|${i.value}`)).find((n) => n !== undefined);
      if (no === undefined) return undefined;
      const held = await pg.query<{ value: string }>(
        'SELECT value FROM identities WHERE workspace_no = $1 AND person_no = $2 UNION SELECT value FROM identity_pointers WHERE workspace_no = $1 AND person_no = $2',
        [ws, no],
        'touchpoints.held',
      );
      return { no, values: held.map((h) => h.value) };
    },
    zone: async (ws) => (await access.workspaces.get(ws)).timezone,
  });
  events.onMerge((ws, moves) => touchpoints.personal.onMerge(ws, moves));
  events.onSplit((ws, split) => touchpoints.personal.onSplit(ws, split));
  return touchpoints;
}

/** The longest that the platforms let such codes live. */
const temporaryDays = 14;
const linkDays = 30;
/** WeCom: no such code (any more). */
const codeGone = new Set([41043, 41044]);

/** Where phones are known: WeChat's own page, or wherever the platform is set to be. */
const signInUrl = (wechatBaseUrl: string): string =>
  new URL(wechatBaseUrl).host === 'api.weixin.qq.com' ? 'https://open.weixin.qq.com' : wechatBaseUrl;

const notSetUp = (what: string) => problem(409, `${what} is not set up`, { detail: 'Enter its settings under Settings, Channels.' });

function platformOf(parts: TouchpointParts): PlatformPort {
  const { pg, channels, wecom, wechat } = parts;
  const client = async (ws: number): Promise<WecomClient> => {
    const account = await channels.accounts.one(ws, 'wecom');
    const config = wecomConfig.safeParse(account?.config);
    if (!config.success) throw problem(409, 'WeCom is not set up', { detail: 'Enter its settings under Settings, Channels.' });
    return wecom.client(config.data);
  };
  /** What the picture of a code says, so that it can be drawn with a logo; a code that is not read is shown as it came. */
  const made = async (picture: string | null | undefined): Promise<Omit<Made, 'handle'>> => {
    if (!picture) throw problem(502, 'WeCom gave no picture of the code');
    const bytes = await fetchPicture(parts, picture);
    const content = await readPicture(bytes).catch(() => undefined);
    return content ? { content } : { picture: bytes };
  };
  const remove = async (ws: number, way: Way, handle: string): Promise<boolean> => {
    if (way !== 'contact_way' && way !== 'join_way') return false;
    await (await client(ws))
      .call(way === 'contact_way' ? 'externalcontact.del_contact_way' : 'groupchat.del_join_way', { config_id: handle })
      .catch((error: unknown) => {
        if (!(error instanceof WecomError && codeGone.has(error.errcode))) throw error;
      });
    return true;
  };
  /** A code whose picture we do not get is of no use, and the next try makes another: it must not stay at the platform. */
  const pictured = async (ws: number, way: Way, handle: string, work: () => Promise<Omit<Made, 'handle'>>): Promise<Made> => {
    try {
      return { handle, ...(await work()) };
    } catch (error) {
      await remove(ws, way, handle).catch((failed: unknown) =>
        parts.log.warn({ err: failed }, 'a code without a picture stays at the platform'),
      );
      throw error;
    }
  };
  const contact = (state: string, wish: Wish & { way: 'contact_way' }) => ({
    state,
    user: wish.userIds,
    skip_verify: wish.skipVerify,
  });
  const join = (state: string, wish: Wish & { way: 'join_way' }) =>
    ({
      scene: 2,
      auto_create_room: 1,
      room_base_name: [...wish.baseName].slice(0, 40).join(''),
      chat_id_list: wish.chatIds,
      state,
    }) as const;
  const officialOf = async (ws: number) => officialConfig.safeParse((await channels.accounts.one(ws, 'official_account'))?.config).data;
  const official = async (ws: number) => {
    const config = await officialOf(ws);
    if (!config) throw notSetUp('The official account');
    return wechat.client(config);
  };
  const mini = async (ws: number) => {
    const config = miniConfig.safeParse((await channels.accounts.one(ws, 'mini_program'))?.config);
    if (!config.success) throw notSetUp('The mini program');
    return wechat.client(config.data);
  };
  const inDays = (days: number): Date => new Date(parts.clock.ms() + days * 86_400_000);
  const makers: { [W in Way]: (ws: number, state: string, wish: Wish & { way: W }) => Promise<Made> } = {
    contact_way: async (ws, state, wish) => {
      // "Of several" also for one alone: it cannot be changed later, and another may join. Those that end by themselves lead to one alone.
      const asked = wish.temporary
        ? ({ ...contact(state, wish), type: 1, scene: 2, is_temp: true, expires_in: temporaryDays * 86_400 } as const)
        : ({ ...contact(state, wish), type: 2, scene: 2 } as const);
      const { config_id, qr_code } = await (await client(ws)).call('externalcontact.add_contact_way', asked);
      const code = await pictured(ws, 'contact_way', config_id, () => made(qr_code));
      return { ...code, ...(wish.temporary ? { expiresAt: inDays(temporaryDays) } : {}) };
    },
    join_way: async (ws, state, wish) => {
      const at = await client(ws);
      const { config_id } = await at.call('groupchat.add_join_way', join(state, wish));
      return pictured(ws, 'join_way', config_id, async () =>
        made((await at.call('groupchat.get_join_way', { config_id })).join_way.qr_code),
      );
    },
    scene: async (ws, state, wish) => {
      const code = await sceneCode(await official(ws), { state, lasting: !wish.temporary });
      const seconds = code.expiresInS;
      return { handle: code.ticket, content: code.url, ...(seconds ? { expiresAt: inDays(seconds / 86_400) } : {}) };
    },
    mini_code: async (ws, state, { page }) => {
      const { data } = await miniCode(await mini(ws), { scene: state, ...(page ? { page } : {}) });
      return { handle: state, picture: Buffer.from(data) };
    },
    // `scene` in the query, as a code of the mini program has it: whoever reads one reads the other.
    mini_link: async (ws, state, { page }) => {
      const { url } = await miniLink(await mini(ws), { path: page, query: `scene=${encodeURIComponent(state)}`, days: linkDays });
      return { handle: url, content: url, expiresAt: inDays(linkDays) };
    },
  };
  return {
    make: (ws, state, wish) => (makers[wish.way] as (ws: number, state: string, wish: Wish) => Promise<Made>)(ws, state, wish),
    change: async (ws, handle, state, wish) => {
      if (wish.way === 'contact_way' && !wish.temporary)
        await (await client(ws)).call('externalcontact.update_contact_way', { config_id: handle, ...contact(state, wish) });
      else if (wish.way === 'join_way')
        await (await client(ws)).call('groupchat.update_join_way', { config_id: handle, ...join(state, wish) });
      else return false;
      return true;
    },
    remove,
    lost: async (ws, way, state, since, known) => {
      if (way !== 'contact_way') return undefined;
      const at = await client(ws);
      const found: Made[] = [];
      let cursor: string | undefined;
      do {
        // Their clock is not ours.
        const start = Math.floor(since.getTime() / 1000) - 600;
        const page = await at.call('externalcontact.list_contact_way', { start_time: start, limit: 1000, ...(cursor ? { cursor } : {}) });
        for (const { config_id } of page.contact_way) {
          if (known.has(config_id)) continue;
          const { contact_way } = await at.call('externalcontact.get_contact_way', { config_id });
          if (contact_way.state === state) found.push({ handle: config_id, ...(await made(contact_way.qr_code)) });
        }
        cursor = page.next_cursor || undefined;
      } while (cursor);
      return found;
    },
    signInAt: async (ws, back, state) => {
      const config = await officialOf(ws);
      if (!config) return undefined;
      const url = new URL('/connect/oauth2/authorize', signInUrl(parts.wechatBaseUrl));
      const query = { appid: config.appId, redirect_uri: back, response_type: 'code', scope: 'snsapi_base', state };
      for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
      return `${url.href}#wechat_redirect`;
    },
    signedIn: async (ws, code) => {
      const config = await officialOf(ws);
      if (!config) return [];
      const who = await wechat.client(config).call('sns.oauth2.access_token', { code, grant_type: 'authorization_code' });
      if (who.is_snapshotuser === 1) return [];
      return [
        { type: 'wechat_openid', id: `${config.appId}:${who.openid}` },
        ...(who.unionid ? [{ type: 'wechat_unionid', id: who.unionid }] : []),
      ];
    },
    groupSizes: async (ws, chatIds) => {
      const rows = await pg.query<{ chat_id: string; n: number }>(
        'SELECT chat_id, count(*) AS n FROM wecom_group_members WHERE workspace_no = $1 AND chat_id = ANY($2) AND ended_at IS NULL GROUP BY chat_id',
        [ws, [...chatIds]],
      );
      return new Map(rows.map((row) => [row.chat_id, row.n]));
    },
    groupsOf: async (ws, personNo, chatIds) => {
      const rows = await pg.query<{ chat_id: string }>(
        `SELECT DISTINCT m.chat_id FROM identities i JOIN wecom_group_members m ON m.workspace_no = $1 AND i.value = m.corp_id || ':' || m.external_userid
         WHERE i.workspace_no = $1 AND i.person_no = $2 AND i.type = 'wecom_external_userid' AND m.chat_id = ANY($3) AND m.ended_at IS NULL`,
        [ws, personNo, [...chatIds]],
        'touchpoints.groups',
      );
      return rows.map((row) => row.chat_id);
    },
  };
}

/** A picture of a code lies where the platform says: at a public address, or where the platform itself is set to be. */
async function fetchPicture({ wecomBaseUrl, config }: TouchpointParts, address: string): Promise<Buffer> {
  const [url, platform] = [new URL(address), new URL(wecomBaseUrl)];
  const ours = url.host === platform.host;
  const http = createGuardedHttp({ allow: [...config.YUTANG_WEBHOOK_ALLOW, ...(ours ? [url.host] : [])] });
  const answer =
    url.protocol === 'https:' || ours || isAllowedHost(url.hostname, url.port || 80, config.YUTANG_WEBHOOK_ALLOW)
      ? await http.to(url, { method: 'GET', timeoutMs: 10_000, mostBytes: 5_000_000 })({ accept: 'image/*' })
      : { error: 'ADDRESS_REFUSED' };
  if ('error' in answer) throw problem(502, `The picture of the code cannot be fetched: ${answer.error}`);
  if (answer.status !== 200 || answer.cut) throw problem(502, `The picture of the code answers ${answer.status}`);
  return answer.body;
}
