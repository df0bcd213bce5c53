/** Watches a browser context: whatever goes wrong in it fails the test, unless the test itself provoked it. */
import type { BrowserContext } from '@playwright/test';

export class Guard {
  private readonly problems: string[] = [];
  private readonly expected: RegExp[] = [];

  constructor(
    private readonly context: BrowserContext,
    private readonly who: string,
    hosts: () => string[],
  ) {
    context.on('weberror', (error) => this.note(`page error: ${error.error().stack ?? error.error()}`));
    context.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') {
        this.note(`console ${message.type()}: ${message.text()} (${message.location().url})`);
      }
    });
    context.on('request', (request) => {
      const url = new URL(request.url());
      if (/^(https?|wss?):$/.test(url.protocol) && !hosts().includes(url.host)) {
        this.note(`request to a third party: ${url.href}`);
      }
    });
    context.on('requestfailed', (request) => {
      // What a page was still asking for when it was left is nobody's failure.
      if (request.failure()?.errorText !== 'net::ERR_ABORTED') {
        this.note(`request failed: ${request.url()} (${request.failure()?.errorText})`);
      }
    });
    context.on('response', (response) => {
      if (response.status() >= 400) {
        this.note(`response ${response.status()}: ${response.url()}`);
      }
    });
  }

  /** Says that the test provokes problems like this one itself. */
  expect(...problems: RegExp[]): void {
    this.expected.push(...problems);
  }

  /** What went wrong unprovoked. */
  unexpected(): string[] {
    return this.problems
      .filter((problem) => !this.expected.some((pattern) => pattern.test(problem)))
      .map((problem) => `${this.who}: ${problem}`);
  }

  async close(): Promise<void> {
    await this.context.close();
  }

  private note(problem: string): void {
    this.problems.push(problem);
  }
}
