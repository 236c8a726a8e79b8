import { z } from 'zod';
import { type App, badInput, decodeCursor, encodeCursor, type Pg, pageQuery } from '../base/index.ts';
import { personId, personNo, survivingPerson, traitsOf } from '../people/index.ts';
import type { Audience } from './audience.ts';
import type { OrderedKind } from './definitions/store.ts';
import type { TagDefinition } from './expand.ts';
import { type GroupRouteDeps, groupRoutes } from './groups/routes.ts';
import { savedRoutes } from './saved/routes.ts';
import {
  audienceChangeSchema,
  newAudienceSchema,
  newTagSchema,
  orderedSchema,
  peopleTagSchema,
  ruleSchema,
  tagChangeSchema,
} from './schema.ts';
import { type TagRouteDeps, tagRoutes } from './tags/routes.ts';
import { whyRoute } from './why/route.ts';

const id = z.object({ id: z.string().min(1).max(100) });
const singular = { stages: 'stage', tiers: 'tier', levels: 'level' } as const;

export function routes(app: App, deps: { audience: Audience; pg: Pg } & TagRouteDeps & GroupRouteDeps): void {
  const { audience, pg } = deps;
  whyRoute(app, deps);
  savedRoutes(app, deps);
  tagRoutes(app, deps);
  groupRoutes(app, deps);
  const read = { permission: 'definitions.read' };
  const write = { permission: 'definitions.write' };
  const tags = ['audience'];

  app.get(
    '/api/definitions',
    { config: read, schema: { tags, summary: 'Stages, tiers, levels (from shallow to deep) and tags, with their sizes' } },
    async (req) => {
      const ws = req.auth.workspaceNo;
      const [defs, counts] = await Promise.all([audience.definitions(ws), audience.definitionCounts(ws)]);
      const ordered = (kind: OrderedKind, list: typeof defs.stages) =>
        list.map((d) => ({ key: d.key, name: d.name, rule: d.rule, count: counts[kind][d.key] ?? 0 }));
      return {
        stages: ordered('stage', defs.stages),
        tiers: ordered('tier', defs.tiers),
        levels: ordered('level', defs.levels),
        tags: defs.tags.map((t) => tagView(t, counts.tag)),
      };
    },
  );
  for (const kind of ['stages', 'tiers', 'levels'] as const) {
    app.put(
      `/api/definitions/${kind}`,
      {
        config: write,
        schema: { tags, summary: `Sets the ${kind}, from shallow to deep: the deepest that matches wins`, body: orderedSchema },
      },
      async (req) => {
        const job = await audience.setOrdered(req.auth.workspaceNo, singular[kind], req.body.items, req.auth.actor);
        return { recompute: job.id };
      },
    );
    app.post(
      `/api/definitions/${kind}/preview`,
      { config: read, schema: { tags, summary: `Who would move if the ${kind} were these; nothing is saved`, body: orderedSchema } },
      (req) => audience.previewOrdered(req.auth.workspaceNo, singular[kind], req.body.items),
    );
  }
  app.post(
    '/api/definitions/recompute',
    { config: write, schema: { tags, summary: 'Works out everything for everyone again, in the background' } },
    async (req, reply) => {
      reply.code(202);
      return audience.recompute(req.auth.workspaceNo);
    },
  );
  app.post(
    '/api/tags',
    { config: write, schema: { tags, summary: 'A tag by rule, or without one: a tag given by hand', body: newTagSchema } },
    async (req, reply) => {
      reply.code(201);
      return tagView(await audience.addTag(req.auth.workspaceNo, req.body, req.auth.actor), {});
    },
  );
  app.patch(
    '/api/tags/:id',
    { config: write, schema: { tags, summary: 'Changes a tag', params: id, body: tagChangeSchema } },
    async (req) => {
      const ws = req.auth.workspaceNo;
      const tag = await audience.changeTag(ws, req.params.id, req.body, req.auth.actor);
      // Whoever uses it is changed with it.
      const usedBy = await audience.saved.usedBy(ws, 'tag', tag.key);
      return { ...tagView(tag, (await audience.definitionCounts(ws)).tag), usedBy };
    },
  );
  app.delete(
    '/api/tags/:id',
    { config: write, schema: { tags, summary: 'Takes a tag away from everyone', params: id } },
    async (req, reply) => {
      await audience.removeTag(req.auth.workspaceNo, req.params.id, req.auth.actor);
      return reply.code(204).send();
    },
  );

  for (const remove of [false, true]) {
    app.route({
      method: remove ? 'DELETE' : 'POST',
      url: '/api/people/tags',
      config: { permission: 'people.write' },
      schema: {
        tags: ['people'],
        summary: remove ? 'Takes a tag given by hand from people' : 'Gives people a tag by hand',
        body: peopleTagSchema,
      },
      handler: async (req, reply) => {
        const ws = req.auth.workspaceNo;
        const body = req.body as z.infer<typeof peopleTagSchema>;
        const people: number[] = [];
        for (const [i, pid] of body.personIds.entries()) {
          const no = await survivingPerson(pg, ws, personNo(pid));
          if (no === undefined) throw badInput([{ field: `personIds.${i}`, reason: 'is nobody in this workspace' }]);
          people.push(no);
        }
        await audience.tagByHand(ws, [...new Set(people)], body.key, {
          remove,
          value: body.value,
          actor: req.auth.actor.name,
        });
        return reply.code(204).send();
      },
    });
  }

  const see = { permission: 'audiences.read' };
  const edit = { permission: 'audiences.write' };
  const view = (a: Awaited<ReturnType<Audience['audience']>>, count: number | null) => ({
    id: a.id,
    name: a.name,
    rule: a.rule,
    live: a.live,
    description: a.about.description ?? null,
    frozen: a.about.frozen ?? null,
    count,
    createdAt: a.createdAt,
    updatedAt: a.updatedAt,
  });
  app.get('/api/audiences', { config: see, schema: { tags, summary: 'Audiences, newest first', querystring: pageQuery } }, async (req) => {
    const ws = req.auth.workspaceNo;
    const [{ audiences }, counts] = await Promise.all([audience.definitions(ws), audience.audienceCounts(ws)]);
    const after = decodeCursor(req.query.cursor, z.string());
    const from = after === undefined ? 0 : audiences.findIndex((a) => a.id === after) + 1;
    const items = audiences.slice(from, from + req.query.limit);
    return {
      items: items.map((a) => view(a, a.live ? (counts.get(a.id) ?? 0) : null)),
      nextCursor: from + items.length < audiences.length ? encodeCursor(items.at(-1)!.id) : null,
    };
  });
  app.post('/api/audiences', { config: edit, schema: { tags, summary: 'A new audience', body: newAudienceSchema } }, async (req, reply) => {
    const ws = req.auth.workspaceNo;
    const { description, ...body } = req.body;
    const made = await audience.addAudience(ws, { ...body, about: { ...(description ? { description } : {}) } }, req.auth.actor);
    reply.code(201);
    return { ...view(made, null), ...(await audience.explain(ws, made.rule)) };
  });
  app.post(
    '/api/audiences/preview',
    {
      config: see,
      schema: {
        tags,
        summary: 'How many people a rule holds of now, some of them, the rule in words, and warnings',
        body: z.object({ rule: ruleSchema }),
      },
    },
    async (req) => {
      const ws = req.auth.workspaceNo;
      const { people, ...preview } = await audience.preview(ws, req.body.rule);
      const [traits, states] = await Promise.all([traitsOf(pg, ws, people), audience.stateOf(ws, people)]);
      const sample = people.map((no) => {
        const name = traits.get(no)?.name;
        const state = states.get(no);
        return { id: personId(no), name: typeof name === 'string' ? name : null, level: state?.level ?? null, stage: state?.stage ?? null };
      });
      return { ...preview, warnings: preview.warnings.map((w) => ({ ...w, message: req.say(w.message) })), sample };
    },
  );
  app.get('/api/audiences/:id', { config: see, schema: { tags, summary: 'One audience', params: id } }, async (req) => {
    const ws = req.auth.workspaceNo;
    const found = await audience.audience(ws, req.params.id);
    const count = found.live ? ((await audience.audienceCounts(ws)).get(found.id) ?? 0) : await audience.count(ws, found.rule);
    return { ...view(found, count), ...(await audience.explain(ws, found.rule)) };
  });
  app.patch(
    '/api/audiences/:id',
    { config: edit, schema: { tags, summary: 'Changes an audience', params: id, body: audienceChangeSchema } },
    async (req) => {
      const ws = req.auth.workspaceNo;
      const { description, ...body } = req.body;
      const { about } = await audience.audience(ws, req.params.id);
      const next = description === undefined ? {} : { about: { ...about, description } };
      const changed = await audience.changeAudience(ws, req.params.id, { ...body, ...next }, req.auth.actor);
      const usedBy = await audience.saved.usedBy(ws, 'audience', changed.id);
      return { ...view(changed, changed.live ? ((await audience.audienceCounts(ws)).get(changed.id) ?? 0) : null), usedBy };
    },
  );
  app.delete('/api/audiences/:id', { config: edit, schema: { tags, summary: 'Removes an audience', params: id } }, async (req, reply) => {
    await audience.removeAudience(req.auth.workspaceNo, req.params.id, req.auth.actor);
    return reply.code(204).send();
  });
  app.get(
    '/api/audiences/:id/members',
    { config: see, schema: { tags, summary: 'Who is in an audience, with since when', params: id, querystring: pageQuery } },
    async (req) => {
      const { cursor, limit } = req.query;
      const before = decodeCursor(cursor, z.number().int());
      const rows = await audience.members(req.auth.workspaceNo, req.params.id, before, limit + 1);
      const page = rows.slice(0, limit);
      return {
        items: page.map((m) => ({ personId: personId(m.personNo), since: m.since === null ? null : new Date(m.since).toISOString() })),
        nextCursor: rows.length > limit ? encodeCursor(page.at(-1)!.personNo) : null,
      };
    },
  );
}

function tagView(t: TagDefinition, counts: Record<string, number>) {
  const kind = t.rule !== null ? 'rule' : t.about?.model ? 'model' : 'hand';
  return { id: t.id, key: t.key, name: t.name, rule: t.rule, count: counts[t.key] ?? 0, kind, about: t.about ?? {} };
}
