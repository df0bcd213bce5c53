/**
 * What a full chat costs the page that shows it: the time of the page's main thread for one more message of somebody
 * else, for one more of one's own and for one more receipt, each less what the call takes anyway. Prints one JSON object
 * on a line.
 */
import type { CDPSession, Page } from '@playwright/test';
import { Chat } from '../support/chat.js';
import { expect, test, type Meeting, type Person } from '../support/room.js';

/** As many messages as a conversation keeps. */
const MESSAGES = 2_000;

/** Messages, and receipts, of one round: fewer than one may send at once. */
const COUNT = 100;

const ROUNDS = Number(process.env.ROUNDS || 5);

/** Between two messages or receipts, in ms: longer than a frame, so that what each of them paints is counted. */
const PAUSE_MS = 25;

/** What was said this long before somebody came is not said to them again, in ms; the history has it. */
const GRACE_MS = 16_000;

declare global {
  interface Window {
    /** Receipts that are kept back; none is once this is `undefined`. */
    receipts?: (() => void)[] | undefined;
  }
}

/** Lets receipts be kept back. */
function installKeeper(): void {
  const send = RTCDataChannel.prototype.send as (this: RTCDataChannel, data: unknown) => void;
  RTCDataChannel.prototype.send = function (this: RTCDataChannel, data: unknown) {
    if (window.receipts && typeof data === 'string' && data.startsWith('{"type":"received"')) {
      window.receipts.push(() => send.call(this, data));
    } else {
      send.call(this, data);
    }
  };
}

/** Says so many things, so many at once. */
async function say({ count, atOnce, pause }: { count: number; atOnce: number; pause: number }): Promise<void> {
  const field = document.querySelector<HTMLTextAreaElement>('.composer-field')!;
  for (let number = 1; number <= count; number += 1) {
    field.value = `Something as long as what people say to each other, number ${number} of ${count}`;
    field.form!.requestSubmit();
    if (number % atOnce === 0) {
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

/** Lets go of what is kept back, one after the other. */
async function release(pause: number): Promise<void> {
  for (const sent of window.receipts!) {
    sent();
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  window.receipts = undefined;
}

async function quiet(meeting: Meeting, name: string): Promise<Person> {
  const person = await meeting.person(name, { before: installKeeper });
  await person.visit(meeting.room);
  await person.button('Turn camera off').click();
  await person.button('Mute microphone').click();
  await person.enter();
  return person;
}

/** Seconds that the page's main thread has been busy so far. */
async function busy(session: CDPSession): Promise<number> {
  const { metrics } = (await session.send('Performance.getMetrics')) as { metrics: { name: string; value: number }[] };
  return metrics.find(({ name }) => name === 'TaskDuration')!.value;
}

/** How long the main thread is busy while something happens, in ms for each second of it, and how long that takes in s. */
async function share(session: CDPSession, during: () => Promise<void>): Promise<{ busyMs: number; seconds: number }> {
  const [before, started] = [await busy(session), performance.now()];
  await during();
  return { busyMs: ((await busy(session)) - before) * 1_000, seconds: (performance.now() - started) / 1_000 };
}

const lastText = (page: Page) => page.locator('.message-text').last();

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

test('one more message and one more receipt in a full chat', async ({ meeting }) => {
  test.setTimeout(900_000);
  const ada = await quiet(meeting, 'Ada');
  await Chat.of(ada);
  await ada.page.evaluate(say, { count: MESSAGES, atOnce: 50, pause: PAUSE_MS });
  await expect(lastText(ada.page)).toContainText(`number ${MESSAGES}`, { timeout: 60_000 });
  await new Promise((resolve) => setTimeout(resolve, GRACE_MS));
  const bob = await quiet(meeting, 'Bob');
  await ada.expectOthers(bob);
  await Chat.of(bob);
  await expect(lastText(bob.page)).toContainText(`number ${MESSAGES}`, { timeout: 60_000 });

  const session = await ada.page.context().newCDPSession(ada.page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const figures = { message: [] as number[], own: [] as number[], receipt: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    const idle = await share(session, () => new Promise((resolve) => setTimeout(resolve, COUNT * PAUSE_MS)));
    const each = async (during: () => Promise<void>): Promise<number> => {
      const { busyMs, seconds } = await share(session, during);
      return (busyMs - (idle.busyMs / idle.seconds) * seconds) / COUNT;
    };
    figures.message.push(await each(() => bob.page.evaluate(say, { count: COUNT, atOnce: 1, pause: PAUSE_MS })));
    await expect(lastText(ada.page)).toContainText(`number ${COUNT}`);
    await bob.page.evaluate(() => void (window.receipts = []));
    figures.own.push(await each(() => ada.page.evaluate(say, { count: COUNT, atOnce: 1, pause: PAUSE_MS })));
    await bob.page.waitForFunction((count) => window.receipts?.length === count, COUNT);
    figures.receipt.push(await each(() => bob.page.evaluate(release, PAUSE_MS)));
    await expect(ada.page.locator('.message-delivery').last()).toHaveText('Delivered to all');
  }
  console.log(
    JSON.stringify({
      unit: `ms of the page's main thread, with ${MESSAGES} messages`,
      rounds: ROUNDS,
      oneMoreMessage: median(figures.message),
      oneMoreOwnMessage: median(figures.own),
      oneMoreReceipt: median(figures.receipt),
    }),
  );
});
