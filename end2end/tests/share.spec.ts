/** Sharing the screen beside the camera: decoded at the other side, for late joiners too, and ended in every way. */
import { fileURLToPath } from 'node:url';
import { expect, test, type Person } from '../support/room.js';

const ARTIFACTS = fileURLToPath(new URL('../artifacts/', import.meta.url));

const picture = (person: Person, name: string) => person.page.screenshot({ path: `${ARTIFACTS}share-${name}.png` });

async function share(person: Person): Promise<void> {
  await person.button('Share screen').first().click();
  await expect(person.button('Stop sharing').first()).toBeVisible();
}

/** Which tile is the large one. */
const large = (person: Person) => person.page.locator('.tile[data-part="main"]').getAttribute('aria-label');

const offers = (person: Person) => person.count('sent', 'offer') + person.count('received', 'offer');

test('a shared screen arrives with its sound beside the camera, without renegotiation, and stops', { tag: '@gate' }, async ({ meeting }) => {
  const [ada, bob] = await meeting.gather('Ada', 'Bob');
  await meeting.expectAllToSeeAndHear([ada!, bob!]);
  const before = offers(ada!);
  await share(ada!);
  await bob!.expectScreenOf(ada!);
  expect(await large(bob!)).toBe('Ada’s screen');
  await expect.poll(() => bob!.view()).toMatchObject({ Ada: 'Ada', 'Bob (you)': 'Bob' });
  await expect.poll(() => bob!.hearing(), { timeout: 20_000 }).toContain('Ada');
  await expect
    .poll(async () => (await bob!.hearing()).filter((sound) => /^1(8[89]|9[0-3])\d Hz$/.test(sound)).length, { timeout: 20_000 })
    .toBe(1);
  await expect
    .poll(() => bob!.signals.findLast((signal) => signal.type === 'peer-media'))
    .toMatchObject({ screen: true, video: true });
  await expect(bob!.page.getByRole('status').getByText('Ada shares their screen')).toBeVisible();
  await picture(bob!, 'watching');

  const asked = await ada!.page.evaluate(() => window.screens.asked);
  expect(asked).toMatchObject({ video: { cursor: 'always', height: { max: 1080 } }, selfBrowserSurface: 'exclude' });
  await expect(ada!.screenOf(ada!).getByText('You are sharing your screen')).toBeVisible();
  await expect(ada!.page.locator('.tile[data-part="main"]')).toHaveCount(0);
  await picture(ada!, 'sharing');

  await ada!.button('Stop sharing').first().click();
  await expect(bob!.screenOf(ada!)).toHaveCount(0);
  await expect(ada!.screenOf(ada!)).toHaveCount(0);
  await expect.poll(() => ada!.page.evaluate(() => window.screens.state())).toEqual({ captured: 1, running: 0 });
  await meeting.expectAllToSeeAndHear([ada!, bob!]);
  expect(offers(ada!)).toBe(before);
});

test("the browser's own fake screen arrives in full resolution", async ({ meeting }) => {
  const ada = await meeting.person('Ada', { devices: 'browser' });
  await ada.join(meeting.room);
  const [bob] = await meeting.gather('Bob');
  await share(ada);
  const video = bob!.screenOf(ada).locator('video');
  await expect
    .poll(() => video.evaluate((element: HTMLVideoElement) => element.videoWidth), { timeout: 30_000 })
    .toBeGreaterThanOrEqual(1280);
  const frames = () => video.evaluate((element: HTMLVideoElement) => element.getVideoPlaybackQuality().totalVideoFrames);
  const seen = await frames();
  await expect.poll(frames, { timeout: 20_000 }).toBeGreaterThan(seen + 3);
});

test('who comes late sees the shared screen at once', async ({ meeting }) => {
  const [ada] = await meeting.gather('Ada');
  await share(ada!);
  const [bob] = await meeting.gather('Bob');
  await bob!.expectScreenOf(ada!);
  expect(await large(bob!)).toBe('Ada’s screen');
  await expect.poll(() => bob!.view()).toMatchObject({ Ada: 'Ada' });
});

test('of several who share the newest takes the stage, and the others are one click away', { tag: '@gate' }, async ({ meeting }) => {
  const [ada, bob, cleo] = await meeting.gather('Ada', 'Bob', 'Cleo');
  await share(ada!);
  await cleo!.expectScreenOf(ada!);
  await share(bob!);
  await cleo!.expectScreenOf(bob!);
  expect(await large(cleo!)).toBe('Bob’s screen');
  await cleo!.button('Show Ada’s screen').click();
  await expect.poll(() => large(cleo!)).toBe('Ada’s screen');
  await cleo!.expectScreenOf(ada!);
  await cleo!.expectScreenOf(bob!);
  // Whoever shares looks at the other's screen, not at their own.
  expect(await large(ada!)).toBe('Bob’s screen');
  await picture(cleo!, 'two');
  await ada!.button('Leave').click();
  await expect.poll(() => large(cleo!)).toBe('Bob’s screen');
  await expect.poll(() => ada!.page.evaluate(() => window.screens.state().running)).toBe(0);
});

test('what the browser ends is ended for everyone, and sharing begins anew', { tag: '@gate' }, async ({ meeting }) => {
  const [ada, bob] = await meeting.gather('Ada', 'Bob');
  await share(ada!);
  await bob!.expectScreenOf(ada!);
  await ada!.page.evaluate(() => window.screens.endByBrowser());
  await expect(ada!.button('Share screen').first()).toBeVisible();
  await expect(bob!.screenOf(ada!)).toHaveCount(0);
  await share(ada!);
  await bob!.expectScreenOf(ada!);
});

test('while sharing something else can be shared, and cancelling that keeps what is shared', async ({ meeting }) => {
  const [ada, bob] = await meeting.gather('Ada', 'Bob');
  await share(ada!);
  await bob!.expectScreenOf(ada!);
  await ada!.button('Share something else').click();
  await expect.poll(() => ada!.page.evaluate(() => window.screens.state())).toEqual({ captured: 2, running: 2 });
  await bob!.expectScreenOf(ada!);
  expect(bob!.signals.filter((signal) => signal.type === 'peer-media' && signal.screen === false)).toEqual([]);

  await ada!.page.evaluate(() => window.screens.fail('NotAllowedError', 500));
  await ada!.button('Share something else').click();
  await ada!.page.waitForFunction(() => window.screens.state().captured === 2);
  await bob!.expectScreenOf(ada!);
  await expect(ada!.button('Stop sharing').first()).toBeVisible();
});

test('cancelling the picker is no error, a refusal by a policy is told', async ({ meeting }) => {
  const [ada] = await meeting.gather('Ada');
  const told = ada!.page.getByText('Nothing is shared.');
  const asks = async () => {
    await ada!.page.evaluate(() => {
      window.screens.asked = undefined;
    });
    // While a picker is open a press asks for no other: once one does, the one before was taken in.
    await expect(async () => {
      await ada!.button('Share screen').first().click();
      expect(await ada!.page.evaluate(() => window.screens.asked !== undefined)).toBe(true);
    }).toPass();
  };
  await ada!.page.evaluate(() => window.screens.fail('NotAllowedError', 600));
  await asks();
  await asks();
  await expect(told).toHaveCount(0);
  await ada!.page.evaluate(() => window.screens.fail('NotAllowedError', 0));
  await asks();
  await expect(told).toHaveCount(1);
  expect(ada!.signals.filter((signal) => signal.type === 'media' && signal.screen === true)).toEqual([]);
});

test('where screens cannot be captured there is no button, and the menu says so', async ({ meeting }) => {
  const ada = await meeting.person('Ada', {
    before: () => {
      if (isSecureContext) {
        Object.defineProperty(navigator.mediaDevices, 'getDisplayMedia', { value: undefined });
      }
    },
  });
  await ada.join(meeting.room);
  await expect(ada.button('Share screen')).toHaveCount(0);
  await ada.button('More').click();
  await expect(ada.page.getByText('This browser cannot share a screen.')).toBeVisible();
});

test('the keys share and stop as the button does', async ({ meeting }) => {
  const [ada] = await meeting.gather('Ada');
  await ada!.page.keyboard.press('Control+Alt+KeyS');
  await expect(ada!.button('Stop sharing').first()).toBeVisible();
  await ada!.page.keyboard.press('Control+Alt+KeyS');
  await expect(ada!.button('Share screen').first()).toBeVisible();
});
