/** Where things are on a page: what covers what, and what is out of reach. */
import { expect, type Locator } from '@playwright/test';
import type { Person } from './person.js';

/** What covers something of these, in words: a part of at least one pixel of anything in `above` over anything in `below`. */
export function covers(person: Person, above: string, below: string): Promise<string[]> {
  return person.page.evaluate(
    ([above, below]) => {
      const boxes = (selector: string) =>
        [...document.querySelectorAll(selector)]
          .map((element) => ({ element, box: element.getBoundingClientRect() }))
          .filter(({ box }) => box.width > 0 && box.height > 0);
      const name = (element: Element) => `${element.className} "${element.textContent?.trim().slice(0, 30)}"`;
      return boxes(above!).flatMap((one) =>
        boxes(below!)
          .filter(
            ({ box }) =>
              one.box.right > box.left + 1 &&
              box.right > one.box.left + 1 &&
              one.box.bottom > box.top + 1 &&
              box.bottom > one.box.top + 1,
          )
          .map((other) => `${name(one.element)} covers ${name(other.element)}`),
      );
    },
    [above, below],
  );
}

/** Expects all of it to be seen, and to be what a press in its middle reaches, once what was opened or closed has come to rest. */
export async function expectInReach(target: Locator): Promise<void> {
  await expect(target).toBeInViewport({ ratio: 0.99 });
  const reached = () =>
    target.evaluate((element) => {
      const { left, top, width, height } = element.getBoundingClientRect();
      const found = document.elementFromPoint(left + width / 2, top + height / 2);
      return found !== null && (element.contains(found) || found.contains(element));
    });
  // Less than a notice stays.
  await expect.poll(reached, { message: `a press reaches ${target}`, timeout: 2_000 }).toBe(true);
}

/** Nothing is wider than the window. */
export async function expectNoSideways(person: Person): Promise<void> {
  const { content, window: width } = await person.page.evaluate(() => ({
    content: document.documentElement.scrollWidth,
    window: innerWidth,
  }));
  expect(content).toBeLessThanOrEqual(width);
}
