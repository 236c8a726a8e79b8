export { sidebarGuests } from './callers.ts';
export { sidebarMigrations } from './migrations.ts';
export type { Prepared, SidebarDeps, SidebarPerson } from './ports.ts';
export { sidebarRoutes } from './routes.ts';
export type { HandedOut, Task, Today, Waiting } from './tasks/ports.ts';
export { createTasks, type Tasks } from './tasks/tasks.ts';
export type { SidebarView } from './view.ts';
