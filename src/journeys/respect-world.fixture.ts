import type { ChannelAdapter, Policy, SubmitOutcome } from '../channels/index.ts';
import { chain, createHarness, day, type Harness, minute, ws } from './journeys.fixture.ts';
import { createPlatforms, miniApp, officialApp, openAccounts, type Platforms } from './respect-platforms.fixture.ts';

/** Ten journeys that want more than anybody should have, people in many places who change their minds, and every channel with a local receiver. */

export const hours = { usual: { from: '22:00', to: '08:00' }, sms: { from: '20:00', to: '10:00' } };
export const caps: Policy['caps'] = [
  { messages: 1, days: 1 },
  { messages: 3, days: 7 },
  { messages: 1, days: 7, channel: 'sms' },
  { messages: 2, days: 14, purpose: 'community' },
  { messages: 2, days: 7, purpose: 'service' },
];
export const fatigueAbove = 40;
/** Longer than a step of the clock: what is put off is looked at again before its time is over. */
export const competeMinutes = 150;
const channels = ['wecom', 'email', 'sms', 'webhook', 'official_account', 'mini_program'] as const;

export interface Word {
  at: number;
  purpose: string;
  channel: string;
  granted: boolean;
}
export interface Person {
  no: number;
  zone: string;
  refusesAll: boolean;
  refusesMarketing: boolean;
  addresses: Record<string, string>;
  words: Word[];
}
export interface Arrived {
  at: number;
  channel: string;
  address: string;
  personNo: number;
  outboxId: string;
}
/** Handed over and not gone: put off, or failed. */
export interface Stayed {
  at: number;
  outboxId: string;
  personNo: number;
  state: 'retry' | 'failed';
  reason: string;
}
export interface World {
  h: Harness;
  platforms: Platforms;
  /** What one day has of templates of the official account. */
  templates: number;
  people: Map<number, Person>;
  /** What reached the receivers, in order. */
  arrived: Arrived[];
  stayed: Stayed[];
  pauses: { from: number; to: number }[];
  journeys: string[];
  days: number;
}

/** The same numbers for the same seed. */
export function dice(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const zones = ['', '', '', '', 'Asia/Shanghai', 'America/New_York', 'Europe/Paris', 'Asia/Kolkata', 'Pacific/Auckland', 'not a zone'];

const acts = [
  ['official_account', 'talk'],
  ['official_account', 'click'],
  ['official_account', 'agree'],
  ['mini_program', 'agree'],
  ['mini_program', 'agree'],
] as const;

/** What each journey asks, on which days of a month: many on the same, so that they are in each other's way. */
const greedy: { minute: string; days: string; channel: (typeof channels)[number]; purpose: string; priority: number; groups: number[] }[] =
  [
    { minute: '0 10', days: '1,11,21', channel: 'wecom', purpose: 'benefit', priority: 90, groups: [0, 1, 2, 3, 4] },
    { minute: '0 10', days: '1,11,21', channel: 'email', purpose: 'convert', priority: 20, groups: [0, 1, 2, 3, 4] },
    { minute: '30 10', days: '1,11,21', channel: 'sms', purpose: 'benefit', priority: 50, groups: [2, 3, 4, 5, 6] },
    { minute: '0 23', days: '2,12,22', channel: 'webhook', purpose: 'community', priority: 50, groups: [5, 6, 7, 8, 9] },
    { minute: '0 3', days: '3,13,23', channel: 'wecom', purpose: 'community', priority: 60, groups: [5, 6, 7, 8, 9] },
    { minute: '15 9', days: '3,13,23', channel: 'sms', purpose: 'convert', priority: 70, groups: [0, 2, 4, 6, 8] },
    { minute: '30 21', days: '4,14,24', channel: 'mini_program', purpose: 'service', priority: 50, groups: [0, 2, 4, 6, 8] },
    { minute: '0 12', days: '2,3,4,12,13,14', channel: 'official_account', purpose: 'service', priority: 50, groups: [1, 3, 5] },
    { minute: '0 19', days: '1,2,3,4', channel: 'wecom', purpose: 'service', priority: 10, groups: [1, 2] },
    { minute: '0 2', days: '3,13,23', channel: 'sms', purpose: 'notify', priority: 50, groups: [0, 1, 3, 5, 7] },
  ];

/** `stepMinutes`: how often anybody looks. `told`: after each day. */
export async function createWorld(
  count: number,
  days: number,
  options: { seed: number; stepMinutes: number; told?: (day: number, arrived: number) => void },
): Promise<World> {
  const arrived: Arrived[] = [];
  const stayed: Stayed[] = [];
  const known = new Set<string>();
  const watched = (adapter: ChannelAdapter, now: () => number): ChannelAdapter => ({
    ...adapter,
    submit: async (account, messages) => {
      const outcomes = await adapter.submit(account, messages);
      const byId = new Map(messages.map((m) => [m.outboxId, m]));
      for (const { outboxId, state, reason = '' } of outcomes) {
        const { idempotencyKey, address, personNo } = byId.get(outboxId)!;
        if (state === 'retry' || state === 'failed') {
          stayed.push({ at: now(), outboxId, personNo, state, reason });
          continue;
        }
        if (known.has(idempotencyKey)) throw new Error(`came twice: ${idempotencyKey}`);
        known.add(idempotencyKey);
        arrived.push({ at: now(), channel: adapter.kind, address, personNo, outboxId });
      }
      return outcomes;
    },
  });
  const receiver = (kind: (typeof channels)[number]): ChannelAdapter => ({
    kind,
    submit: async (_account, messages) => messages.map((m): SubmitOutcome => ({ outboxId: m.outboxId, state: 'sent' })),
  });
  let platforms: Platforms | undefined;
  const h = await createHarness({
    adapters: (given) => {
      platforms = createPlatforms(given);
      const plain = (['wecom', 'email', 'webhook'] as const).map(receiver);
      return [...plain, ...platforms.adapters].map((adapter) => watched(adapter, () => given.clock.ms()));
    },
  });
  await openAccounts(h.engines.pg);
  h.clock.set('2026-03-01T00:30:00Z');
  const people = await populate(h, count);
  await h.current.channels.setPolicy(ws, {
    ...{ quietHours: hours.usual, quietByChannel: { sms: hours.sms, webhook: null }, caps, fatigueAbove, competeMinutes },
  });
  const templates = Math.ceil(count / 6);
  await h.current.channels.limits.set(ws, 'wecom.mass.perCustomer', { period: { calendar: 'day' } }, { name: 'test' });
  await h.current.channels.limits.set(ws, 'sms.perNumber.perDay', { value: 1 }, { name: 'test' });
  await h.current.channels.limits.set(ws, 'official.template.perDay', { value: templates }, { name: 'test' });
  const journeys: string[] = [];
  for (const [i, one] of greedy.entries()) {
    const content = await h.current.content.create(ws, {
      name: `Words ${i}`,
      body: `J${i} {{ unsubscribe }}`,
      purpose: one.purpose as 'benefit',
    });
    const graph = chain(
      {
        ...{ id: 'in', type: 'entry', schedule: { cron: `${one.minute} ${one.days} * *` }, reentry: 'always' },
        rule: { trait: 'g', op: 'in', value: one.groups },
      },
      { id: 'send', type: 'send', channel: one.channel, contentId: content.id },
      { id: 'out', type: 'exit' },
    );
    journeys.push(await h.launch({ ...graph, priority: one.priority }));
  }
  const world: World = { h, platforms: platforms!, templates, people, arrived, stayed, pauses: [], journeys, days };
  await live(world, options);
  return world;
}

async function populate(h: Harness, count: number): Promise<Map<number, Person>> {
  const plans = Array.from({ length: count }, (_, i) => ({
    zone: zones[i % zones.length]!,
    refusesAll: i % 40 === 7,
    refusesMarketing: i % 41 === 9,
    identities: [
      ...(i % 4 === 0 ? [] : [{ type: 'wecom_external_userid', id: `corp:wm${i}` }]),
      ...(i % 3 === 0 ? [] : [{ type: 'email', id: `p${i}@example.com` }]),
      ...(i % 2 === 0 ? [] : [{ type: 'phone', id: `+86138${String(i).padStart(8, '0')}` }]),
      ...(i % 5 === 0 ? [] : [{ type: 'wechat_openid', id: `${officialApp}:o${i}` }]),
      ...(i % 7 === 0 ? [] : [{ type: 'wechat_openid', id: `${miniApp}:m${i}` }]),
    ],
  }));
  for (let at = 0; at < count; at += 2_000)
    await h.events.write(
      ws,
      plans.slice(at, at + 2_000).map((one, n) => ({
        ...{ messageId: `i${at + n}`, type: 'identify' as const, userId: `u${at + n}`, timestamp: h.clock.now(), source: 'http' },
        externalIds: one.identities,
        traits: {
          g: Math.floor((at + n) / 10) % 10,
          ...(one.zone ? { timezone: one.zone } : {}),
          ...(one.refusesAll ? { unsubscribed: true } : {}),
          ...(one.refusesMarketing ? { consent_marketing: false } : {}),
        },
      })),
    );
  await h.events.flush();
  const rows = await h.engines.pg.query<{ value: string; no: number }>(
    "SELECT value, person_no AS no FROM identities WHERE workspace_no = $1 AND type = 'user_id'",
    [ws],
  );
  const addressOf: Record<string, string> = { wecom_external_userid: 'wecom', email: 'email', phone: 'sms' };
  const channelOf = ({ type, id }: { type: string; id: string }) =>
    addressOf[type] ?? (id.startsWith(officialApp) ? 'official_account' : 'mini_program');
  return new Map(
    rows.map(({ value, no }) => {
      const { zone, refusesAll, refusesMarketing, identities } = plans[Number(value.slice(1))]!;
      const addresses = Object.fromEntries(identities.map((one) => [channelOf(one), one.id]));
      return [no, { no, zone: zone.includes('/') ? zone : 'Asia/Shanghai', refusesAll, refusesMarketing, addresses, words: [] }];
    }),
  );
}

/** Hour by hour: journeys and the outbox do what is due; some people change their minds at their own page; for a day all is paused. */
async function live(
  { h, platforms, people, pauses, days, arrived }: World,
  { seed, stepMinutes, told }: Parameters<typeof createWorld>[2],
): Promise<void> {
  const roll = dice(seed);
  const { channels: room, journeys } = h.current;
  const everybody = [...people.values()].filter((one) => !one.refusesAll && !one.refusesMarketing);
  const end = h.clock.ms() + days * day;
  const pause = { from: h.clock.ms() + 10 * day, to: h.clock.ms() + 10.5 * day };
  while (h.clock.ms() < end) {
    const now = h.clock.ms();
    if (now >= pause.from && pauses.length === 0) {
      pauses.push(pause);
      await room.setPolicy(ws, { paused: true, pausedWhy: 'a mistake in the words' }, 'test');
    }
    if (now >= pause.to && (await room.policy(ws)).paused) await room.setPolicy(ws, { paused: false }, 'test');
    if (new Date(now).getUTCHours() % 8 === 4 && new Date(now).getUTCMinutes() === 30)
      for (let n = 0; n < Math.ceil(people.size / 1_000); n++) {
        const person = everybody[Math.floor(roll() * everybody.length)]!;
        const channel = channels[Math.floor(roll() * channels.length)]!;
        const purpose = ['benefit', 'convert', 'community', 'service', 'notify'][Math.floor(roll() * 5)]!;
        const token = room.preferenceLink({ workspaceNo: ws, personNo: person.no, channel, purpose }).split('/').at(-1)!;
        if (roll() < 0.25) {
          await room.preferences.change(token, { to: 'no_marketing' });
          for (const key of ['benefit', 'convert', 'community']) person.words.push({ at: now, purpose: key, channel: '*', granted: false });
        } else {
          await room.preferences.change(token, { to: 'not_this', oneClick: true });
          person.words.push({ at: now, purpose, channel, granted: false });
        }
      }
    // Some write to the official account, touch its menu, or agree to be sent one notice.
    if (new Date(now).getUTCHours() % 8 === 2) {
      for (let n = 0; n < Math.max(4, Math.ceil(people.size / 250)); n++) {
        const person = everybody[Math.floor(roll() * everybody.length)]!;
        const [kind, what] = acts[Math.floor(roll() * acts.length)]!;
        const [app, openid] = person.addresses[kind]?.split(':') ?? [];
        if (app && openid) await platforms.act(app, openid, what);
      }
      await platforms.hear();
    }
    await journeys.tick();
    await room.dispatch();
    if (new Date(now).getUTCHours() === 0) await room.poll();
    h.clock.advance(stepMinutes * minute);
    if (Math.floor(now / day) !== Math.floor(h.clock.ms() / day))
      told?.(Math.round((h.clock.ms() + days * day - end) / day), arrived.length);
  }
}
