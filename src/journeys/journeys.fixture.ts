import { type Engines, testEngines } from '../../test/kit.ts';
import type { AuditEntry } from '../access/index.ts';
import { migrations as audienceMigrations, createAudience, eventCondition, parseRule } from '../audience/index.ts';
import { createJobs, jobMigrations, type ManualClock, manualClock, migrate, type Pg, silentLog } from '../base/index.ts';
import {
  type ChannelAdapter,
  type Channels,
  migrations as channelMigrations,
  createChannels,
  type OutboundMessage,
  type SubmitOutcome,
} from '../channels/index.ts';
import { migrations as contentMigrations, createContent, folderStore } from '../content/index.ts';
import { createEvents, type Events, migrations as eventMigrations } from '../events/index.ts';
import {
  addressesOf,
  migrations as peopleMigrations,
  personByIdentity,
  personNo,
  readPeople,
  survivingPerson,
  traitsOf,
} from '../people/index.ts';
import { createJourneys, type Journeys, migrations } from './index.ts';
import { createRooms } from './rooms.fixture.ts';

type Boundary = (name: string) => void | Promise<void>;

/** A receiver that outlives every process, and knows a message by its key. */
function createSink(kind: ChannelAdapter['kind'] = 'webhook') {
  const received: OutboundMessage[] = [];
  const keys = new Set<string>();
  const adapter: ChannelAdapter = {
    kind,
    submit: async (_account, messages) =>
      messages.map((m): SubmitOutcome => {
        if (!keys.has(m.idempotencyKey)) received.push(m);
        keys.add(m.idempotencyKey);
        return { outboxId: m.outboxId, state: 'sent' };
      }),
  };
  return { adapter, received };
}

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;
export const ws = 1;

/** The real rooms on real engines, with a clock that is moved by hand. `process` makes a new process on the same data. */
/** `adapters`: other channels in place of those here. */
export async function createHarness(
  options: { wecom?: boolean; adapters?: (given: { clock: ManualClock; pg: Pg; events: Events }) => ChannelAdapter[] } = {},
) {
  const engines: Engines = await testEngines();
  const { pg, ch, url } = engines;
  const clock: ManualClock = manualClock('2026-03-02T02:00:00Z');
  const log = silentLog;
  await migrate(pg, ch, [
    ...jobMigrations,
    ...peopleMigrations,
    ...eventMigrations,
    ...audienceMigrations,
    ...contentMigrations,
    ...channelMigrations,
    ...migrations,
  ]);
  const jobs = await createJobs({ pg, clock, log, connectionString: url, alone: true });
  const events: Events = await createEvents({ pg, ch, clock, log, grace: async () => {} });
  // Rules are asked for real; keeping everyone's state up to date is that room's own work, and its own tests'.
  const still = { ...events, consume: () => {}, onMerge: () => {} };
  const audience = createAudience({ pg, ch, clock, log, jobs, events: still });
  const sink = createSink();
  const wecom = createSink('wecom');
  const adapters = options.adapters?.({ clock, pg, events }) ?? (options.wecom ? [sink.adapter, wecom.adapter] : [sink.adapter]);
  const place = { zone: 'Asia/Shanghai' };
  const workspaces = async () => [{ no: ws, timezone: place.zone }];
  const reading = { pg, activity: events.activity, standing: audience.standing };
  const rooms = createRooms({ pg, audience });
  const approvers: { id: string }[] = [];
  const audited: AuditEntry[] = [];
  const process = (boundary: Boundary = () => {}) => {
    const traits = (no: number, people: readonly number[]) => traitsOf(pg, no, people);
    const content = createContent({
      ...{ pg, clock, traits, personNo: (no, id) => survivingPerson(pg, no, personNo(id)) },
      ...{ store: folderStore(engines.dir), publicUrl: 'https://yutang.example' },
    });
    const channels: Channels = createChannels({
      pg,
      ch,
      clock,
      log,
      events,
      content,
      people: {
        traits,
        addresses: (no, type, people, own) => addressesOf(pg, no, type, people, own),
        read: (no, people) => readPeople(reading, no, people),
      },
      workspaces,
      adapters,
      secretKeys: [Buffer.alloc(32, 1)],
      linkKeys: [Buffer.alloc(32, 2)],
      publicUrl: 'https://yutang.example',
      carried: (no, passes) => journeys.carried(no, passes),
      approvers: async () => approvers,
      audit: async (entry) => void audited.push(entry),
      alone: true,
      boundary,
    });
    const journeys: Journeys = createJourneys({
      ...rooms.ports,
      pg,
      ch,
      clock,
      log,
      events,
      audience: {
        which: (no, rules, people) =>
          audience.which(
            no,
            rules.map((rule) => audience.parse(rule)),
            people,
          ),
        checkRule: (rule, field) => parseRule(rule, field).errors,
        eventCondition: (step) => eventCondition(step as Parameters<typeof eventCondition>[0]),
        audienceIds: async (no) => new Set((await audience.definitions(no)).audiences.map((a) => a.id)),
        members: (no, id, below, limit) => audience.members(no, id, below, limit),
        peopleOf: (no, rule, below, limit) => audience.peopleOf(no, audience.parse(rule), below, limit),
      },
      channels,
      content,
      people: { read: (no, people) => readPeople(reading, no, people) },
      workspaces,
      boundary,
    });
    return { content, channels, journeys };
  };
  // The process that consumes; a test may put one that dies in its place.
  const current = { ...process() };
  events.consume('channels', (slice) => current.channels.consume(slice));
  events.consume('journeys', (slice) => current.journeys.consume(slice));
  events.onMerge((no, moves) => current.journeys.onMerge(no, moves));
  events.onMerge((no, moves) => current.channels.onMerge(no, moves));
  events.onSplit((no, split) => current.channels.onSplit(no, split));
  events.onSplit((no, split) => current.journeys.onSplit(no, split));
  for (const { kind } of adapters)
    await pg.query(
      "INSERT INTO channel_accounts (id, workspace_no, kind, config, created_at, updated_at) VALUES ('chan_' || $1, 1, $1, '{}', now(), now())",
      [kind],
    );
  await current.channels.setPolicy(ws, { quietHours: null, caps: [] });
  const item = await current.content.create(ws, { name: 'Offer', body: 'Hi {{ person.name }}' });
  const other = await current.content.create(ws, { name: 'Other', body: 'Other' });

  let written = 0;
  const harness = {
    engines,
    clock,
    /** Where the workspace is. */
    place,
    events,
    audience,
    jobs,
    sink,
    rooms,
    approvers,
    audited,
    contentId: item.id,
    otherId: other.id,
    current,
    process,
    /** An event of a user, by id or `anon:` id, at the clock's time or another. */
    happen: async (
      user: string,
      event: string,
      properties: Record<string, unknown> = {},
      options: { at?: Date; source?: string; also?: string } = {},
    ) => {
      written += 1;
      await events.write(ws, [
        {
          messageId: `m${written}`,
          event,
          timestamp: options.at ?? clock.now(),
          ...(user.startsWith('anon:') ? { anonymousId: user } : { userId: user }),
          ...(options.also ? { anonymousId: options.also } : {}),
          properties,
          source: options.source ?? 'http',
        },
      ]);
      await events.flush();
    },
    /** Everything that is due happens, and is told. */
    settle: async () => {
      for (let i = 0; i < 2; i++) {
        await events.flush();
        await current.journeys.tick();
        await current.channels.dispatch();
        await current.journeys.announce();
        await current.channels.announce();
      }
      await events.flush();
    },
    pass: async (ms: number) => {
      clock.advance(ms);
      await harness.settle();
    },
    /** Ends every journey, so that the next case is alone. */
    clear: async () => {
      const rows = await pg.query<{ id: string }>("SELECT id FROM journeys WHERE state <> 'archived'");
      for (const { id } of rows) await current.journeys.archive(ws, id);
    },
    number: (user: string) =>
      personByIdentity(
        pg,
        ws,
        user.startsWith('anon:') ? { type: 'anonymous_id', value: user } : { type: 'user_id', value: user },
      ) as Promise<number>,
    launch: async (graph: unknown): Promise<string> => {
      const made = await current.journeys.create(ws, { name: `J${++written}`, graph });
      await current.journeys.launch(ws, made.id);
      return made.id;
    },
    /** What a journey's log says of a user, pass by pass. */
    trail: async (journeyId: string, user: string): Promise<string[]> => {
      const rows = await pg.query<{ said: string }>(
        `SELECT s.kind || ' ' || s.node || coalesce(':' || s.branch, '') || coalesce(' ' || s.reason, '') AS said
         FROM journey_steps s JOIN journey_people p ON p.no = s.pass_no JOIN journeys j ON j.no = s.journey_no
         WHERE j.id = $1 AND p.person_no = $2 ORDER BY s.pass_no, s.no, s.place`,
        [journeyId, await harness.number(user)],
      );
      return rows.map((r) => r.said);
    },
    /** The user's events about journeys or messages, as the events room has them. */
    told: async (user: string, like: string): Promise<string[]> => {
      const rows = await ch.query<{ said: string }>(
        `SELECT concat(event, ' ', ifNull(properties.nodeId.:String, ''), ' ', ifNull(properties.branch.:String, ''), ' ', ifNull(properties.reason.:String, '')) AS said
         FROM ${events.source(ws, [await harness.number(user)])} WHERE event LIKE '${like}' ORDER BY time, said`,
      );
      return rows.map((r) => r.said.replace(/ +/g, ' ').trim());
    },
    received: async (user: string): Promise<number> => {
      const no = await harness.number(user);
      return sink.received.filter((m) => m.personNo === no).length;
    },
    close: async () => {
      await events.stop();
      await jobs.stop();
      await engines.close();
    },
  };
  return harness;
}
export type Harness = Awaited<ReturnType<typeof createHarness>>;

/** A chain of nodes: each is followed by the next. */
export function chain(...nodes: Record<string, unknown>[]): { nodes: Record<string, unknown>[]; edges: { from: string; to: string }[] } {
  return { nodes, edges: nodes.slice(1).map((n, i) => ({ from: String(nodes[i]!.id), to: String(n.id) })) };
}
