import type { Access } from './access/index.ts';
import type { Audience } from './audience/index.ts';
import type { App, Clock, Log, Pg } from './base/index.ts';
import { type Channels, type PosterPort, pageSignature, type Wecom, wecomConfig } from './channels/index.ts';
import type { Content } from './content/index.ts';
import type { Events } from './events/index.ts';
import type { Heat } from './insight/index.ts';
import { addressesOf, type createNotes, personByIdentity, personId, type ReadDeps, readPeople, traitsOf } from './people/index.ts';
import type { Privacy } from './people/privacy/index.ts';
import type { Rewards } from './rewards/index.ts';
import { isFriend } from './system-binding.ts';
import type { Binding } from './touchpoints/binding/index.ts';
import { createTasks, type SidebarDeps, sidebarGuests, sidebarRoutes, type Tasks, type Waiting } from './touchpoints/sidebar/index.ts';

export interface TaskParts {
  pg: Pg;
  clock: Clock;
  log: Log;
  events: Events;
  privacy: Privacy;
  channels: Channels;
  heat: Heat;
}

/** What staff are to see to, from what happened at WeCom, from readiness to buy, and by hand. */
export function openTasks(parts: TaskParts): Tasks {
  const { pg, clock, log, events, privacy, channels, heat } = parts;
  const tasks = createTasks({
    pg,
    clock,
    log,
    events,
    hide: async (ws, text) => (await privacy.hideTexts(ws, [text]))[0]!,
    sources: {
      newFriends: async (ws, staffId, since) => {
        const rows = await pg.query<{ no: number }>(
          `SELECT DISTINCT ON (i.person_no) i.person_no AS no FROM wecom_friends f
           JOIN identities i ON i.workspace_no = $1 AND i.type = 'wecom_external_userid' AND i.value = f.corp_id || ':' || f.external_userid
           WHERE f.workspace_no = $1 AND f.userid = $2 AND f.ended_at IS NULL AND NOT f.half AND f.since > $3 AND NOT EXISTS (
             SELECT FROM outbox o WHERE o.workspace_no = $1 AND o.person_no = i.person_no AND o.channel = 'sidebar' AND o.state = 'sent' AND o.queued_at >= f.since)
           ORDER BY i.person_no DESC LIMIT 50`,
          [ws, staffId, since],
        );
        return rows.map((r) => r.no);
      },
      ready: (ws, people, limit) => heat.hottestOf(ws, people, limit),
      tell: async (ws, message, by) => {
        const sent = await channels.staff.tell(ws, message, by);
        const told = sent.state === 'sent' ? sent.staff.filter((one) => !sent.refused.includes(one)) : [];
        return { told, why: unheard(sent) };
      },
      waiting: (ws, staffId) => waitingFor(pg, ws, staffId, new Date(clock.ms() - 7 * 86_400_000)),
      cards: cardsOf(parts),
    },
  });
  events.onMerge((ws, moves) => tasks.onMerge(ws, moves));
  events.onSplit((ws, split) => tasks.onSplit(ws, split));
  return tasks;
}

/** Why a message in WeCom reached some of them not. */
function unheard(sent: Awaited<ReturnType<Channels['staff']['tell']>>): string {
  if (sent.stopped.length > 0) return 'has had too many messages just now';
  return sent.state === 'in_doubt' ? 'WeCom did not answer; it may have arrived' : 'cannot see the app';
}

/** Mass messages of the last days that this staff member has not confirmed in WeCom. */
async function waitingFor(pg: Pg, ws: number, staffId: string, since: Date): Promise<Waiting[]> {
  const made = await pg.query<{ msgid: string }>(
    "SELECT msgid FROM wecom_mass_tasks WHERE workspace_no = $1 AND sender = $2 AND state = 'made' AND started_at > $3 AND msgid IS NOT NULL",
    [ws, staffId, since],
  );
  if (made.length === 0) return [];
  const rows = await pg.query<{ content: string | null; customers: number; since: Date }>(
    `SELECT c.name AS content, count(*) AS customers, min(o.decided_at) AS since FROM outbox_waiting w
     JOIN outbox o ON o.workspace_no = w.workspace_no AND o.no = w.no AND o.state = 'submitted' AND o.provider_ref = ANY($2)
     LEFT JOIN content_items c ON c.workspace_no = o.workspace_no AND c.id = o.content_id
     WHERE w.workspace_no = $1 AND w.channel = 'wecom' AND w.what = 'submitted' GROUP BY o.provider_ref, c.name ORDER BY 3`,
    [ws, made.map((m) => m.msgid)],
  );
  return rows.map((r) => ({ ...r, since: r.since.toISOString() }));
}

const cardsOf =
  ({ pg, channels }: Pick<TaskParts, 'pg' | 'channels'>) =>
  async (ws: number, people: readonly number[]) => {
    const found = await channels.accounts.one(ws, 'wecom');
    const corpId = wecomConfig.safeParse(found?.config).data?.corpId;
    const [traits, addresses] = await Promise.all([
      traitsOf(pg, ws, people),
      corpId ? addressesOf(pg, ws, 'wecom_external_userid', people, `${corpId}:`) : new Map<number, string>(),
    ]);
    return new Map(
      [...traits].map(([no, t]) => {
        const id = personId(no);
        const name = [t.name, t.nickname].find((one): one is string => typeof one === 'string' && one !== '') ?? id;
        const customer = addresses.get(no)?.slice(`${corpId}:`.length) ?? null;
        return [no, { id, name, customer }];
      }),
    );
  };

export interface SidebarParts extends TaskParts {
  wecom: Wecom;
  binding: Binding;
  tasks: Tasks;
  rewards: Rewards;
  access: Access;
  audience: Audience;
  content: Content;
  read: ReadDeps;
  notes: ReturnType<typeof createNotes>;
  keys: readonly Buffer[];
  publicUrl: string;
  posters: PosterPort;
  wecomBaseUrl: string;
}

/** The page in WeCom's chat. */
export function sidebarDoors(app: App, parts: SidebarParts): void {
  const sidebar = sidebarOf(parts);
  parts.access.admit(sidebarGuests(sidebar));
  sidebarRoutes(app, sidebar);
}

/** Where members sign in: WeCom's own page, or wherever the platform is set to be. */
const oauthUrl = (wecomBaseUrl: string): string =>
  new URL(wecomBaseUrl).host === 'qyapi.weixin.qq.com' ? 'https://open.weixin.qq.com' : wecomBaseUrl;

function sidebarOf(parts: SidebarParts): SidebarDeps {
  const { pg, clock, binding, audience, content, channels, wecom, read, notes, events, heat, tasks } = parts;
  const account = async (id: string) => {
    const found = await channels.accounts.byId(id);
    const config = found?.kind === 'wecom' ? wecomConfig.safeParse(found.config) : undefined;
    return found && config?.success ? { id, workspaceNo: found.workspaceNo, config: config.data } : undefined;
  };
  const tickets = new Map<string, { until: number; value: { corp: string; agent: string } }>();
  return {
    pg,
    clock,
    keys: parts.keys,
    publicUrl: parts.publicUrl,
    oauthUrl: oauthUrl(parts.wecomBaseUrl),
    wecom: {
      account: async (id) => {
        const found = await account(id);
        return found && { id, workspaceNo: found.workspaceNo, corpId: found.config.corpId, agentId: found.config.agentId ?? null };
      },
      ofWorkspace: async (ws) => {
        const found = await channels.accounts.one(ws, 'wecom');
        const opened = found && (await account(found.id));
        return opened && { id: opened.id, corpId: opened.config.corpId };
      },
      member: async (id, code) => {
        const found = await account(id);
        const answer = found && (await wecom.client(found.config).call('auth.getuserinfo', { code }));
        return answer?.userid || undefined;
      },
      tickets: async (id) => {
        const kept = tickets.get(id);
        if (kept && kept.until > clock.ms()) return kept.value;
        const client = wecom.client((await account(id))!.config);
        const [corp, agent] = await Promise.all([client.call('get_jsapi_ticket', {}), client.call('ticket.get', { type: 'agent_config' })]);
        const value = { corp: corp.ticket, agent: agent.ticket };
        tickets.set(id, { until: clock.ms() + (Math.min(corp.expires_in, agent.expires_in) - 600) * 1000, value });
        return value;
      },
      signPage: pageSignature,
      upload: wecom.upload,
      isFriend: async (ws, externalUserId, staffId) => (await isFriend(pg, ws, [externalUserId], staffId)).size > 0,
    },
    staff: {
      one: async (ws, id) => (await binding.staff.named(ws, [id])).get(id),
      names: async (ws, ids) => new Map([...(await binding.staff.named(ws, ids))].map(([id, { name }]) => [id, name])),
      binding: async (ws, no) => (await binding.present(ws, [no])).get(no),
    },
    people: {
      byExternalUserId: (ws, corpId, id) => personByIdentity(pg, ws, { type: 'wecom_external_userid', value: `${corpId}:${id}` }),
      read: async (ws, no) => (await readPeople(read, ws, [no]))[0],
      cards: cardsOf(parts),
      notes: async (ws, no) => (await notes.list(ws, no, { limit: 5 })).items,
      addNote: async (ws, no, by, text) => void (await notes.add(ws, no, by, text)),
    },
    tasks,
    coupons: {
      offers: (ws, no) => parts.rewards.coupons.offers(ws, no, 'staff', 10),
      give: (ws, no, couponId, how) => giveCoupon(parts.rewards, ws, no, couponId, how),
    },
    definitions: async (ws) => {
      const { stages, tiers, levels, tags } = await audience.definitions(ws);
      return {
        stages,
        tiers,
        levels,
        tags: tags.map(({ key, name, rule, about }) => ({ key, name, byHand: rule === null && !about?.model && about?.values !== 'many' })),
      };
    },
    tag: async (ws, no, key, remove) => void (await audience.tagByHand(ws, [no], key, { remove })),
    contents: async (ws) => (await content.list(ws, { limit: 20, usable: true })).items,
    prepare: (ws, ask) => channels.prepareByHand(ws, ask),
    card: async (ws, id) => (await content.some(ws, [id]))[0]?.card ?? null,
    picture: (id) => content.picture(id),
    poster: async (ws, id, no) => (await parts.posters(ws, id, [no], true))?.draw(no),
    sent: (ws, messageId, no, went) => channels.endByHand(ws, messageId, no, went),
    more: async (ws, personId, no) => {
      const [warmth, orders] = await Promise.all([
        heat.person({ workspaceNo: ws } as Parameters<Heat['person']>[0], personId),
        events.ofPerson(ws, no, { event: 'Order Completed', limit: 3 }),
      ]);
      return { heat: warmth.heat && { band: warmth.heat.band, chance: warmth.heat.chance }, orders: orders.items.map(orderOf) };
    },
  };
}

/** Only what staff may give. */
async function giveCoupon(rewards: Rewards, ws: number, no: number, couponId: string, { key, by }: { key: string; by: string }) {
  const { name, ways } = await rewards.coupons.get(ws, couponId);
  if (!ways.includes('staff')) return { refused: 'not_allowed' };
  const given = (await rewards.coupons.issue(ws, { couponId, people: [no], key: `staff:${key}`, cause: { by } })).get(no)!;
  return 'refused' in given ? given : { name, url: rewards.wallet.url(ws, no) };
}

function orderOf({ timestamp, properties, messageId }: { timestamp: unknown; properties: Record<string, unknown>; messageId: string }) {
  const products = Array.isArray(properties.products) ? (properties.products as { name?: unknown }[]) : [];
  const names = products.flatMap((p) => (typeof p.name === 'string' ? [p.name] : []));
  const id = properties.order_id;
  return {
    id: typeof id === 'string' || typeof id === 'number' ? String(id) : messageId,
    at: new Date(timestamp as string).toISOString(),
    fen: Number.isInteger(properties.revenue_fen) ? (properties.revenue_fen as number) : 0,
    what: names.slice(0, 3).join('、'),
  };
}
