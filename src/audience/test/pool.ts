import type { Ch, Pg } from '../../base/index.ts';
import type { Definitions } from '../expand.ts';
import { parseRule } from '../parse.ts';
import type { Rule } from '../rule.ts';
import type { Row } from './slow.ts';

export const must = (r: unknown): Rule => {
  const parsed = parseRule(r);
  if (!parsed.rule) throw new Error(`${JSON.stringify(r)}: ${JSON.stringify(parsed.errors)}`);
  return parsed.rule;
};
const name = { zh: '', en: '' };
/** What random rules refer to. */
export const defs: Definitions = {
  stages: [
    { id: '1', key: 's1', name, rule: must({ event: 'A' }) },
    { id: '2', key: 's2', name, rule: must({ event: 'B', within: { hours: 3 } }) },
  ],
  tiers: [{ id: '3', key: 't1', name, rule: must({ tag: 'ruled' }) }],
  levels: [
    { id: '4', key: 'l1', name, rule: must({ all: [] }) },
    { id: '5', key: 'l2', name, rule: must({ event: 'A', count: { op: '>=', value: 2 } }) },
  ],
  tags: [
    { id: '6', key: 'hand', name, rule: null },
    { id: '7', key: 'ruled', name, rule: must({ not: { event: 'B', within: { days: 1 } } }) },
    { id: '8', key: 'many', name, rule: null, about: { values: 'many', group: 'g' } },
    { id: '9', key: 'first', name, rule: must({ event: 'A', within: { days: 3 } }), about: { group: 'g' } },
    { id: '10', key: 'second', name, rule: must({ not: { event: 'B' } }), about: { group: 'g' } },
  ],
  audiences: [{ id: 'aud_1', name: 'One', rule: must({ any: [{ level: 'l2' }, { tag: 'hand' }] }), live: true }],
};

/** A table of people's histories, numbered from 1. */
export async function load(ch: Ch, table: string, people: Omit<Row, 'personNo'>[][]): Promise<Row[][]> {
  await ch.command(`CREATE TABLE ${table} (person_no UInt32, time DateTime64(3, 'UTC'), type LowCardinality(String), event LowCardinality(String),
    key UInt64, source LowCardinality(String), properties JSON(max_dynamic_paths=256)) ENGINE = MergeTree ORDER BY (person_no, time, key)`);
  const histories = people.map((rows, i) => rows.map((r) => ({ ...r, personNo: i + 1 })));
  const lines = histories.flat().map((r) =>
    JSON.stringify({
      person_no: r.personNo,
      time: new Date(r.time).toISOString(),
      type: r.type,
      event: r.event,
      key: String(r.key),
      source: r.source,
      properties: r.properties,
    }),
  );
  await ch.insertText(table, lines.join('\n'));
  return histories;
}

/** Definitions of a workspace as they are kept, without the check that they fit together. */
export async function writeDefinitions(pg: Pg, ws: number, all: Definitions): Promise<void> {
  const rows = (['stages', 'tiers', 'levels', 'tags'] as const).flatMap((kind) =>
    all[kind].map((d, position) => ({ ...d, kind: kind.slice(0, -1), position })),
  );
  await pg.query('INSERT INTO definition_sets (workspace_no, version, since) VALUES ($1, 1, now())', [ws]);
  await pg.query(
    `INSERT INTO definitions (workspace_no, id, kind, key, name, rule, about, position, version, created_at, updated_at)
     SELECT $1, d->>'id', d->>'kind', d->>'key', d->'name', nullif(d->'rule', 'null'), coalesce(d->'about', '{}'), (d->>'position')::int, 1, now(), now() FROM jsonb_array_elements($2) d`,
    [ws, JSON.stringify(rows)],
  );
  await pg.query(
    `INSERT INTO audiences (workspace_no, id, name, rule, live, version, created_at, updated_at)
     SELECT $1, a->>'id', a->>'name', a->'rule', (a->>'live')::boolean, 1, now(), now() FROM jsonb_array_elements($2) a`,
    [ws, JSON.stringify(all.audiences)],
  );
}
