import type { Op, Rule, Step, Value } from './rule.ts';

/** What is known of the events and traits that came in: names, and the types of value seen (`text`, `number`, `boolean`, `list`, `object`). */
export interface Catalogue {
  events: { event: string; properties: { name: string; types: string[] }[] }[];
  traits: { name: string; types: string[] }[];
}
export interface Warning {
  path: string;
  message: string;
}

/** What is allowed but can hardly be meant: names that never came in, and comparisons with a type that the values do not have. */
export function warningsOf(rule: Rule, catalogue: Catalogue, field = 'rule'): Warning[] {
  const found: Warning[] = [];
  const events = Map.groupBy(catalogue.events, (e) => e.event);
  const traits = new Map(catalogue.traits.map((t) => [t.name, t.types]));

  const types = (at: string, what: string, known: Map<string, string[]>, name: string, op: Op, value: Value | undefined) => {
    if (inside(known, name)) return;
    const seen = known.get(name);
    if (!seen || seen.length === 0) {
      found.push({ path: at, message: `${what} has not come in so far` });
      return;
    }
    const wanted = wantedTypes(op, value);
    if (wanted && !wanted.some((w) => seen.includes(w)))
      found.push({
        path: at,
        message: `${what} is ${seen.join(' or ')}, but "${op}" here compares it as ${wanted[0]}: this is never true`,
      });
  };
  const properties = (event: string): Map<string, string[]> | null => {
    if (event === '*') return null;
    const known = new Map<string, string[]>();
    for (const e of events.get(event) ?? [])
      for (const p of e.properties) known.set(p.name, [...new Set([...(known.get(p.name) ?? []), ...p.types])]);
    return known;
  };
  const step = (s: Step, at: string): Map<string, string[]> | null => {
    if (s.event !== '*' && !events.has(s.event)) {
      found.push({ path: `${at}.event`, message: `no event "${s.event}" has come in so far` });
      return null;
    }
    const known = properties(s.event);
    s.where?.forEach((w, i) => {
      if (known) types(`${at}.where[${i}]`, `property "${w.property}" of "${s.event}"`, known, w.property, w.op, w.value);
    });
    return known;
  };
  const walk = (r: Rule, at: string): void => {
    if ('all' in r) for (const [i, x] of r.all.entries()) walk(x, `${at}.all[${i}]`);
    else if ('any' in r) for (const [i, x] of r.any.entries()) walk(x, `${at}.any[${i}]`);
    else if ('not' in r) walk(r.not, `${at}.not`);
    else if ('trait' in r) types(at, `trait "${r.trait}"`, traits, r.trait, r.op, r.value);
    else if ('sequence' in r) for (const [i, s] of r.sequence.entries()) step(s, `${at}.sequence[${i}]`);
    else if ('event' in r) {
      const known = step(r, at);
      for (const m of ['sum', 'avg', 'min', 'max'] as const)
        if (r[m] && known) types(`${at}.${m}`, `property "${r[m].property}" of "${r.event}"`, known, r[m].property, '>', 0);
      if (r.distinct && known && !known.has(r.distinct.property) && !inside(known, r.distinct.property))
        found.push({ path: `${at}.distinct`, message: `property "${r.distinct.property}" of "${r.event}" has not come in so far` });
    }
  };
  walk(rule, field);
  return found;
}

/** Whether a path leads into an object: of what is in there no types are kept. */
function inside(known: ReadonlyMap<string, string[]>, path: string): boolean {
  if (known.has(path)) return false;
  for (let dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1))
    if (known.get(path.slice(0, dot))?.some((type) => type === 'object' || type === 'list')) return true;
  return false;
}

function wantedTypes(op: Op, value: Value | undefined): string[] | null {
  if (op === 'exists' || op === 'not exists') return null;
  if (op === 'before' || op === 'after' || op === 'starts with') return ['text'];
  const one = Array.isArray(value) ? value[0] : value;
  const type = typeof one === 'string' ? 'text' : typeof one === 'number' ? 'number' : 'boolean';
  return op === 'contains' ? [type, 'list'] : [type];
}
