/**
 * What one page notices of a crowd that joins the room at 50 a second: the longest time in which it drew nothing and could not have
 * reacted, before they come and while they do. Prints one JSON object on a line.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { expect, test, type Meeting, type Person } from '../support/room.js';
import { BINARY } from '../support/server.js';

const CROWD = 150;
const A_SECOND = 50;

/** The room is watched for so long before, in ms. */
const BEFORE_MS = 4_000;

/** The crowd listens, and one of them speaks. */
function crowd(meeting: Meeting): ChildProcess {
  const url = `${meeting.server.url}/r/${meeting.room}`;
  const words = ['load', url, '--people', `${CROWD}`, '--pattern', 'webinar', '--voice', '--rate', `${A_SECOND}`];
  return spawn(BINARY, [...words, '--duration', '600', '--json'], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Begins to take down the page's long tasks, those of 50 ms and more. */
async function watch(person: Person): Promise<void> {
  await person.page.evaluate(() => {
    const tasks: number[] = [];
    new PerformanceObserver((list) => {
      tasks.push(...list.getEntries().map(({ duration }) => duration));
    }).observe({ type: 'longtask' });
    Object.assign(globalThis, { longTasks: tasks });
  });
}

/** The longest task since the last call, and all of them together, in ms. */
async function taken(person: Person): Promise<{ longest: number; together: number }> {
  const tasks = await person.page.evaluate(() => {
    const { longTasks } = globalThis as unknown as { longTasks: number[] };
    return longTasks.splice(0);
  });
  const together = tasks.reduce((sum, task) => sum + task, 0);
  return { longest: Math.round(Math.max(0, ...tasks)), together: Math.round(together) };
}

test.use({ serverOptions: ['--sfu', 'auto', '--sfu-listen', '127.0.0.1:0', '--room-capacity', '400'] });

test('a crowd joins', async ({ meeting }) => {
  const ada = await (await meeting.person('Ada')).join(meeting.room);
  const bob = await (await meeting.person('Bob')).join(meeting.room);
  await meeting.expectAllToSeeAndHear([ada, bob]);
  await watch(ada);
  await new Promise((resolve) => setTimeout(resolve, BEFORE_MS));
  const before = await taken(ada);
  const others = crowd(meeting);
  const began = Date.now();
  const come = () => ada.signals.filter(({ direction, type }) => direction === 'received' && type === 'peer-joined').length;
  await expect.poll(come, { timeout: 120_000 }).toBeGreaterThanOrEqual(CROWD + 1);
  const seconds = (Date.now() - began) / 1_000;
  await new Promise((resolve) => setTimeout(resolve, BEFORE_MS));
  const during = await taken(ada);
  others.kill('SIGINT');
  await once(others, 'exit');
  const figure = `${CROWD} join at ${A_SECOND} a second: longest task of a page before / meanwhile, ms; all long ones, ms; seconds until all are seen`;
  console.log(JSON.stringify({ [figure]: [before.longest, during.longest, during.together, Math.round(seconds)] }));
});
