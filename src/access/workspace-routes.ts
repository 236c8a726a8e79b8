import type { App } from '../base/index.ts';
import type { Access } from './access.ts';
import type { Auth } from './auth.ts';
import { permissions, type Role } from './permissions.ts';
import * as schema from './schema.ts';
import type { Workspace } from './workspaces.ts';

const listed = (workspace: Workspace, role: Role) => {
  const { id, name, timezone, currency } = workspace;
  return { id, name, role, timezone, currency };
};
const whole = (workspace: Workspace, role: Role) => ({ ...listed(workspace, role), settings: workspace.settings });

/** Only a member or an API key gets as far as these handlers. */
const roleOf = (auth: Auth) => auth.role as Role;

/** Who the caller is, the workspaces that are open to them, and what was done in this one. */
export function workspaceRoutes(app: App, access: Access): void {
  const { workspaces } = access;

  const openTo = async (auth: Auth) =>
    auth.userId
      ? (await workspaces.of(auth.userId)).map((m) => listed(m.workspace, m.role))
      : [listed(await workspaces.get(auth.workspaceNo), roleOf(auth))];

  const me = async (auth: Auth) => ({
    user: auth.userId ? { ...(await access.account(auth.userId)), name: auth.actor.name } : null,
    workspaces: await openTo(auth),
    workspace: whole(await workspaces.get(auth.workspaceNo), roleOf(auth)),
    permissions: permissions.filter((permission) => auth.can(permission)),
  });

  app.get('/api/me', { config: { permission: 'self.read' }, schema: { tags: ['access'], response: { 200: schema.me } } }, async (req) =>
    me(req.auth),
  );

  app.patch(
    '/api/me',
    {
      config: { permission: 'self.write', audit: 'own' },
      schema: { tags: ['access'], body: schema.meChange, response: { 200: schema.me } },
    },
    async (req) => {
      const { auth } = req;
      const { name } = await access.members.change(auth.workspaceNo, auth.actor, auth.actor.id, { name: req.body.name });
      return me({ ...auth, actor: { ...auth.actor, name } });
    },
  );

  app.get(
    '/api/workspace',
    { config: { permission: 'self.read' }, schema: { tags: ['access'], response: { 200: schema.workspace } } },
    async (req) => whole(await workspaces.get(req.auth.workspaceNo), roleOf(req.auth)),
  );

  app.patch(
    '/api/workspace',
    {
      config: { permission: 'settings.write', audit: 'own' },
      schema: { tags: ['access'], body: schema.workspaceChange, response: { 200: schema.workspace } },
    },
    async (req) => whole(await workspaces.change(req.auth.workspaceNo, req.auth.actor, req.body), roleOf(req.auth)),
  );

  app.get(
    '/api/workspaces',
    { config: { permission: 'self.read' }, schema: { tags: ['access'], response: { 200: schema.workspacePage } } },
    async (req) => ({ items: await openTo(req.auth), nextCursor: null }),
  );

  app.post(
    '/api/workspaces',
    {
      config: { permission: 'workspaces.write', audit: 'own' },
      schema: { tags: ['access'], body: schema.newWorkspace, response: { 201: schema.workspace } },
    },
    async (req, reply) => {
      const owner = { userId: req.auth.userId!, name: req.auth.actor.name };
      return reply.code(201).send(whole(await workspaces.create(req.body, owner), 'owner'));
    },
  );

  app.get(
    '/api/audit',
    {
      config: { permission: 'audit.read' },
      schema: { tags: ['access'], querystring: schema.auditQuery, response: { 200: schema.auditPage } },
    },
    async (req) => access.auditLog(req.auth.workspaceNo, req.query),
  );
}
