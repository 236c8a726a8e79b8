import { createHash } from 'node:crypto';
import { type Audience, eventCondition, parseRule, type Rule } from './audience/index.ts';
import { type Ch, type Clock, type Log, notFound, type Pg } from './base/index.ts';
import { addDays, type Channels, localDay, type WebhookAdapter } from './channels/index.ts';
import type { Content } from './content/index.ts';
import type { Events } from './events/index.ts';
import { type CouponPort, createJourneys, type Journeys, type MatchingPort, type RoomPorts } from './journeys/index.ts';
import { type ReadDeps, readPeople, traitsOf } from './people/index.ts';
import type { Privacy } from './people/privacy/index.ts';
import { type Rewards, showCode } from './rewards/index.ts';
import { asRead, journeysWithRules } from './system-audience.ts';
import { holdersOf } from './system-privacy.ts';
import type { Binding } from './touchpoints/binding/index.ts';
import type { Touchpoints } from './touchpoints/index.ts';
import type { Tasks } from './touchpoints/sidebar/index.ts';

export interface JourneyParts {
  pg: Pg;
  ch: Ch;
  clock: Clock;
  log: Log;
  privacy: Privacy;
  events: Events;
  audience: Audience;
  content: Content;
  channels: Channels;
  webhook: Pick<WebhookAdapter, 'notify'>;
  touchpoints: Touchpoints;
  binding: Binding;
  rewards: Rewards;
  matching: MatchingPort;
  read: ReadDeps;
  workspaces(): Promise<{ no: number; timezone: string }[]>;
  tasks(): Tasks;
}

/** Journeys among the other rooms: what they ask of them, and what they are told. */
export function openJourneys(parts: JourneyParts): Journeys {
  const { pg, ch, clock, log, privacy, events, audience, content, channels, matching, read, workspaces } = parts;
  const journeys = createJourneys({
    ...journeyPorts(parts),
    ...{ steady: events.steady, pg, ch, clock, log, events, channels, content, matching, workspaces },
    audience: {
      which: (ws, rules, people) => audience.which(ws, asRead(rules), people),
      checkRule: (rule, field) => parseRule(rule, field).errors,
      hidden: async (ws, rules, before) =>
        audience.hidden(ws, (await privacy.restore(ws, rules, before)) as Rule[], true) as Promise<never[]>,
      eventCondition,
      audienceIds: async (ws) => new Set((await audience.definitions(ws)).audiences.map((a) => a.id)),
      members: (ws, id, below, limit) => audience.members(ws, id, below, limit),
      size: (ws, id) => audience.count(ws, audience.parse({ audience: id })),
      peopleOf: (ws, rule, below, limit) => audience.peopleOf(ws, asRead([rule])[0]!, below, limit),
    },
    people: { read: (ws, numbers) => readPeople(read, ws, numbers) },
  });
  events.consume('journeys', (slice) => journeys.consume(slice), { steady: true });
  audience.saved.alsoUsedBy((ws) => journeysWithRules(journeys, ws));
  // Which of two passes stays is for the journeys to say; the outbox sees to what is left.
  events.onMerge((ws, moves) => journeys.onMerge(ws, moves));
  events.onMerge((ws, moves) => channels.onMerge(ws, moves));
  events.onSplit((ws, split) => journeys.onSplit(ws, split));
  return journeys;
}

/** What steps of journeys ask of the other rooms. */
function journeyPorts(parts: JourneyParts): RoomPorts {
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
    coupons: couponPort(rewards, ofIds),
    tasks: {
      set: async (ws, { personNo, staffId, text, dueInDays, key }) => {
        const staff = staffId ?? (await binding.ofPerson(ws, personNo)).now?.staffId;
        if (!staff) return false;
        const zone = (await parts.workspaces()).find((w) => w.no === ws)!.timezone;
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
  issue: async (ws, { couponId, people, key, cause }) => {
    const issued = await rewards.coupons.issue(ws, { couponId, people: [...people], key, cause });
    // A code in a text is read and typed by people.
    return new Map([...issued].map(([no, one]) => [no, 'code' in one ? { ...one, code: showCode(one.code) } : one]));
  },
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
