import { type Ch, type Clock, notFound } from '../../base/index.ts';
import type { Events } from '../../events/index.ts';
import type { Ask } from '../ask.ts';
import type { Store } from '../definitions/store.ts';
import type { Definition, Names, TagAbout } from '../expand.ts';
import type { Rule } from '../rule.ts';
import { sentenceOf } from '../sentence.ts';
import type { Interest, InterestSettings } from '../tags/interest.ts';
import { type Evidence, evidenceOf } from './evidence.ts';
import { type Given, givenOf } from './given.ts';

export const whyKinds = ['stage', 'tier', 'level', 'tag', 'audience'] as const;
export type WhyKind = (typeof whyKinds)[number];

/** A part of a rule, whether it holds of the person, and what shows it. */
export interface Part {
  sentence: Names;
  holds: boolean;
  /** How the parts below are joined; absent on a single statement. */
  join?: 'all' | 'any' | 'not';
  parts?: Part[];
  /** The definition that this part refers to, to be asked about in turn. */
  refers?: { kind: WhyKind; key: string };
  /** For a statement about events: how many there are in its window, and the newest. */
  evidence?: Evidence;
}

export interface Why {
  kind: WhyKind;
  key: string;
  name: Names;
  /** Whether the rule holds of the person now. */
  holds: boolean;
  /** null: given by hand, import or model. */
  rule: Part | null;
  /** Of a tag that is given: every word on it, the newest first. */
  given?: Given[];
  /** Of a tag by model: from which interest on it is given, and what the person's is made of now. */
  model?: { topic: string; threshold: number; halfLifeDays: number; score: number; from: Interest['from'] };
  /** When it falls off unless it is given again. */
  expiresAt?: string;
  evidence?: Evidence;
  /** Of a stage, tier or level: the deeper one that holds as well and therefore wins. */
  outranked?: { key: string; name: Names };
}

const plural = { stage: 'stages', tier: 'tiers', level: 'levels' } as const;

/** Takes a definition apart for one person. */
export function createWhy(deps: {
  ch: Ch;
  clock: Clock;
  events: Pick<Events, 'source'>;
  store: Store;
  ask: Ask;
  interest: { of(ws: number, personNo: number): Promise<Interest[]>; settings(ws: number): Promise<InterestSettings> };
}) {
  const { store, ask, interest } = deps;

  /** A tag without a rule: who or what said it, and of a model what it went by. */
  const ofGiven = async (ws: number, personNo: number, key: string, about: TagAbout = {}): Promise<Omit<Why, 'kind' | 'key' | 'name'>> => {
    const said: Rule = { event: 'Tag Added', where: [{ property: 'key', op: '=', value: key }] };
    const { model, expiresAfterDays } = about;
    const [held, [evidence], given, settings, interests] = await Promise.all([
      ask.which(ws, [{ tag: key }], [personNo]),
      evidenceOf(deps, ws, personNo, [said]),
      givenOf(deps, ws, personNo, key),
      interest.settings(ws),
      model ? interest.of(ws, personNo) : [],
    ]);
    const holds = held.get(personNo)?.[0] ?? false;
    const mine = interests.find((one) => one.topic === model?.topic);
    const last = given.find((one) => one.change === 'added');
    return {
      holds,
      rule: null,
      ...(evidence ? { evidence } : {}),
      given,
      ...(model ? { model: { ...model, halfLifeDays: settings.halfLifeDays, score: mine?.score ?? 0, from: mine?.from ?? [] } } : {}),
      ...(holds && expiresAfterDays && last
        ? { expiresAt: new Date(Date.parse(last.at) + expiresAfterDays * 86_400_000).toISOString() }
        : {}),
    };
  };

  /**
   * Why a person has a tag, stage, tier or level or is in an audience, or why not: each part of the rule with its truth as of now, and
   * the events that decide.
   * @throws 404 when there is no such definition
   */
  return async (ws: number, personNo: number, kind: WhyKind, key: string): Promise<Why> => {
    const defs = await store.load(ws);
    const found: { name: Names; rule: Rule | null; about?: TagAbout } | undefined =
      kind === 'tag'
        ? defs.tags.find((t) => t.key === key)
        : kind === 'audience'
          ? defs.audiences.filter((a) => a.id === key).map((a) => ({ name: { zh: a.name, en: a.name }, rule: a.rule }))[0]
          : defs[plural[kind]].find((d) => d.key === key);
    if (!found) throw notFound(`${kind} "${key}"`);
    const head = { kind, key, name: found.name };
    if (!found.rule) return { ...head, ...(await ofGiven(ws, personNo, key, found.about)) };
    const deeper = kind === 'tag' || kind === 'audience' ? [] : after(defs[plural[kind]], key);
    const leaves = leavesOf(found.rule);
    const [held, shown] = await Promise.all([
      ask.which(ws, [...leaves, ...deeper.map((d) => d.rule)], [personNo]),
      evidenceOf(deps, ws, personNo, leaves),
    ]);
    const truths = held.get(personNo) ?? [];
    const part = (rule: Rule): Part => {
      const sentence = sentenceOf(rule, defs);
      const below = 'all' in rule ? rule.all : 'any' in rule ? rule.any : 'not' in rule ? [rule.not] : undefined;
      if (below) {
        const join = 'all' in rule ? 'all' : 'any' in rule ? 'any' : 'not';
        const parts = below.map(part);
        const holds = join === 'all' ? parts.every((p) => p.holds) : join === 'any' ? parts.some((p) => p.holds) : !parts[0]!.holds;
        return { sentence, holds, join, parts };
      }
      const at = leaves.indexOf(rule);
      const evidence = shown[at];
      const refers = whyKinds.flatMap((k) => (k in rule ? [{ kind: k, key: (rule as Record<string, string>)[k]! }] : []))[0];
      return { sentence, holds: truths[at] ?? false, ...(refers ? { refers } : {}), ...(evidence ? { evidence } : {}) };
    };
    const rule = part(found.rule);
    const outranked = deeper.findLast((_, i) => truths[leaves.length + i]);
    return { ...head, holds: rule.holds, rule, ...(outranked ? { outranked: { key: outranked.key, name: outranked.name } } : {}) };
  };
}

function after(list: readonly Definition[], key: string): Definition[] {
  return list.slice(list.findIndex((d) => d.key === key) + 1);
}

/** The statements of a rule that stand alone, in the order of reading. */
function leavesOf(rule: Rule): Rule[] {
  if ('all' in rule) return rule.all.flatMap(leavesOf);
  if ('any' in rule) return rule.any.flatMap(leavesOf);
  if ('not' in rule) return leavesOf(rule.not);
  return [rule];
}
