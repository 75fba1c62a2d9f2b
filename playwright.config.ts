import { defineConfig } from '@playwright/test'
import type { HostOptions } from './e2e/fixtures/test.ts'

/**
 * The journeys of a user, once in a browser against the headless host and once in the Electron window where a binary exists.
 * `npm test` finds the browser and says so in BINDERY_CHROMIUM, or in BINDERY_NO_BROWSER why there is none.
 */
export default defineConfig<object, HostOptions>({
  testDir: 'e2e',
  outputDir: 'test-results/journeys',
  forbidOnly: process.env.CI === 'true',
  retries: 0,
  workers: 1,
  timeout: 90_000,
  expect: { timeout: 10_000 },
  reporter: [['list'], ['./scripts/testing/playwright-reporter.ts']],
  use: { viewport: { width: 1440, height: 900 }, trace: 'retain-on-failure', screenshot: 'only-on-failure' },
  projects: [
    { name: 'headless', testDir: 'e2e/journeys', use: { host: 'headless' } },
    { name: 'electron', testMatch: ['journeys/**/*.spec.ts', 'electron/**/*.spec.ts'], use: { host: 'electron' } },
  ],
})
