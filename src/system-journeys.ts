import { createHash } from 'node:crypto';
import type { Audience } from './audience/index.ts';
import { type Clock, notFound, type Pg } from './base/index.ts';
import { addDays, type Channels, localDay, type WebhookAdapter } from './channels/index.ts';
import type { CouponPort, RoomPorts } from './journeys/index.ts';
import { traitsOf } from './people/index.ts';
import type { Privacy } from './people/privacy/index.ts';
import type { Rewards } from './rewards/index.ts';
import { holdersOf } from './system-privacy.ts';
import type { Binding } from './touchpoints/binding/index.ts';
import type { Touchpoints } from './touchpoints/index.ts';
import type { Tasks } from './touchpoints/sidebar/index.ts';

export interface JourneyParts {
  pg: Pg;
  clock: Clock;
  privacy: Privacy;
  audience: Audience;
  channels: Channels;
  webhook: Pick<WebhookAdapter, 'notify'>;
  touchpoints: Touchpoints;
  binding: Binding;
  /** Absent where there are no coupons. */
  rewards?: Rewards;
  zone(workspaceNo: number): Promise<string>;
  tasks(): Tasks;
}

/** What steps of journeys ask of the other rooms. */
export function journeyPorts(parts: JourneyParts): RoomPorts {
  const { pg, clock, privacy, audience, channels, touchpoints, binding, rewards } = parts;
  const found = <T>(asked: Promise<T>): Promise<T | undefined> =>
    asked.catch((error: unknown) => {
      if ((error as { status?: number }).status === 404) return undefined;
      throw error;
    });
  const ofIds: OfIds = async (ids, get, fits = () => true) => {
    const all = await Promise.all(ids.map(async (id) => [id, await found(get(id))] as const));
    return new Set(all.flatMap(([id, one]) => (one !== undefined && fits(one) ? [id] : [])));
  };
  return {
    tags: {
      give: (ws, people, { key, remove, value, id }) =>
        audience.tagByHand(ws, people, key, { remove, value, by: 'journey', messageId: id }),
      problem: async (ws, { key, remove, value }) => {
        const tag = (await audience.definitions(ws)).tags.find((t) => t.key === key);
        if (tag?.rule) return 'this tag follows from a rule; choose one that is given by hand';
        if (!tag && remove) return 'there is no such tag to take away';
        if (!remove && tag?.about?.values === 'many' && (value === undefined || value === null))
          return 'this tag is a list of values; say which value';
        if (!remove && tag?.about?.values === 'none' && value !== undefined && value !== null)
          return 'this tag takes no value; leave it out';
        return undefined;
      },
    },
    ...(rewards ? { coupons: couponPort(rewards, ofIds) } : {}),
    tasks: {
      set: async (ws, { personNo, staffId, text, dueInDays, key }) => {
        const staff = staffId ?? (await binding.ofPerson(ws, personNo)).now?.staffId;
        if (!staff) return false;
        const zone = await parts.zone(ws);
        const id = `tsk_${createHash('sha256').update(key).digest('base64url').slice(0, 22)}`;
        const due = addDays(localDay(clock.ms(), zone), dueInDays);
        await parts.tasks().set(ws, zone, { staffId: staff, personNo, text, due, by: 'journey', id });
        return true;
      },
    },
    groups: {
      invitation: async (ws, id) => {
        const point = await found(touchpoints.get(ws, id));
        return point?.url ? { url: point.url, name: point.name } : undefined;
      },
    },
    notify: async (ws, key, payload) => {
      const account = await channels.accounts.one(ws, 'webhook');
      if (!account) throw notFound('Webhook');
      return parts.webhook.notify(account, key, payload);
    },
    traits: async (ws, people) => (await privacy.inTexts(ws, await traitsOf(pg, ws, people))).traits,
    touchpoints: (ws, ids) => ofIds(ids, (id) => touchpoints.get(ws, id)),
    hide: async (ws, data) => (await privacy.hideBags(ws, [data]))[0]!,
    find: async (ws, identities) => {
      const asked = identities.map(({ type, id }) => ({ type, value: id }));
      const holders = await holdersOf(pg, privacy, ws, asked);
      return asked.map(({ type, value }) => holders.get(`${type}|${value}`));
    },
  };
}

type OfIds = <T>(ids: readonly string[], get: (id: string) => Promise<T>, fits?: (one: T) => boolean) => Promise<Set<string>>;

const couponPort = (rewards: Rewards, ofIds: OfIds): CouponPort => ({
  issue: (ws, { couponId, people, key, cause }) => rewards.coupons.issue(ws, { couponId, people: [...people], key, cause }),
  issuable: (ws, ids) =>
    ofIds(
      ids,
      (id) => rewards.coupons.get(ws, id),
      (one) => one.state === 'live' || one.state === 'draft',
    ),
  ready: async (ws, ids) => {
    for (const id of ids) if ((await rewards.coupons.get(ws, id)).state === 'draft') await rewards.coupons.launch(ws, id);
  },
  draft: async (ws, coupon) => {
    const terms = {
      ...{ type: 'amount' as const, faceFen: coupon.amountFen, thresholdFen: coupon.minFen, costFen: coupon.amountFen },
      ...{ validity: { days: coupon.days }, carriers: coupon.appOnly ? ['app' as const] : [], percent: null, capFen: null, gift: null },
      ...{ scope: { kind: 'all' as const, of: [] }, stackable: false, onRefund: 'return' as const },
    };
    const made = await rewards.coupons.create(ws, { name: coupon.name, terms, ways: [], codes: 'own', stock: 1_000, perPerson: 1 });
    return made.id;
  },
});
