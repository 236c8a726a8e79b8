import { z } from 'zod';
import { type App, decodeCursor, encodeCursor, notFound, type Pg, pageQuery } from '../../base/index.ts';
import { personId, personNo } from '../numbers.ts';
import { survivingPerson } from '../read.ts';
import type { Actor, Erasures } from './erase/erase.ts';
import type { Exports } from './export.ts';
import type { Plain } from './plain/plain.ts';
import type { Privacy } from './privacy.ts';
import { revealPerson } from './reveal.ts';
import type { createRotation } from './rotate.ts';

export interface PrivacyRouteDeps {
  pg: Pg;
  privacy: Privacy;
  erasures: Erasures;
  exports: Exports;
  rotation: ReturnType<typeof createRotation>;
  plain: Pick<Plain, 'state'>;
  audit(entry: { workspaceNo: number; actor: never; action: string; target?: string; details?: Record<string, unknown> }): Promise<void>;
}

const reason = z
  .string()
  .trim()
  .max(500)
  .refine((text) => !text.includes('\0'), { error: 'must not have a zero character' })
  .optional();
const id = z.object({ id: z.string() });
const tags = ['privacy'];
const own = 'own' as const;

export function privacyRoutes(app: App, deps: PrivacyRouteDeps): void {
  const { pg, privacy } = deps;
  const person = async (workspaceNo: number, given: string): Promise<number> => {
    const no = await survivingPerson(pg, workspaceNo, personNo(given));
    if (no === undefined) throw notFound('Person');
    return no;
  };
  app.post(
    '/api/people/:id/reveal',
    {
      config: { permission: 'people.reveal', audit: own },
      schema: {
        tags,
        summary: 'Personal values of one person in clear; each time noted in the record of what was done',
        params: id,
        body: z.object({ fields: z.array(z.string().max(200)).max(100).default([]), reason }).default({ fields: [] }),
        response: {
          200: z.object({
            identities: z.array(z.object({ type: z.string(), id: z.string() })),
            traits: z.record(z.string(), z.unknown()),
            notes: z.array(z.object({ id: z.string(), text: z.string() })),
          }),
        },
      },
    },
    async (req) => {
      const { workspaceNo, actor } = req.auth;
      const no = await person(workspaceNo, req.params.id);
      const revealed = await revealPerson(pg, privacy, workspaceNo, no, req.body.fields);
      const fields = [
        ...new Set([
          ...revealed.identities.map((i) => i.type),
          ...Object.keys(revealed.traits),
          ...(revealed.notes.length > 0 ? ['notes'] : []),
        ]),
      ];
      // First the record, then the values.
      await deps.audit({
        workspaceNo,
        actor: actor as never,
        action: 'people.revealed',
        target: personId(no),
        details: { fields, ...(req.body.reason ? { reason: req.body.reason } : {}) },
      });
      return revealed;
    },
  );
  app.post(
    '/api/people/:id/export',
    {
      config: { permission: 'people.export', audit: own },
      schema: {
        tags,
        summary: 'Begins a file with all that is known of one person; GET /api/jobs/{jobId} tells when it is ready',
        params: id,
        body: z.object({ reason }).default({}),
        response: { 202: z.object({ exportId: z.string(), jobId: z.string() }) },
      },
    },
    async (req, reply) => {
      const { workspaceNo, actor } = req.auth;
      const no = await person(workspaceNo, req.params.id);
      const asked = await deps.exports.ask(workspaceNo, no, actor.id);
      const details = { exportId: asked.exportId, ...(req.body.reason ? { reason: req.body.reason } : {}) };
      await deps.audit({ workspaceNo, actor: actor as never, action: 'people.export.asked', target: personId(no), details });
      return reply.code(202).send(asked);
    },
  );
  app.get(
    '/api/exports/:id/file',
    {
      config: { permission: 'people.export' },
      schema: {
        tags,
        summary: 'The finished file, for a day',
        params: z.object({ id: z.string().regex(/^\w{1,60}$/, 'is not the id of an export') }),
      },
    },
    async (req, reply) => {
      const { workspaceNo, actor } = req.auth;
      const file = await deps.exports.file(workspaceNo, req.params.id);
      const details = { exportId: req.params.id };
      await deps.audit({ workspaceNo, actor: actor as never, action: 'people.export.fetched', target: personId(file.personNo), details });
      return reply.header('content-disposition', `attachment; filename="${file.name}"`).type('application/json').send(file.bytes);
    },
  );
  app.delete(
    '/api/people/:id',
    {
      config: { permission: 'people.erase', audit: own },
      schema: {
        tags,
        summary: 'Erases a person everywhere; GET /api/jobs/{jobId} tells when nothing is left in any file',
        params: id,
        querystring: z.object({ reason }),
        response: { 202: z.object({ jobId: z.string(), erasureId: z.string() }) },
      },
    },
    async (req, reply) => {
      const { workspaceNo, actor } = req.auth;
      const no = await person(workspaceNo, req.params.id);
      const asked = await deps.erasures.ask(workspaceNo, no, actor, req.query.reason);
      const details = { erasureId: asked.erasureId, ...(req.query.reason ? { reason: req.query.reason } : {}) };
      await deps.audit({ workspaceNo, actor: actor as never, action: 'people.erased', target: personId(no), details });
      return reply.code(202).send(asked);
    },
  );
  app.get(
    '/api/erasures',
    {
      config: { permission: 'people.erase' },
      schema: { tags, summary: 'Who was erased, when, by whom and why, and what went: without who they were', querystring: pageQuery },
    },
    async (req) => {
      const { limit, cursor } = req.query;
      const rows = await deps.erasures.list(req.auth.workspaceNo, decodeCursor(cursor, z.string()), limit + 1);
      const items = rows.slice(0, limit).map(({ personNo: no, ...row }) => ({ ...row, personId: personId(no), by: row.by as Actor }));
      return { items, nextCursor: rows.length > limit ? encodeCursor(items.at(-1)!.id) : null };
    },
  );
  app.get(
    '/api/privacy',
    { config: { permission: 'settings.read' }, schema: { tags, summary: 'What is sealed, under which keys, and how many values' } },
    async (req) => {
      const { workspaceNo } = req.auth;
      const [key, declared, plain, [counts]] = await Promise.all([
        privacy.keys.state(workspaceNo),
        privacy.declared(workspaceNo),
        deps.plain.state(workspaceNo),
        pg.query<{ values: number; older: number; erased: number }>(
          `SELECT (SELECT count(*) FROM personal_values WHERE workspace_no = $1) AS values,
             (SELECT count(*) FROM personal_values WHERE workspace_no = $1 AND key_no < (
               SELECT max(no) FROM vault_keys WHERE workspace_no = $1 AND purpose = 'data')) AS older,
             (SELECT count(*) FROM erasures WHERE workspace_no = $1) AS erased`,
          [workspaceNo],
        ),
      ]);
      return { key, ...counts!, plain, traits: [...declared.traits].sort(), properties: [...declared.properties].sort() };
    },
  );
  app.post(
    '/api/privacy/rotate',
    {
      config: { permission: 'keys.write' },
      schema: {
        tags,
        summary: 'A new data key; all sealed values are sealed again in the background',
        response: { 202: z.object({ jobId: z.string() }) },
      },
    },
    async (req, reply) => reply.code(202).send({ jobId: (await deps.rotation.start(req.auth.workspaceNo)).id }),
  );
}
