import { defineConfig } from '@playwright/test';
import { launchOptions } from '../support/browser.js';

export default defineConfig({
  testDir: '.',
  outputDir: '../test-results/dev',
  workers: 1,
  retries: 0,
  forbidOnly: true,
  timeout: 1_200_000,
  expect: { timeout: 10_000 },
  reporter: [['list'], ['../support/verdict.ts']],
  use: { launchOptions },
});
