import type { App } from '../base/index.ts';
import type { Access } from './access.ts';
import { memberRoutes } from './member-routes.ts';
import { signInRoutes } from './sign-in-routes.ts';
import { workspaceRoutes } from './workspace-routes.ts';

/** The doors of this room. */
export function routes(app: App, access: Access): void {
  signInRoutes(app, access);
  memberRoutes(app, access);
  workspaceRoutes(app, access);
}
