import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'src/**/*.test.tsx', 'test/**/*.test.ts'],
    globalSetup: ['test/postgres.setup.ts'],
    setupFiles: ['test/property.setup.ts'],
    pool: 'forks',
    // The files of one process share its modules: loading the engine and the libraries anew cost as much as the tests of most files.
    isolate: false,
    maxWorkers: 2,
    testTimeout: 180_000,
    hookTimeout: 240_000,
    teardownTimeout: 20_000,
  },
});
