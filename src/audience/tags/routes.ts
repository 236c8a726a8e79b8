import { z } from 'zod';
import { type App, badInput, notFound, type Pg } from '../../base/index.ts';
import { type Identity, normaliseIdentity, personNo, survivingPerson } from '../../people/index.ts';
import type { Audience } from '../audience.ts';
import { ruleSchema } from '../schema.ts';
import { interestSettings } from './interest.ts';

const id = z.object({ id: z.string().min(1).max(100) });
const value = z.union([z.string().min(1).max(200), z.number(), z.boolean()]);

export interface TagRouteDeps {
  audience: Audience;
  pg: Pg;
  /** Who holds these identities, by `type|value`. Rooms tested alone go without. */
  holders?: (workspaceNo: number, identities: readonly Identity[]) => Promise<Map<string, number>>;
}

const manySchema = z
  .object({
    personIds: z.array(z.string()).min(1).max(10_000).optional(),
    audience: z.string().min(1).max(100).optional(),
    rule: ruleSchema.optional(),
    value: value.optional(),
    remove: z.boolean().default(false),
  })
  .refine(
    (b) => [b.personIds, b.audience, b.rule].filter((x) => x !== undefined).length === 1,
    'must name exactly one of personIds, audience and rule',
  );
const importSchema = z.object({
  rows: z
    .array(
      z.object({
        personId: z.string().max(100).optional(),
        identity: z.object({ type: z.string().min(1).max(60), id: z.string().min(1).max(500) }).optional(),
        value: value.optional(),
      }),
    )
    .min(1)
    .max(10_000),
  remove: z.boolean().default(false),
});

/** Tags: their people, their figures, interest. */
export function tagRoutes(app: App, { audience, pg, holders }: TagRouteDeps): void {
  const tags = ['audience'];
  const read = { permission: 'definitions.read' };
  const write = { permission: 'people.write' };

  app.get(
    '/api/tags/:id',
    { config: read, schema: { tags, summary: 'One tag: who made it what, how many have it', params: id } },
    async (req) => {
      const ws = req.auth.workspaceNo;
      const tag = await audience.tag(ws, req.params.id);
      const defs = await audience.definitions(ws);
      const [overlap, values] = await Promise.all([
        audience.tagFigures.overlap(ws, tag.key, defs),
        tag.rule ? [] : audience.tagFigures.values(ws, tag),
      ]);
      const about = tag.about ?? {};
      return {
        id: tag.id,
        key: tag.key,
        name: tag.name,
        rule: tag.rule,
        kind: tag.rule ? 'rule' : about.model ? 'model' : 'hand',
        about,
        ...(tag.rule ? await audience.explain(ws, tag.rule) : {}),
        count: overlap.mine,
        pool: overlap.pool,
        share: overlap.pool ? overlap.mine / overlap.pool : 0,
        overlap: overlap.items,
        values,
        group: about.group ? defs.tags.filter((t) => t.about?.group === about.group).map(({ id, key, name }) => ({ id, key, name })) : [],
      };
    },
  );
  app.get(
    '/api/tags/:id/history',
    {
      config: read,
      schema: {
        tags,
        summary: 'How its holders grew and shrank, by day',
        params: id,
        querystring: z.object({ days: z.coerce.number().int().min(2).max(730).default(90) }),
      },
    },
    async (req) => {
      const ws = req.auth.workspaceNo;
      const tag = await audience.tag(ws, req.params.id);
      return { items: await audience.tagHistory(ws, tag, req.query.days, req.auth.timezone) };
    },
  );
  app.post(
    '/api/tags/:id/people',
    {
      config: write,
      schema: {
        tags,
        summary: 'Gives a tag to people, an audience or whoever a rule holds of, or takes it from them',
        params: id,
        body: manySchema,
      },
    },
    async (req, reply) => {
      const ws = req.auth.workspaceNo;
      const { key } = await audience.tag(ws, req.params.id);
      const { personIds, audience: audienceId, rule, value, remove } = req.body;
      const actor = req.auth.actor.name;
      if (!personIds) {
        const of = audienceId === undefined ? { rule: rule! } : { audience: audienceId };
        reply.code(202);
        return { job: (await audience.tagMany(ws, key, of, { remove, value, actor })).id };
      }
      const people = await survivors(ws, personIds);
      const strange = people.indexOf(undefined);
      if (strange >= 0) throw badInput([{ field: `personIds.${strange}`, reason: 'is nobody in this workspace' }]);
      const numbers = [...new Set(people as number[])];
      await audience.tagByHand(ws, numbers, key, { remove, value, actor });
      return { people: numbers.length };
    },
  );
  app.post(
    '/api/tags/:id/import',
    {
      config: write,
      schema: {
        tags,
        summary: 'Gives a tag to people named by rows of a file; rows of nobody are named back',
        params: id,
        body: importSchema,
      },
    },
    async (req) => {
      const ws = req.auth.workspaceNo;
      const { key } = await audience.tag(ws, req.params.id);
      const { rows, remove } = req.body;
      const rejected: { row: number; reason: string }[] = [];
      const identities = rows.map((row, i): Identity | undefined => {
        if (!row.identity) return undefined;
        const normal = normaliseIdentity(row.identity.type, row.identity.id);
        if ('identity' in normal) return normal.identity;
        rejected.push({ row: i, reason: `${row.identity.type} ${normal.reason}` });
        return undefined;
      });
      const wanted = identities.filter((i) => i !== undefined);
      const found = holders && wanted.length ? await holders(ws, wanted) : new Map<string, number>();
      const named = await survivors(
        ws,
        rows.map((r) => r.personId),
      );
      const byValue = new Map<string, { value: z.infer<typeof value> | undefined; people: Set<number> }>();
      rows.forEach((row, i) => {
        const identity = identities[i];
        const no = named[i] ?? (identity && found.get(`${identity.type}|${identity.value}`));
        if (no === undefined) {
          if (!rejected.some((r) => r.row === i))
            rejected.push({ row: i, reason: row.personId || row.identity ? 'is nobody in this workspace' : 'names nobody' });
          return;
        }
        const id = JSON.stringify(row.value ?? null);
        const list = byValue.get(id) ?? { value: row.value, people: new Set() };
        byValue.set(id, list);
        list.people.add(no);
      });
      let people = 0;
      for (const list of byValue.values()) {
        await audience.tagByHand(ws, [...list.people], key, { remove, value: list.value, by: 'import', actor: req.auth.actor.name });
        people += list.people.size;
      }
      return { rows: rows.length, people, rejected: rejected.sort((a, b) => a.row - b.row) };
    },
  );

  app.get(
    '/api/interests',
    {
      config: read,
      schema: {
        tags,
        summary: 'What people are interested in now, and how that is reckoned',
        querystring: z.object({ threshold: z.coerce.number().positive().default(3) }),
      },
    },
    async (req) => {
      const ws = req.auth.workspaceNo;
      const [settings, items] = await Promise.all([audience.interest.settings(ws), audience.interest.topics(ws, req.query.threshold)]);
      return { settings, threshold: req.query.threshold, items };
    },
  );
  app.put(
    '/api/interests',
    {
      config: { permission: 'definitions.write' },
      schema: { tags, summary: 'Sets how interest is reckoned: weights, half-life, where topics stand', body: interestSettings },
    },
    async (req) => {
      await audience.interest.set(req.auth.workspaceNo, req.body);
      return audience.interest.settings(req.auth.workspaceNo);
    },
  );
  app.get(
    '/api/people/:id/interests',
    {
      config: { permission: 'people.read' },
      schema: { tags: ['people'], summary: 'What a person is interested in, and the actions that say so', params: id },
    },
    async (req) => {
      const ws = req.auth.workspaceNo;
      const no = await survivingPerson(pg, ws, personNo(req.params.id));
      if (no === undefined) throw notFound('Person');
      const [items, { halfLifeDays }] = await Promise.all([audience.interest.of(ws, no), audience.interest.settings(ws)]);
      return { items, halfLifeDays };
    },
  );

  /** Who stays of each of them; undefined for nobody. */
  const survivors = async (ws: number, ids: readonly (string | undefined)[]): Promise<(number | undefined)[]> => {
    const numbers = ids.map((one, i) => {
      if (one === undefined) return undefined;
      try {
        return personNo(one);
      } catch {
        throw badInput([{ field: `personIds.${i}`, reason: 'is no id of a person' }]);
      }
    });
    const rows = await pg.query<{ no: number; stays: number }>(
      'SELECT person_no AS no, coalesce(merged_into, person_no) AS stays FROM people WHERE workspace_no = $1 AND person_no = ANY($2)',
      [ws, numbers.filter((n) => n !== undefined)],
    );
    const stays = new Map(rows.map((r) => [r.no, r.stays]));
    return numbers.map((n) => (n === undefined ? undefined : stays.get(n)));
  };
}
