import type { Api } from './insist.ts';
import { callbackSecrets, type Platform } from './platform.ts';
import type { Sink } from './sink.ts';

export interface Shop {
  /** By event, over rule and split to the webhook. */
  webhook: string;
  /** By becoming a friend, over WeCom. */
  wecom: string;
  /** Paused and resumed again and again. */
  turned: string;
  /** Given on the way of the first, to as many as there are of it. */
  coupon: string;
}

/** Fewer than would get one in a long run; in a short one everybody does. */
const couponStock = 60;

/** Channels, words and three journeys, launched before the first kill. */
export async function openShop(api: Api, sink: Sink, platform: Platform, serverUrl: string): Promise<Shop> {
  const must = async (method: 'POST' | 'PUT', path: string, body?: unknown) => {
    const answer = await api.send(method, path, body);
    if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body as { id: string };
  };
  await must('PUT', '/api/policy', { quietHours: null, caps: [], consentRequired: false });
  await must('PUT', '/api/channels/webhook', { url: sink.url, secret: 'a secret that the receiver holds too' });
  const { corpid, agentid, secret } = platform.corp;
  const account = await must('PUT', '/api/channels/wecom', {
    corpId: corpid,
    agentId: agentid,
    secret,
    ...callbackSecrets,
    welcome: { text: 'welcome {{ name }}' },
  });
  await platform.connect(`${serverUrl}/wecom/callback/${account.id}`);
  // Who becomes a friend is bound to whom they befriended.
  const touches = [{ event: 'Friend Added', staff: 'userId' }];
  const rules = { enabled: true, touches, protectionDays: 30, validityDays: null, orderRenews: 'both' };
  await must('PUT', '/api/binding/rules', { rules, from: new Date(Date.now() - 3_600_000).toISOString() });
  const content = async (name: string, body: string) => (await must('POST', '/api/content', { name, body })).id;
  const say = async (word: string) => content(word, `${word}|{{ person.name }}`);
  const [a, b, other, turn, hello] = [
    await say('gold-a'),
    await say('gold-b'),
    await say('else'),
    await say('turn'),
    await content('hello', 'hello'),
  ];

  const terms = { type: 'amount', faceFen: 500, costFen: 500, validity: { days: 30 } };
  const coupon = (await must('POST', '/api/coupons', { name: 'Five off', terms, ways: [], codes: 'own', stock: couponStock, perPerson: 1 }))
    .id;
  const webhook = await must('POST', '/api/journeys', { name: 'By webhook', graph: byWebhook(a, b, other, coupon) });
  const wecom = await must('POST', '/api/journeys', { name: 'By WeCom', graph: straight('Friend Added', 'wecom', hello) });
  const turned = await must('POST', '/api/journeys', { name: 'Turned', graph: straight('Page Viewed', 'webhook', turn) });
  for (const { id } of [webhook, wecom, turned]) await must('POST', `/api/journeys/${id}/launch`);
  return { webhook: webhook.id, wecom: wecom.id, turned: turned.id, coupon };
}

function byWebhook(a: string, b: string, other: string, couponId: string) {
  const half = (key: string) => ({ key, name: key, weight: 50 });
  return {
    nodes: [
      { id: 'in', type: 'entry', event: 'Journey Started', reentry: 'never' },
      { id: 'who', type: 'branch', branches: [{ key: 'gold', name: 'gold', rule: { trait: 'plan', op: '=', value: 'gold' } }] },
      { id: 'ab', type: 'split', branches: [half('a'), half('b')] },
      { id: 'gift', type: 'coupon', couponId },
      { id: 'send-a', type: 'send', channel: 'webhook', contentId: a },
      { id: 'send-b', type: 'send', channel: 'webhook', contentId: b },
      { id: 'send-else', type: 'send', channel: 'webhook', contentId: other },
      { id: 'goal', type: 'goal', event: 'Order Completed', withinDays: 30 },
      { id: 'out', type: 'exit' },
    ],
    edges: [
      { from: 'in', to: 'who' },
      { from: 'who', to: 'ab', branch: 'gold' },
      { from: 'who', to: 'gift', branch: 'else' },
      { from: 'gift', to: 'send-else', branch: 'issued' },
      { from: 'gift', to: 'send-else', branch: 'refused' },
      { from: 'ab', to: 'send-a', branch: 'a' },
      { from: 'ab', to: 'send-b', branch: 'b' },
      { from: 'send-a', to: 'goal' },
      { from: 'send-b', to: 'goal' },
      { from: 'send-else', to: 'goal' },
      { from: 'goal', to: 'out' },
    ],
  };
}

function straight(event: string, channel: string, contentId: string) {
  return {
    nodes: [
      { id: 'in', type: 'entry', event, reentry: 'never' },
      { id: 'send', type: 'send', channel, contentId },
      { id: 'out', type: 'exit' },
    ],
    edges: [
      { from: 'in', to: 'send' },
      { from: 'send', to: 'out' },
    ],
  };
}
