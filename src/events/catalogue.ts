import type { Ch } from '../base/index.ts';

export interface CatalogueEvent {
  event: string;
  type: string;
  count: number;
  people: number;
  lastSeenAt: string;
  properties: { name: string; types: string[]; examples: string[] }[];
}

/** Every event name of a workspace with its properties as they were sent, learned from what came in. */
export async function catalogueEvents(ch: Ch, source: string): Promise<CatalogueEvent[]> {
  const [names, paths] = await Promise.all([
    ch.query<Omit<CatalogueEvent, 'properties'>>(
      `SELECT event, type, count() AS count, uniq(person_no) AS people, max(time) AS lastSeenAt FROM ${source} GROUP BY event, type ORDER BY count DESC LIMIT 1000`,
    ),
    ch.query<{ event: string; type: string; name: string; types: string[] }>(
      // The latest few thousand of each event tell its shape.
      `SELECT event, type, p.1 AS name, groupUniqArray(p.2) AS types FROM (
         SELECT event, type, arrayJoin(JSONAllPathsWithTypes(properties)) AS p
         FROM (SELECT event, type, properties FROM ${source} ORDER BY batch DESC LIMIT 2000 BY event, type)
       ) GROUP BY event, type, name ORDER BY name LIMIT 20000`,
    ),
  ]);
  const examples = await exampleValues(ch, source);
  const grouped = Map.groupBy(paths, (p) => `${p.type}|${p.event}`);
  return names.map((n) => ({
    ...n,
    properties: (grouped.get(`${n.type}|${n.event}`) ?? []).map((p) => ({
      name: p.name,
      types: p.types.map(plainType),
      examples: examples.get(`${n.type}|${n.event}|${p.name}`) ?? [],
    })),
  }));
}

/** Traits that identify messages state. */
export async function catalogueTraits(ch: Ch, source: string): Promise<CatalogueEvent['properties']> {
  const events = await catalogueEvents(ch, `(SELECT * FROM ${source} WHERE type = 'identify')`);
  return events[0]?.properties ?? [];
}

async function exampleValues(ch: Ch, source: string): Promise<Map<string, string[]>> {
  const rows = await ch.query<{ event: string; type: string; properties: Record<string, unknown> }>(
    `SELECT event, type, properties FROM ${source} ORDER BY batch DESC LIMIT 20 BY event, type LIMIT 10000`,
  );
  const found = new Map<string, string[]>();
  for (const { event, type, properties } of rows) collect(`${type}|${event}|`, properties, found);
  return found;
}

function collect(prefix: string, value: Record<string, unknown>, found: Map<string, string[]>): void {
  for (const [key, v] of Object.entries(value)) {
    if (typeof v === 'object' && v !== null && !Array.isArray(v)) {
      collect(`${prefix}${key}.`, v as Record<string, unknown>, found);
      continue;
    }
    const text = Array.isArray(v) ? `[${v.length}]` : String(v);
    const list = found.get(prefix + key) ?? [];
    if (list.length < 5 && !list.includes(text)) list.push(text.slice(0, 80));
    found.set(prefix + key, list);
  }
}

function plainType(type: string): string {
  if (/^(U?Int|Float|Decimal)/.test(type)) return 'number';
  if (type === 'Bool') return 'boolean';
  if (/^Array/.test(type)) return 'list';
  return type === 'String' ? 'text' : 'object';
}
