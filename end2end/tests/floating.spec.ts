/** Picture-in-picture: a small window above all others, with whoever matters most and the most needed buttons. */
import { expect, test, type Person } from '../support/room.js';

interface Floating {
  window: Window | null;
}

declare global {
  interface Window {
    documentPictureInPicture: Floating;
  }
}

/** Whose picture floats, decoded, or what is wrong. */
const floats = (person: Person) =>
  person.page.evaluate(async () => {
    const video = window.documentPictureInPicture.window?.document.querySelector('video');
    return video ? window.instruments.whoIsShown(video) : 'nothing floats';
  });

/** Presses a button in the floating window. */
const press = (person: Person, name: string) =>
  person.page.evaluate((name) => {
    const buttons = window.documentPictureInPicture.window!.document.querySelectorAll('button');
    [...buttons].find((button) => button.getAttribute('aria-label') === name)!.click();
  }, name);

test('whoever speaks floats with working buttons, and closing the window returns everything', { tag: '@gate' }, async ({ meeting }) => {
  const [ada, bob] = await meeting.gather('Ada', 'Bob');
  await meeting.expectAllToSeeAndHear([ada!, bob!]);
  await ada!.button('More').click();
  await ada!.button('Picture in picture').click();
  await expect.poll(() => floats(ada!)).toBe('Bob');
  await ada!.expectToSeeAndHear(bob!);

  await press(ada!, 'Mute microphone');
  await expect(ada!.button('Unmute microphone')).toBeVisible();
  await bob!.expectToHear();
  await press(ada!, 'Unmute microphone');
  await bob!.expectToHear(ada!);

  const styled = await ada!.page.evaluate(() => {
    const floating = window.documentPictureInPicture.window!;
    const face = floating.document.querySelector('.floating-face')!.getBoundingClientRect();
    const icon = floating.document.querySelector('.floating-controls svg')!.getBoundingClientRect();
    return {
      fills: face.width / floating.innerWidth,
      icon: icon.width > 10 && floating.document.querySelector('#mic') !== null,
    };
  });
  expect(styled.fills).toBeGreaterThan(0.95);
  expect(styled.icon).toBe(true);

  await bob!.button('Share screen').first().click();
  await expect
    .poll(() =>
      ada!.page.evaluate(async () => {
        const video = window.documentPictureInPicture.window?.document.querySelector('video');
        return video ? window.instruments.whoseScreenIsShown(video) : 'nothing floats';
      }),
    )
    .toBe("Bob's screen");

  await ada!.page.evaluate(() => window.documentPictureInPicture.window!.close());
  await expect.poll(() => floats(ada!)).toBe('nothing floats');
  await bob!.button('Stop sharing').first().click();
  await ada!.expectToSeeAndHear(bob!);
  await ada!.page.keyboard.press('Control+Alt+KeyI');
  await expect.poll(() => floats(ada!)).toBe('Bob');
  await press(ada!, 'Leave');
  await expect(ada!.button('Rejoin')).toBeVisible();
  await expect.poll(() => floats(ada!)).toBe('nothing floats');
});

test('without floating documents the one video floats', async ({ meeting }) => {
  const ada = await meeting.person('Ada', {
    before: () => {
      Object.defineProperty(window, 'documentPictureInPicture', { value: undefined });
    },
  });
  await ada.join(meeting.room);
  const [bob] = await meeting.gather('Bob');
  await ada.expectToSee(bob!);
  const who = () =>
    ada.page.evaluate(() => document.pictureInPictureElement?.closest('.tile')?.getAttribute('aria-label') ?? '');
  await ada.button('More').click();
  await ada.button('Picture in picture').click();
  await expect.poll(who).toBe('Bob');
  await ada.page.keyboard.press('Control+Alt+KeyI');
  await expect.poll(who).toBe('');
  await ada.expectToSee(bob!);
});
