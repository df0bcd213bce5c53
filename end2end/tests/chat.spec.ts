/** What people write to each other arrives, as text, with everyone it is for and nobody else. */
import { Chat } from '../support/chat.js';
import { SOCKET_TROUBLE } from '../support/outage.js';
import { expect, test } from '../support/room.js';

test('a message reaches everyone, says so, and is counted until it is read', { tag: '@gate' }, async ({ meeting }) => {
  const [ada, bob, cleo] = await meeting.gather('Ada', 'Bob', 'Cleo');
  await meeting.expectAllToSeeAndHear([ada!, bob!, cleo!]);
  const adas = await Chat.of(ada!);
  await adas.say('Hello 👋\nsecond line');
  await expect(adas.message('Hello 👋\nsecond line')).toContainText('Delivered to all');
  await expect(bob!.button('Chat').locator('[data-count="1"]')).toBeVisible();
  await expect(bob!.page.getByText('New message from Ada')).toBeVisible();
  const bobs = await Chat.of(bob!);
  await bobs.expectTexts('Hello 👋\nsecond line');
  await expect(bob!.button('Chat').locator('[data-count]')).toBeHidden();
  await bobs.say('Hi');
  await adas.expectTexts('Hello 👋\nsecond line', 'Hi');
  await (await Chat.of(cleo!)).expectTexts('Hello 👋\nsecond line', 'Hi');
});

test('a message to one person is seen by that person alone, and marked on both sides', async ({ meeting }) => {
  const [ada, bob, cleo] = await meeting.gather('Ada', 'Bob', 'Cleo');
  await meeting.expectAllToSeeAndHear([ada!, bob!, cleo!]);
  const [adas, bobs, cleos] = [await Chat.of(ada!), await Chat.of(bob!), await Chat.of(cleo!)];
  await adas.say('for Bob', 'Bob');
  await expect(adas.message('for Bob')).toContainText('Only to Bob');
  await expect(adas.message('for Bob')).toContainText('Delivered');
  await expect(bobs.message('for Bob')).toContainText('Only to you');
  await adas.say('for all');
  await cleos.expectTexts('for all');
});

test('who comes late reads what was said before, each message once, and no private one', { tag: '@gate' }, async ({ meeting }) => {
  const [ada, bob] = await meeting.gather('Ada', 'Bob');
  await meeting.expectAllToSeeAndHear([ada!, bob!]);
  const [adas, bobs] = [await Chat.of(ada!), await Chat.of(bob!)];
  await adas.say('one');
  await bobs.expectTexts('one');
  await bobs.say('two');
  await adas.expectTexts('one', 'two');
  await adas.say('secret', 'Bob');
  const [cleo] = await meeting.gather('Cleo');
  await meeting.expectAllToSeeAndHear([ada!, bob!, cleo!]);
  const cleos = await Chat.of(cleo!);
  await cleos.expectTexts('one', 'two');
  await cleos.say('three');
  await adas.expectTexts('one', 'two', 'secret', 'three');
  await cleos.expectTexts('one', 'two', 'three');
});

test('text stays text: markup is shown, links are safe, and nothing hides its direction', { tag: '@gate' }, async ({ meeting }) => {
  const [ada, bob] = await meeting.gather('Ada', 'Bob');
  await meeting.expectAllToSeeAndHear([ada!, bob!]);
  const [adas, bobs] = [await Chat.of(ada!), await Chat.of(bob!)];
  const markup = '<img src=x onerror=alert(1)> <b>bold</b>';
  await adas.say(markup);
  await bobs.expectTexts(markup);
  await expect(bobs.messages.locator('img, b')).toHaveCount(0);
  await adas.say('see https://example.org/a?b=1, javascript:alert(1) and mailto:ada@example.org.');
  const links = bobs.messages.getByRole('link');
  await expect(links).toHaveText(['https://example.org/a?b=1', 'mailto:ada@example.org']);
  for (const link of await links.all()) {
    await expect(link).toHaveAttribute('rel', 'noopener noreferrer');
    await expect(link).toHaveAttribute('target', '_blank');
  }
  await adas.say('invoice\u202efdp.exe');
  await expect.poll(async () => (await bobs.texts()).at(-1)).toBe('invoicefdp.exe');
});

test('of many addresses twenty are links, and a long text is folded until one wants all of it', async ({ meeting }) => {
  const [ada] = await meeting.gather('Ada');
  const adas = await Chat.of(ada!);
  const many = Array.from({ length: 200 }, (_, index) => `https://a.example/${index}`).join(' ');
  await adas.say(many);
  await adas.expectTexts(many);
  await expect(adas.messages.getByRole('link')).toHaveCount(20);
  const text = adas.messages.locator('.message-text');
  const height = () => text.evaluate((element) => element.clientHeight);
  const folded = await height();
  await adas.panel.getByRole('button', { name: 'Show all' }).click();
  expect(await height()).toBeGreaterThan(folded * 2);
  await adas.panel.getByRole('button', { name: 'Show less' }).click();
  expect(await height()).toBe(folded);
  // Nothing that has the focus is hidden.
  await adas.messages.getByRole('link').last().focus();
  expect(await height()).toBeGreaterThan(folded * 2);
  await adas.say('short');
  await expect(adas.panel.getByRole('button', { name: 'Show all' })).toHaveCount(0);
});

test('of a long conversation the document has what is near, and scrolling finds the rest where it was', { tag: '@gate' }, async ({ meeting }) => {
  test.setTimeout(90_000);
  const [ada] = await meeting.gather('Ada');
  const adas = await Chat.of(ada!);
  const say = (from: number, to: number) =>
    ada!.page.evaluate(
      async ([from, to]) => {
        const field = document.querySelector<HTMLTextAreaElement>('.composer-field')!;
        for (let number = from!; number <= to!; number += 1) {
          field.value = `number ${number}`;
          field.form!.requestSubmit();
          if (number % 50 === 0) {
            await new Promise((resolve) => setTimeout(resolve, 25));
          }
        }
      },
      [from, to],
    );
  await say(1, 600);
  const log = adas.panel.getByRole('log', { name: 'Messages' });
  await expect(adas.message('number 600')).toBeInViewport();
  expect(await adas.messages.count()).toBeLessThanOrEqual(160);

  // Page by page up to the first, and what is seen never jumps.
  const jump = await log.evaluate(async (list) => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    let worst = 0;
    for (let step = 0; step < 400; step += 1) {
      const middle = list.getBoundingClientRect().top + list.clientHeight / 2;
      const row = [...list.querySelectorAll('li')].find((one) => one.getBoundingClientRect().bottom > middle)!;
      const before = row.getBoundingClientRect().top;
      const wanted = Math.min(list.clientHeight - 40, list.scrollTop);
      list.scrollBy(0, -wanted);
      await frame();
      if (row.isConnected) {
        worst = Math.max(worst, Math.abs(row.getBoundingClientRect().top - before - wanted));
      }
      if (list.scrollTop === 0 && !list.querySelector('.messages-earlier')) {
        break;
      }
    }
    return worst;
  });
  expect(jump).toBeLessThanOrEqual(2);
  await expect(adas.message('number 1')).toBeInViewport();
  expect(await adas.messages.count()).toBeLessThanOrEqual(160);
  await expect(log).toHaveAttribute('aria-live', 'off');

  await adas.panel.getByRole('button', { name: 'Newest messages' }).click();
  await expect(adas.message('number 600')).toBeInViewport();
  await expect(log).not.toHaveAttribute('aria-live', 'off');
  await adas.say('one more');
  await expect(adas.message('one more')).toBeInViewport();
});

test('who reads what was said earlier is told how much came since, and is led there', async ({ meeting }) => {
  const [ada, bob] = await meeting.gather('Ada', 'Bob');
  await meeting.expectAllToSeeAndHear([ada!, bob!]);
  const [adas, bobs] = [await Chat.of(ada!), await Chat.of(bob!)];
  await adas.say(Array.from({ length: 15 }, (_, line) => `line ${line}`).join('\n'));
  for (const text of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j']) {
    await adas.say(`${text}\n${text}\n${text}`);
  }
  const log = adas.panel.getByRole('log', { name: 'Messages' });
  await log.evaluate((list) => list.scrollTo(0, 0));
  await expect(adas.panel.getByRole('button', { name: 'Newest messages' })).toBeVisible();
  await bobs.say('first');
  await bobs.say('second');
  const newest = adas.panel.getByRole('button', { name: '2 new messages' });
  await expect(newest).toBeVisible();
  expect(await log.evaluate((list) => list.scrollTop)).toBe(0);
  await newest.click();
  await expect(adas.message('second')).toBeInViewport();
  await expect(newest).toHaveCount(0);
});

test('ten thousand characters are sent; one more is refused with words, and stays in the field', async ({ meeting }) => {
  const [ada, bob] = await meeting.gather('Ada', 'Bob');
  await meeting.expectAllToSeeAndHear([ada!, bob!]);
  const [adas, bobs] = [await Chat.of(ada!), await Chat.of(bob!)];
  const long = 'é'.repeat(10_000);
  await adas.field.fill(`${long}!`);
  await adas.field.press('Enter');
  await expect(adas.panel.getByRole('alert')).toContainText('at most 10,000');
  await expect(adas.field).toHaveValue(`${long}!`);
  await adas.say(long);
  await bobs.expectTexts(long);
});

test('Shift and Enter begin a new line, and the emoji picker writes into the text', async ({ meeting }) => {
  const [ada] = await meeting.gather('Ada');
  const adas = await Chat.of(ada!);
  await adas.field.pressSequentially('a');
  await adas.field.press('Shift+Enter');
  await adas.field.pressSequentially('b');
  await adas.panel.getByRole('button', { name: 'Emoji' }).click();
  await ada!.page.getByRole('button', { name: '🎉' }).click();
  await expect(adas.field).toHaveValue('a\nb🎉');
  await adas.field.press('Enter');
  await expect(adas.message('a\nb🎉')).toContainText('Nobody else was here');
});

test('the chat goes on while the server is away', { tag: '@gate' }, async ({ meeting }) => {
  const [ada, wire] = await meeting.personOnWire('Ada');
  ada.guard.expect(...SOCKET_TROUBLE);
  await ada.join(meeting.room);
  const [bob] = await meeting.gather('Bob');
  await meeting.expectAllToSeeAndHear([ada, bob!]);
  const [adas, bobs] = [await Chat.of(ada), await Chat.of(bob!)];
  await wire.cut();
  await adas.say('still here');
  await bobs.expectTexts('still here');
  await bobs.say('me too');
  await adas.expectTexts('still here', 'me too');
});
