/** Stand-ins for the platforms, for tests and the demo. No room imports from here. */

export * from './direct/index.ts';
export * from './wechat/index.ts';
