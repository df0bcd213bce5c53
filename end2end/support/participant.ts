/** Somebody in the room, whatever they use: a browser of either kind, or a program. What they see and hear can be asked and expected. */
import { expect } from '@playwright/test';

/** Somebody to be seen, heard or met: whoever joined under this name, which is their persona's. */
export interface Named {
  readonly name: string;
}

/** How long they may take to appear, in ms: the whole call is encoded and decoded on the machine that tests, and grows as the square of the people. */
const patience = (others: Named[]): number => Math.max(45_000, 6_000 * others.length ** 2);

/** How long after a look at what is seen and heard the next one follows, in ms: a look takes its time itself. */
export const LOOKS = [100, 250];

export abstract class Participant implements Named {
  /** The name they joined under, which is their persona's. */
  abstract get name(): string;

  /** By the name of everybody seen, oneself included where one sees oneself: whose colour that is, or why it is none. */
  abstract view(): Promise<Record<string, string>>;

  /** Names of everybody heard, sorted. */
  abstract hearing(): Promise<string[]>;

  /** Names of the others who are there, sorted. */
  abstract others(): Promise<string[]>;

  /** What they see of themselves, in the words of `view`. */
  protected abstract get selfView(): Record<string, string>;

  /** Expects to see oneself and exactly these people, each in the tile of that name, and to hear exactly them. */
  async expectToSeeAndHear(...others: Named[]): Promise<void> {
    await this.expectToSee(...others);
    await this.expectToHear(...others);
  }

  /** Expects to see oneself and exactly these people. */
  async expectToSee(...others: Named[]): Promise<void> {
    const expected = { ...this.selfView, ...Object.fromEntries(others.map((other) => [other.name, other.name])) };
    const timeout = patience(others);
    await expect.poll(() => this.view(), { message: `${this.name} sees everybody`, timeout, intervals: LOOKS }).toEqual(expected);
  }

  /** Expects to hear exactly these people. */
  async expectToHear(...others: Named[]): Promise<void> {
    const expected = others.map((other) => other.name).sort();
    await expect
      .poll(() => this.hearing(), { message: `${this.name} hears everybody`, timeout: patience(others), intervals: LOOKS })
      .toEqual(expected);
  }

  /** Expects exactly these people to be there. */
  async expectOthers(...others: Named[]): Promise<void> {
    await expect
      .poll(() => this.others(), { message: `${this.name} sees who is there`, intervals: LOOKS })
      .toEqual(others.map((other) => other.name).sort());
  }
}
