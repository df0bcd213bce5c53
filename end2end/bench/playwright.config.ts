import { defineConfig } from '@playwright/test';
import { launchOptions } from '../support/browser.js';

export default defineConfig({
  testDir: '.',
  testMatch: ['join.ts', 'files.ts', 'processor.ts', 'nine.ts', 'chat.ts', 'crowd.ts', 'switch.ts'],
  outputDir: '../test-results/bench',
  workers: 1,
  timeout: 300_000,
  reporter: './reporter.ts',
  use: { launchOptions },
});
