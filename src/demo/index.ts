export { createDemo, type Demo, type DemoStatus } from './demo.ts';
export { type DemoHost, demoHost } from './host.ts';
export { type DemoPlatform, openDemoPlatform } from './platform.ts';
export type { DemoDeps } from './ports.ts';
export { isDemo, migrations } from './state.ts';
