/** A room that is too large for direct connections, seen from a network that does not reach the server's media port. */
import { fileURLToPath } from 'node:url';
import { comeFromElsewhere } from '../support/elsewhere.js';
import { Extras } from '../support/extras.js';
import { expect, test, type Person } from '../support/room.js';

const ARTIFACTS = fileURLToPath(new URL('../artifacts/', import.meta.url));

/** An address that nobody has (RFC 5737), next to those of this machine, which the pages do not hear of. */
const NOWHERE = '192.0.2.1';

/** Up to so many people reach each other directly. */
const MESH_CAPACITY = 12;

/** It is tried for so long before it counts as failed, in ms. */
const FAILED_AFTER_MS = 30_000;

/** The next attempt by itself is far enough away not to be taken for one that was asked for. */
const ENOUGH = /^Next try in (1[2-9]|[23]\d)\ss$/;

test.use({ serverOptions: ['--sfu', 'always', '--sfu-listen', '127.0.0.1:0', '--sfu-external-ip', NOWHERE] });

/** The port that the SFU's answer named. */
function mediaPort(person: Person): string {
  const answer = person.signals.findLast(({ direction, type, from }) => direction === 'received' && type === 'answer' && from === 'sfu');
  return /a=candidate:\S+ \d+ udp \d+ \S+ (\d+)/i.exec(String(answer!.sdp))![1]!;
}

const offers = (person: Person): number =>
  person.signals.filter(({ direction, type, target }) => direction === 'sent' && type === 'offer' && target === 'sfu').length;

/** From now on the port can be reached from where they are. */
const open = (person: Person) => person.page.evaluate(() => void (window.comesFromElsewhere = false));

/** Keeps pictures of the page, light and dark, wide and narrow. */
async function pictures(person: Person, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await person.page.emulateMedia({ colorScheme });
    for (const [width, height] of [[1280, 800], [390, 844]] as const) {
      await person.page.setViewportSize({ width, height });
      await person.page.evaluate(async () => {
        await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
        await Promise.allSettled(document.querySelector('.stage')!.getAnimations({ subtree: true }).map((one) => one.finished));
      });
      await person.page.screenshot({ path: `${ARTIFACTS}cut-off-${name}-${colorScheme}-${width}.png` });
    }
  }
}

test('the page says which port that is, when it is tried next, and tries it when asked', async ({ meeting }) => {
  test.setTimeout(180_000);
  const ada = await meeting.person('Ada', { before: comeFromElsewhere });
  await ada.join(meeting.room);
  await Extras.join(ada, meeting.room, MESH_CAPACITY - 1, 'Extra', { sfu: 1 });
  const bob = await (await meeting.person('Bob', { before: comeFromElsewhere })).join(meeting.room);

  const banner = bob.page.locator('.banner').filter({ hasText: 'media port' });
  const next = banner.getByRole('timer');
  await expect(banner).toBeVisible({ timeout: 20_000 });
  await expect(banner).toContainText(
    `Your network does not reach the server’s media port, UDP ${mediaPort(bob)}, and ${MESH_CAPACITY} people can be reached in no other way. ` +
      'Ask whoever runs your network or the server to open it.',
  );
  await expect(next).toHaveText('Trying now…');
  await expect(banner.getByRole('button', { name: 'Try now' })).toHaveCount(0);
  await expect(banner.getByRole('button', { name: 'Leave' })).toBeVisible();

  await expect(next).toHaveText(ENOUGH, { timeout: FAILED_AFTER_MS + 15_000 });
  const seconds = async () => Number(/\d+/.exec(await next.innerText())?.[0]);
  const earlier = await seconds();
  expect(earlier).toBeLessThanOrEqual(32);
  await pictures(bob, 'failed');
  await expect.poll(seconds, { message: 'it counts down' }).toBeLessThan(earlier);

  const before = offers(bob);
  await banner.getByRole('button', { name: 'Try now' }).click();
  await expect(next).toHaveText('Trying now…');
  await expect.poll(() => offers(bob), { message: 'it is tried at once' }).toBeGreaterThan(before);
  await pictures(bob, 'trying');
  await expect(banner, 'it does not stand yet').toBeVisible();

  // The port is opened: who asks has it at once, and who waits a little later.
  await bob.page.setViewportSize({ width: 960, height: 640 });
  const bannerOfAda = ada.page.locator('.banner').filter({ hasText: 'media port' });
  await expect(bannerOfAda.getByRole('timer')).toHaveText(ENOUGH, { timeout: FAILED_AFTER_MS + 15_000 });
  await open(ada);
  await bannerOfAda.getByRole('button', { name: 'Try now' }).click();
  await expect(bannerOfAda).toHaveCount(0, { timeout: 8_000 });
  await open(bob);
  await expect(banner).toHaveCount(0, { timeout: FAILED_AFTER_MS + 15_000 });
  await expect.poll(() => bob.view(), { timeout: 30_000 }).toMatchObject({ Ada: 'Ada' });
  await expect.poll(() => ada.view(), { timeout: 30_000 }).toMatchObject({ Bob: 'Bob' });
  await ada.expectToHear(bob);
  await bob.expectToHear(ada);
});
