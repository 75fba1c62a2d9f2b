import { defineConfig } from 'vitest/config'

/** Unit tests lie beside the code; tests that cross folders lie in `test/`. Child processes are real, so the pool forks. */
export default defineConfig({
  test: {
    environment: 'node',
    include: ['src/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'out/**', 'test/import-rules/**'],
    globalSetup: ['test/support/temporary-folder.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 30_000,
    teardownTimeout: 15_000,
    // A test that was meant to be the only one, or a run that found no test, is a mistake and not a success.
    allowOnly: false,
    passWithNoTests: false,
  },
})
