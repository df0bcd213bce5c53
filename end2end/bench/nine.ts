/**
 * How much processor one page takes in a call of nine, directly and through the SFU: the other eight are participants without a
 * browser, who send and take as pages do and cost little. Prints one JSON object on a line.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Browser } from '@playwright/test';
import { expect, test, type Meeting } from '../support/room.js';
import { BINARY } from '../support/server.js';
import { processors } from './processes.js';

const OTHERS = 8;

/** The call is at rest after so long, and is watched for so long then, in ms. */
const AT_REST_MS = 8_000;
const WATCHED_MS = 10_000;

/** The others, who come and stay until they are told to go. */
function others(meeting: Meeting): ChildProcess {
  const url = `${meeting.server.url}/r/${meeting.room}`;
  const words = ['load', url, '--people', `${OTHERS}`, '--publish', 'vp8:360p', '--voice', '--duration', '600', '--json'];
  return spawn(BINARY, words, { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Hundredths of a core that the page takes. */
async function share(meeting: Meeting, browser: Browser): Promise<number> {
  const crowd = others(meeting);
  const ada = await meeting.person('Ada', { devices: 'browser' });
  await ada.join(meeting.room);
  const shown = () =>
    ada.page.evaluate(() => [...document.querySelectorAll('video')].filter(({ videoWidth }) => videoWidth > 0).length);
  await expect.poll(shown, { timeout: 60_000 }).toBeGreaterThanOrEqual(OTHERS + 1);
  await new Promise((resolve) => setTimeout(resolve, AT_REST_MS));
  const session = await browser.newBrowserCDPSession();
  const before = await processors(session);
  await new Promise((resolve) => setTimeout(resolve, WATCHED_MS));
  const after = await processors(session);
  const used = [...after].map(([id, seconds]) => seconds - (before.get(id) ?? 0));
  crowd.kill('SIGINT');
  await once(crowd, 'exit');
  return Math.round((Math.max(...used) / WATCHED_MS) * 100_000);
}

for (const sfu of ['off', 'always'] as const) {
  test.describe(`--sfu ${sfu}`, () => {
    test.use({ serverOptions: sfu === 'off' ? [] : ['--sfu', sfu, '--sfu-listen', '127.0.0.1:0'] });

    test('the processor of one page in a call of nine', async ({ meeting, browser }) => {
      const way = sfu === 'off' ? 'directly' : 'through the SFU';
      const figure = `processor of one page in a call of ${OTHERS + 1}, ${way}, percent of a core`;
      console.log(JSON.stringify({ [figure]: await share(meeting, browser) }));
    });
  });
}
