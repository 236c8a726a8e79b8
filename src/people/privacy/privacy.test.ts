import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engines, testEngines } from '../../../test/kit.ts';
import { createJobs, jobMigrations, manualClock, migrate, silentLog } from '../../base/index.ts';
import { conceal, createPrivacy, createRotation, maskOf, namesOf, privacyMigrations, showIn } from './index.ts';

let engines: Engines;
const clock = manualClock('2026-03-01T00:00:00Z');
const declared = { traits: new Set(['phone', 'email', 'address']), properties: new Set(['phone']) };
const open = (masters: string[]) => createPrivacy({ pg: engines.pg, clock, log: silentLog, masters, declared: async () => declared });
const message = (phone: string) => ({
  type: 'identify',
  identities: [
    { type: 'phone', value: phone },
    { type: 'user_id', value: 'u-1' },
  ],
  properties: { name: 'A', phone, address: { city: '上海', no: 7, first: true } } as Record<string, unknown>,
  context: {
    ...{ externalIds: [{ type: 'phone', id: phone }], ip: '1.2.3.4', device: { type: 'android', token: 'where-push-goes' } },
  } as Record<string, unknown>,
});

beforeAll(async () => {
  engines = await testEngines();
  await migrate(engines.pg, engines.ch, [...jobMigrations, ...privacyMigrations]);
});
afterAll(() => engines?.close());

describe('personal values', () => {
  it('become tokens everywhere in a message, the same for the same value, and open again', async () => {
    const privacy = await open(['the first master key']);
    const { items, secrets } = await privacy.hide(1, [message('+8613800138000'), message('+8613800138000')]);
    expect(JSON.stringify(items)).not.toMatch(/13800138000|where-push-goes/);
    expect(items[0]).toEqual(items[1]);
    expect(items[0]!.identities[1]).toEqual({ type: 'user_id', value: 'u-1' });
    // The phone, the city, the number of the house and where push goes, each once.
    expect(secrets).toHaveLength(4);
    await privacy.vault.store(engines.pg, 1, secrets);
    expect(await privacy.openAll(1, items[0])).toEqual(message('+8613800138000'));
    expect(await privacy.blind(1, { type: 'phone', value: '+8613800138000' })).toEqual(items[0]!.identities[0]);
    // Another workspace has other tokens, and cannot open these.
    expect(await privacy.blind(2, { type: 'phone', value: '+8613800138000' })).not.toEqual(items[0]!.identities[0]);
    expect(await privacy.openAll(2, items[0]!.properties)).toMatchObject({ phone: null });
  });

  it('leave a message without any as it is', () => {
    const names = namesOf(declared);
    const plain = { identities: [{ type: 'user_id', value: 'u' }], properties: { a: 1, b: [{ c: 'x' }] }, context: undefined };
    expect(
      conceal(plain, {
        names,
        token: () => {
          throw new Error('nothing to hide');
        },
      }),
    ).toBe(plain);
  });

  it('survive a change of the master key, and do not open with a wrong one', async () => {
    const before = await (await open(['the first master key'])).blind(1, { type: 'phone', value: '+8613800138000' });
    await expect(open(['a wrong master key'])).rejects.toThrow(/YUTANG_MASTER_KEY/);
    await open(['the second master key', 'the first master key']);
    const after = await open(['the second master key']);
    expect(await after.blind(1, { type: 'phone', value: '+8613800138000' })).toEqual(before);
    expect(await after.openAll(1, { p: before.value })).toEqual({ p: '+8613800138000' });
    await expect(open(['the first master key'])).rejects.toThrow(/does not open/);
  });

  it('are sealed again with a new data key', async () => {
    const privacy = await open(['the second master key']);
    const jobs = await createJobs({ pg: engines.pg, clock, log: silentLog, connectionString: engines.url, alone: true });
    const { id } = await createRotation({ pg: engines.pg, jobs, privacy }).start(1);
    await jobs.flush();
    expect(await jobs.get(1, id)).toMatchObject({ state: 'done', result: { sealed: 4, dataKey: 2 } });
    expect(await engines.pg.query('SELECT DISTINCT key_no FROM personal_values WHERE workspace_no = 1')).toEqual([{ key_no: 2 }]);
    privacy.vault.forget();
    const token = await privacy.tokenOf(1, '+8613800138000');
    expect(await privacy.openAll(1, { p: token })).toEqual({ p: '+8613800138000' });
    // Sealed for one token, it does not open as another.
    await engines.pg.query(
      "UPDATE personal_values SET token = overwrite.t FROM (SELECT 'pii~' || repeat('x', 22) AS t) AS overwrite WHERE workspace_no = 1 AND token = $1",
      [token],
    );
    privacy.vault.forget();
    await expect(privacy.vault.open(1, [`pii~${'x'.repeat(22)}`])).rejects.toThrow();
    await jobs.stop();
  });

  it('are masked by their look', () => {
    expect(['13812345678', '+8613812345678', 'ann@b.cn', '+14155552671', '11010119900307123X', '南京路'].map(maskOf)).toEqual([
      '138****5678',
      '138****5678',
      'a***@b.cn',
      '+14****71',
      '110***********123X',
      '***',
    ]);
    const token = `pii~${'a'.repeat(22)}`;
    const json = JSON.stringify({ a: token, b: `call ${token} now`, c: `pii~${'b'.repeat(22)}` });
    expect(JSON.parse(showIn(json, new Map([[token, 'x"y']]), true))).toEqual({ a: 'x"y', b: 'call x"y now', c: null });
    expect(JSON.parse(showIn(json, new Map([[token, 13812345678]]), true))).toMatchObject({ a: 13812345678 });
  });
});
