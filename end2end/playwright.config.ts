import { defineConfig } from '@playwright/test';
import { launchOptions } from './support/browser.js';

export default defineConfig({
  testDir: 'tests',
  outputDir: 'test-results',
  workers: 1,
  retries: 1,
  fullyParallel: false,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list'], ['html', { open: 'never' }], ['./support/verdict.ts']],
  use: { launchOptions },
});
