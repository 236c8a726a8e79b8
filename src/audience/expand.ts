import type { FieldError } from '../base/index.ts';
import {
  ANY_EVENT,
  type EventRule,
  missingSatisfies,
  type Op,
  type Rule,
  type SequenceRule,
  type Step,
  type TraitRule,
  type Value,
} from './rule.ts';

export interface Names {
  zh: string;
  en: string;
}
/** A stage, tier or level: a rule and its place in an order. */
export interface Definition {
  id: string;
  key: string;
  name: Names;
  rule: Rule;
}
/** What a tag is beside its rule. */
export interface TagAbout {
  description?: string | undefined;
  owner?: string | undefined;
  /** Whether it carries a value, or several at once; only tags that are given do. */
  values?: 'none' | 'one' | 'many' | undefined;
  /** A tag that is given falls off so long after it was given last. */
  expiresAfterDays?: number | undefined;
  /** Of the tags of a group a person has one at most. */
  group?: string | undefined;
  /** Given by a model of interest. */
  model?: { topic: string; threshold: number } | undefined;
}
/** A tag by rule, or one that is given by hand, import or model (then it has no rule: its events say who has it). */
export interface TagDefinition {
  id: string;
  key: string;
  name: Names;
  rule: Rule | null;
  about?: TagAbout;
}
/** What an audience is beside its rule. */
export interface AudienceAbout {
  description?: string | undefined;
  /** Its members were fixed at an instant: whoever was told of entering it. Of which audience or rule, and how many. */
  frozen?:
    | { at: string; from?: string | undefined; count: number | null; sample?: { n?: number; percent?: number; seed: string } }
    | undefined;
}
export interface AudienceDefinition {
  id: string;
  name: string;
  rule: Rule;
  live: boolean;
  about?: AudienceAbout;
}
/** Everything that rules may refer to. Ordered kinds run from shallow to deep: the deepest that matches wins. */
export interface Definitions {
  stages: Definition[];
  tiers: Definition[];
  levels: Definition[];
  tags: TagDefinition[];
  audiences: AudienceDefinition[];
}
export const noDefinitions: Definitions = { stages: [], tiers: [], levels: [], tags: [], audiences: [] };

/** A rule over events and traits alone. `ref` is one object however often it is referred to, so that it is computed once. */
export type Expanded =
  | { all: Expanded[] }
  | { any: Expanded[] }
  | { not: Expanded }
  | { ref: string; body: Expanded }
  | { handTag: string; op: Op; value?: Value; many?: true }
  | TraitRule
  | EventRule
  | SequenceRule;

/** Events that this room writes when something changes, and what they are about. */
export const transitionEvents: Record<string, 'stages' | 'tiers' | 'levels' | 'tags' | 'audiences'> = {
  'Stage Changed': 'stages',
  'Tier Changed': 'tiers',
  'Level Changed': 'levels',
  'Tag Added': 'tags',
  'Tag Removed': 'tags',
  'Audience Entered': 'audiences',
  'Audience Exited': 'audiences',
};

const plural = { stage: 'stages', tier: 'tiers', level: 'levels' } as const;

export interface Expander {
  expand(rule: Rule, field?: string): Expanded;
  /** The raw rule of a stage, tier or level, without the deeper ones taken out. */
  raw(kind: 'stage' | 'tier' | 'level', key: string): Expanded;
  readonly errors: FieldError[];
}

/** Replaces references by the rules that they stand for. Unknown references and circles become errors with their place. */
export function createExpander(defs: Definitions): Expander {
  const errors: FieldError[] = [];
  const done = new Map<string, Expanded>();
  const nothing: Expanded = { any: [] };

  const enter = (label: string, field: string, trail: string[], make: (trail: string[]) => Expanded): Expanded => {
    const known = done.get(label);
    if (known) return known;
    if (trail.includes(label)) {
      const circle = [...trail.slice(trail.indexOf(label)), label].join(' → ');
      errors.push({ field, reason: `goes in a circle: ${circle}; a definition cannot depend on itself` });
      return nothing;
    }
    const made: Expanded = { ref: label, body: make([...trail, label]) };
    done.set(label, made);
    return made;
  };

  const raw = (kind: 'stage' | 'tier' | 'level', key: string, field: string, trail: string[]): Expanded => {
    const def = defs[plural[kind]].find((d) => d.key === key);
    if (!def) {
      const have = defs[plural[kind]].map((d) => d.key).join(', ') || 'none';
      errors.push({ field, reason: `there is no ${kind} "${key}"; there are: ${have}` });
      return nothing;
    }
    return enter(`${kind} "${key}" itself`, field, trail, (t) => walk(def.rule, field, t));
  };
  const ordered = (kind: 'stage' | 'tier' | 'level', key: string, field: string, trail: string[]): Expanded =>
    enter(`${kind} "${key}"`, field, trail, (t) => {
      const own = raw(kind, key, field, t);
      const list = defs[plural[kind]];
      const at = list.findIndex((d) => d.key === key);
      const deeper = at < 0 ? [] : list.slice(at + 1).map((d): Expanded => ({ not: raw(kind, d.key, field, t) }));
      return deeper.length ? { all: [own, ...deeper] } : own;
    });

  const tag = (key: string, op: Op, value: Value | undefined, field: string, trail: string[]): Expanded => {
    const def = defs.tags.find((d) => d.key === key);
    if (!def) {
      errors.push({ field, reason: `there is no tag "${key}"; create it first, or choose one that is there` });
      return nothing;
    }
    const { about } = def;
    if (def.rule === null)
      return { handTag: key, op, ...(value === undefined ? {} : { value }), ...(about?.values === 'many' ? { many: true } : {}) };
    const has = enter(`tag "${key}"`, field, trail, (t) => {
      const own = walk(def.rule!, field, t);
      const ahead = about?.group
        ? aheadOf(def, about.group).map((key): Expanded => ({ not: tag(key, 'exists', undefined, field, t) }))
        : [];
      return ahead.length ? { all: [own, ...ahead] } : own;
    });
    if (op === 'exists') return has;
    if (op === 'not exists') return { not: has };
    // A tag by rule carries no value.
    return missingSatisfies(op) ? { all: [] } : { any: [] };
  };

  /** Tags of the group that go before this one: what somebody gave, then the rules in their order. */
  const aheadOf = (def: TagDefinition, group: string): string[] => {
    const mates = defs.tags.filter((t) => t.about?.group === group);
    return mates.filter((t) => t.rule === null || mates.indexOf(t) < mates.indexOf(def)).map((t) => t.key);
  };

  /** An event that tells of a change depends on what changes: that too may close a circle. */
  const watch = (step: Step, field: string, trail: string[]): void => {
    const about = transitionEvents[step.event];
    if (!about) return;
    const fixed = (property: string) => step.where?.find((w) => w.property === property && w.op === '=')?.value;
    if (about === 'tags') {
      const by = fixed('by');
      if (by !== undefined && by !== 'rule') return;
      const key = fixed('key');
      for (const d of defs.tags) if (d.rule && (key === undefined || key === d.key)) tag(d.key, 'exists', undefined, field, trail);
    } else if (about === 'audiences') {
      const id = fixed('audienceId');
      // Who is in a frozen one does not follow from anything.
      for (const d of defs.audiences) if (!d.about?.frozen && (id === undefined || id === d.id)) audience(d.id, field, trail);
    } else {
      const kind = about.slice(0, -1) as 'stage';
      for (const d of defs[about]) ordered(kind, d.key, field, trail);
    }
  };

  const audience = (id: string, field: string, trail: string[]): Expanded => {
    const def = defs.audiences.find((d) => d.id === id);
    if (!def) {
      errors.push({ field, reason: `there is no audience "${id}"` });
      return nothing;
    }
    return enter(`audience "${def.name}"`, field, trail, (t) => walk(def.rule, field, t));
  };

  const walk = (rule: Rule, field: string, trail: string[]): Expanded => {
    // Inside a definition the place is the reference that led there.
    const at = (more: string) => (trail.length ? field : `${field}${more}`);
    if ('all' in rule) return { all: rule.all.map((r, i) => walk(r, at(`.all[${i}]`), trail)) };
    if ('any' in rule) return { any: rule.any.map((r, i) => walk(r, at(`.any[${i}]`), trail)) };
    if ('not' in rule) return { not: walk(rule.not, at('.not'), trail) };
    if ('tag' in rule) return tag(rule.tag, rule.op ?? 'exists', rule.value, at('.tag'), trail);
    if ('stage' in rule) return ordered('stage', rule.stage, at('.stage'), trail);
    if ('tier' in rule) return ordered('tier', rule.tier, at('.tier'), trail);
    if ('level' in rule) return ordered('level', rule.level, at('.level'), trail);
    if ('audience' in rule) return audience(rule.audience, at('.audience'), trail);
    if ('sequence' in rule) for (const [i, s] of rule.sequence.entries()) watch(s, at(`.sequence[${i}].event`), trail);
    else if ('event' in rule) watch(rule, at('.event'), trail);
    return rule;
  };

  return {
    expand: (rule, field = 'rule') => walk(rule, field, []),
    raw: (kind, key) => raw(kind, key, 'rule', []),
    errors,
  };
}

export interface Dependencies {
  /** Names of events that can change the rule. */
  events: Set<string>;
  traits: Set<string>;
  /** Any event that the person did. */
  anyEvent: boolean;
}

export function dependencies(rules: Iterable<Expanded>): Dependencies {
  const found: Dependencies = { events: new Set(), traits: new Set(), anyEvent: false };
  const seen = new Set<object>();
  const name = (event: string) => {
    if (event === ANY_EVENT) found.anyEvent = true;
    else found.events.add(event);
  };
  const walk = (rule: Expanded): void => {
    if (seen.has(rule)) return;
    seen.add(rule);
    if ('all' in rule) rule.all.forEach(walk);
    else if ('any' in rule) rule.any.forEach(walk);
    else if ('not' in rule) walk(rule.not);
    else if ('ref' in rule) walk(rule.body);
    else if ('handTag' in rule) {
      found.events.add('Tag Added');
      found.events.add('Tag Removed');
    } else if ('trait' in rule) found.traits.add(rule.trait);
    else if ('sequence' in rule) for (const s of rule.sequence) name(s.event);
    else name(rule.event);
  };
  for (const rule of rules) walk(rule);
  return found;
}

/** Whether the rule holds of someone of whom nothing is known: then a scan may not leave anyone out. */
export function holdsOfNobody(rule: Expanded): boolean {
  if ('all' in rule) return rule.all.every(holdsOfNobody);
  if ('any' in rule) return rule.any.some(holdsOfNobody);
  if ('not' in rule) return !holdsOfNobody(rule.not);
  if ('ref' in rule) return holdsOfNobody(rule.body);
  if ('handTag' in rule || 'trait' in rule) return missingSatisfies(rule.op);
  if ('sequence' in rule || rule.first || rule.last) return false;
  const c = rule.count ?? rule.sum ?? rule.distinct;
  if (c) return compareNumber(0, c.op, c.value);
  return missingSatisfies((rule.avg ?? rule.min ?? rule.max)!.op);
}

export function compareNumber(x: number, op: Op, value: Value | undefined): boolean {
  const v = value as number;
  switch (op) {
    case '=':
      return x === v;
    case '!=':
      return x !== v;
    case '>':
      return x > v;
    case '>=':
      return x >= v;
    case '<':
      return x < v;
    case '<=':
      return x <= v;
    case 'in':
      return (value as number[]).includes(x);
    case 'not in':
      return !(value as number[]).includes(x);
    case 'exists':
      return true;
    default:
      return false;
  }
}
