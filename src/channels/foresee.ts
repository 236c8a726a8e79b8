import { z } from 'zod';
import type { Accounts } from './accounts.ts';
import { addressesOn, capsOf } from './claim.ts';
import { usualPriority } from './enqueue.ts';
import { foretell } from './judge.ts';
import { type Limits, published, readLimits } from './limits/limits.ts';
import { allowance } from './limits/period.ts';
import type { Words } from './limits/rule.ts';
import { sayRule } from './limits/say.ts';
import { type Policy, readPolicy } from './policy.ts';
import type { Deps } from './ports.ts';
import { kindOf } from './purposes.ts';
import { agreedBy } from './standing.ts';
import type { Candidate, Kind } from './verdicts.ts';

/** What would come of a message if it went now, judged as the outbox judges and without sending anything. */

const words = { zh: z.string(), en: z.string() };
export const stopSchema = z.object({
  /** The reason that the messages would bear: the key of a limit, or what else stands in the way. */
  reason: z.string(),
  messages: z.number(),
  ...words,
});
export const foresightSchema = z.object({
  /** Messages that were asked about, and those that may go. */
  messages: z.number(),
  may: z.number(),
  stopped: z.array(stopSchema),
  /** The platform's rules that are held to here on this channel, and whether anything leaves at all. */
  rules: z.array(z.object({ key: z.string(), ...words })),
  paused: z.boolean(),
  /** What one address may have in all in a period of so many minutes; null where nothing is counted so. */
  cap: z.object({ key: z.string(), most: z.number(), minutes: z.number(), ...words }).nullable(),
});
export type Foresight = z.output<typeof foresightSchema>;

export interface ForeseeAsk {
  channel: string;
  people: readonly number[];
  contentId?: string | null;
  journey?: { id: string; node: string };
  /** What it is for, and how it stands to others that compete for what a cap leaves; left out: as the content says, and as usual. */
  purpose?: string | undefined;
  priority?: number | undefined;
  /** Messages for each person. */
  times?: number;
}

const atOnce = 2_000;

type Rooms = Pick<Accounts, 'one'>;

/** Message by message, some thousand people at a time: what would be decided now. */
async function* judgeAll(deps: Deps, accounts: Rooms, workspaceNo: number, ask: ForeseeAsk, { policy, limits, now }: Rules) {
  const { channel, people } = ask;
  const [account, content] = await Promise.all([
    accounts.one(workspaceNo, channel),
    ask.contentId ? deps.content.ready(workspaceNo, [ask.contentId], channel).then((found) => found.get(ask.contentId!)) : undefined,
  ]);
  const purpose = ask.purpose ?? content?.item.purpose ?? '';
  const reach = kindOf(policy.purposes, purpose);
  const kind: Kind = {
    ...{ journeyId: ask.journey?.id ?? null, node: ask.journey?.node ?? null, purpose, reach, priority: ask.priority ?? usualPriority },
    ...{ linkUrl: null, linkTitle: null },
  };
  const withoutWords = ask.contentId && !content ? 'no_content' : (content?.obstacle ?? null);
  const adapter = deps.adapters.find((one) => one.kind === channel);
  const judging = { workspaceNo, channel, now, policy, caps: capsOf(limits, channel, now) };
  for (let at = 0; at < people.length; at += atOnce) {
    const some = people.slice(at, at + atOnce);
    const [traits, addresses] = await Promise.all([
      deps.people.traits(workspaceNo, some),
      addressesOn(deps, workspaceNo, channel, account, some),
    ]);
    const refused = (account && addresses && (await adapter?.foresee?.(account, [...addresses.values()]))) ?? new Map<string, string>();
    const candidates: Candidate[] = [];
    for (let turn = 0; turn < (ask.times ?? 1); turn++)
      for (const personNo of some) {
        const address = addresses === undefined ? '' : (addresses.get(personNo) ?? null);
        const obstacle = !account ? 'no_channel' : address === null ? 'no_address' : (withoutWords ?? refused.get(address) ?? null);
        candidates.push({
          // Below those of real messages, which compete with these.
          ...{ no: -1 - candidates.length, personNo, kind: 0, obstacle, address, text: null, dueAt: now },
          agreed: agreedBy(traits.get(personNo) ?? {}, reach),
        });
      }
    yield await foretell(deps.pg, judging, [kind], candidates);
  }
}

interface Rules {
  policy: Policy;
  limits: Limits;
  now: Date;
}
const rulesOf = async ({ pg, clock }: Deps, workspaceNo: number): Promise<Rules> => {
  const [policy, limits] = await Promise.all([readPolicy(pg, workspaceNo), readLimits(pg, workspaceNo)]);
  return { policy, limits, now: clock.now() };
};

export async function foresee(deps: Deps, accounts: Rooms, workspaceNo: number, ask: ForeseeAsk): Promise<Foresight> {
  const rules = await rulesOf(deps, workspaceNo);
  const { limits, now, policy } = rules;
  const { channel } = ask;
  const verdicts = new Map<string | null, number>();
  for await (const some of judgeAll(deps, accounts, workspaceNo, ask, rules))
    for (const { verdict } of some) verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
  const may = verdicts.get(null) ?? 0;
  const stopped = [...verdicts].flatMap(([reason, messages]) =>
    reason === null ? [] : [{ reason, messages, ...sayStop(limits, reason, messages, now) }],
  );
  const held = published.filter((rule) => rule.channel === channel && rule.held.includes('launch') && !rule.key.includes('.moment.'));
  return {
    messages: [...verdicts.values()].reduce((sum, n) => sum + n, 0),
    may,
    stopped: stopped.sort((a, b) => b.messages - a.messages),
    rules: held.map((rule) => ({ key: rule.key, ...sayRule(limits, rule, now) })),
    paused: policy.paused,
    cap: capOf(limits, channel, now),
  };
}

/** Who is behind a number of it: those with this verdict (null: who may get it), in the order asked, `limit` of them. */
export async function foreseeWho(
  deps: Deps,
  accounts: Rooms,
  workspaceNo: number,
  ask: ForeseeAsk,
  verdict: string | null,
  limit: number,
): Promise<number[]> {
  const found: number[] = [];
  for await (const some of judgeAll(deps, accounts, workspaceNo, ask, await rulesOf(deps, workspaceNo))) {
    const theirs = new Set(some.filter((one) => one.verdict === verdict).map((one) => one.personNo));
    found.push(...ask.people.filter((no) => theirs.has(no)));
    if (found.length >= limit) return found.slice(0, limit);
  }
  return found;
}

function capOf(limits: Limits, channel: string, now: Date): Foresight['cap'] {
  const rule = published.find((one) => one.key === capsOf(limits, channel, now)[0]?.key);
  if (!rule) return null;
  const { most, from, to } = allowance(limits.get(rule.key), now.getTime());
  return { key: rule.key, most, minutes: (to.getTime() - from.getTime()) / 60_000, ...sayRule(limits, rule, now) };
}

const WHY: Record<string, Words> = {
  no_channel: { zh: '渠道还没有配置', en: 'the channel is not set up' },
  no_address: { zh: '这个人在这个渠道没有地址', en: 'the person has no address on this channel' },
  no_content: { zh: '内容已不存在', en: 'the content is gone' },
  rights_expired: { zh: '内容的授权已到期', en: 'the rights to the content have run out' },
  not_approved: { zh: '内容还没有通过审核，而工作区只发审核过的', en: 'the content is not approved, and only approved content is sent' },
  no_consent: { zh: '对方已拒绝接收', en: 'the person refused' },
  consent_missing: { zh: '规则要求先取得同意，而没有', en: 'consent is required and there is none' },
  fatigued: { zh: '近期收到太多营销消息，疲劳度超过上限', en: 'too many marketing messages lately: fatigue is over the limit' },
  outranked: { zh: '频次余量让给了优先级更高的消息', en: 'a message of higher priority takes the room that the cap leaves' },
  capped_purpose: { zh: '已到这种用途的频次上限', en: 'the cap on messages of this purpose is reached' },
  capped: { zh: '已到工作区自己的每人频次上限', en: 'the workspace’s own cap per person is reached' },
  duplicate: { zh: '同一步一天内已发过', en: 'the same step went out within a day' },
  not_a_friend: { zh: '不再是任何员工的好友', en: 'no friend of any staff any more' },
  not_a_follower: { zh: '已取消关注', en: 'follows no more' },
  account_settings: { zh: '渠道设置有误', en: 'the settings of the channel are wrong' },
};

/** Why so many messages would not go, with the rule's value and its source. */
export function sayStop(limits: Limits, reason: string, n: number, now: Date): Words {
  const rule = published.find((one) => one.key === reason);
  if (!rule) {
    const why = WHY[reason] ?? { zh: reason, en: reason };
    return { zh: `${n} 条不会发出：${why.zh}`, en: `${n} would not go: ${why.en}` };
  }
  const say = sayRule(limits, rule, now);
  return { zh: `${n} 条不会发出：已到“${say.zh}”`, en: `${n} would not go: ${say.en} is reached` };
}
