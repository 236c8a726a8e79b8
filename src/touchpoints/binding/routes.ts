import { z } from 'zod';
import { type App, notFound, type Pg, pageQuery } from '../../base/index.ts';
import { personNo, survivingPerson } from '../../people/index.ts';
import type { Binding } from './binding.ts';
import { rulesSchema, usualRules } from './rules.ts';

const tags = ['binding'];
const id = z.object({ id: z.string().min(1).max(100) });
const words = (max: number) => z.string().trim().min(1, 'say why').max(max, `must have at most ${max} characters`);
const staffId = z.string().trim().min(1, 'name a staff member').max(64, 'must have at most 64 characters');

export interface BindingRouteDeps {
  pg: Pg;
  binding: Binding;
}

/** Rules, the binding of a person, disputes and hand-overs. */
export function bindingRoutes(app: App, { pg, binding }: BindingRouteDeps): void {
  const read = { permission: 'people.read' };
  const write = { permission: 'people.write' };
  const who = async (workspaceNo: number, of: string): Promise<number> => {
    const no = await survivingPerson(pg, workspaceNo, personNo(of));
    if (no === undefined) throw notFound('Person');
    return no;
  };

  app.get(
    '/api/binding/rules',
    { config: { permission: 'policy.read' }, schema: { tags, summary: 'The rules by which customers are bound to staff, newest first' } },
    async (req) => {
      const versions = await binding.savedRules(req.auth.workspaceNo);
      return { rules: versions[0]?.rules ?? null, usual: usualRules, versions };
    },
  );
  app.put(
    '/api/binding/rules',
    {
      config: { permission: 'policy.write' },
      schema: {
        tags,
        summary: 'Rules from now on, or from a time that is past',
        body: z.object({
          rules: rulesSchema,
          from: z.iso.datetime({ error: 'is not an instant, such as 2026-01-31T00:00:00Z' }).optional(),
        }),
      },
    },
    async (req) => {
      const { workspaceNo, actor } = req.auth;
      return binding.saveRules(workspaceNo, req.body.rules, req.body.from === undefined ? undefined : new Date(req.body.from), actor.name);
    },
  );

  app.get(
    '/api/people/:id/binding',
    {
      config: read,
      schema: {
        tags,
        summary: 'Who has this customer, since when and why; with `touches` also what changed nothing',
        params: id,
        querystring: z.object({ touches: z.enum(['0', '1']).default('0') }),
      },
    },
    async (req) => {
      const { workspaceNo } = req.auth;
      return binding.ofPerson(workspaceNo, await who(workspaceNo, req.params.id), { touches: req.query.touches === '1' });
    },
  );
  app.post(
    '/api/people/:id/binding',
    {
      config: write,
      schema: {
        tags,
        summary: 'Gives a customer to a staff member, or to nobody; with `handOver` the friendship at WeCom too',
        params: id,
        body: z.object({ staffId: staffId.nullable(), reason: words(500), handOver: z.boolean().default(false) }),
      },
    },
    async (req) => {
      const { workspaceNo, actor } = req.auth;
      const { staffId: staff, reason, handOver } = req.body;
      const no = await who(workspaceNo, req.params.id);
      if (staff !== null) await binding.staff.one(workspaceNo, staff);
      return binding.give(workspaceNo, no, { staff, reason, handOver, actor: actor.name });
    },
  );

  app.post(
    '/api/people/:id/disputes',
    {
      config: { permission: 'notes.write' },
      schema: {
        tags,
        summary: 'Says that a customer is somebody else’s; nothing moves until it is decided',
        params: id,
        body: z.object({ claimant: staffId, reason: words(2000) }),
      },
    },
    async (req, reply) => {
      const { workspaceNo, actor } = req.auth;
      const no = await who(workspaceNo, req.params.id);
      await binding.staff.one(workspaceNo, req.body.claimant);
      reply.code(201);
      return binding.disputes.open(workspaceNo, no, { ...req.body, by: actor.name });
    },
  );
  app.get(
    '/api/disputes',
    {
      config: read,
      schema: {
        tags,
        summary: 'Disputes, newest first',
        querystring: pageQuery.extend({ state: z.enum(['open', 'decided', 'withdrawn']).optional() }),
      },
    },
    (req) => binding.disputes.list(req.auth.workspaceNo, req.query),
  );
  app.get('/api/disputes/:id', { config: read, schema: { tags, summary: 'One dispute', params: id } }, (req) =>
    binding.disputes.one(req.auth.workspaceNo, req.params.id),
  );
  app.post(
    '/api/disputes/:id/evidence',
    {
      config: { permission: 'notes.write' },
      schema: { tags, summary: 'Adds to what speaks for a side', params: id, body: z.object({ text: words(4000) }) },
    },
    (req) => binding.disputes.addEvidence(req.auth.workspaceNo, req.params.id, req.body.text, req.auth.actor.name),
  );
  app.post(
    '/api/disputes/:id/decide',
    {
      config: write,
      schema: {
        tags,
        summary: 'Decides a dispute: for a staff member, for nobody (null), or as it was (left out)',
        params: id,
        body: z.object({ staffId: staffId.nullable().optional(), note: words(2000) }),
      },
    },
    async (req) => {
      const { workspaceNo, actor } = req.auth;
      const { staffId: staff, note } = req.body;
      await binding.disputes.one(workspaceNo, req.params.id);
      if (typeof staff === 'string') await binding.staff.one(workspaceNo, staff);
      return binding.disputes.close(workspaceNo, req.params.id, { staff, note, by: actor.name });
    },
  );

  app.get(
    '/api/transfers',
    {
      config: read,
      schema: {
        tags,
        summary: 'Hand-overs of friendships at WeCom, newest first',
        querystring: pageQuery.extend({ state: z.enum(['asked', 'waiting', 'done', 'refused', 'failed', 'cancelled']).optional() }),
      },
    },
    (req) => binding.transfers.list(req.auth.workspaceNo, req.query),
  );
  for (const act of ['confirm', 'cancel'] as const) {
    const summary = act === 'confirm' ? 'Says that a hand-over was done by hand' : 'Takes back what has not begun';
    app.post(`/api/transfers/:id/${act}`, { config: write, schema: { tags, summary, params: id } }, (req) =>
      binding.transfers[act](req.auth.workspaceNo, req.params.id),
    );
  }
}
