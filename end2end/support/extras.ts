/** People who only take seats: they speak the signaling and send no media, so that a large room costs little. */
import type { Page } from '@playwright/test';
import type { Person } from './person.js';

export class Extras {
  private constructor(private readonly page: Page) {}

  /**
   * Takes `count` seats, one after the other, from a further page of this person's browser; each is called this and a number. `more` is
   * what else they say as they join.
   */
  static async join(person: Person, room: string, count: number, called = 'Extra', more: object = {}): Promise<Extras> {
    const page = await person.page.context().newPage();
    await page.goto(person.url);
    await page.evaluate(
      async ({ room, count, called, more }) => {
        for (let index = 1; index <= count; index += 1) {
          const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/ws`);
          await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }));
          const welcomed = new Promise((resolve) => socket.addEventListener('message', resolve, { once: true }));
          socket.send(JSON.stringify({ type: 'join', room, name: `${called} ${index}`, ...more }));
          await welcomed;
          addEventListener('farewell', () => socket.send(JSON.stringify({ type: 'leave' })));
        }
      },
      { room, count, called, more },
    );
    return new Extras(page);
  }

  /** All of them go. */
  async leave(): Promise<void> {
    await this.page.evaluate(() => dispatchEvent(new Event('farewell')));
    await this.page.close();
  }
}
