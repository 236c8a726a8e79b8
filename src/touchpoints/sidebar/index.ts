export type { Prepared, SidebarDeps, SidebarPerson } from './ports.ts';
export { sidebarGuests, sidebarRoutes } from './routes.ts';
export type { SidebarView } from './view.ts';
