/** What a call does not begin with: it comes by itself and soon, and a call does without it. */
import { expect, test } from '../support/room.js';

const SECOND_WASM = /\/pkg-[0-9a-f]{16}\/split_later[\w.-]*\.wasm$/;

test.beforeEach(async ({ meeting }) => {
  const text = async (path: string) => (await fetch(new URL(path, meeting.server.url))).text();
  const script = /"([^"]+\/visavis\.js)"/.exec(await text(`/r/${meeting.room}`))?.[1];
  test.skip(!(await text(script!)).includes('__wasm_split'), 'this build is one wasm');
});

test('what opens later is fetched while nobody waits, compressed and for good, and opens while the server is away', { tag: '@gate' }, async ({
  meeting,
}) => {
  const ada = await meeting.person('Ada');
  ada.guard.expect(/request failed/, /WebSocket/, /ERR_/);
  const fetched = ada.page.waitForResponse(SECOND_WASM);
  await ada.join(meeting.room);
  const answer = await fetched;
  expect(answer.headers()['content-encoding']).toBe('br');
  expect(answer.headers()['cache-control']).toBe('public, max-age=31536000, immutable');
  await answer.finished();
  await meeting.server.kill();
  await ada.button('People').click();
  await expect(ada.page.getByRole('complementary').getByRole('listitem').filter({ hasText: 'Ada' })).toBeVisible();
  await ada.button('Settings').click();
  await expect(ada.page.getByRole('dialog', { name: 'Settings' }).getByLabel('Resolution')).toBeVisible();
});

test('a call goes on without what could not be fetched, which says so and comes when it is tried again', async ({
  meeting,
}) => {
  const ada = await meeting.person('Ada');
  ada.guard.expect(/request failed: .*split_later/, /ERR_FAILED/, /Failed to fetch/);
  await ada.page.route(SECOND_WASM, (route) => route.abort('failed'));
  await ada.join(meeting.room);
  const [bob] = await meeting.gather('Bob');
  await ada.button('People').click();
  const panel = ada.page.getByRole('complementary', { name: 'People' });
  await expect(panel.getByRole('alert')).toContainText('could not be loaded');
  await ada.expectToSeeAndHear(bob!);
  await panel.getByRole('button', { name: 'Try again' }).click();
  await expect(panel.getByRole('alert')).toContainText('could not be loaded');
  await ada.page.unroute(SECOND_WASM);
  await panel.getByRole('button', { name: 'Try again' }).click();
  await expect(panel.getByRole('listitem').filter({ hasText: 'Bob' })).toBeVisible();
  await expect(panel.getByRole('alert')).toHaveCount(0);
  await ada.expectToSeeAndHear(bob!);
});

test('what could not be fetched at first is fetched again unasked, and soon', { tag: '@gate' }, async ({ meeting }) => {
  const ada = await meeting.person('Ada');
  ada.guard.expect(/request failed: .*split_later/, /ERR_FAILED/, /Failed to fetch/);
  let asked = 0;
  await ada.page.route(SECOND_WASM, async (route) => {
    asked += 1;
    await (asked === 1 ? route.abort('failed') : route.continue());
  });
  await ada.join(meeting.room);
  await ada.button('People').click();
  const panel = ada.page.getByRole('complementary', { name: 'People' });
  await expect(panel.getByRole('listitem').filter({ hasText: 'Ada' })).toBeVisible();
  expect(asked).toBe(2);
});
