/** How the stage is arranged: grid, speaker, pin, self view, pages, full screen and picture-in-picture. */
import { fileURLToPath } from 'node:url';
import { expect, test, type Person } from '../support/room.js';
import { Extras } from '../support/extras.js';

const ARTIFACTS = fileURLToPath(new URL('../artifacts/', import.meta.url));

/** Keeps a picture of the page once the tiles have arrived where they go. */
async function picture(person: Person, name: string): Promise<void> {
  await person.page.evaluate(async () => {
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    await Promise.allSettled(document.querySelector('.stage')!.getAnimations({ subtree: true }).map((one) => one.finished));
  });
  await person.page.screenshot({ path: `${ARTIFACTS}layouts-${name}.png` });
}

/** Which tile is the large one, if one is. */
const large = (person: Person) =>
  person.page.evaluate(() => document.querySelector('.tile[data-part="main"]')?.getAttribute('aria-label') ?? '');

async function choose(person: Person, layout: 'Grid' | 'Speaker'): Promise<void> {
  await person.button('More').click();
  await person.button('Layout').click();
  await person.page.getByRole('radio', { name: layout }).check();
  await person.page.keyboard.press('Escape');
}

async function press(person: Person, ...names: string[]): Promise<void> {
  for (const name of names) {
    await person.button(name).click();
  }
}

test('in the speaker layout whoever speaks is large, and silence changes nothing', { tag: '@gate' }, async ({ meeting }) => {
  const [ada, bob, cleo] = await meeting.gather('Ada', 'Bob', 'Cleo');
  await meeting.expectAllToSeeAndHear([ada!, bob!, cleo!]);
  await press(cleo!, 'Mute microphone');
  await press(bob!, 'Mute microphone');
  await choose(ada!, 'Speaker');
  await press(cleo!, 'Unmute microphone');
  await expect.poll(() => large(ada!)).toBe('Cleo');
  await press(cleo!, 'Mute microphone');
  await press(bob!, 'Unmute microphone');
  await expect.poll(() => large(ada!)).toBe('Bob');
  await press(bob!, 'Mute microphone');
  await ada!.expectToHear();
  expect(await large(ada!)).toBe('Bob');
  await ada!.expectToSee(bob!, cleo!);
  await picture(ada!, 'speaker');
  await ada!.page.setViewportSize({ width: 390, height: 844 });
  await picture(ada!, 'speaker-phone');
  await bob!.button('Share screen').first().click();
  await ada!.expectScreenOf(bob!);
  await picture(ada!, 'screen-phone');
});

test('a pin holds a tile large until it comes out, and a tile is never rebuilt', { tag: '@gate' }, async ({ meeting }) => {
  const [ada, bob, cleo] = await meeting.gather('Ada', 'Bob', 'Cleo');
  await ada!.expectToSee(bob!, cleo!);
  await ada!.page.evaluate(() => {
    for (const video of document.querySelectorAll('.stage video')) {
      (video as HTMLVideoElement & { known?: boolean }).known = true;
    }
  });
  await ada!.tile('Cleo').hover();
  await picture(ada!, 'tools');
  await press(ada!, 'Pin Cleo');
  await expect.poll(() => large(ada!)).toBe('Cleo');
  await bob!.button('Share screen').first().click();
  await ada!.expectScreenOf(bob!);
  expect(await large(ada!)).toBe('Cleo');
  await picture(ada!, 'pinned');
  await press(ada!, 'Unpin Cleo');
  await expect.poll(() => large(ada!)).toBe('Bob’s screen');
  await ada!.tile('Cleo').dblclick();
  await expect.poll(() => large(ada!)).toBe('Cleo');
  await ada!.tile('Cleo').dblclick();
  await bob!.button('Stop sharing').first().click();
  await expect.poll(() => large(ada!)).toBe('');
  await ada!.expectToSee(bob!, cleo!);
  const known = await ada!.page.evaluate(() =>
    [...document.querySelectorAll('.stage video')].map((video) => (video as HTMLVideoElement & { known?: boolean }).known),
  );
  expect(known).toEqual([true, true, true]);
});

test('the own picture can be hidden, and the choices are remembered', async ({ meeting }) => {
  const [ada, bob] = await meeting.gather('Ada', 'Bob');
  await ada!.expectToSee(bob!);
  await press(ada!, 'More', 'Layout');
  await ada!.page.getByRole('radio', { name: 'Speaker' }).check();
  await picture(ada!, 'dialog');
  await ada!.page.getByRole('checkbox', { name: 'Show me to myself' }).uncheck();
  await ada!.page.keyboard.press('Escape');
  await expect(ada!.own).toHaveCount(0);
  await expect.poll(() => bob!.view()).toMatchObject({ Ada: 'Ada' });
  await ada!.page.reload();
  await ada!.button('Join').click();
  await expect(ada!.tile('Bob')).toBeVisible();
  await expect(ada!.own).toHaveCount(0);
  await press(ada!, 'More', 'Layout');
  await expect(ada!.page.getByRole('radio', { name: 'Speaker' })).toBeChecked();
});

test.describe('in a room for twenty', () => {
  test.use({ serverOptions: ['--room-capacity', '20'] });

  test('more than sixteen tiles are paged, and the people of other pages are still heard', { tag: '@gate' }, async ({ meeting }) => {
    test.setTimeout(120_000);
    const ada = await meeting.person('Ada', { context: { viewport: { width: 1280, height: 800 } } });
    await ada.join(meeting.room);
    const extras = await Extras.join(ada, meeting.room, 15);
    await expect(ada.tiles).toHaveCount(16);
    await expect(ada.button('Next page')).toHaveCount(0);
    const [bob] = await meeting.gather('Bob');
    await expect(ada.tiles).toHaveCount(16);
    await expect(ada.tile('Bob')).toHaveCount(0);
    const pages = ada.page.getByRole('navigation', { name: 'Pages of people' });
    await expect(pages).toContainText('and 1 more');
    await picture(ada, 'page-1');
    await ada.expectToHear(bob!);
    await press(ada, 'Next page');
    await expect(ada.tiles).toHaveCount(1);
    await expect(pages).toContainText('and 15 more');
    await expect.poll(() => ada.view()).toEqual({ Bob: 'Bob' });
    await expect(ada.button('Page 2 of 2')).toHaveAttribute('aria-current', 'page');
    await ada.button('Page 2 of 2').focus();
    await ada.page.keyboard.press('ArrowLeft');
    await expect(ada.tiles).toHaveCount(16);
    await press(ada, 'Page 2 of 2');
    await extras.leave();
    await expect(pages).toHaveCount(0);
    await ada.expectToSee(bob!);
  });
});

test('the call fills the screen, and so does one tile', async ({ meeting }) => {
  const [ada, bob] = await meeting.gather('Ada', 'Bob');
  await ada!.expectToSee(bob!);
  const filled = () => ada!.page.evaluate(() => document.fullscreenElement?.className.split(' ')[0] ?? '');
  await press(ada!, 'More', 'Full screen');
  await expect.poll(filled).toBe('call');
  await ada!.page.keyboard.press('Control+Alt+KeyF');
  await expect.poll(filled).toBe('');
  await ada!.tile('Bob').hover();
  await press(ada!, 'Full screen: Bob');
  await expect.poll(filled).toBe('tile');
  await expect.poll(() => ada!.view()).toMatchObject({ Bob: 'Bob' });
  await picture(ada!, 'full-screen');
  await ada!.page.evaluate(() => document.exitFullscreen());
  await ada!.expectToSee(bob!);
});
