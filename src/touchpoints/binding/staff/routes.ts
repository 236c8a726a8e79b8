import { z } from 'zod';
import { type App, pageQuery } from '../../../base/index.ts';
import type { Binding } from '../binding.ts';

const tags = ['staff'];
const id = z.object({ id: z.string().min(1).max(100) });
const name = z.string().trim().min(1, 'write a name').max(100, 'must have at most 100 characters');
const unitIds = z.array(z.string().max(100)).max(20);
const heir = z.string().trim().min(1, 'name who takes over').max(64);
const position = z.string().trim().max(100).nullable();

export interface StaffRouteDeps {
  binding: Binding;
  /** How people are called, by number. */
  names(workspaceNo: number, people: readonly number[]): Promise<Map<number, string>>;
}

/** Staff, stores, the tree, and who leaves to whom. */
export function staffRoutes(app: App, { binding, names }: StaffRouteDeps): void {
  const read = { permission: 'people.read' };
  const write = { permission: 'settings.write' };
  const { staff } = binding;

  app.get(
    '/api/org-units',
    { config: read, schema: { tags, summary: 'Departments and stores, with their staff and customers' } },
    async (req) => ({
      items: await staff.units(req.auth.workspaceNo),
    }),
  );
  const unitBody = z.object({
    name,
    parentId: z.string().max(100).nullable().default(null),
    kind: z.enum(['department', 'store']),
    city: z.string().trim().max(50).nullable().default(null),
  });
  app.post(
    '/api/org-units',
    { config: write, schema: { tags, summary: 'A department or a store', body: unitBody } },
    async (req, reply) => {
      reply.code(201);
      return { id: await staff.saveUnit(req.auth.workspaceNo, req.body) };
    },
  );
  app.put(
    '/api/org-units/:id',
    { config: write, schema: { tags, summary: 'Changes a department or store', params: id, body: unitBody } },
    async (req) => ({
      id: await staff.saveUnit(req.auth.workspaceNo, { ...req.body, id: req.params.id }),
    }),
  );

  app.get(
    '/api/staff',
    {
      config: read,
      schema: {
        tags,
        summary: 'Staff, those with most customers first; `unit`: of it and all below it',
        querystring: pageQuery.extend({
          query: z.string().max(100).optional(),
          unit: z.string().max(100).optional(),
          state: z.enum(['active', 'left']).optional(),
        }),
      },
    },
    (req) => staff.list(req.auth.workspaceNo, req.query),
  );
  app.post(
    '/api/staff',
    {
      config: write,
      schema: {
        tags,
        summary: 'A staff member',
        body: z.object({
          id: z.string().trim().min(1, 'write the id at WeCom, or their number').max(64),
          name,
          unitIds: unitIds.default([]),
          position: position.default(null),
        }),
      },
    },
    async (req, reply) => {
      reply.code(201);
      return staff.add(req.auth.workspaceNo, req.body);
    },
  );
  app.post(
    '/api/staff/import',
    {
      config: write,
      bodyLimit: 12_000_000,
      schema: {
        tags,
        summary: 'Takes in a list of staff; without `apply` says what would come of it',
        body: z.object({
          text: z.string().min(1, 'is empty').max(10_000_000),
          whole: z.boolean().default(false),
          apply: z.boolean().default(false),
        }),
      },
    },
    (req) => binding.takeInFile(req.auth.workspaceNo, req.body.text, req.body),
  );
  app.post('/api/staff/sync', { config: write, schema: { tags, summary: 'Takes in departments and members from WeCom' } }, (req) =>
    binding.sync(req.auth.workspaceNo),
  );
  app.get('/api/staff/:id', { config: read, schema: { tags, summary: 'One staff member', params: id } }, (req) =>
    staff.one(req.auth.workspaceNo, req.params.id),
  );
  app.patch(
    '/api/staff/:id',
    {
      config: write,
      schema: {
        tags,
        summary: 'Changes a staff member',
        params: id,
        body: z.object({
          name: name.optional(),
          unitIds: unitIds.optional(),
          position: position.optional(),
          state: z.enum(['active', 'left']).optional(),
        }),
      },
    },
    (req) => staff.change(req.auth.workspaceNo, req.params.id, req.body),
  );
  app.get(
    '/api/staff/:id/customers',
    { config: read, schema: { tags, summary: 'Whom a staff member has, bound last first', params: id, querystring: pageQuery } },
    async (req) => {
      const { workspaceNo } = req.auth;
      await staff.one(workspaceNo, req.params.id);
      const page = await binding.customersOf(workspaceNo, req.params.id, req.query);
      const called = await names(
        workspaceNo,
        page.items.map((i) => i.personNo),
      );
      return { ...page, items: page.items.map(({ personNo, ...item }) => ({ ...item, name: called.get(personNo) ?? item.personId })) };
    },
  );
  app.post(
    '/api/staff/:id/succession',
    {
      config: write,
      schema: {
        tags,
        summary: 'Leaves all customers, and whoever would become one, to somebody else from now on; several share them by lot',
        params: id,
        body: z.object({
          to: z.union([heir.transform((one) => [one]), z.array(heir).min(1, 'name who takes over').max(50, 'at most 50')], {
            error: 'name who takes over: one staff member, or several',
          }),
          reason: z.string().trim().min(1, 'say why').max(500),
          /** The friendships at WeCom too. */
          handOver: z.boolean().default(false),
        }),
      },
    },
    async (req, reply) => {
      const { workspaceNo, actor } = req.auth;
      await staff.one(workspaceNo, req.params.id);
      reply.code(202);
      return binding.successions.begin(workspaceNo, { from: req.params.id, ...req.body, actor: actor.name });
    },
  );
  app.delete(
    '/api/staff/:id/succession',
    { config: write, schema: { tags, summary: 'Who left is back: what comes is theirs again; what passed on stays', params: id } },
    async (req, reply) => {
      await binding.successions.end(req.auth.workspaceNo, req.params.id);
      return reply.code(204).send();
    },
  );
}
