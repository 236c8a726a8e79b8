import type { App, Ch, Clock, Jobs, Log, Pg } from './base/index.ts';
import { type Channels, type Wecom, type WecomClient, wecomConfig } from './channels/index.ts';
import type { Events } from './events/index.ts';
import { addressesOf, traitsOf } from './people/index.ts';
import type { Privacy } from './people/privacy/index.ts';
import {
  type Binding,
  bindingRoutes,
  createBinding,
  type StaffPlatform,
  staffRoutes,
  type TransferStatus,
} from './touchpoints/binding/index.ts';

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

export async function isFriend(pg: Pg, ws: number, externalUserIds: readonly string[], staffId: string): Promise<Set<string>> {
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

/** The doors of binding and staff. */
export function bindingDoors(app: App, { pg, binding }: { pg: Pg; binding: Binding }): void {
  bindingRoutes(app, { pg, binding });
  staffRoutes(app, {
    binding,
    names: async (ws, people) => {
      const traits = await traitsOf(pg, ws, people);
      return new Map([...traits].flatMap(([no, t]) => (typeof t.name === 'string' && t.name !== '' ? [[no, t.name] as const] : [])));
    },
  });
}
