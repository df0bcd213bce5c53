/** Paths between people that break under them: noticed by ourselves, repaired, and told in plain words when nothing helps. */
import { SOCKET_TROUBLE, across, expectToResume, isTold } from '../support/outage.js';
import { expect, test, type Person } from '../support/room.js';

/** Longest from the first packet that is missed to the question to the server or the repair, in ms; ticks are slow on busy machines. */
const NOTICED_WITHIN_MS = 3_000;

/** Longest from the end of a blackout to the next frame, in ms. */
const HEALED_WITHIN_MS = 1_000;

/** Longest media gap when a path is gone and another is open, in ms. */
const PATH_REPLACED_WITHIN_MS = 3_000;

const fragments = (person: Person) =>
  new Set(
    person.signals
      .filter(({ direction, type }) => direction === 'sent' && (type === 'offer' || type === 'answer'))
      .map((signal) => /a=ice-ufrag:(\S+)/.exec(JSON.stringify(signal))?.[1]),
  ).size;

test('a short blackout heals by itself, without a word', { tag: '@gate' }, async ({ meeting }) => {
  const [ada, bob, strait] = await across(meeting);
  await bob.watchFrames(ada);
  const told = isTold(bob, 9_000);

  const began = Date.now();
  strait.close();
  await bob.page.waitForTimeout(3_000);
  strait.open();
  const lasted = Date.now() - began;
  await meeting.expectAllToSeeAndHear([ada, bob]);
  await bob.page.waitForTimeout(2_000);
  const { gap } = await bob.longestGap(ada);
  expect(gap).toBeGreaterThan(2_000);
  expect(gap).toBeLessThan(lasted + HEALED_WITHIN_MS);
  expect(await told).toBe(false);
});

test('silence is noticed long before the browser speaks of it, and ICE is restarted', { tag: '@gate' }, async ({ meeting }) => {
  const [ada, bob, strait] = await across(meeting);
  const before = [fragments(ada), fragments(bob)];
  const began = Date.now();
  strait.close();
  await expect
    .poll(() => fragments(ada) > before[0]! || fragments(bob) > before[1]!, { intervals: [50], timeout: 10_000 })
    .toBe(true);
  expect(Date.now() - began).toBeLessThan(NOTICED_WITHIN_MS);
  strait.open();
  await meeting.expectAllToSeeAndHear([ada, bob]);
});

test('a path that is gone for good is replaced within three seconds', { tag: '@gate' }, async ({ meeting }) => {
  const [ada, bob, strait] = await across(meeting);
  await bob.watchFrames(ada);
  strait.wash();
  await bob.page.waitForTimeout(PATH_REPLACED_WITHIN_MS);
  await meeting.expectAllToSeeAndHear([ada, bob]);
  const { gap, attached } = await bob.longestGap(ada);
  expect(attached).toBe(true);
  expect(gap).toBeGreaterThan(500);
  expect(gap).toBeLessThan(PATH_REPLACED_WITHIN_MS);
});

test('when nothing helps the tile says why, and trying again does', async ({ meeting }) => {
  test.setTimeout(120_000);
  const [ada, bob, strait] = await across(meeting);
  strait.close();
  await expect(bob.tile('Ada').getByText('Ada is reconnecting…')).toBeVisible({ timeout: 12_000 });
  const again = bob.tile('Ada').getByRole('button', { name: 'Try again' });
  await expect(again).toBeVisible({ timeout: 45_000 });
  await expect(bob.tile('Ada').getByRole('alert')).toContainText(/ask|try/i);
  await again.click();
  await expect(again).toHaveCount(0);
  strait.open();
  await meeting.expectAllToSeeAndHear([ada, bob]);
});

test('a half-open socket is given up while media flows on', async ({ meeting }) => {
  const [ada, wire] = await meeting.personOnWire('Ada');
  ada.guard.expect(...SOCKET_TROUBLE);
  await ada.join(meeting.room);
  const [bob] = await meeting.gather('Bob');
  await meeting.expectAllToSeeAndHear([ada, bob!]);
  await ada.watchFrames(bob!);
  wire.swallow();
  await expectToResume(ada, 25_000);
  await meeting.expectAllToSeeAndHear([ada, bob!]);
  await ada.expectNoFreeze(bob!);
});

test('a frozen page is in the call when it wakes up', async ({ meeting }) => {
  test.setTimeout(90_000);
  const [ada, bob] = (await meeting.gather('Ada', 'Bob')) as [Person, Person];
  ada.guard.expect(...SOCKET_TROUBLE);
  await meeting.expectAllToSeeAndHear([ada, bob]);
  const session = await ada.page.context().newCDPSession(ada.page);
  await session.send('Page.setWebLifecycleState', { state: 'frozen' });
  await bob.page.waitForTimeout(12_000);
  await bob.button('Turn camera off').click();
  await session.send('Page.setWebLifecycleState', { state: 'active' });
  await expect.poll(() => ada.view(), { timeout: 10_000 }).toMatchObject({ Bob: 'hidden' });
  await bob.button('Turn camera on').click();
  await meeting.expectAllToSeeAndHear([ada, bob]);
  expect(bob.count('received', 'peer-left')).toBe(0);
});
