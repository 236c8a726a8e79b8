import { type Engines, testEngines } from '../../test/kit.ts';
import type { Rule } from '../audience/index.ts';
import { jobMigrations, manualClock, migrate, silentLog } from '../base/index.ts';
import { createEvents, type Events, migrations as eventMigrations } from '../events/index.ts';
import { migrations as peopleMigrations, personByIdentity, personId } from '../people/index.ts';
import { termsSchema } from './coupons/terms.ts';
import { migrations } from './migrations.ts';
import type { RewardsDeps } from './ports.ts';
import { createRewards, type Rewards } from './rewards.ts';

export const DAY = 86_400_000;
export const clock = manualClock('2026-03-01T02:00:00Z');
export let engines: Engines;
export let events: Events;
export let rewards: Rewards;
/** Work in the background is done when a test says so. */
export const jobs: (() => Promise<unknown>)[] = [];
/** Of whom the rule `{trait: 'no'}` is false. */
export const kept = new Set<number>();
/** Who is in the audience `aud`. */
export const members: number[] = [];
export let deps: RewardsDeps;
let stopAt: string | undefined;
let workspaces = 0;
let people = 0;

export async function open(): Promise<void> {
  // Files of one process share it.
  clock.set('2026-03-01T02:00:00Z');
  engines = await testEngines();
  await migrate(engines.pg, engines.ch, [...jobMigrations, ...peopleMigrations, ...eventMigrations, ...migrations]);
  events = await createEvents({ ...engines, clock, log: silentLog, grace: async () => {} });
  const kinds = new Map<string, (job: never) => Promise<unknown>>();
  deps = {
    ...{
      pg: engines.pg,
      ch: engines.ch,
      clock,
      log: silentLog,
      events,
      publicUrl: 'https://pool.example',
      walletKeys: [Buffer.alloc(32, 7)],
    },
    jobs: {
      define: (kind: string, fn: (job: never) => Promise<unknown>) => void kinds.set(kind, fn),
      start: async (workspaceNo: number, kind: string, payload: object) => {
        const id = `job_${jobs.length}`;
        jobs.push(() => kinds.get(kind)!({ id, workspaceNo, payload, progress: async () => {} } as never));
        return { id };
      },
    } as never,
    audience: {
      which: async (_ws, rules: readonly Rule[], all) => new Map(all.map((no) => [no, rules.map(() => !kept.has(no))])),
      checkRule: () => [],
      check: async () => {},
      hidden: async (_ws, rule) => rule,
      sentence: async () => ({ zh: '', en: '' }),
      members: async (_ws, _id, below, limit) =>
        [...members]
          .sort((a, b) => b - a)
          .filter((no) => below === undefined || no < below)
          .slice(0, limit),
      name: async () => 'Audience',
    },
    people: { read: async (_ws, all) => all.map((no) => ({ id: personId(no) })) as never },
    workspace: async () => ({ name: 'Shop', timezone: 'Asia/Shanghai' }),
    share: (part, of) => ({ share: of === 0 ? null : part / of, low: 0, high: 1, enough: false }),
    boundary: (name) => {
      if (name === stopAt) throw new Error(`stopped at ${name}`);
    },
  };
  rewards = createRewards(deps);
  events.consume('rewards', (slice) => rewards.coupons.consume(slice));
  events.onMerge((ws, moves) => rewards.coupons.onMerge(ws, moves));
  events.onSplit((ws, split) => rewards.coupons.onSplit(ws, split));
}

export async function close(): Promise<void> {
  await events.stop();
  await engines.close();
}

/** Work breaks off at a commit boundary, as it does when the process is killed there. */
export async function brokenOff(name: string, work: () => Promise<unknown>): Promise<void> {
  stopAt = name;
  try {
    await work();
    throw new Error(`${name} was not passed`);
  } catch (error) {
    if (!(error as Error).message.startsWith('stopped at')) throw error;
  } finally {
    stopAt = undefined;
  }
}

export const workspace = (): number => ++workspaces;

/** People without a past, as many as are asked for. */
export async function crowd(ws: number, count: number): Promise<number[]> {
  const first = 1_000_000 + people;
  people += count;
  await engines.pg.query(
    `INSERT INTO people (workspace_no, person_no, created_at) SELECT $1, n, $2 FROM generate_series($3::bigint, $4::bigint) AS n`,
    [ws, clock.now(), first, first + count - 1],
  );
  return Array.from({ length: count }, (_, i) => first + i);
}

export async function coupon(ws: number, more: object = {}, terms: object = {}): Promise<string> {
  const { id } = await rewards.coupons.create(ws, {
    ...{ name: 'Spring', ways: ['page'], codes: 'own', stock: 1_000, perPerson: 1 },
    terms: termsSchema.parse({ type: 'amount', faceFen: 2_000, validity: { days: 7 }, costFen: 800, ...terms }),
    ...more,
  });
  await rewards.coupons.launch(ws, id);
  return id;
}

let seen = 0;
export const come = async (ws: number, more: object): Promise<void> => {
  await events.write(ws, [{ messageId: `m-${++seen}`, event: 'Seen', timestamp: clock.now(), source: 'http', ...more }]);
  await settle();
};
export const no = async (ws: number, id: string): Promise<number> =>
  (await personByIdentity(engines.pg, ws, { type: 'user_id', value: id }))!;
export const settle = async (): Promise<void> => {
  await events.flush();
  for (const job of jobs.splice(0)) await job();
  while ((await rewards.tick()).did > 0) await events.flush();
  await events.flush();
};
export const told = (ws: number, event: string): Promise<{ person: number; id: string; properties: string }[]> =>
  engines.ch.query(
    `SELECT person_no AS person, properties.issueId::String AS id, toJSONString(properties) AS properties FROM ${events.source(ws)} WHERE event = '${event}' ORDER BY time, key`,
  );
