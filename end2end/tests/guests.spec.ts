/** What a guest does to others: their pages stay of use, and keep nothing of it. */
import type { Page } from '@playwright/test';
import { Contention } from '../support/contention.js';
import { installPicker } from '../support/files.js';
import { Mischief } from '../support/mischief.js';
import { expect, test, type Meeting, type Person } from '../support/room.js';

/** How much a page may grow by what has passed, in nodes of its document. */
const NODES_MORE = 1_500;

/** Longest that a page may stand still, in ms, on a machine that does nothing else. */
const STALL_MS = 2_000;

let contention: Contention;
test.beforeEach(() => {
  contention = new Contention();
});
test.afterEach(() => contention.end());

async function nodesOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { nodes } = await session.send('Memory.getDOMCounters');
  await session.detach();
  return nodes;
}

/** Ada and Bob in a call, and how Ada's page is before anything happens. */
async function call(meeting: Meeting): Promise<{ ada: Person; bob: Person; nodes: number; since: number }> {
  const ada = await (await meeting.person('Ada', { before: installPicker })).join(meeting.room);
  const bob = await (await meeting.person('Bob')).join(meeting.room);
  await meeting.expectAllToSeeAndHear([ada, bob]);
  return { ada, bob, nodes: await nodesOf(ada.page), since: Date.now() };
}

/** How long Ada's page stood still at most, which goes into the report as a figure; less what others took of the processors. */
async function stallOf(ada: Person, since: number): Promise<number> {
  const stall = await ada.page.evaluate((from) => window.instruments.longestStall(from), since);
  const slower = contention.since(since);
  test.info().annotations.push({
    type: 'figure',
    description: `the page stood still for ${Math.round(stall)} ms at most, on a machine ${slower.toFixed(1)} times slower than idle`,
  });
  return stall / slower;
}

test('a guest who comes and goes without pause leaves nothing in the pages of others', async ({ meeting }) => {
  const { ada, bob, nodes, since } = await call(meeting);
  const mischief = await Mischief.beside(bob);
  const passed = await mischief.passThrough(meeting.room, 10_000);
  await mischief.end();
  await ada.expectOthers(bob);
  await meeting.expectAllToSeeAndHear([ada, bob]);
  await expect.poll(() => nodesOf(ada.page), { timeout: 20_000 }).toBeLessThan(nodes + NODES_MORE);
  test.info().annotations.push({
    type: 'figure',
    description: `${passed} came and went; ${nodes} nodes before, ${await nodesOf(ada.page)} after`,
  });
  expect(passed, 'a newcomer has their turn').toBeGreaterThan(50);
  expect(await stallOf(ada, since)).toBeLessThan(STALL_MS);
});

test('offers of ever new connections open few of them, and a newcomer is seen and heard meanwhile', async ({ meeting }) => {
  const { ada, bob, since } = await call(meeting);
  const before = await ada.page.evaluate(() => window.connections.length);
  const mischief = await Mischief.beside(bob);
  const flood = mischief.offerWithoutEnd(meeting.room, 900);
  const cleo = await (await meeting.person('Cleo')).join(meeting.room);
  const came = Date.now();
  await expect.poll(async () => (await ada.view()).Cleo, { timeout: 30_000, intervals: [100] }).toBe('Cleo');
  test.info().annotations.push({ type: 'figure', description: `the newcomer was seen after ${Date.now() - came} ms` });
  await flood;
  const opened = (await ada.page.evaluate(() => window.connections.length)) - before;
  test.info().annotations.push({ type: 'figure', description: `${opened} connections opened` });
  expect(opened).toBeLessThan(40);
  expect(await stallOf(ada, since)).toBeLessThan(STALL_MS);
  await mischief.end();
  await cleo.expectToSee(ada, bob);
});

test('candidates without end hold up nobody’s page', async ({ meeting }) => {
  const { ada, bob, since } = await call(meeting);
  const mischief = await Mischief.beside(bob);
  await mischief.nameCandidates(meeting.room, 2_229, 14_000);
  expect(await stallOf(ada, since)).toBeLessThan(STALL_MS);
  await mischief.end();
  await meeting.expectAllToSeeAndHear([ada, bob]);
});

test('a conversation of nothing but links keeps the page small', async ({ meeting }) => {
  const { ada, nodes, since } = await call(meeting);
  // The attacker's own page, whose chat is spoken through behind its back.
  const mallory = await meeting.person('Cleo', {
    before: () => {
      const create = RTCPeerConnection.prototype.createDataChannel;
      RTCPeerConnection.prototype.createDataChannel = function (label, options) {
        const channel = create.call(this, label, options);
        if (label === 'chat') {
          Object.assign(window, { chats: [...((window as { chats?: RTCDataChannel[] }).chats ?? []), channel] });
        }
        return channel;
      };
    },
  });
  await mallory.join(meeting.room);
  await mallory.expectToSee(...meeting.people.filter((person) => person !== mallory));
  await ada.press('Chat');
  await mallory.page.evaluate(async () => {
    const text = 'a.example/ https://a.example/ '.repeat(330).trim();
    for (let index = 0; index < 360; index += 1) {
      for (const chat of (window as unknown as { chats: RTCDataChannel[] }).chats) {
        if (chat.readyState === 'open') {
          chat.send(JSON.stringify({ type: 'message', id: `flood-${index}`, text, sentAt: Date.now() }));
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  });
  await expect.poll(() => nodesOf(ada.page), { timeout: 20_000 }).toBeLessThan(nodes + 40_000);
  test.info().annotations.push({ type: 'figure', description: `${(await nodesOf(ada.page)) - nodes} nodes more` });
  expect(await stallOf(ada, since)).toBeLessThan(STALL_MS);
  await ada.page.getByRole('textbox', { name: 'Message' }).fill('Still here');
  await ada.page.keyboard.press('Enter');
  await expect(ada.page.getByText('Still here')).toBeVisible();
});
