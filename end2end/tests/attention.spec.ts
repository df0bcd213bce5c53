/** Being heard at the right moment, and noticing what happens. */
import { expect, test, type Person } from '../support/room.js';

/** Sees to it that the page counts the tones it makes, and tells of the screen's wake locks. */
const watchTonesAndLocks = () => {
  const tones: number[] = [];
  const at = AudioParam.prototype.setValueAtTime;
  AudioParam.prototype.setValueAtTime = function (value, when) {
    // A volume is at most 1.
    if (value > 100) tones.push(Math.round(value));
    return at.call(this, value, when);
  };
  const locks: WakeLockSentinel[] = [];
  if ('wakeLock' in navigator) {
    const request = navigator.wakeLock.request.bind(navigator.wakeLock);
    navigator.wakeLock.request = async (type) => {
      const lock = await request(type);
      locks.push(lock);
      return lock;
    };
  }
  Object.assign(window, { tones, locks });
};

interface Watched {
  tones: number[];
  locks: WakeLockSentinel[];
}

const tones = (person: Person) => person.page.evaluate(() => [...(window as unknown as Watched).tones]);

const lastSent = (person: Person) => person.signals.findLast(({ direction, type }) => direction === 'sent' && type === 'media');

test('who is muted is heard while they hold the space bar, and not a moment longer', { tag: '@gate' }, async ({ meeting }) => {
  const [ada, bob] = await meeting.gather('Ada', 'Bob');
  await meeting.expectAllToSeeAndHear([ada!, bob!]);
  await ada!.button('Mute microphone').click();
  await bob!.expectToHear();

  // The button was clicked and still has the focus: the space bar talks all the same, and does not press it.
  await ada!.page.keyboard.down('Space');
  await bob!.expectToHear(ada!);
  await expect(ada!.button('Mute microphone')).toBeVisible();
  await ada!.page.keyboard.up('Space');
  await expect(ada!.button('Unmute microphone')).toBeVisible();
  await bob!.expectToHear();
  expect(lastSent(ada!)).toMatchObject({ audio: false });
});

test('the space bar is left to what is focused with keys, and a lost focus ends talking', async ({ meeting }) => {
  const [ada] = await meeting.gather('Ada');
  await ada!.button('Mute microphone').click();
  await ada!.page.keyboard.press('Tab');
  await ada!.page.keyboard.press('Shift+Tab');
  await ada!.page.keyboard.press('Space');
  await expect(ada!.button('Mute microphone')).toBeVisible();

  await ada!.button('Mute microphone').click();
  await ada!.page.keyboard.down('Space');
  await expect(ada!.button('Mute microphone')).toBeVisible();
  await ada!.page.evaluate(() => window.dispatchEvent(new FocusEvent('blur')));
  await expect(ada!.button('Unmute microphone')).toBeVisible();
  await ada!.page.keyboard.up('Space');
});

test('who speaks while muted is told so, and nobody hears them', async ({ meeting }) => {
  const [ada, bob] = await meeting.gather('Ada', 'Bob');
  await meeting.expectAllToSeeAndHear([ada!, bob!]);
  const hint = ada!.page.getByText('You are muted. Nobody hears you.');
  await expect(hint).toHaveCount(0);
  await ada!.button('Mute microphone').click();
  await expect(hint).toBeVisible();
  await bob!.expectToHear();
});

test('the title tells the room and that one is muted, and is the room’s again afterwards', async ({ meeting }) => {
  const [ada] = await meeting.gather('Ada');
  await expect(ada!.page).toHaveTitle(`${meeting.room} · Visavis`);
  await ada!.button('Mute microphone').click();
  await expect(ada!.page).toHaveTitle(`Muted · ${meeting.room} · Visavis`);
  await ada!.button('Leave').click();
  await expect(ada!.page).toHaveTitle(`${meeting.room} · Visavis`);
});

test('coming and going is heard, until sounds are switched off, which is remembered', async ({ meeting }) => {
  const ada = await meeting.person('Ada', { before: watchTonesAndLocks });
  await ada.join(meeting.room);
  const [bob] = await meeting.gather('Bob');
  await expect.poll(() => tones(ada)).toEqual([523, 784]);
  await bob!.button('Leave').click();
  await expect.poll(() => tones(ada)).toEqual([523, 784, 784, 523]);

  await ada.press('Settings');
  await ada.page.getByRole('checkbox', { name: /^Sounds/ }).uncheck();
  await ada.page.keyboard.press('Escape');
  await ada.page.reload();
  await ada.enter();
  await meeting.gather('Cleo');
  await ada.expectOthers(meeting.people.at(-1)!);
  await expect(ada.page.getByText('Cleo joined')).toBeVisible();
  expect(await tones(ada)).toEqual([]);
});

test('the screen stays on in a call and only there, also after the page was hidden', async ({ meeting }) => {
  const ada = await meeting.person('Ada', { before: watchTonesAndLocks });
  await ada.visit(meeting.room);
  const held = () =>
    ada.page.evaluate(() => (window as unknown as Watched).locks.filter((lock) => !lock.released).length);
  expect(await held()).toBe(0);
  await ada.enter();
  await expect.poll(held).toBe(1);
  // As the browser does when the page is hidden.
  await ada.page.evaluate(async () => {
    await (window as unknown as Watched).locks[0]!.release();
    document.dispatchEvent(new Event('visibilitychange'));
  });
  await expect.poll(held).toBe(1);
  await ada.button('Leave').click();
  await expect.poll(held).toBe(0);
});

test('the shortcuts’ dialog names the space bar', async ({ meeting }) => {
  const [ada] = await meeting.gather('Ada');
  await ada!.page.keyboard.press('Control+/');
  await expect(ada!.page.getByRole('dialog').getByText('Space', { exact: true })).toBeVisible();
});

test('a message that nobody reads yet is heard and counted in the title', { tag: '@gate' }, async ({ meeting }) => {
  const ada = await meeting.person('Ada', { before: watchTonesAndLocks });
  await ada.join(meeting.room);
  const [bob] = await meeting.gather('Bob');
  await meeting.expectAllToSeeAndHear([ada, bob!]);
  const before = (await tones(ada)).length;
  await bob!.press('Chat');
  await bob!.page.getByRole('textbox', { name: /message/i }).fill('Hello');
  await bob!.page.keyboard.press('Enter');
  await expect(ada.page).toHaveTitle(`(1) ${meeting.room} · Visavis`);
  await expect.poll(async () => (await tones(ada)).slice(before)).toEqual([880]);
  await ada.press('Chat');
  await expect(ada.page).toHaveTitle(`${meeting.room} · Visavis`);
});
