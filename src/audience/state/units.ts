import { createExpander, type Definitions, type Dependencies, dependencies, type Expanded } from '../expand.ts';
import { passiveEvents } from '../rule.ts';

/**
 * What is worked out for a person comes in units: the stage as a whole, the tier, the level, each tag, each live audience. A unit is run
 * again as a whole, because which of ordered rules wins depends on all of them.
 */
export interface Unit {
  /** `stage`, `tier`, `level`, `tag:<key>`, `audience:<id>`; also the key of its entry in `since`. */
  id: string;
  /** What it says, from shallow to deep; for tags and audiences just itself. */
  options: { value: string; rule: Expanded }[];
  needs: Dependencies;
}

export function unitsOf(defs: Definitions): Unit[] {
  const expander = createExpander(defs);
  const unit = (id: string, options: Unit['options']): Unit => ({ id, options, needs: dependencies(options.map((o) => o.rule)) });
  const ordered = (kind: 'stage' | 'tier' | 'level', list: { key: string }[]) =>
    unit(
      kind,
      list.map((d) => ({ value: d.key, rule: expander.raw(kind, d.key) })),
    );
  return [
    ordered('stage', defs.stages),
    ordered('tier', defs.tiers),
    ordered('level', defs.levels),
    ...defs.tags.map((t) => unit(`tag:${t.key}`, [{ value: t.key, rule: expander.expand({ tag: t.key }) }])),
    ...defs.audiences
      .filter((a) => a.live)
      .map((a) => unit(`audience:${a.id}`, [{ value: a.id, rule: expander.expand({ audience: a.id }) }])),
  ];
}

/** Ids of the units of which something else holds once the definitions are others, with those that refer to what was changed; also of those that are gone. */
export function unitsChanged(before: Definitions, after: Definitions): string[] {
  const rules = (defs: Definitions) => new Map(unitsOf(defs).map((u) => [u.id, JSON.stringify(u.options)]));
  const [was, is] = [rules(before), rules(after)];
  return [...new Set([...was.keys(), ...is.keys()])].filter((id) => was.get(id) !== is.get(id));
}

const passive: ReadonlySet<string> = new Set(passiveEvents);
const identify = 'type:identify';

/** Whether events of these names can change the unit. */
export function touchedBy(needs: Dependencies, names: ReadonlySet<string>): boolean {
  if (needs.traits.size > 0 && names.has(identify)) return true;
  for (const name of names) {
    if (needs.events.has(name)) return true;
    if (needs.anyEvent && !passive.has(name) && name !== '' && name !== identify && name !== 'type:group' && name !== 'type:alias')
      return true;
  }
  return needs.anyEvent && (names.has('type:page') || names.has('type:screen'));
}

/** Whether a slice holds anything but what was written about people: then someone new may be among them. */
export function onlyPassive(names: ReadonlySet<string>): boolean {
  for (const name of names) if (!passive.has(name)) return false;
  return true;
}
