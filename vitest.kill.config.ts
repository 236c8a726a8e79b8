import { defineConfig } from 'vitest/config';

/** The long run: a few hundred kills, by itself, because it wants the machine and takes its time. */
export default defineConfig({
  test: {
    include: ['test/kill/**/*.test.ts'],
    env: { KILLS: process.env.KILLS ?? '200' },
    pool: 'forks',
    maxWorkers: 1,
    teardownTimeout: 60_000,
  },
});
