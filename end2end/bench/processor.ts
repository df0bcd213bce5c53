/**
 * How much processor one participant's page takes in calls of two and of four: the time of the page's own process, as
 * the browser counts it, over ten seconds of a running call. Prints one JSON object on a line.
 */
import type { CDPSession } from '@playwright/test';
import { test } from '../support/room.js';

/** How long each call is watched, in ms. */
const WATCHED_MS = 10_000;

interface Processes {
  processInfo: { id: number; type: string; cpuTime: number }[];
}

/** Seconds of processor of every page's process so far, the newest process last. */
async function pages(browser: CDPSession): Promise<number[]> {
  const { processInfo } = (await browser.send('SystemInfo.getProcessInfo')) as Processes;
  const renderers = processInfo.filter(({ type }) => type === 'renderer');
  return renderers.sort((one, other) => one.id - other.id).map(({ cpuTime }) => cpuTime);
}

test('the processor of one page', async ({ meeting, browser }) => {
  const session = await browser.newBrowserCDPSession();
  const figures: Record<string, number> = {};
  for (const names of [['Ada', 'Bob'], ['Cleo', 'Dan']]) {
    await meeting.gather(...names);
    await meeting.expectAllToSeeAndHear(meeting.people);
    const before = await pages(session);
    await new Promise((resolve) => setTimeout(resolve, WATCHED_MS));
    const after = await pages(session);
    const used = after.map((seconds, index) => ((seconds - (before[index] ?? 0)) / WATCHED_MS) * 1_000);
    const busy = used.filter((share) => share > 0.005).sort((one, other) => one - other);
    figures[`processor of one page in a call of ${meeting.people.length}, percent of a core`] = Math.round(
      (busy[Math.floor(busy.length / 2)] ?? 0) * 100,
    );
  }
  console.log(JSON.stringify(figures));
});
