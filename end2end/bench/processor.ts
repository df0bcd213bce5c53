/**
 * How much processor one participant's page takes in calls of two and of four: the time of the page's own process, as
 * the browser counts it, over ten seconds of a running call. Prints one JSON object on a line.
 */
import { test } from '../support/room.js';
import { processors } from './processes.js';

/** How long each call is watched, in ms. */
const WATCHED_MS = 10_000;

test('the processor of one page', async ({ meeting, browser }) => {
  const session = await browser.newBrowserCDPSession();
  const figures: Record<string, number> = {};
  for (const names of [['Ada', 'Bob'], ['Cleo', 'Dan']]) {
    await meeting.gather(...names);
    await meeting.expectAllToSeeAndHear(meeting.people);
    const before = await processors(session);
    await new Promise((resolve) => setTimeout(resolve, WATCHED_MS));
    const after = await processors(session);
    const used = [...after].map(([id, seconds]) => ((seconds - (before.get(id) ?? 0)) / WATCHED_MS) * 1_000);
    const busy = used.filter((share) => share > 0.005).sort((one, other) => one - other);
    figures[`processor of one page in a call of ${meeting.people.length}, percent of a core`] = Math.round(
      (busy[Math.floor(busy.length / 2)] ?? 0) * 100,
    );
  }
  console.log(JSON.stringify(figures));
});
