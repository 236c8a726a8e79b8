import { type Engines, testEngines } from '../../../test/kit.ts';
import { jobMigrations, type Migration, manualClock, migrate, silentLog } from '../../base/index.ts';
import { createEvents, type Events, migrations as eventMigrations } from '../../events/index.ts';
import { migrations as peopleMigrations, personByIdentity } from '../../people/index.ts';
import { type Binding, createBinding } from './binding.ts';
import type { BindingRules } from './facts.ts';
import { bindingMigrations } from './migrations.ts';
import type { Directory, StaffPlatform, TransferAsk, TransferStatus } from './ports.ts';
import { usualRules } from './rules.ts';

export const DAY = 86_400_000;
export const start = Date.parse('2026-01-01T00:00:00Z');
export const clock = manualClock('2026-06-01T00:00:00Z');
export const rules: BindingRules = { ...usualRules, protectionDays: 10, validityDays: 30 };
export let engines: Engines;
export let events: Events;
export let binding: Binding;
export let workspaces = 0;
/** A workspace without rules. */
export const bare = (): number => {
  workspaces += 1;
  return workspaces;
};
const work: (() => Promise<unknown>)[] = [];
export const asked: TransferAsk[] = [];
export const platform: { answer: number; status: TransferStatus; directory: Directory | undefined } = {
  answer: 0,
  status: 2,
  directory: undefined,
};
const fake: StaffPlatform = {
  directory: async () => platform.directory,
  friendsOf: async (_ws, people) => new Map(people.map((no) => [no, `wm${no}`])),
  transfer: async (_ws, ask) => {
    asked.push(ask);
    return new Map(ask.externalUserIds.map((id) => [id, platform.answer]));
  },
  transferResult: async () => new Map(asked.flatMap((a) => a.externalUserIds.map((id) => [id, platform.status]))),
};
export let deps: Parameters<typeof createBinding>[0];

/** A room on engines of its own, with a platform that answers as the test says. */
export async function open(more: Migration[] = []): Promise<void> {
  engines = await testEngines();
  await migrate(engines.pg, engines.ch, [...jobMigrations, ...peopleMigrations, ...eventMigrations, ...bindingMigrations, ...more]);
  events = await createEvents({ ...engines, clock, log: silentLog, grace: async () => {} });
  // Jobs are done when the test says so.
  const kinds = new Map<string, (job: never) => Promise<unknown>>();
  const jobs = {
    define: (kind: string, fn: (job: never) => Promise<unknown>) => void kinds.set(kind, fn),
    start: async (workspaceNo: number, kind: string, payload: object) => {
      work.push(() => kinds.get(kind)!({ id: 'job', workspaceNo, payload, progress: async () => {} } as never));
      return { id: 'job' };
    },
  };
  deps = { ...engines, clock, log: silentLog, events, jobs: jobs as never, platform: fake };
  binding = createBinding(deps);
  events.consume('binding', (slice) => binding.consume(slice));
  events.onMerge((ws, moves) => binding.onMerge(ws, moves), { derives: true });
  events.onSplit((ws, split) => binding.onSplit(ws, split), { derives: true });
}

export async function close(): Promise<void> {
  await events.stop();
  await engines.close();
}

export async function workspace(from = new Date(start)): Promise<number> {
  workspaces += 1;
  await binding.saveRules(workspaces, rules, from, 'Ann');
  work.length = 0;
  return workspaces;
}
export const settle = async () => {
  await events.flush();
  if (work.length === 0) return;
  for (const one of work.splice(0)) await one();
  await events.flush();
};
interface Happening {
  who: string;
  day: number;
  staff?: string;
  id: string;
}
export const write = (ws: number, list: Happening[]) =>
  events.write(
    ws,
    list.map(({ who, day, staff, id }) => ({
      messageId: id,
      event: staff ? 'Friend Added' : 'Order Completed',
      timestamp: new Date(start + day * DAY),
      userId: who,
      source: 'http',
      properties: staff ? { userId: staff } : { order_id: id },
    })),
  );
export const no = async (ws: number, who: string) => (await personByIdentity(engines.pg, ws, { type: 'user_id', value: who }))!;
/** The history as it holds, oldest first. */
export const history = async (ws: number, who: string, withdrawn = false): Promise<string[]> =>
  (await binding.ofPerson(ws, await no(ws, who))).history
    .filter((h) => withdrawn || !h.withdrawnAt)
    .map((h) => `${(Date.parse(h.at) - start) / DAY} ${h.kind} ${h.staff}${h.withdrawnAt ? ' (withdrawn)' : ''}`)
    .reverse();
export const told = async (ws: number, event: string) =>
  engines.ch.query<{ p: number; at: string; properties: Record<string, unknown> }>(
    `SELECT person_no AS p, toString(time) AS at, properties FROM ${events.source(ws)} WHERE event = '${event}' ORDER BY person_no, time`,
  );
