/** What is told in passing covers nothing, says enough, and leads on. */
import { covers, expectInReach } from '../support/boxes.js';
import { Chat } from '../support/chat.js';
import { SOCKET_TROUBLE, across, reconnecting } from '../support/outage.js';
import { expect, test, type Person } from '../support/room.js';

const WINDOWS = {
  phone: { width: 390, height: 844 },
  'phone on its side': { width: 844, height: 390 },
  desk: { width: 960, height: 640 },
  'large desk': { width: 1440, height: 900 },
} as const;

/** What no notice covers. */
const NOT_COVERED = '.banner, .file-offer, .tile, .invitation, .toolbar button, .panel';

const toasts = (person: Person) => person.page.locator('.toast');

test('no notice covers the banner of an outage, the faces, the panel or the tools', { tag: '@gate' }, async ({ meeting }) => {
  const [ada, wire] = await meeting.personOnWire('Ada', { context: { permissions: ['clipboard-write', 'camera', 'microphone'] } });
  ada.guard.expect(...SOCKET_TROUBLE);
  await ada.join(meeting.room);
  const [bob] = await meeting.gather('Bob');
  await meeting.expectAllToSeeAndHear([ada, bob!]);
  await wire.cut();
  await expect(reconnecting(ada).first()).toBeVisible();
  for (const [name, size] of Object.entries(WINDOWS)) {
    await test.step(name, async () => {
      await ada.page.setViewportSize(size);
      for (const panel of [undefined, 'People']) {
        if (panel) {
          await ada.button(panel).click();
        }
        const copied = toasts(ada).filter({ hasText: 'Link copied' });
        await ada.page.keyboard.press('Control+Alt+KeyL');
        // It stays while somebody points at it.
        await copied.hover();
        await expect(copied).toBeInViewport({ ratio: 0.99 });
        await expect.poll(() => covers(ada, '.toast', NOT_COVERED)).toEqual([]);
        await expectInReach(ada.button('Try now'));
        await copied.getByRole('button', { name: 'Dismiss' }).click();
        await expect(copied).toHaveCount(0);
      }
      await ada.button('People').click();
    });
  }
  await wire.mend();
  await expect(reconnecting(ada)).toHaveCount(0, { timeout: 20_000 });
});

test('the notice of a message says its first words, and a press on it opens the chat', async ({ meeting }) => {
  const [ada, bob] = await meeting.gather('Ada', 'Bob');
  await meeting.expectAllToSeeAndHear([ada!, bob!]);
  await ada!.page.setViewportSize(WINDOWS.phone);
  const bobs = await Chat.of(bob!);
  const notice = ada!.page.getByRole('button', { name: /^New message from Bob/ });
  await bobs.say('See you\nat noon');
  await expect(notice).toContainText('See you at noon');
  await bobs.say('or at one');
  await expect(notice).toHaveCount(1);
  await expect(notice).toContainText('or at one');
  await notice.click();
  const chat = ada!.page.getByRole('complementary', { name: 'Chat' });
  await expect(chat.getByRole('textbox', { name: 'Message' })).toBeFocused();
  await expect(notice).toHaveCount(0);

  // While it is open nothing is told of messages, and its heading is never covered.
  await bobs.say('at two');
  await expect(chat.getByText('at two')).toBeVisible();
  await expect(notice).toHaveCount(0);
  await expectInReach(chat.getByRole('heading', { name: 'Chat' }));
});

test('a message that is told of is told no longer once the chat is open', async ({ meeting }) => {
  const [ada, bob] = await meeting.gather('Ada', 'Bob');
  await meeting.expectAllToSeeAndHear([ada!, bob!]);
  const bobs = await Chat.of(bob!);
  await bobs.say('Hello');
  const notice = ada!.page.getByRole('button', { name: /^New message from Bob/ });
  await expect(notice).toBeVisible();
  await ada!.button('Chat').click();
  await expect(notice).toHaveCount(0);
  await ada!.button('Chat').click();
  await expect(ada!.page.getByRole('complementary')).toHaveCount(0);
  await expect(notice).toHaveCount(0);
});

test('at most two notices are shown', async ({ meeting }) => {
  const [ada, bob] = await meeting.gather('Ada', 'Bob');
  await meeting.expectAllToSeeAndHear([ada!, bob!]);
  await expect(ada!.page.locator('.toasts')).toBeAttached();
  const most = ada!.page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let most = 0;
        const look = () => (most = Math.max(most, document.querySelectorAll('.toast').length));
        new MutationObserver(look).observe(document.querySelector('.toasts')!, { childList: true });
        addEventListener('looked enough', () => resolve(most), { once: true });
      }),
  );
  await bob!.button('Raise hand').click();
  await expect(toasts(ada!).getByText('Bob raised a hand')).toBeVisible();
  const [cleo] = await meeting.gather('Cleo');
  await expect(toasts(ada!).getByText('Cleo joined')).toBeVisible();
  await bob!.button('Lower hand').click();
  await bob!.button('Raise hand').click();
  await cleo!.button('Leave').click();
  await expect(toasts(ada!).getByText('Cleo left')).toBeVisible();
  await ada!.page.evaluate(() => dispatchEvent(new Event('looked enough')));
  expect(await most).toBeLessThanOrEqual(2);
});

test('who cannot be reached is told in the words of their tile, with its button, also in a strip', async ({ meeting }) => {
  test.setTimeout(150_000);
  const [ada, bob, strait] = await across(meeting);
  await bob.own.dblclick();
  await expect(bob.tile('Ada')).toHaveAttribute('data-part', 'strip');
  await bob.page.setViewportSize(WINDOWS.phone);
  strait.close();
  const again = bob.tile('Ada').getByRole('button', { name: 'Try again' });
  await expect(again).toBeVisible({ timeout: 60_000 });
  const told = bob.tile('Ada').getByRole('alert');
  const title = await told.locator('.problem-title').textContent();
  const text = await told.locator('.tile-failure-text').textContent();
  const notice = toasts(bob).filter({ hasText: title! });
  await expect(notice).toContainText(text!);
  for (const [name, size] of Object.entries(WINDOWS)) {
    await test.step(name, async () => {
      await bob.page.setViewportSize(size);
      await expect.poll(() => covers(bob, '.toast', NOT_COVERED)).toEqual([]);
      await expectInReach(again);
      // Nothing of the button leaves its tile.
      const inside = await again.evaluate((button) => {
        const [box, tile] = [button.getBoundingClientRect(), button.closest('.tile')!.getBoundingClientRect()];
        return box.top >= tile.top - 1 && box.bottom <= tile.bottom + 1 && box.left >= tile.left - 1 && box.right <= tile.right + 1;
      });
      expect(inside).toBe(true);
    });
  }
  await again.click();
  await expect(notice).toHaveCount(0);
  strait.open();
  await meeting.expectAllToSeeAndHear([ada, bob]);
});
