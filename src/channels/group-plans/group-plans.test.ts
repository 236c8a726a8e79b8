import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../base/index.ts';
import { type Approvals, approvalMigrations, createApprovals } from '../approvals/index.ts';
import { createGroupTotals } from '../group-totals.ts';
import { setLimit } from '../limits/limits.ts';
import { limitMigrations } from '../limits/migrations.ts';
import { outboxMigrations } from '../migrations.ts';
import { type Harness, startHarness } from '../wecom/harness.fixture.ts';
import { createGroupPlans, type GroupPlans, groupPlanMigrations } from './index.ts';

const ws = 7;
const zone = 'Asia/Shanghai';
let h: Harness;
let stopAt: string | undefined;
let work: GroupPlans;
let approvals: Approvals;
let above: number | null;

beforeEach(async () => {
  h = await startHarness();
  for (const step of [...outboxMigrations, ...limitMigrations, ...groupPlanMigrations, ...approvalMigrations])
    await h.pg.query(step.pg ?? '');
  stopAt = undefined;
  above = null;
  approvals = createApprovals({
    ...{ pg: h.pg, clock: h.clock, log: silentLog, approvers: async () => [{ id: 'li' }, { id: 'wang' }] },
    ...{ above: async () => above, audit: async () => {}, notify: async () => {} },
  });
  work = createGroupPlans({
    ...{ pg: h.pg, clock: h.clock, log: silentLog, client: (config) => h.wecom.client(config) },
    accounts: { one: async () => h.account },
    workspaces: async () => [{ no: ws, timezone: zone }],
    approvals,
    boundary: (name) => {
      if (name === stopAt) throw new Error('killed');
    },
  });
  await h.saveCallback();
  // A Thursday, nine in the morning there.
  h.control.setClock('2026-03-05T01:00:00Z');
});
afterEach(() => h.close());

const minutes = async (n: number) => {
  h.control.advance(n * 60_000);
  await h.work();
};
async function group(owner: string, purpose = '福利', members: string[] = []): Promise<string> {
  const { chat_id } = h.control.createGroup({ corpid: h.corpid, name: `${owner}的群`, owner, members });
  h.control.advance(3_000);
  await h.wecom.reconcile(h.account.id);
  await h.pg.query('UPDATE wecom_groups SET purpose = $2 WHERE chat_id = $1', [chat_id, purpose]);
  return chat_id;
}
const pending = () => h.control.pendingMass(h.corpid).map(({ userid, task }) => `${userid}: ${task.text?.content}`);
const confirm = (userid: string) => {
  for (const one of h.control.pendingMass(h.corpid, userid)) h.control.confirmMass({ corpid: h.corpid, msgid: one.msgid, userid });
};
const states = async () =>
  (await h.pg.query<{ s: string }>("SELECT state || coalesce(' ' || reason, '') AS s FROM group_sends ORDER BY due_at, state, reason")).map(
    (r) => r.s,
  );
const plan = async (
  steps = [{ id: 'w', name: '福利日', when: { kind: 'weekly' as const, weekday: 4, time: '20:00' }, text: '周四福利' }],
) => {
  const made = await work.plans.add(ws, { name: '福利群计划', purpose: '福利', steps, reminders: 2, remindAfter: 60 }, 'Ann');
  await work.plans.launch(ws, made.id);
  return made.id;
};
const at = '2026-03-05T12:00:00.000Z';

describe('plans of groups', () => {
  it('say who is in how many groups, and wait for another member where they reach many', async () => {
    const [ann, ben] = ['li', 'wang'].map((id) => ({ kind: 'member' as const, id, name: id }));
    const both = h.friend('li');
    await group('li', '福利', [both, h.friend('li')]);
    await group('li', '福利', [both]);
    const steps = [{ id: 'w', name: '', when: { kind: 'weekly' as const, weekday: 4, time: '20:00' }, text: '周四福利' }];
    const made = await work.plans.add(ws, { name: '计划', purpose: '福利', steps, reminders: 2, remindAfter: 60 }, 'Ann');
    const inGroups = [
      { groups: 1, people: 1 },
      { groups: 2, people: 1 },
    ];
    expect(await work.plans.foresee(ws, made.id)).toEqual({ groups: 2, people: 2, inGroups, approval: null });
    above = 1;
    const needs = { code: 'approval_needed' };
    await expect(work.plans.launch(ws, made.id)).rejects.toMatchObject(needs);
    const launch = await approvals.ask(ws, { kind: 'groups.launch', subject: made.id, ask: {} }, ann!);
    expect((await work.plans.foresee(ws, made.id)).approval).toMatchObject({ needed: true, people: 2, waiting: launch.id });
    await approvals.approve(ws, launch.id, { people: 2 }, ben!);
    expect(await work.plans.change(ws, made.id, { name: '另一个名字' })).toMatchObject({ state: 'running', name: '另一个名字' });
    const other = [{ ...steps[0]!, text: '换了' }];
    await expect(work.plans.change(ws, made.id, { steps: other })).rejects.toMatchObject(needs);
    const change = await approvals.ask(ws, { kind: 'groups.change', subject: made.id, ask: { steps: other } }, ann!);
    await approvals.approve(ws, change.id, { people: 2 }, ben!);
    expect((await work.plans.get(ws, made.id)).steps).toMatchObject([{ text: '换了' }]);
  });

  it('ask each owner once, remind who has not sent, and say how it went', async () => {
    const id = h.friend('li');
    await group('li', '福利', [id]);
    await group('li');
    await group('007');
    await group('007', '售后');
    const planId = await plan();
    await work.tick();
    expect(pending()).toEqual([]);
    const ahead = await work.calendar(ws, zone, { days: 7 });
    expect(ahead.items.map((one) => [one.day, one.ahead, one.groups])).toEqual([['2026-03-05', true, 3]]);
    await minutes(11 * 60);
    await work.tick();
    await work.tick();
    expect(pending().sort()).toEqual(['007: 周四福利', 'li: 周四福利']);
    const waiting = (await work.calendar(ws, zone, { days: 7 })).items[0];
    expect(waiting).toMatchObject({ groups: 3, ahead: false, waitingFor: 2, counts: { asked: 3, sent: 0 } });
    await minutes(30);
    confirm('li');
    await work.tick();
    const done = await work.calendar(ws, zone, { days: 7 });
    expect(done.items[0]).toMatchObject({ waitingFor: 1, counts: { asked: 1, sent: 2 } });
    expect(done.owners).toMatchObject([{ owner: '007', messages: 1, groups: 1, reminded: 0 }]);
    expect(h.control.inbox(h.corpid, id).filter((one) => one.kind === 'mass')).toHaveLength(1);
    await minutes(35);
    await work.tick();
    expect(h.calls('/remind_groupmsg_send')).toHaveLength(1);
    await minutes(180);
    for (let i = 0; i < 4; i++) {
      await work.tick();
      await minutes(40);
    }
    expect(h.calls('/remind_groupmsg_send')).toHaveLength(2);
    // By hand once more, and then the platform allows no further one.
    const entry = { planId, stepId: 'w', at };
    expect(await work.remind(ws, entry)).toEqual({ reminded: 1, refused: 0 });
    expect(await work.remind(ws, entry)).toEqual({ reminded: 0, refused: 1 });
    expect((await work.sends(ws, { ...entry, limit: 10, state: 'asked' })).items).toMatchObject([{ owner: '007', reminded: 3 }]);
    await minutes(3 * 24 * 60);
    await work.tick();
    expect(await states()).toEqual(['sent', 'sent', 'unsent not_sent']);
    expect(pending()).toEqual([]);
    // A week later again.
    h.control.setClock('2026-03-12T12:00:00Z');
    await work.tick();
    expect(pending()).toHaveLength(2);
  });

  it.each(['groups.planned', 'groups.task.journalled', 'groups.task.made'])('killed at %s: every group is asked for once', async (name) => {
    await group('li');
    await group('007');
    await plan();
    await minutes(11 * 60);
    stopAt = name;
    await expect(work.tick()).rejects.toThrow('killed');
    stopAt = undefined;
    for (let i = 0; i < 4; i++) {
      await minutes(1);
      await work.tick();
    }
    expect(pending().sort()).toEqual(['007: 周四福利', 'li: 周四福利']);
    expect(await states()).toEqual(['asked', 'asked']);
  });

  it('pass over what falls into a pause, what is too late, and what the platform would not take', async () => {
    await group('li');
    const planId = await plan(
      [1, 2, 3, 4].map((n) => ({
        id: `d${n}`,
        name: '',
        when: { kind: 'day' as const, day: n - 1, time: '20:00' },
        text: `第${n}天`,
      })) as never,
    );
    await work.plans.pause(ws, planId);
    await minutes(11 * 60 + 1);
    await work.tick();
    await work.plans.resume(ws, planId);
    // Nobody is there for a day: the message of yesterday is not sent this morning.
    await minutes(24 * 60 + 180);
    await work.tick();
    await h.pg.query(
      `INSERT INTO channel_limits (workspace_no, key, value, period, note, updated_at, updated_by) VALUES ($1, 'wecom.mass.perGroup', 1, '{"calendar":"month"}', '', now(), '')`,
      [ws],
    );
    await minutes(21 * 60 + 1);
    await work.tick();
    await minutes(24 * 60);
    await work.tick();
    expect(await states()).toEqual(['skipped paused', 'skipped late', 'asked', 'skipped platform_cap']);
    expect(pending()).toEqual(['li: 第3天']);
    await expect(work.plans.launch(ws, planId)).resolves.toMatchObject({ state: 'running' });
  });

  it('what the platform does not take at its time is not asked for when it is late, or the plan is paused', async () => {
    await group('li');
    const planId = await plan();
    await minutes(11 * 60);
    const full = { endpoint: 'add_msg_template', errcode: 45009 };
    h.control.setFault(full);
    await work.tick();
    expect(await states()).toEqual(['due']);
    h.control.clearFaults();
    await minutes(24 * 60);
    await work.tick();
    expect([await states(), pending()]).toEqual([['skipped late'], []]);
    h.control.setClock('2026-03-12T12:00:00Z');
    h.control.setFault(full);
    await work.tick();
    h.control.clearFaults();
    await work.plans.pause(ws, planId);
    await minutes(60);
    await work.tick();
    expect([await states(), pending()]).toEqual([['skipped late', 'skipped paused'], []]);
  });

  it('a task that another process has looked for and not found is not made after all', async () => {
    await group('li');
    await plan();
    await minutes(11 * 60);
    let other = false;
    const [one, two] = ['one', 'two'].map((name) =>
      createGroupPlans({
        ...{
          pg: h.pg,
          clock: h.clock,
          log: silentLog,
          client: (config) => h.wecom.client(config),
          accounts: { one: async () => h.account },
          approvals,
        },
        workspaces: async () => [{ no: ws, timezone: zone }],
        boundary: async (at) => {
          if (name !== 'one' || at !== 'groups.task.journalled' || other) return;
          other = true;
          await minutes(1);
          await two!.tick();
        },
      }),
    );
    await one!.tick();
    expect(h.calls('/add_msg_template')).toHaveLength(1);
    expect([await states(), pending()]).toEqual([['asked'], ['li: 周四福利']]);
  });

  it('a task that the platform forgot is given up in time', async () => {
    await group('li');
    await plan();
    await minutes(11 * 60);
    await work.tick();
    h.control.setFault({ endpoint: 'get_groupmsg_task', errcode: 41093 });
    await minutes(60);
    await work.tick();
    expect(await states()).toEqual(['asked']);
    await minutes(3 * 24 * 60);
    await work.tick();
    expect(await states()).toEqual(['unsent not_sent']);
  });

  it('a message that the platform does not answer is found, and not made twice', async () => {
    await group('li');
    await plan();
    await minutes(11 * 60);
    h.control.setFault({ endpoint: 'add_msg_template', drop: true, when: 'after', times: 1 });
    await work.tick();
    expect(await states()).toEqual(['asking']);
    await minutes(1);
    await work.tick();
    await work.tick();
    expect([await states(), pending()]).toEqual([['asked'], ['li: 周四福利']]);
  });
});

describe('welcomes and hand-over', () => {
  it('a welcome is offered to owners, and greets who comes after one has chosen it', async () => {
    const chatId = await group('li');
    const made = await work.welcomes.add(ws, { name: '欢迎', purpose: '福利', text: '%NICKNAME% 你好' });
    expect(made).toMatchObject({ offered: true, groups: 1 });
    const [{ template_id }] = (await h.pg.query<{ template_id: string }>('SELECT template_id FROM group_welcomes')) as [
      { template_id: string },
    ];
    h.control.chooseGroupWelcome(h.corpid, chatId, template_id);
    await work.welcomes.change(ws, made.id, { name: '欢迎', purpose: '福利', text: '%NICKNAME%，欢迎' });
    const id = h.friend('li', { name: '小海' });
    h.control.joinGroup({ corpid: h.corpid, chat_id: chatId, userid: id, byCode: true });
    expect(h.control.inbox(h.corpid, id).map((one) => one.text)).toEqual(['小海，欢迎']);
    const other = await work.welcomes.add(ws, { name: '旧的', purpose: '', text: '你好' });
    await work.welcomes.remove(ws, other.id);
    expect([...(h.control.corp(h.corpid)?.groupWelcomes.keys() ?? [])]).toEqual([template_id]);
    h.control.setFault({ endpoint: 'group_welcome_template/edit', errcode: 48002 });
    const refused = await work.welcomes.change(ws, made.id, { name: '欢迎', purpose: '福利', text: '你好' });
    expect(refused).toMatchObject({ offered: false, error: 'wecom_48002' });
  });

  it('groups of somebody who left are shared out among several', async () => {
    const ids = Array.from({ length: 5 }, () => h.friend('li'));
    const big = await group('li', '福利', ids);
    const small = [await group('li'), await group('li')];
    for (const userid of ['chen', 'wu']) h.control.addStaff(h.corpid, { userid, name: userid });
    h.control.resign(h.corpid, 'li');
    const answer = await work.handOver(ws, { from: 'li', to: ['chen', 'wu'] }, 'Ann');
    expect(answer).toMatchObject({ failed: [], left: 0 });
    expect(answer.moved.find((one) => one.chatId === big)).toMatchObject({ to: 'chen' });
    expect(answer.moved.filter((one) => small.includes(one.chatId)).map((one) => one.to)).toEqual(['wu', 'wu']);
    expect(new Set(small.map((id) => h.control.corp(h.corpid)?.groups.get(id)?.owner))).toEqual(new Set(['wu']));
    // Of one who is still there.
    expect(await work.handOver(ws, { from: 'wu', to: ['007'] }, 'Ann')).toMatchObject({
      moved: [{ to: '007' }, { to: '007' }],
      failed: [],
    });
    await h.wecom.reconcile(h.account.id);
    expect(await h.pg.query('SELECT owner, count(*) AS n FROM wecom_groups GROUP BY 1 ORDER BY 1')).toEqual([
      { owner: '007', n: 2 },
      { owner: 'chen', n: 1 },
    ]);
    const totals = createGroupTotals({ pg: h.pg, clock: h.clock });
    expect(await totals(ws)).toEqual({ groups: 3, members: 5, people: 5, inSeveral: 0 });
    await group('chen', '福利', ids.slice(0, 2));
    h.control.advance(30_000);
    expect(await totals(ws)).toEqual({ groups: 4, members: 7, people: 5, inSeveral: 2 });
  });

  /** Who owns what, at the platform and here. */
  const owned = async (owner: string) => [
    [...(h.control.corp(h.corpid)?.groups.values() ?? [])].filter((one) => one.owner === owner).length,
    (await h.pg.query('SELECT 1 FROM wecom_groups WHERE owner = $1', [owner])).length,
  ];
  const moves = () => h.control.calls().filter((one) => one.path.includes('transfer')).length;

  it('no more than the platform moves of one owner a day, whoever asks how often; the rest on the days after', async () => {
    await setLimit(h.pg, h.clock, ws, 'wecom.groups.perOwner', { value: 2 }, 'Ann');
    for (const userid of ['chen', 'wu']) h.control.addStaff(h.corpid, { userid, name: userid });
    const ids: string[] = [];
    for (let i = 0; i < 6; i++) ids.push(await group('li'));
    h.control.resign(h.corpid, 'li');
    expect(await work.handOver(ws, { from: 'li', to: ['chen'] }, 'Ann')).toMatchObject({ moved: [{}, {}], failed: [], left: 4 });
    const before = moves();
    expect(await work.handOver(ws, { from: 'li', to: ['chen'] }, 'Ann')).toMatchObject({ moved: [], left: 4 });
    await work.tick();
    expect([await owned('chen'), moves()]).toEqual([[2, 2], before]);
    // Another owner has a day of their own.
    expect(await work.handOver(ws, { from: 'chen', to: ['wu'] }, 'Ann')).toMatchObject({ moved: [{}, {}], left: 0 });
    expect((await work.handovers(ws)).items.map((one) => [one.from, one.today, one.waiting])).toEqual([
      ['chen', 2, 0],
      ['li', 2, 4],
    ]);
    // Midnight in Beijing.
    h.control.setClock('2026-03-05T16:00:01Z');
    await work.tick();
    expect(await owned('chen')).toEqual([2, 2]);
    // One of the rest has gone another way meanwhile, the other is dropped.
    const [{ chat_id }] = (await h.pg.query<{ chat_id: string }>("SELECT chat_id FROM wecom_groups WHERE owner = 'li' LIMIT 1")) as [
      { chat_id: string },
    ];
    await h.pg.query("UPDATE wecom_groups SET owner = 'wu' WHERE chat_id = $1", [chat_id]);
    await setLimit(h.pg, h.clock, ws, 'wecom.groups.perOwner', { value: 0 }, 'Ann');
    await work.tick();
    expect(await work.dropHandovers(ws, 'li')).toEqual({ dropped: 1 });
    expect(await h.pg.query('SELECT state, count(*) AS n FROM group_handovers GROUP BY 1 ORDER BY 1')).toEqual([
      { state: 'moved', n: 6 },
      { state: 'over', n: 2 },
    ]);
  });

  it.each(['groups.handover.asked', 'groups.handover.claimed', 'groups.handover.called'])(
    'killed at %s, a group moves once and is counted once',
    async (name) => {
      h.control.addStaff(h.corpid, { userid: 'chen', name: 'chen' });
      await group('li');
      await group('li');
      h.control.resign(h.corpid, 'li');
      stopAt = name;
      await expect(work.handOver(ws, { from: 'li', to: ['chen'] }, 'Ann')).rejects.toThrow('killed');
      stopAt = undefined;
      h.control.advance(61_000);
      await work.tick();
      expect(await owned('chen')).toEqual([2, 2]);
      expect((await work.handovers(ws)).items).toMatchObject([{ from: 'li', today: 2, waiting: 0, failed: [] }]);
    },
  );
});
