import { afterEach, describe, expect, test } from 'vitest';
import { type Harness, startHarness } from './harness.fixture.ts';

let h: Harness;
afterEach(() => h.close());

describe('groups', () => {
  async function later(ms: number) {
    h.control.advance(ms);
    await h.work();
  }
  test('joining and leaving, staff passed over, said once under bad weather', async () => {
    h = await startHarness({ weather: { duplication: 1 } });
    await h.saveCallback();
    const [a, b, c] = [h.friend('li', { unionid: 'oU1', name: '甲' }), h.friend(), h.friend()];
    const { chat_id } = h.control.createGroup({ corpid: h.corpid, name: '福利群', owner: 'li', members: [a, '007'] });
    await h.work();
    await later(3_000);
    h.control.joinGroup({ corpid: h.corpid, chat_id, userid: b, byCode: true, state: '0042' });
    await h.work();
    await later(1_000);
    h.control.joinGroup({ corpid: h.corpid, chat_id, userid: c });
    await h.work();
    await later(3_000);
    await later(12_000);
    expect(
      h
        .named('Group Joined')
        .map((one) => one.externalIds[0]?.id)
        .sort(),
    ).toEqual([a, b, c].map((id) => `${h.corpid}:${id}`).sort());
    const byCode = h.named('Group Joined').find((one) => one.externalIds[0]?.id.endsWith(b));
    expect(byCode?.properties).toMatchObject({ corpId: h.corpid, chatId: chat_id, groupName: '福利群', state: '0042', joinScene: 3 });
    expect(h.named('Group Joined').find((one) => one.externalIds[0]?.id.endsWith(a))?.externalIds[1]?.id).toBe('oU1');
    h.control.leaveGroup({ corpid: h.corpid, chat_id, userid: b });
    h.control.leaveGroup({ corpid: h.corpid, chat_id, userid: c, removed: true });
    await h.work();
    await later(3_000);
    expect(h.named('Group Left').map((one) => [one.externalIds[0]?.id.split(':')[1], one.properties?.by])).toEqual([
      [b, 'customer'],
      [c, 'staff'],
    ]);
    h.control.dismissGroup(h.corpid, chat_id);
    await h.work();
    expect(h.named('Group Left')).toHaveLength(3);
    expect(await h.pg.query('SELECT 1 FROM wecom_group_members WHERE ended_at IS NULL')).toEqual([]);
  });

  test('an older platform that names nobody: the difference tells', async () => {
    h = await startHarness({ rules: { groupLagMs: 0 } });
    const a = h.friend();
    const { chat_id } = h.control.createGroup({ corpid: h.corpid, name: '群', owner: 'li', members: [] });
    const tell = async (detail: string, nonce: string) => {
      const { query, body } = h.sealed(
        h.event({ Event: 'change_external_chat', ChangeType: 'update', ChatId: chat_id, UpdateDetail: detail, MemChangeCnt: '1' }),
        { nonce },
      );
      await h.post(query, body);
      await h.work();
    };
    h.control.joinGroup({ corpid: h.corpid, chat_id, userid: a });
    await tell('add_member', '1');
    expect(h.named('Group Joined').map((one) => one.externalIds[0]?.id)).toEqual([`${h.corpid}:${a}`]);
    h.control.leaveGroup({ corpid: h.corpid, chat_id, userid: a });
    h.control.advance(1000);
    await tell('del_member', '2');
    expect(h.named('Group Left').map((one) => one.externalIds[0]?.id)).toEqual([`${h.corpid}:${a}`]);
  });
});
