/** Paths between people that break under them: noticed by ourselves, repaired, and told in plain words when nothing helps. */
import { expect, test, type Person } from '../support/room.js';

/** Longest from the first packet that is missed to the question to the server or the repair, in ms; ticks are slow on busy machines. */
const NOTICED_WITHIN_MS = 3_000;

/** Longest from the end of a blackout to the next frame, in ms. */
const HEALED_WITHIN_MS = 1_000;

/** What a browser reports of a socket that a test took away. */
const SOCKET_TROUBLE = [/WebSocket connection to/, /ERR_CONNECTION/];

/** Makes this share of the media packets of somebody's page disappear, in percent; the page's own socket is not touched. */
async function lose(person: Person, percent: number): Promise<void> {
  const session = await person.page.context().newCDPSession(person.page);
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: -1,
    packetLoss: percent,
  });
}

const fragments = (person: Person) =>
  new Set(
    person.signals
      .filter(({ direction, type }) => direction === 'sent' && (type === 'offer' || type === 'answer'))
      .map((signal) => /a=ice-ufrag:(\S+)/.exec(JSON.stringify(signal))?.[1]),
  ).size;

test('a short blackout heals by itself, without a word', async ({ meeting }) => {
  const [ada, bob] = (await meeting.gather('Ada', 'Bob')) as [Person, Person];
  await meeting.expectAllToSeeAndHear([ada, bob]);
  await bob.watchFrames(ada);
  const told = bob.page.getByText(/reconnecting/i).filter({ visible: true }).first();
  const noticed = told.waitFor({ timeout: 9_000 }).then(() => true, () => false);

  const began = Date.now();
  await lose(ada, 100);
  await bob.page.waitForTimeout(3_000);
  await lose(ada, 0);
  const lasted = Date.now() - began;
  await meeting.expectAllToSeeAndHear([ada, bob]);
  await bob.page.waitForTimeout(2_000);
  const { gap } = await bob.longestGap(ada);
  expect(gap).toBeGreaterThan(2_000);
  expect(gap).toBeLessThan(lasted + HEALED_WITHIN_MS);
  expect(await noticed).toBe(false);
});

test('silence is noticed long before the browser speaks of it, and ICE is restarted', async ({ meeting }) => {
  const [ada, bob] = (await meeting.gather('Ada', 'Bob')) as [Person, Person];
  await meeting.expectAllToSeeAndHear([ada, bob]);
  const before = [fragments(ada), fragments(bob)];
  const began = Date.now();
  await lose(ada, 100);
  await expect
    .poll(() => fragments(ada) > before[0]! || fragments(bob) > before[1]!, { intervals: [50], timeout: 10_000 })
    .toBe(true);
  expect(Date.now() - began).toBeLessThan(NOTICED_WITHIN_MS);
  await lose(ada, 0);
  await meeting.expectAllToSeeAndHear([ada, bob]);
});

test('when nothing helps the tile says why, and trying again does', async ({ meeting }) => {
  test.setTimeout(120_000);
  const [ada, bob] = (await meeting.gather('Ada', 'Bob')) as [Person, Person];
  await meeting.expectAllToSeeAndHear([ada, bob]);
  await lose(ada, 100);
  await expect(bob.tile('Ada').getByText('Ada is reconnecting…')).toBeVisible({ timeout: 12_000 });
  const again = bob.tile('Ada').getByRole('button', { name: 'Try again' });
  await expect(again).toBeVisible({ timeout: 45_000 });
  await expect(bob.tile('Ada').getByRole('alert')).toContainText(/ask|try/i);
  await lose(ada, 0);
  await again.click();
  await expect(again).toHaveCount(0);
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
  await expect
    .poll(() => ada.signals.filter(({ type }) => type === 'welcome').length, { timeout: 25_000 })
    .toBe(2);
  expect(ada.signals.findLast(({ type }) => type === 'welcome')).toMatchObject({ resumed: true });
  await meeting.expectAllToSeeAndHear([ada, bob!]);
  expect((await ada.longestGap(bob!)).gap).toBeLessThanOrEqual(500);
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
