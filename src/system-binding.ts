import type { Access } from './access/index.ts';
import type { Audience } from './audience/index.ts';
import type { App, Ch, Clock, Jobs, Log, Pg } from './base/index.ts';
import { type Channels, type Wecom, type WecomClient, wecomConfig } from './channels/index.ts';
import type { Content } from './content/index.ts';
import type { Events } from './events/index.ts';
import type { Heat } from './insight/index.ts';
import { addressesOf, type createNotes, personByIdentity, type ReadDeps, readPeople, traitsOf } from './people/index.ts';
import type { Privacy } from './people/privacy/index.ts';
import {
  type Binding,
  bindingRoutes,
  createBinding,
  type StaffPlatform,
  staffRoutes,
  type TransferStatus,
} from './touchpoints/binding/index.ts';
import { type SidebarDeps, sidebarGuests, sidebarRoutes } from './touchpoints/sidebar/index.ts';

export interface BindingParts {
  pg: Pg;
  ch: Ch;
  clock: Clock;
  log: Log;
  jobs: Jobs;
  events: Events;
  privacy: Privacy;
  channels: Channels;
  wecom: Wecom;
}

/** Who has which customer, connected with the events and with WeCom. */
export function openBinding(parts: BindingParts): Binding {
  const { events, privacy } = parts;
  const binding = createBinding({
    ...parts,
    hide: async (ws, text) => (await privacy.hideTexts(ws, [text]))[0]!,
    platform: platformOf(parts),
  });
  events.consume('binding', (slice) => binding.consume(slice));
  events.onMerge((ws, moves) => binding.onMerge(ws, moves), { derives: true });
  events.onSplit((ws, split) => binding.onSplit(ws, split), { derives: true });
  return binding;
}

const bare = (address: string): string => address.slice(address.indexOf(':') + 1);

async function isFriend(pg: Pg, ws: number, externalUserIds: readonly string[], staffId: string): Promise<Set<string>> {
  const rows = await pg.query<{ id: string }>(
    'SELECT external_userid AS id FROM wecom_friends WHERE workspace_no = $1 AND external_userid = ANY($2) AND userid = $3 AND ended_at IS NULL',
    [ws, [...externalUserIds], staffId],
    'binding.friends',
  );
  return new Set(rows.map((r) => r.id));
}

function clientOf({ channels, wecom }: Pick<BindingParts, 'channels' | 'wecom'>) {
  return async (ws: number): Promise<WecomClient | undefined> => {
    const config = wecomConfig.safeParse((await channels.accounts.one(ws, 'wecom'))?.config);
    return config.success ? wecom.client(config.data) : undefined;
  };
}

function platformOf(parts: BindingParts): StaffPlatform {
  const { pg } = parts;
  const client = clientOf(parts);
  return {
    directory: async (ws) => {
      const at = await client(ws);
      if (!at) return undefined;
      const { department } = await at.call('department.list', {});
      const users = new Map<string, { id: string; name: string; departments: string[]; position: string; active: boolean }>();
      for (const { id } of department) {
        for (const u of (await at.call('user.list', { department_id: id })).userlist) {
          const departments = u.department.map(String);
          // 2: disabled, 5: has left. Who has not signed in yet is there.
          const active = u.status !== 2 && u.status !== 5;
          users.set(u.userid, { id: u.userid, name: u.name ?? '', departments, position: u.position ?? '', active });
        }
      }
      const parent = (id: number | null | undefined) => (id ? String(id) : null);
      return {
        departments: department.map((d) => ({ id: String(d.id), parentId: parent(d.parentid), name: d.name, order: d.order ?? 0 })),
        users: [...users.values()],
      };
    },
    friendsOf: async (ws, people, staffId) => {
      const addresses = await addressesOf(pg, ws, 'wecom_external_userid', people);
      const friends = await isFriend(pg, ws, [...addresses.values()].map(bare), staffId);
      return new Map([...addresses].map(([no, address]) => [no, bare(address)] as const).filter(([, id]) => friends.has(id)));
    },
    transfer: async (ws, { from, to, externalUserIds, resigned, message }) => {
      const at = await client(ws);
      if (!at) return new Map();
      const ask = { handover_userid: from, takeover_userid: to, external_userid: externalUserIds };
      const { customer } = resigned
        ? await at.call('resigned.transfer_customer', ask)
        : await at.call('externalcontact.transfer_customer', { ...ask, ...(message ? { transfer_success_msg: message } : {}) });
      return new Map(customer.map((c) => [c.external_userid, c.errcode]));
    },
    transferResult: async (ws, { from, to, resigned }) => {
      const at = await client(ws);
      const found = new Map<string, TransferStatus>();
      for (let cursor = ''; at; ) {
        const name = resigned ? 'resigned.transfer_result' : 'externalcontact.transfer_result';
        const page = await at.call(name, { handover_userid: from, takeover_userid: to, ...(cursor ? { cursor } : {}) });
        for (const c of page.customer) found.set(c.external_userid, c.status as TransferStatus);
        if (!page.next_cursor) break;
        cursor = page.next_cursor;
      }
      return found;
    },
  };
}

export interface SidebarParts extends BindingParts {
  binding: Binding;
  access: Access;
  audience: Audience;
  content: Content;
  read: ReadDeps;
  notes: ReturnType<typeof createNotes>;
  heat: Heat;
  keys: readonly Buffer[];
  publicUrl: string;
  wecomBaseUrl: string;
}

/** The doors of binding and staff, and the page in WeCom's chat. */
export function bindingDoors(app: App, parts: SidebarParts): void {
  const { pg, binding, access } = parts;
  const sidebar = sidebarOf(parts);
  access.admit(sidebarGuests(sidebar));
  bindingRoutes(app, { pg, binding });
  staffRoutes(app, {
    binding,
    names: async (ws, people) => {
      const traits = await traitsOf(pg, ws, people);
      return new Map([...traits].flatMap(([no, t]) => (typeof t.name === 'string' && t.name !== '' ? [[no, t.name] as const] : [])));
    },
  });
  sidebarRoutes(app, sidebar);
}

/** Where members sign in: WeCom's own page, or wherever the platform is set to be. */
const oauthUrl = (wecomBaseUrl: string): string =>
  new URL(wecomBaseUrl).host === 'qyapi.weixin.qq.com' ? 'https://open.weixin.qq.com' : wecomBaseUrl;

function sidebarOf(parts: SidebarParts): SidebarDeps {
  const { pg, clock, binding, audience, content, channels, wecom, read, notes, events, heat } = parts;
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
      notes: async (ws, no) => (await notes.list(ws, no, { limit: 5 })).items,
      addNote: async (ws, no, by, text) => void (await notes.add(ws, no, by, text)),
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
    contents: async (ws) => (await content.list(ws, { limit: 20 })).items,
    prepare: (ws, ask) => channels.prepareByHand(ws, ask),
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
