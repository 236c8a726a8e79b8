export { type Access, createAccess } from './access.ts';
export type { AuditEntry } from './audit.ts';
export type { Actor, Auth } from './auth.ts';
export type { FirstRun, FirstRunInput } from './first-run.ts';
export { migrations } from './migrations.ts';
export { type Permission, permissions, permissionsOf, type Role, roles } from './permissions.ts';
export { type RouteEntry, routeTable } from './protect.ts';
export { routes } from './routes.ts';
export type { Workspace } from './workspaces.ts';
