import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { personByIdentity } from '../../people/index.ts';
import {
  asked,
  bare,
  binding,
  clock,
  close,
  DAY,
  deps,
  engines,
  events,
  history,
  no,
  open,
  platform,
  rules,
  settle,
  start,
  told,
  workspace,
  write,
} from './binding.fixture.ts';
import { createBinding } from './binding.ts';
import { rulesSchema } from './rules.ts';
import { workOut } from './work-out.ts';

beforeAll(() => open());
afterAll(close);

describe('from events', () => {
  it('comes out the same in one batch or many, in whatever order, and every change is told once', async () => {
    const happening = fc.record({
      who: fc.constantFrom('p', 'q'),
      day: fc.integer({ min: 0, max: 100 }),
      staff: fc.option(fc.constantFrom('li', 'wu', 'xu'), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { minLength: 6, maxLength: 14 }), fc.integer({ min: 3, max: 6 }), async (list, portion) => {
        const all = list.map((h, i) => ({ ...h, id: `m${i}` }));
        const [once, often] = [await workspace(), await workspace()];
        await write(once, all);
        await settle();
        for (let i = all.length; i > 0; i -= portion) {
          await write(often, all.slice(Math.max(0, i - portion), i));
          await settle();
        }
        for (const who of new Set(list.map((h) => h.who))) expect(await history(often, who)).toEqual(await history(once, who));
        // The one batch told of each entry once and took nothing back.
        const entries = await engines.pg.query<{ p: number }>(
          'SELECT person_no AS p FROM binding_history WHERE workspace_no = $1 ORDER BY 1',
          [once],
        );
        expect((await told(once, 'Binding Changed')).map((t) => t.p)).toEqual(entries.map((e) => e.p));
        expect(await told(once, 'Binding Withdrawn')).toEqual([]);
      }),
      { numRuns: Number(process.env.BINDING_BATCHES ?? 2) },
    );
  });

  it('a late event counts from its own time on: what was believed is withdrawn, kept in the record, and told', async () => {
    const ws = await workspace();
    await write(ws, [{ who: 'p', day: 5, staff: 'li', id: 'a' }]);
    await settle();
    await write(ws, [{ who: 'p', day: 2, staff: 'wu', id: 'late' }]);
    await settle();
    expect(await history(ws, 'p')).toEqual(['2 bound wu', '32 expired null']);
    expect(await history(ws, 'p', true)).toEqual([
      '2 bound wu',
      '5 bound li (withdrawn)',
      '32 expired null',
      '35 expired null (withdrawn)',
    ]);
    expect((await told(ws, 'Binding Withdrawn')).map((t) => t.properties.to ?? null).sort()).toEqual(['li', null]);
    expect((await told(ws, 'Binding Changed')).find((t) => t.properties.to === 'wu')?.properties).toMatchObject({
      why: 'bound',
      late: true,
      by: 'late',
    });
    // Said again, it changes nothing.
    const before = await engines.pg.query('SELECT * FROM binding_history WHERE workspace_no = $1 ORDER BY key', [ws]);
    await workOut(deps, ws, [await no(ws, 'p')]);
    expect(await engines.pg.query('SELECT * FROM binding_history WHERE workspace_no = $1 ORDER BY key', [ws])).toEqual(before);
  });

  it('two people who become one have one history; of two again each has their own', async () => {
    const ws = await workspace();
    await write(ws, [
      { who: 'p', day: 140, staff: 'li', id: 'a' },
      { who: 'p', day: 151, staff: 'li', id: 'b' },
    ]);
    const anonymous = (day: number, id: string, more: object = {}) => ({
      ...{ messageId: id, event: 'Friend Added', timestamp: new Date(start + day * DAY), source: 'http', properties: { userId: 'wu' } },
      ...{ externalIds: [{ type: 'wechat_unionid', id: 'oUnion12345678' }], ...more },
    });
    await events.write(ws, [anonymous(139, 'c')]);
    await settle();
    expect(await history(ws, 'p')).toEqual(['140 bound li', '151 renewed_touch li']);
    await binding
      .give(ws, await no(ws, 'p'), { staff: 'li', reason: 'x', actor: 'Ann', handOver: false })
      .catch((error: Error) => expect(error.message).toMatch('Nothing would change'));
    await events.write(ws, [{ ...anonymous(150.5, 'd', { userId: 'p', event: 'Seen' }) }]);
    await settle();
    expect(await history(ws, 'p')).toEqual(['139 bound wu', '151 taken_over li']);
    const person = await no(ws, 'p');
    expect(await engines.pg.query('SELECT staff_id FROM bindings WHERE workspace_no = $1', [ws])).toEqual([{ staff_id: 'li' }]);
    await events.identity.split(
      ws,
      person,
      [{ type: 'wechat_unionid', value: 'oUnion12345678' }],
      { actor: { kind: 'test', id: 't', name: 't' } } as never,
      async () => {},
    );
    await settle();
    expect(await history(ws, 'p')).toEqual(['140 bound li', '151 renewed_touch li']);
    const other = (await personByIdentity(engines.pg, ws, { type: 'wechat_unionid', value: 'oUnion12345678' }))!;
    expect((await binding.present(ws, [person, other])).get(other)).toMatchObject({ staffId: 'wu' });
    expect(other).not.toBe(person);
  });

  it('of who is gone nothing is written any more', async () => {
    const ws = await workspace();
    await write(ws, [{ who: 'p', day: 140, staff: 'li', id: 'a' }]);
    await settle();
    const person = await no(ws, 'p');
    for (const table of ['bindings', 'binding_history', 'people'])
      await engines.pg.query(`DELETE FROM ${table} WHERE workspace_no = $1`, [ws]);
    await workOut(deps, ws, [person]);
    expect(await engines.pg.query('SELECT * FROM binding_history WHERE workspace_no = $1', [ws])).toEqual([]);
  });

  it('a process that dies after it wrote, or after it told, leaves every change to be told once', async () => {
    const ws = await workspace();
    const dying = (deps: Parameters<typeof createBinding>[0]) =>
      createBinding({ ...deps, jobs: { define: () => {}, start: deps.jobs.start } });
    const dead = async (): Promise<never> => {
      throw new Error('dead');
    };
    const pg = {
      ...engines.pg,
      query: (text: string, params?: unknown[]) => (text.includes('untold = false') ? dead() : engines.pg.query(text, params)),
    };
    const processes = [
      { at: 'binding.written', process: dying({ ...deps, events: { source: deps.events.source, write: dead } }) },
      { at: 'binding.told', process: dying({ ...deps, pg: pg as typeof deps.pg }) },
    ];
    for (const [i, { at, process }] of processes.entries()) {
      await events.write(ws, [{ messageId: `quiet ${at}`, event: 'Seen', timestamp: new Date(start), userId: at, source: 'http' }]);
      await events.flush();
      await binding.staff.add(ws, { id: `li${i}`, name: '李', unitIds: [], position: null });
      await expect(process.give(ws, await no(ws, at), { staff: `li${i}`, reason: 'x', actor: 'Ann', handOver: false })).rejects.toThrow(
        'dead',
      );
    }
    await binding.recover();
    await events.flush();
    expect((await told(ws, 'Binding Changed')).map((t) => t.properties.to).sort()).toEqual(['li0', 'li1']);
    expect(await engines.pg.query('SELECT 1 FROM binding_history WHERE workspace_no = $1 AND untold', [ws])).toEqual([]);
    expect((await binding.present(ws, [await no(ws, 'binding.written'), await no(ws, 'binding.told')])).size).toBe(2);
  });

  it('ends by time alone', async () => {
    const ws = await workspace();
    await write(ws, [{ who: 'p', day: 122, staff: 'li', id: 'a' }]);
    await settle();
    expect((await binding.present(ws, [await no(ws, 'p')])).size).toBe(1);
    clock.set(new Date(start + 153 * DAY));
    // Nobody has looked, and it is over all the same.
    expect((await binding.present(ws, [await no(ws, 'p')])).size).toBe(0);
    await binding.tick();
    expect(await history(ws, 'p')).toEqual(['122 bound li', '152 expired null']);
  });
});

describe('rules', () => {
  it('are refused where validity is shorter than protection, and where binding would follow from itself', () => {
    const wrong = (change: object) => rulesSchema.safeParse({ ...rules, ...change }).error?.issues.map((i) => i.path.join('.'));
    expect(wrong({})).toBeUndefined();
    expect(wrong({ validityDays: 9 })).toEqual(['validityDays']);
    expect(wrong({ validityDays: null })).toBeUndefined();
    expect(wrong({ touches: [{ event: 'Binding Changed', staff: 'to' }] })).toEqual(['touches.0.event']);
    expect(wrong({ protectionDays: -1 })).toEqual(['protectionDays']);
    expect(wrong({ touches: [{ event: 'X', staff: 'a..b' }] })).toEqual(['touches.0.staff']);
    expect(wrong({ touches: [{ event: 'X', staff: 'staff.id' }] })).toBeUndefined();
  });

  it('for a time that is past bind those who were touched since; later ones leave alone what was', async () => {
    const ws = bare();
    await write(ws, [
      { who: 'p', day: 100, staff: 'li', id: 'a' },
      { who: 'p', day: 145, staff: 'wu', id: 'b' },
    ]);
    await settle();
    expect(await history(ws, 'p')).toEqual([]);
    await binding.saveRules(ws, rules, new Date(start + 120 * DAY), 'Ann');
    await settle();
    expect(await history(ws, 'p')).toEqual(['145 bound wu']);
    await expect(binding.saveRules(ws, rules, new Date(start), 'Ann')).rejects.toMatchObject({ status: 400 });
    await binding.saveRules(ws, { ...rules, protectionDays: 1 }, undefined, 'Ann');
    expect(await history(ws, 'p')).toEqual(['145 bound wu']);
    expect((await binding.savedRules(ws)).map((v) => v.n)).toEqual([2, 1]);
  });
});

describe('by hand', () => {
  it('a dispute stops all, is decided with its evidence, and goes on', async () => {
    const ws = await workspace();
    await write(ws, [{ who: 'p', day: 150, staff: 'li', id: 'a' }]);
    await settle();
    const person = await no(ws, 'p');
    await expect(binding.disputes.open(ws, person, { claimant: 'li', reason: 'mine', by: 'Li' })).rejects.toMatchObject({ status: 400 });
    const dispute = await binding.disputes.open(ws, person, { claimant: 'wu', reason: 'I met them in the shop', by: 'Wu' });
    expect(dispute).toMatchObject({ state: 'open', claimant: 'wu', holder: 'li' });
    await expect(binding.disputes.open(ws, person, { claimant: 'xu', reason: 'mine', by: 'Xu' })).rejects.toMatchObject({ status: 409 });
    await expect(binding.give(ws, person, { staff: 'wu', reason: 'x', actor: 'Ann', handOver: false })).rejects.toMatchObject({
      status: 409,
    });
    expect((await binding.present(ws, [person])).get(person)).toMatchObject({ staffId: 'li', disputed: true });
    await binding.disputes.addEvidence(ws, dispute.id, 'a receipt', 'Wu');
    clock.advance(3 * DAY);
    const closed = await binding.disputes.close(ws, dispute.id, { staff: 'wu', note: 'the receipt is older', by: 'Ann' });
    expect(closed).toMatchObject({ state: 'decided', outcome: 'wu', evidence: [{ by: 'Wu', text: 'a receipt' }] });
    await expect(binding.disputes.addEvidence(ws, dispute.id, 'more', 'Li')).rejects.toMatchObject({ status: 409 });
    expect((await binding.ofPerson(ws, person)).history[0]).toMatchObject({ kind: 'decided', staff: 'wu', before: 'li', actor: 'Ann' });
    expect((await told(ws, 'Binding Changed')).map((t) => t.properties.why)).toEqual(['bound', 'disputed', 'decided']);
  });

  it('who leaves is followed by somebody who is there, with the protection that was', async () => {
    const ws = await workspace();
    const { staff } = binding;
    await write(ws, [
      { who: 'p', day: 150, staff: 'li', id: 'a' },
      { who: 'q', day: 150, staff: 'xu', id: 'b' },
    ]);
    await settle();
    // Known from events alone, until somebody writes them down.
    expect((await staff.list(ws, { limit: 10 })).items.map((s) => [s.id, s.customers, s.unlisted])).toEqual([
      ['li', 1, true],
      ['xu', 1, true],
    ]);
    await expect(binding.successions.begin(ws, { from: 'li', to: ['wu'], reason: 'left', actor: 'Ann' })).rejects.toMatchObject({
      status: 400,
    });
    await staff.add(ws, { id: 'wu', name: '吴', unitIds: [], position: null });
    await staff.change(ws, 'li', { name: '李', state: 'left' });
    await binding.successions.begin(ws, { from: 'li', to: ['wu'], reason: 'left', actor: 'Ann' });
    await settle();
    expect(
      (await binding.customersOf(ws, 'wu', { limit: 10 })).items.map((i) => [i.personNo, (Date.parse(i.protectedUntil) - start) / DAY]),
    ).toEqual([[await no(ws, 'p'), 160]]);
    expect(await staff.one(ws, 'li')).toMatchObject({ state: 'left', heirs: ['wu'], customers: 0 });
    // What happened before and comes in now passes on too, and what happens after is the successor's.
    await write(ws, [{ who: 'r', day: 151, staff: 'li', id: 'c' }]);
    await settle();
    expect((await history(ws, 'r')).map((h) => h.split(' ').slice(1).join(' '))).toEqual(['bound li', 'succeeded wu']);
    await binding.successions.end(ws, 'li');
    expect((await staff.one(ws, 'li')).heirs).toEqual([]);
  });

  it('a friendship is handed over within the platform’s rules, and the binding moves when it is done', async () => {
    const ws = await workspace();
    await write(ws, [{ who: 'p', day: 150, staff: 'li', id: 'a' }]);
    await settle();
    const person = await no(ws, 'p');
    await binding.staff.add(ws, { id: 'li', name: '李', unitIds: [], position: null });
    const give = (staff: string) => binding.give(ws, person, { staff, reason: 'moves away', actor: 'Ann', handOver: true });
    const holder = async () => (await binding.present(ws, [person])).get(person)?.staffId;
    expect(await give('wu')).toMatchObject({ moved: false });
    await expect(give('xu')).rejects.toMatchObject({ status: 409 });
    await binding.tick();
    expect([asked.at(-1), await holder()]).toMatchObject([
      { from: 'li', to: 'wu', resigned: false, externalUserIds: [`wm${person}`] },
      'li',
    ]);
    await binding.tick();
    expect(await holder()).toBe('li');
    platform.status = 1;
    await binding.tick();
    expect(await holder()).toBe('wu');
    expect((await binding.transfers.ofPerson(ws, person))[0]).toMatchObject({ state: 'done' });
    // Refused by the customer, and then once too often.
    await binding.staff.add(ws, { id: 'wu', name: '吴', unitIds: [], position: null });
    platform.status = 3;
    clock.advance(1000);
    await give('xu');
    await binding.tick();
    await binding.tick();
    expect((await binding.transfers.ofPerson(ws, person))[0]).toMatchObject({ state: 'refused' });
    platform.answer = 40_131;
    clock.advance(1000);
    await give('xu');
    await binding.tick();
    expect((await binding.transfers.ofPerson(ws, person))[0]).toMatchObject({
      state: 'failed',
      error: expect.stringMatching('not a customer'),
    });
    platform.answer = 0;
    // Done by hand in the platform's own console.
    const { transferId } = await give('xu');
    expect(await binding.transfers.confirm(ws, transferId!)).toMatchObject({ state: 'done' });
    expect(await holder()).toBe('xu');
    await binding.staff.add(ws, { id: 'xu', name: '徐', unitIds: [], position: null });
    await expect(give('li')).rejects.toMatchObject({ code: 'transfer_limit' });
    clock.advance(91 * DAY);
    expect(await give('li').catch((e: { detail: string }) => e.detail)).toMatchObject({ moved: true });
  });
});

describe('staff and stores', () => {
  const file = '﻿账号,姓名,部门,门店,城市,职务,状态\nli,李,总部/华东,南京路店,上海,店长,在职\nwu,吴,总部/华东,,,,\nxu,徐,总部,,,,离职\n';

  it('come from a file, tried before it is taken in; who is missing in a whole list has left', async () => {
    const ws = await workspace();
    expect(await binding.takeInFile(ws, file, { whole: true, apply: false })).toMatchObject({
      units: { added: 3 },
      staff: { added: 3, left: 1 },
    });
    expect((await binding.staff.list(ws, { limit: 10 })).items).toEqual([]);
    await binding.takeInFile(ws, file, { whole: true, apply: true });
    const units = await binding.staff.units(ws);
    expect(units.map((u) => [u.name, u.kind, u.city, u.staff])).toEqual([
      ['总部', 'department', null, 2],
      ['华东', 'department', null, 2],
      ['南京路店', 'store', '上海', 1],
    ]);
    expect(units[2]!.parentId).toBe(units[1]!.id);
    expect((await binding.staff.list(ws, { limit: 10, unit: units[2]!.id })).items.map((s) => s.id)).toEqual(['li']);
    clock.set(new Date(start + 151 * DAY));
    await write(ws, [{ who: 'p', day: 150, staff: 'li', id: 'a' }]);
    await settle();
    const less = await binding.takeInFile(
      ws,
      file
        .split('\n')
        .filter((l) => !l.startsWith('li'))
        .join('\n'),
      { whole: true, apply: true },
    );
    expect(less).toMatchObject({ units: { gone: 1 }, staff: { changed: 0, left: 1 }, orphans: ['li'] });
    await expect(binding.takeInFile(ws, '姓名\nx', { whole: false, apply: true })).rejects.toMatchObject({ status: 400 });
    await expect(binding.takeInFile(ws, 'id,name\na,\n,b\nc,c\nc,d\n', { whole: false, apply: true })).rejects.toMatchObject({
      errors: [{ field: 'line 2' }, { field: 'line 3' }, { field: 'line 5' }],
    });
  });

  it('come from WeCom; what was set by hand of a store stays', async () => {
    const ws = await workspace();
    await expect(binding.sync(ws)).rejects.toMatchObject({ status: 409 });
    platform.directory = {
      departments: [
        { id: '1', parentId: null, name: '总部' },
        { id: '2', parentId: '1', name: '一店' },
      ],
      users: [
        { id: 'li', name: '李', departments: ['2'], active: true },
        { id: 'wu', name: '', departments: ['1', '9'], position: '经理', active: true },
      ],
    };
    expect(await binding.sync(ws)).toMatchObject({ units: { added: 2 }, staff: { added: 2 } });
    const [, store] = await binding.staff.units(ws);
    await binding.staff.saveUnit(ws, { id: store!.id, name: '一店', parentId: store!.parentId, kind: 'store', city: '北京' });
    await expect(
      binding.staff.saveUnit(ws, { id: 'w_1', name: '总部', parentId: 'w_2', kind: 'department', city: null }),
    ).rejects.toMatchObject({ status: 400 });
    platform.directory.users.pop();
    expect(await binding.sync(ws)).toMatchObject({ units: { gone: 0 }, staff: { added: 0, left: 1 } });
    expect((await binding.staff.units(ws))[1]).toMatchObject({ kind: 'store', city: '北京', staff: 1 });
    // Each workspace has its own.
    expect((await binding.staff.list(ws + 1, { limit: 5 })).items).toEqual([]);
  });
});
