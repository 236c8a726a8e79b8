import { type Audience, parseRule, type Rule } from './audience/index.ts';
import type { Ch, Clock, Jobs, Log, Pg } from './base/index.ts';
import type { Events } from './events/index.ts';
import { proportion } from './experiments/index.ts';
import { type ReadDeps, readPeople } from './people/index.ts';
import type { Privacy } from './people/privacy/index.ts';
import { createRewards, type Rewards } from './rewards/index.ts';
import { asRead } from './system-audience.ts';

export interface RewardsParts {
  pg: Pg;
  ch: Ch;
  clock: Clock;
  log: Log;
  jobs: Jobs;
  access: { workspaces: { get(workspaceNo: number): Promise<{ name: string; timezone: string }> } };
  privacy: Privacy;
  events: Events;
  audience: Audience;
  read: ReadDeps;
  walletKeys: readonly Buffer[];
  publicUrl: string;
}

/** Coupons and what they cost. */
export function openRewards(parts: RewardsParts): Rewards {
  const { pg, ch, clock, log, jobs, access, privacy, events, audience, read } = parts;
  const rewards = createRewards({
    ...{ pg, ch, clock, log, jobs, walletKeys: parts.walletKeys, publicUrl: parts.publicUrl },
    events: { write: (ws, own) => events.write(ws, own), source: (ws, people) => events.source(ws, people) },
    audience: {
      which: (ws, rules, people) => audience.which(ws, asRead(rules), people),
      checkRule: (rule, field) => parseRule(rule, field).errors,
      check: (ws, rules) => audience.check(ws, asRead(rules)),
      hidden: async (ws, rule, before) => {
        const meant: Rule = await privacy.restore(ws, rule, before);
        return (await audience.hidden(ws, asRead([meant]), true))[0]!;
      },
      sentence: async (ws, rule) => (await audience.explain(ws, rule)).sentence,
      members: async (ws, id, below, limit) => (await audience.members(ws, id, below, limit)).map((m) => m.personNo),
      name: async (ws, id) => (await audience.audience(ws, id)).name,
    },
    people: { read: (ws, numbers) => readPeople(read, ws, numbers) },
    workspace: (ws) => access.workspaces.get(ws),
    share: (part, of) => {
      const { share, low, high, enough } = proportion(part, of);
      return { share, low, high, enough };
    },
  });
  events.consume('rewards', (slice) => rewards.coupons.consume(slice));
  events.onMerge((ws, moves) => rewards.coupons.onMerge(ws, moves));
  events.onSplit((ws, split) => rewards.coupons.onSplit(ws, split));
  audience.saved.alsoUsedBy(async (ws) =>
    (await rewards.coupons.withRules(ws)).map(({ id, name, rule }) => ({
      ...{ kind: 'coupon', id, name: { zh: name, en: name }, rules: [rule], audiences: [] },
    })),
  );
  return rewards;
}

/** Traits as messages are made of them: with the address of the person's own coupons, `{{ person.coupon_page }}`. */
export const withCouponPages = (rewards: Rewards, ws: number, traits: Map<number, Record<string, unknown>>) =>
  new Map([...traits].map(([no, own]) => [no, { ...own, coupon_page: rewards.wallet.url(ws, no) }]));
