export { sopRoutes } from './routes.ts';
export { createSops, type Sops } from './sops.ts';
