/** Prints what the benchmark prints and nothing else, so that its output is JSON; failures go to stderr. */
import type { Reporter, TestCase, TestResult } from '@playwright/test/reporter';

export default class FiguresOnly implements Reporter {
  printsToStdio(): boolean {
    return true;
  }

  onStdOut(chunk: string | Buffer): void {
    process.stdout.write(chunk);
  }

  onTestEnd(test: TestCase, result: TestResult): void {
    for (const error of result.errors) {
      process.stderr.write(`${test.title}: ${error.message}\n`);
    }
  }
}
