import { createExpander, type Definitions, dependencies, type Names } from '../expand.ts';
import type { Rule } from '../rule.ts';

export type RefKind = 'stage' | 'tier' | 'level' | 'tag' | 'audience';
export interface Ref {
  kind: RefKind;
  /** The key; of an audience its id. */
  key: string;
  name: Names;
}
/** Somebody who uses a definition: another one, or what a room below keeps, such as a journey. */
export interface User {
  kind: string;
  id: string;
  name: Names;
}
/** What a room below keeps rules in. */
export type Users = (workspaceNo: number) => Promise<(User & { rules: readonly Rule[]; audiences?: readonly string[] })[]>;

export interface Needs {
  events: string[];
  anyEvent: boolean;
  traits: string[];
  /** Properties of events, as `event.property`. */
  properties: string[];
  /** Definitions named in the rule itself. */
  refers: Ref[];
}

const plural = { stage: 'stages', tier: 'tiers', level: 'levels', tag: 'tags' } as const;

/** What a rule needs: the definitions that it names, and the events and traits that it and they are about. */
export function needsOf(rule: Rule, defs: Definitions): Needs {
  const { events, traits, anyEvent } = dependencies([createExpander(defs).expand(rule)]);
  return {
    events: [...events].sort(),
    anyEvent,
    traits: [...traits].sort(),
    properties: [...new Set(propertiesOf(rule))].sort(),
    refers: refsOf(rule).map((r) => ({ ...r, name: nameOf(r, defs) })),
  };
}

/** Definitions that a rule names, each once. */
export function refsOf(rule: Rule): { kind: RefKind; key: string }[] {
  const found = new Map<string, { kind: RefKind; key: string }>();
  const walk = (r: Rule): void => {
    if ('all' in r) r.all.forEach(walk);
    else if ('any' in r) r.any.forEach(walk);
    else if ('not' in r) walk(r.not);
    else
      for (const kind of ['stage', 'tier', 'level', 'tag', 'audience'] as const)
        if (kind in r) {
          const key = (r as Record<string, string>)[kind]!;
          found.set(`${kind} ${key}`, { kind, key });
        }
  };
  walk(rule);
  return [...found.values()];
}

function propertiesOf(rule: Rule): string[] {
  if ('all' in rule) return rule.all.flatMap(propertiesOf);
  if ('any' in rule) return rule.any.flatMap(propertiesOf);
  if ('not' in rule) return propertiesOf(rule.not);
  if ('sequence' in rule) return rule.sequence.flatMap((s) => (s.where ?? []).map((w) => `${s.event}.${w.property}`));
  if (!('event' in rule)) return [];
  const measured = rule.sum ?? rule.avg ?? rule.min ?? rule.max ?? rule.distinct;
  return [...(rule.where ?? []), ...(measured ? [measured] : [])].map((w) => `${rule.event}.${w.property}`);
}

function nameOf({ kind, key }: { kind: RefKind; key: string }, defs: Definitions): Names {
  if (kind === 'audience') {
    const name = defs.audiences.find((a) => a.id === key)?.name ?? key;
    return { zh: name, en: name };
  }
  return defs[plural[kind]].find((d) => d.key === key)?.name ?? { zh: key, en: key };
}

/** Every definition with its rule. */
export function ruled(
  defs: Definitions,
): { kind: RefKind; key: string; id: string; name: Names; rule: Rule | null; group?: string | undefined }[] {
  return [
    ...(['stage', 'tier', 'level', 'tag'] as const).flatMap((kind) =>
      defs[plural[kind]].map((d) => ({ ...d, kind, group: 'about' in d ? d.about?.group : undefined })),
    ),
    ...defs.audiences.map((a) => ({ kind: 'audience' as const, key: a.id, id: a.id, name: { zh: a.name, en: a.name }, rule: a.rule })),
  ];
}

/** Definitions whose rules name this one, and tags that it excludes. */
export function usersIn(defs: Definitions, kind: RefKind, key: string): User[] {
  return ruled(defs)
    .filter((d) => d.rule && !(d.kind === kind && d.key === key) && refsOf(d.rule).some((r) => r.kind === kind && r.key === key))
    .map(({ kind: k, key: id, name }) => ({ kind: k, id, name }));
}
