/**
 * Says at the end how many tests passed, failed and were skipped, why so, and names those that passed only when they were tried again.
 *
 * A run of several steps is told the same through its ledger, the file that `VISAVIS_LEDGER` names.
 */
import { appendFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { FullConfig, Reporter, Suite, TestCase } from '@playwright/test/reporter';

export default class Verdict implements Reporter {
  private root = '';
  private tests: () => TestCase[] = () => [];
  private anyRan = false;

  printsToStdio(): boolean {
    return true;
  }

  onBegin(config: FullConfig, suite: Suite): void {
    this.root = config.rootDir;
    this.tests = () => suite.allTests();
  }

  onTestBegin(): void {
    this.anyRan = true;
  }

  onEnd(): void {
    // Tests may have been asked for only to be listed.
    if (!this.anyRan) {
      return;
    }
    const ended = (outcome: ReturnType<TestCase['outcome']>) => this.tests().filter((test) => test.outcome() === outcome);
    const [failed, flaky] = [ended('unexpected'), ended('flaky')];
    const [passed, skipped] = [ended('expected').length + flaky.length, ended('skipped').length];
    const reasons = reasonsOf(ended('skipped'));
    console.log();
    reasons.forEach((count, reason) => console.log(`!! SKIPPED ${count}: ${reason}`));
    flaky.forEach((test) => console.log(`!! FLAKY: ${this.nameOf(test)} (${runsOf(test)})`));
    failed.forEach((test) => console.log(`!! FAILED: ${this.nameOf(test)} (${runsOf(test)})`));
    console.log(`${passed} passed, ${flaky.length} of them when tried again; ${failed.length} failed; ${skipped} skipped or not reached`);
    note('tests', passed, failed.length);
    flaky.forEach((test) => note('flaky', this.nameOf(test)));
    reasons.forEach((count, reason) => note('skipped', count, reason));
  }

  private nameOf(test: TestCase): string {
    return `${relative(this.root, test.location.file)}:${test.location.line} ${test.title}`;
  }
}

/** Why tests say that they were skipped, and how many of them each. Those that were not reached say nothing. */
function reasonsOf(skipped: TestCase[]): Map<string, number> {
  const reasons = skipped.flatMap((test) => test.annotations.filter(({ type }) => type === 'skip').map(({ description }) => description));
  const counts = new Map<string, number>();
  for (const reason of reasons.filter((reason) => reason !== undefined)) {
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return counts;
}

/** Every run of a test: how it ended, and after how long. */
function runsOf(test: TestCase): string {
  return test.results.map(({ status, duration }) => `${status} after ${(duration / 1_000).toFixed(1)} s`).join(', ');
}

/** Writes a line of the ledger, whose fields are set apart by tabs. */
function note(...fields: (string | number)[]): void {
  if (process.env.VISAVIS_LEDGER) {
    appendFileSync(process.env.VISAVIS_LEDGER, `${fields.join('\t')}\n`);
  }
}
