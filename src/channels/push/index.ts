export { createPushAdapter, type PushAdapter } from './adapter.ts';
export { createDevices, type Devices } from './devices.ts';
export { learnDevices } from './learn.ts';
export { pushMigrations } from './migrations.ts';
export { type DeviceView, deviceList, deviceView, type NewDevice, newDevice, type PushConfig, pushConfig } from './schema.ts';
