import type { Access } from './access/index.ts';
import type { Audience } from './audience/index.ts';
import {
  AddressRefused,
  type Clock,
  type Config,
  isAllowedHost,
  isInternalAddress,
  type Jobs,
  type Log,
  type Pg,
  problem,
} from './base/index.ts';
import {
  type Channels,
  miniCode,
  miniConfig,
  officialConfig,
  sceneCode,
  type Wechat,
  type Wecom,
  type WecomClient,
  wecomConfig,
} from './channels/index.ts';
import type { Content } from './content/index.ts';
import type { Events } from './events/index.ts';
import { normaliseIdentity, peopleByIdentities } from './people/index.ts';
import { createTouchpoints, type Made, type PlatformPort, readPicture } from './touchpoints/index.ts';

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
  wechat: Wechat;
  publicUrl: string;
  /** Where pictures of the platform may come from although it is internal: the simulator. */
  wecomBaseUrl: string;
}

/** The doors of the pond, connected with the platforms that make codes, and with those who know people. */
export function openTouchpoints(parts: TouchpointParts) {
  const { config, pg, access, audience } = parts;
  return createTouchpoints({
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
}

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
  const made = async (handle: string, picture: string | null | undefined): Promise<Made> => {
    if (!picture) throw problem(502, 'WeCom gave no picture of the code');
    const bytes = await fetchPicture(parts, picture);
    const content = await readPicture(bytes).catch(() => undefined);
    return content ? { handle, content } : { handle, picture: bytes };
  };
  return {
    contactWay: async (ws, { state, userIds, skipVerify, temporary }) => {
      const one = userIds.length === 1 ? 1 : 2;
      const wish = { type: one, scene: 2, state, user: userIds, skip_verify: skipVerify, ...(temporary ? { is_temp: true } : {}) } as const;
      const { config_id, qr_code } = await (await client(ws)).call('externalcontact.add_contact_way', wish);
      return made(config_id, qr_code);
    },
    joinWay: async (ws, { state, chatIds, baseName }) => {
      const at = await client(ws);
      const { config_id } = await at.call('groupchat.add_join_way', {
        scene: 2,
        auto_create_room: 1,
        room_base_name: [...baseName].slice(0, 40).join(''),
        chat_id_list: chatIds,
        state,
      });
      const { join_way } = await at.call('groupchat.get_join_way', { config_id });
      return made(config_id, join_way.qr_code);
    },
    sceneCode: async (ws, { state, temporary }) => {
      const config = officialConfig.safeParse((await channels.accounts.one(ws, 'official_account'))?.config);
      if (!config.success) throw notSetUp('The official account');
      const code = await sceneCode(wechat.client(config.data), { state, lasting: !temporary });
      return { handle: code.ticket, content: code.url };
    },
    miniCode: async (ws, { state, page }) => {
      const config = miniConfig.safeParse((await channels.accounts.one(ws, 'mini_program'))?.config);
      if (!config.success) throw notSetUp('The mini program');
      const { data } = await miniCode(wechat.client(config.data), { scene: state, ...(page ? { page } : {}) });
      return { handle: state, picture: Buffer.from(data) };
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

/** A picture of a code lies where the platform says: never inside, except where the platform itself is set to be. */
async function fetchPicture({ wecomBaseUrl, config }: TouchpointParts, address: string): Promise<Buffer> {
  const url = new URL(address);
  const platform = new URL(wecomBaseUrl);
  const allowed = url.host === platform.host || isAllowedHost(url.hostname, url.port, config.YUTANG_WEBHOOK_ALLOW);
  if (!allowed && (url.protocol !== 'https:' || isInternalAddress(url.hostname))) throw new AddressRefused();
  const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(10_000) });
  if (!answer.ok) throw problem(502, `The picture of the code answers ${answer.status}`);
  return Buffer.from(await answer.arrayBuffer());
}
