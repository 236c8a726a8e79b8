import { randomBytes } from 'node:crypto';
import { definitionSchema } from '../experiments/index.ts';
import { termsSchema } from '../rewards/index.ts';
import type { DemoPlatform } from './platform.ts';
import { actor, type DemoDeps } from './ports.ts';

/** What an operator of the shop would have set up by hand. Each verb finds what is already there, so that it can be repeated. */

const link = 'https://example.com/gift-pond';

const contents = {
  coupon: {
    name: '第二单礼券 · 满100减20 (Second-order coupon)',
    purpose: 'benefit' as const,
    body: '{{ person.name | default: "朋友" }}，谢谢你第一次光顾礼物小铺！给你留了一张满100减20的礼券，7天内有效，券码 {{ coupon.code }}：{{ link }}',
    link: { url: `${link}/coupon`, title: '领取第二单礼券' },
  },
  picks: {
    name: '本周上新 · 挑一件小礼物 (New this week)',
    purpose: 'convert' as const,
    body: '{{ person.name | default: "朋友" }}，本周小铺上新了手作烛台和童趣餐具，按你上次的喜好挑了几件：{{ link }}',
    link: { url: `${link}/new`, title: '看看本周上新' },
  },
};

export async function nameShop(deps: DemoDeps): Promise<void> {
  await deps.access.workspaces.change(deps.workspaceNo, actor, { name: '礼物小铺 Gift Pond' });
  // A demo is looked at at any hour; a real pool begins with quiet hours.
  await deps.channels.setPolicy(deps.workspaceNo, { quietHours: null });
}

export async function addAudiences(deps: DemoDeps): Promise<{ buyers: string; friends: string }> {
  const { audiences } = await deps.audience.definitions(deps.workspaceNo);
  const make = async (name: string, rule: object) =>
    audiences.find((a) => a.name === name)?.id ??
    (await deps.audience.addAudience(deps.workspaceNo, { name, rule: rule as never, live: true })).id;
  const buyers = await make('买过一次的客人 First-order buyers', { event: 'Order Completed', count: { op: '=', value: 1 } });
  const friends = await make('买过一次的企微好友 First-order buyers on WeCom', { all: [{ audience: buyers }, { tag: 'wecom_friend' }] });
  return { buyers, friends };
}

export async function addContents(deps: DemoDeps): Promise<Record<keyof typeof contents, string>> {
  const { items } = await deps.content.list(deps.workspaceNo, { limit: 200 });
  const make = async (item: (typeof contents)[keyof typeof contents]) =>
    items.find((i) => i.name === item.name)?.id ?? (await deps.content.create(deps.workspaceNo, item)).id;
  return { coupon: await make(contents.coupon), picks: await make(contents.picks) };
}

const couponName = '第二单礼券 满100减20 (20 off from 100)';

/** A draft; it goes live with the journey that gives it. */
export async function addCoupon({ rewards: { coupons }, workspaceNo }: DemoDeps): Promise<string> {
  const { items } = await coupons.list(workspaceNo, { limit: 200 });
  const terms = termsSchema.parse({ type: 'amount', faceFen: 2_000, thresholdFen: 10_000, costFen: 2_000, validity: { days: 7 } });
  const wanted = {
    name: couponName,
    terms,
    ways: ['staff' as const],
    codes: 'own' as const,
    stock: 5_000,
    perPerson: 1,
    budgetFen: 10_000_000,
  };
  return (items.find((c) => c.name === couponName) ?? (await coupons.create(workspaceNo, wanted))).id;
}

/** The WeCom account of the simulated corp, with the callback settings that the platform is given in `connect.ts`. */
export async function configureWecom(deps: DemoDeps, platform: DemoPlatform): Promise<void> {
  const { corpid, agentid, secret } = platform.corp;
  if (await deps.channels.accounts.one(deps.workspaceNo, 'wecom')) return;
  await deps.channels.save(deps.workspaceNo, 'wecom', {
    corpId: corpid,
    agentId: agentid,
    secret,
    token: randomBytes(12).toString('hex'),
    encodingAesKey: randomBytes(32).toString('base64').replace(/=+$/, ''),
    welcome: { text: '{{ name }}你好，欢迎来礼物小铺！想找什么样的礼物，随时问我。', link: { url: link, title: '礼物小铺' } },
  });
}

const journeyName = '第二单：买过一次的好友 (Second order)';
const order = 'Order Completed';

/** Entry by audience, a wait, a branch by value, an A/B split of content, messages over WeCom, and a second order within 14 days as the goal. */
export async function launchJourney(
  deps: DemoDeps,
  audience: string,
  content: { coupon: string; picks: string },
  coupon: string,
): Promise<string> {
  const { items } = await deps.journeys.list(deps.workspaceNo, { limit: 200 });
  const journey =
    items.find((j) => j.name === journeyName) ??
    (await deps.journeys.create(deps.workspaceNo, { name: journeyName, purpose: 'convert', graph: graph(audience, content, coupon) }));
  if (journey.state === 'draft') await deps.journeys.launch(deps.workspaceNo, journey.id);
  return journey.id;
}

function graph(audience: string, content: { coupon: string; picks: string }, coupon: string) {
  const at = (column: number, row: number) => ({ position: { x: column * 220, y: row * 120 } });
  return {
    nodes: [
      { id: 'entry', type: 'entry', audience, reentry: 'never', name: '买过一次的企微好友', ...at(0, 1) },
      // A minute, so that a demo moves; a shop would wait a few days.
      { id: 'wait', type: 'wait', minutes: 1, name: '等一等', ...at(1, 1) },
      {
        id: 'value',
        type: 'branch',
        name: '首单金额',
        branches: [{ key: 'high', name: '首单满300元', rule: { event: order, sum: { property: 'revenue_fen', op: '>=', value: 30_000 } } }],
        ...at(2, 1),
      },
      { id: 'send_high', type: 'send', channel: 'wecom', contentId: content.picks, name: '上新', ...at(5, 0) },
      {
        id: 'ab',
        type: 'split',
        name: 'A/B 内容',
        branches: [
          { key: 'a', name: 'A 礼券', weight: 50 },
          { key: 'b', name: 'B 上新', weight: 50 },
        ],
        ...at(3, 2),
      },
      { id: 'gift', type: 'coupon', couponId: coupon, name: '发第二单礼券', ...at(4, 1) },
      { id: 'send_a', type: 'send', channel: 'wecom', contentId: content.coupon, name: 'A 礼券', ...at(5, 1) },
      { id: 'send_b', type: 'send', channel: 'wecom', contentId: content.picks, name: 'B 上新', ...at(5, 2) },
      { id: 'goal', type: 'goal', event: order, withinDays: 14, name: '14天内第二单', ...at(6, 1) },
      { id: 'exit', type: 'exit', name: '结束', ...at(7, 1) },
    ],
    edges: [
      { from: 'entry', to: 'wait' },
      { from: 'wait', to: 'value' },
      { from: 'value', to: 'send_high', branch: 'high' },
      { from: 'value', to: 'ab', branch: 'else' },
      { from: 'ab', to: 'gift', branch: 'a' },
      { from: 'gift', to: 'send_a', branch: 'issued' },
      { from: 'gift', to: 'send_b', branch: 'refused' },
      { from: 'ab', to: 'send_b', branch: 'b' },
      { from: 'send_high', to: 'goal' },
      { from: 'send_a', to: 'goal' },
      { from: 'send_b', to: 'goal' },
      { from: 'goal', to: 'exit' },
    ],
  };
}

const experimentName = '礼券还是上新，谁带来第二单 (Coupon or news)';

/** The split of the journey under proof: what brings more second orders within a week, and not more farewells. */
export async function launchExperiment({ experiments, workspaceNo }: DemoDeps, journeyId: string): Promise<string> {
  const { items } = await experiments.list(workspaceNo, { limit: 200 });
  const definition = definitionSchema.parse({
    hypothesis: '发券的好友，7 天内下第二单的更多。',
    ...{ subject: 'offer', on: { kind: 'journey', journeyId, nodeId: 'ab' }, control: 'b' },
    arms: [
      { key: 'a', name: 'A 礼券', weight: 50 },
      { key: 'b', name: 'B 上新', weight: 50 },
    ],
    primary: { key: 'order', name: '7 天内第二单', kind: 'conversion', event: order },
    secondary: [{ key: 'revenue', name: '7 天内成交额', kind: 'value', event: order }],
    guards: [{ key: 'left', name: '删除好友', kind: 'conversion', event: 'Friend Removed', better: 'down', limit: 0.5 }],
    ...{ windowDays: 7, effect: 0.2 },
  });
  const experiment =
    items.find((e) => e.name === experimentName) ?? (await experiments.create(workspaceNo, { name: experimentName, definition }));
  if (experiment.state === 'draft') await experiments.launch(workspaceNo, experiment.id);
  return experiment.id;
}
