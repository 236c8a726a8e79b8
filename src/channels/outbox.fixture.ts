import { type Engines, testEngines } from '../../test/kit.ts';
import { type ManualClock, manualClock, migrate, silentLog } from '../base/index.ts';
import { migrations as contentMigrations, createContent, folderStore } from '../content/index.ts';
import {
  type ChannelAdapter,
  type Channels,
  createChannels,
  migrations,
  type OutboundMessage,
  type OwnEvent,
  type SubmitOutcome,
} from './index.ts';

/** A process that died at a boundary. */
export class Killed extends Error {}

/**
 * A receiver of messages that outlives every process: counts what reaches people. Like a webhook's receiver it knows a message by its key,
 * like WeCom it can be asked afterwards.
 */
export function createSink(kind: 'wecom' | 'webhook', clock: ManualClock) {
  const received: OutboundMessage[] = [];
  const doubled: string[] = [];
  const keys = new Set<string>();
  let answer: (message: OutboundMessage) => Partial<SubmitOutcome> = () => ({});
  let breakAfter: number | undefined;
  const take = (message: OutboundMessage): SubmitOutcome => {
    const said = answer(message);
    const state = said.state ?? (kind === 'wecom' ? 'submitted' : 'sent');
    if (state === 'sent' || state === 'submitted') {
      if (keys.has(message.idempotencyKey)) doubled.push(message.idempotencyKey);
      else received.push(message);
      keys.add(message.idempotencyKey);
    }
    return { outboxId: message.outboxId, state, ...(kind === 'wecom' ? { providerRef: `ref:${message.outboxId}` } : {}), ...said };
  };
  const adapter: ChannelAdapter = {
    kind,
    submit: async (_account, messages) => {
      const outcomes: SubmitOutcome[] = [];
      for (const message of messages) {
        if (breakAfter !== undefined && breakAfter-- === 0) {
          breakAfter = undefined;
          throw new Killed('in the middle of the call');
        }
        outcomes.push(take(message));
      }
      return outcomes;
    },
    ...(kind === 'wecom'
      ? {
          recover: async (_account, inDoubt) =>
            inDoubt.map(
              (m): SubmitOutcome =>
                keys.has(m.idempotencyKey)
                  ? { outboxId: m.outboxId, state: 'submitted', providerRef: `ref:${m.outboxId}` }
                  : { outboxId: m.outboxId, state: 'retry', reason: 'never_sent' },
            ),
          poll: async (_account, submitted) => submitted.map((s): SubmitOutcome => ({ outboxId: s.outboxId, state: 'sent' })),
        }
      : {}),
  };
  return {
    adapter,
    received,
    /** Keys that came a second time. The receiver of a webhook drops them; for WeCom each would be a message too many. */
    doubled,
    answers: (fn: typeof answer) => {
      answer = fn;
    },
    breakAfter: (n: number) => {
      breakAfter = n;
    },
    clock,
  };
}
export type Sink = ReturnType<typeof createSink>;

/** Keeps events as the events room does: once per messageId. */
export function createEventLog() {
  const byId = new Map<string, OwnEvent & { workspaceNo: number }>();
  let repeats = 0;
  return {
    write: async (workspaceNo: number, items: OwnEvent[]) => {
      for (const item of items) {
        if (byId.has(item.messageId)) repeats += 1;
        else byId.set(item.messageId, { ...item, workspaceNo });
      }
    },
    source: () => 'events',
    all: () => [...byId.values()],
    of: (name: string) => [...byId.values()].filter((e) => e.event === name),
    repeats: () => repeats,
  };
}

export const noQuiet = { quietHours: null, quietByChannel: {}, caps: [], consentRequired: false, fatigueAbove: null, paused: false };

export interface Harness {
  engines: Engines;
  clock: ManualClock;
  sinks: { webhook: Sink; wecom: Sink };
  events: ReturnType<typeof createEventLog>;
  traits: Map<number, Record<string, unknown>>;
  addresses: Map<number, string>;
  contentId: string;
  /** A new process on the same database; `boundary` may kill it. */
  process(boundary?: (name: string) => void | Promise<void>, alone?: boolean): Channels;
  queue(
    people: number[],
    options?: {
      channel?: string;
      key?: string;
      journey?: { id: string; version: number; node: string };
      dueAt?: Date;
      purpose?: string;
      priority?: number;
    },
  ): Promise<number>;
  states(): Promise<Record<string, number>>;
  /** Empties the outbox and the policy, and starts over. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

export async function createHarness(timezone = 'Asia/Shanghai'): Promise<Harness> {
  const engines = await testEngines();
  const { pg, ch } = engines;
  await migrate(pg, ch, [...contentMigrations, ...migrations]);
  const clock = manualClock('2026-03-02T02:00:00Z');
  const traits = new Map<number, Record<string, unknown>>();
  const addresses = new Map<number, string>();
  const traitsOf = async (_ws: number, people: readonly number[]) => new Map(people.map((no) => [no, traits.get(no) ?? {}]));
  const content = createContent({
    ...{ pg, clock, traits: traitsOf, personNo: async () => undefined },
    ...{ store: folderStore(engines.dir), publicUrl: 'https://yutang.example' },
  });
  const item = await content.create(1, {
    name: 'Hello',
    purpose: 'benefit',
    body: 'Hi {{ person.name }} {{ link }}',
    link: { url: 'https://shop.example/x', title: 'Shop' },
  });
  const harness: Harness = {
    engines,
    clock,
    sinks: { webhook: createSink('webhook', clock), wecom: createSink('wecom', clock) },
    events: createEventLog(),
    traits,
    addresses,
    contentId: item.id,
    process: (boundary = () => {}, alone = true) =>
      createChannels({
        pg,
        ch,
        clock,
        log: silentLog,
        events: harness.events,
        content,
        people: {
          traits: traitsOf,
          addresses: async (_ws, _type, people) => new Map(people.flatMap((no) => (addresses.has(no) ? [[no, addresses.get(no)!]] : []))),
        },
        workspaces: async () => [{ no: 1, timezone }],
        adapters: [harness.sinks.webhook.adapter, harness.sinks.wecom.adapter],
        secretKeys: [Buffer.alloc(32, 1)],
        linkKeys: [Buffer.alloc(32, 2)],
        publicUrl: 'https://yutang.example/',
        alone,
        boundary,
      }),
    queue: (people, o = {}) =>
      harness.process().enqueue(pg, 1, {
        channel: o.channel ?? 'webhook',
        contentId: harness.contentId,
        ...(o.journey ? { journey: o.journey } : {}),
        dueAt: o.dueAt ?? clock.now(),
        purpose: o.purpose,
        priority: o.priority,
        queuedAt: clock.now(),
        items: people.map((no) => ({ personNo: no, key: `${o.key ?? 'k'}:${no}`, passNo: no })),
      }),
    states: async () => {
      const rows = await pg.query<{ what: string; n: number }>(
        "SELECT state || coalesce(':' || reason, '') AS what, count(*) AS n FROM outbox GROUP BY 1 ORDER BY 1",
      );
      return Object.fromEntries(rows.map((r) => [r.what, r.n]));
    },
    reset: async () => {
      await pg.query(
        'TRUNCATE outbox, outbox_waiting, outbox_hands, outbox_untold, policies, consents, person_zones, outbox_holds, channel_accounts',
      );
      await pg.query(`INSERT INTO channel_accounts (id, workspace_no, kind, config, created_at, updated_at) VALUES
        ('chan_h', 1, 'webhook', '{}', now(), now()), ('chan_w', 1, 'wecom', '{}', now(), now())`);
      await harness.process().setPolicy(1, noQuiet);
      clock.set('2026-03-02T02:00:00Z');
      traits.clear();
      addresses.clear();
      harness.events = createEventLog();
      harness.sinks = { webhook: createSink('webhook', clock), wecom: createSink('wecom', clock) };
    },
    close: () => engines.close(),
  };
  await harness.reset();
  return harness;
}
