import type { Op, Rule, Step, Value } from './rule.ts';
import type { Warning } from './warnings.ts';

/** What this room needs to know of personal values: which names hold them, and the stand-ins under which they are kept. */
export interface PersonalPort {
  names(workspaceNo: number): Promise<Record<'traits' | 'properties', { hasPath(path: string): boolean }>>;
  /** Stand-ins of values, in their order. `keep`: they will be shown again. */
  tokens(workspaceNo: number, values: readonly (string | number)[], keep: boolean): Promise<string[]>;
  /** With the values in place of their masks that stood there before: who may not see them sends masks back. */
  restore?<T>(workspaceNo: number, value: T, before: unknown): Promise<T>;
}

/** Comparisons that a stand-in answers: it is the same for the same value, and says nothing else of it. */
const comparable = new Set<Op>(['=', '!=', 'in', 'not in']);
const answerable = new Set<Op>([...comparable, 'exists', 'not exists']);

/**
 * Rules with personal values replaced by their stand-ins, so that they meet what events hold, and no value is kept in a definition.
 * A rule that holds none comes back as it is.
 */
export async function hidePersonal(
  port: PersonalPort | undefined,
  workspaceNo: number,
  rules: readonly Rule[],
  keep: boolean,
): Promise<Rule[]> {
  if (!port) return [...rules];
  const names = await port.names(workspaceNo);
  const found = new Set<string | number>();
  for (const rule of rules) {
    walk(rule, names, (value) => {
      for (const one of [value].flat()) if (typeof one === 'string' || typeof one === 'number') found.add(one);
      return value;
    });
  }
  if (found.size === 0) return [...rules];
  const values = [...found];
  const tokens = await port.tokens(workspaceNo, values, keep);
  const token = new Map(values.map((v, i) => [v, tokens[i]!]));
  // In one order, whichever way they were written: the same rule is kept as the same.
  const hide = (one: unknown) => token.get(one as string) ?? one;
  return rules.map((rule) => walk(rule, names, (value) => (Array.isArray(value) ? value.map(hide).sort() : hide(value)) as Value));
}

/** Warnings about comparisons that values kept unreadable cannot answer. */
export async function personalWarnings(port: PersonalPort | undefined, workspaceNo: number, rule: Rule): Promise<Warning[]> {
  if (!port) return [];
  const found: Warning[] = [];
  walk(
    rule,
    await port.names(workspaceNo),
    (value) => value,
    (name, op) => {
      if (!answerable.has(op))
        found.push({
          path: 'rule',
          message: `"${name}" is personal and kept unreadable: "${op}" is never true of it; use =, in or exists`,
        });
    },
  );
  return found;
}

type Names = Awaited<ReturnType<PersonalPort['names']>>;

function walk(
  rule: Rule,
  names: Names,
  value: (v: Value | undefined) => Value | undefined,
  met: (name: string, op: Op) => void = () => {},
): Rule {
  const again = (r: Rule): Rule => walk(r, names, value, met);
  const steps = <T extends Step>(step: T): T =>
    step.where
      ? {
          ...step,
          where: step.where.map((w) => {
            if (!names.properties.hasPath(w.property)) return w;
            met(w.property, w.op);
            return comparable.has(w.op) ? { ...w, value: value(w.value)! } : w;
          }),
        }
      : step;
  if ('all' in rule) return { all: rule.all.map(again) };
  if ('any' in rule) return { any: rule.any.map(again) };
  if ('not' in rule) return { not: again(rule.not) };
  if ('sequence' in rule) return { ...rule, sequence: rule.sequence.map(steps) };
  if ('event' in rule) return steps(rule);
  if ('trait' in rule && names.traits.hasPath(rule.trait)) {
    met(rule.trait, rule.op);
    return comparable.has(rule.op) ? { ...rule, value: value(rule.value)! } : rule;
  }
  return rule;
}
