import { type Crowd, createCrowd, type SegmentMessage } from '../simulators/wechat/index.ts';
import { bestSellers, type ShopPerson, shopPeople } from './files.ts';
import { sleep } from './history.ts';
import type { DemoPlatform } from './platform.ts';
import { actor, type DemoDeps } from './ports.ts';

/** Delivers to the shop's own public door, as any outside program does. */
export type Post = (messages: SegmentMessage[]) => Promise<void>;

const keyName = '示例人群 Demo crowd';

/** A write key for this run alone: its secret is kept nowhere, so the one of the run before is revoked. */
export async function openDoor(deps: DemoDeps): Promise<Post> {
  const { keys } = deps.access;
  for (const old of await keys.list(deps.workspaceNo)) {
    if (old.name === keyName) await keys.revoke(deps.workspaceNo, actor, old.id);
  }
  const { secret } = await keys.create(deps.workspaceNo, actor, { kind: 'write', name: keyName });
  const authorization = `Basic ${Buffer.from(`${secret}:`).toString('base64')}`;
  return async (batch) => {
    const answer = await fetch(`${deps.localUrl}/v1/batch`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ batch }),
    });
    await answer.body?.cancel();
    if (!answer.ok) throw new Error(`the door answered ${answer.status}`);
  };
}

/** Tells the platform where to call back; it checks the address, so the web server must be up. */
export async function setCallback(deps: DemoDeps, platform: DemoPlatform): Promise<void> {
  const account = await deps.channels.accounts.one(deps.workspaceNo, 'wecom');
  const { simulator, corp } = platform;
  // An operator who has connected a corp of his own in the meantime keeps it.
  if (!account || account.config.corpId !== corp.corpid) return;
  for (let tries = 1; ; tries++) {
    const saved = await simulator.control.setCallback({
      corpid: corp.corpid,
      agentid: corp.agentid,
      url: `${deps.localUrl}/wecom/callback/${account.id}`,
      token: String(account.config.token),
      encodingAesKey: String(account.config.encodingAesKey),
    });
    if (saved.ok) return;
    if (tries === 5) throw new Error(`the simulated platform could not reach this server: ${saved.reason}`);
    await (deps.sleep ?? sleep)(500);
  }
}

/** The first friends: customers of the shop who add a member of staff at once, so that boards and journey have whom to speak of. */
export async function addFirstFriends(deps: DemoDeps, platform: DemoPlatform, post: Post): Promise<number> {
  const { simulator, corp } = platform;
  const { control } = simulator;
  const known = new Set([...(control.corp(corp.corpid)?.customers.values() ?? [])].map((c) => c.shopUserId));
  const people = shopPeople();
  const wanted = deps.friends ?? 120;
  // Every n-th, so that both kinds of customers are among them.
  const step = Math.max(1, Math.floor(people.length / wanted));
  const some = people.filter((p, i) => i % step === 0 && !known.has(p.userId)).slice(0, Math.max(0, wanted - known.size));
  for (let i = 0; i < some.length; i += atOnce) {
    const messages = some.slice(i, i + atOnce).map((person, k) => befriend(deps, platform, person, corp.staff[k % corp.staff.length]!));
    // They come one after the other, as people do: the platform gives up on a callback that is not answered in time.
    await control.settle();
    await post(messages);
  }
  return some.length;
}

const atOnce = 12;

/** Somebody whom the shop knows adds a member of staff, and signs in to the mini program with the same WeChat account. */
function befriend(deps: DemoDeps, platform: DemoPlatform, person: ShopPerson, staff: string): SegmentMessage {
  const { corpid } = platform.corp;
  const { control } = platform.simulator;
  const customer = control.addCustomer(corpid, { name: person.name, shopUserId: person.userId });
  control.addFriend({ corpid, userid: staff, external_userid: customer.external_userid, add_way: 1 });
  const ids = [
    { id: `${corpid}:${customer.external_userid}`, type: 'wecom_external_userid' },
    ...(customer.unionid ? [{ id: customer.unionid, type: 'wechat_unionid' }] : []),
  ];
  return {
    type: 'identify',
    messageId: `demo-friend-${person.userId}`,
    timestamp: deps.clock.now().toISOString(),
    userId: person.userId,
    traits: { name: person.name },
    context: { externalIds: ids.map((id) => ({ ...id, collection: 'users', encoding: 'none' })), carrier: 'mini_program' },
  };
}

/** What was lost between platform and product, such as by a process that was killed, is made good from the platform's lists. */
export async function reconcile(deps: DemoDeps): Promise<void> {
  const account = await deps.channels.accounts.one(deps.workspaceNo, 'wecom');
  if (account) await deps.wecom?.reconcile(account.id);
}

/** The crowd lives from now on: adds, reads, taps, looks, buys, leaves. */
export function startCrowd(deps: DemoDeps, platform: DemoPlatform, post: Post): Crowd {
  const crowd = createCrowd({
    simulator: platform.simulator,
    corpid: platform.corp.corpid,
    post,
    products: bestSellers(300),
    existingPeople: shopPeople(),
    rates: { addsPerMinute: 10, viewsPerMinute: 20, ordersPerMinute: 4 },
    log: deps.log,
  });
  crowd.start();
  return crowd;
}
