import type { App } from '../base/index.ts';
import type { Access } from './access.ts';
import * as schema from './schema.ts';

/** Members and keys of the caller's workspace. */
export function memberRoutes(app: App, access: Access): void {
  const { members, keys } = access;
  const reading = (permission: string) => ({ permission });
  const writing = (permission: string) => ({ permission, audit: 'own' as const });

  app.get(
    '/api/members',
    { config: reading('members.read'), schema: { tags: ['access'], response: { 200: schema.memberPage } } },
    async (req) => ({ items: await members.list(req.auth.workspaceNo), nextCursor: null }),
  );

  app.post(
    '/api/members',
    { config: writing('members.write'), schema: { tags: ['access'], body: schema.newMember, response: { 201: schema.addedMember } } },
    async (req, reply) => reply.code(201).send(await members.add(req.auth.workspaceNo, req.auth.actor, req.body)),
  );

  app.patch(
    '/api/members/:id',
    {
      config: writing('members.write'),
      schema: { tags: ['access'], params: schema.idParams, body: schema.memberChange, response: { 200: schema.member } },
    },
    async (req) => members.change(req.auth.workspaceNo, req.auth.actor, req.params.id, req.body),
  );

  app.delete(
    '/api/members/:id',
    { config: writing('members.write'), schema: { tags: ['access'], params: schema.idParams } },
    async (req, reply) => {
      await members.remove(req.auth.workspaceNo, req.auth.actor, req.params.id);
      return reply.code(204).send();
    },
  );

  app.post(
    '/api/members/:id/password',
    {
      config: writing('members.write'),
      schema: { tags: ['access'], params: schema.idParams, response: { 200: schema.madePassword } },
    },
    async (req) => members.resetPassword(req.auth.workspaceNo, req.auth.actor, req.params.id),
  );

  app.get('/api/keys', { config: reading('keys.read'), schema: { tags: ['access'], response: { 200: schema.keyPage } } }, async (req) => ({
    items: await keys.list(req.auth.workspaceNo),
    nextCursor: null,
  }));

  app.post(
    '/api/keys',
    { config: writing('keys.write'), schema: { tags: ['access'], body: schema.newKey, response: { 201: schema.createdKey } } },
    async (req, reply) => reply.code(201).send(await keys.create(req.auth.workspaceNo, req.auth.actor, req.body)),
  );

  app.delete(
    '/api/keys/:id',
    { config: writing('keys.write'), schema: { tags: ['access'], params: schema.idParams } },
    async (req, reply) => {
      await keys.revoke(req.auth.workspaceNo, req.auth.actor, req.params.id);
      return reply.code(204).send();
    },
  );
}
