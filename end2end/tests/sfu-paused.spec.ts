/** Pictures that the server has no bandwidth for: the page says so, and shows nobody as they were long ago. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test, type Meeting } from '../support/room.js';
import { BINARY } from '../support/server.js';

const ARTIFACTS = fileURLToPath(new URL('../artifacts/', import.meta.url));

/** So many listen besides, each with a share of the server's bandwidth that is too small for a picture. */
const LISTENERS = 16;

/** Some who listen, until they are told to go. */
function listeners(meeting: Meeting): ChildProcess {
  const words = ['load', `${meeting.server.url}/r/${meeting.room}`, '--people', `${LISTENERS}`, '--pattern', 'webinar', '--voice'];
  return spawn(BINARY, [...words, '--duration', '600', '--json'], { stdio: ['ignore', 'ignore', 'inherit'] });
}

test.use({ serverOptions: ['--sfu', 'always', '--sfu-listen', '0.0.0.0:0', '--sfu-bandwidth', '1'] });

test('who is not seen for want of bandwidth is heard, the page says why, and the picture comes back', { tag: '@gate' }, async ({ meeting }) => {
  test.setTimeout(180_000);
  const [ada, bob] = await meeting.gather('Ada', 'Bob');
  await meeting.expectAllToSeeAndHear([ada!, bob!]);
  await bob!.button('Share screen').first().click();
  await ada!.expectScreenOf(bob!);
  const crowd = listeners(meeting);
  const [face, screen] = [ada!.tile('Bob'), ada!.screenOf(bob!)];
  await expect(face).toContainText('Paused: slow connection', { timeout: 60_000 });
  await expect(face).not.toHaveAttribute('data-live');
  await expect(screen).toContainText('Paused: slow connection', { timeout: 60_000 });
  await expect(screen).not.toContainText('Waiting');
  const lastPicture = screen.locator('video');
  await expect(lastPicture).toBeVisible();
  expect(await lastPicture.evaluate((video: HTMLVideoElement) => video.srcObject !== null && video.videoWidth > 0)).toBe(true);
  expect(await ada!.hearing()).toContain('Bob');
  await ada!.page.screenshot({ path: `${ARTIFACTS}sfu-paused.png` });
  crowd.kill('SIGINT');
  await once(crowd, 'exit');
  await expect(face).not.toContainText('Paused', { timeout: 60_000 });
  await expect(screen).not.toContainText('Paused');
  await expect.poll(() => ada!.view()).toEqual({ 'Ada (you)': 'Ada', Bob: 'Bob', 'Bob’s screen': 'Bob' });
});
