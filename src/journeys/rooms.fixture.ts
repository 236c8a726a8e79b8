import type { Audience } from '../audience/index.ts';
import type { Pg } from '../base/index.ts';
import { personByIdentity, traitsOf } from '../people/index.ts';
import type { Issued, RoomPorts } from './room-ports.ts';

/** Rooms that journeys ask, as small as they can be: each remembers what it was asked, by the key that makes a repeat the same. */
export function createRooms({ pg, audience }: { pg: Pg; audience: Pick<Audience, 'tagByHand'> }) {
  const coupons = new Map<string, string>();
  const tasks = new Map<string, { personNo: number; text: string }>();
  const notices = new Map<string, object>();
  const ready: string[] = [];
  const state = { webhookDown: false };
  const ports = {
    tags: {
      give: (ws, people, { key, remove, value, id }) =>
        audience.tagByHand(ws, people, key, { remove, value, by: 'journey', messageId: id }),
      problem: async (_ws, { key }) => (key === 'ruled' ? 'this tag follows from a rule; choose one that is given by hand' : undefined),
    },
    coupons: {
      issue: async (_ws, { couponId, people, key }) =>
        new Map(
          people.map((no): [number, Issued] => {
            const known = coupons.get(`${key}|${no}`);
            if (couponId === 'cpn_none') return [no, { refused: 'sold_out' }];
            const code = known ?? `${couponId}-${coupons.size + 1}`;
            coupons.set(`${key}|${no}`, code);
            return [no, { issueId: code, code }];
          }),
        ),
      issuable: async (_ws, ids) => new Set(ids.filter((id) => id.startsWith('cpn'))),
      ready: async (_ws, ids) => void ready.push(...ids),
      draft: async (_ws, { name }) => `cpn_${name}`,
    },
    tasks: {
      set: async (_ws, { personNo, text, key }) => {
        tasks.set(key, { personNo, text });
        return true;
      },
    },
    groups: { invitation: async (_ws, id) => ({ url: `https://yutang.example/g/${id}`, name: 'Group' }) },
    matching: {
      pick: async (_ws, { people, among }) =>
        new Map(people.map((no) => [no, among?.length ? { contentId: among[no % among.length]! } : { none: 'nothing' }])),
    },
    notify: async (_ws, key, payload) => {
      if (state.webhookDown) return false;
      notices.set(key, payload);
      return true;
    },
    traits: (ws, people) => traitsOf(pg, ws, people),
    touchpoints: async (_ws, ids) => new Set(ids.filter((id) => id.startsWith('tp_'))),
    find: (ws, identities) => Promise.all(identities.map(({ type, id }) => personByIdentity(pg, ws, { type, value: id }))),
  } satisfies RoomPorts;
  return { ports, coupons, tasks, notices, ready, state };
}
