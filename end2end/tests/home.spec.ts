import { expect, test } from '../support/room.js';

test('home says what this is in one sentence, and Start a room leads to a lobby whose link cannot be guessed', { tag: '@gate' }, async ({
  meeting,
}) => {
  const ada = await meeting.person('Ada');
  await ada.page.goto(ada.url);
  await expect(ada.page.getByRole('heading', { level: 1 })).toBeVisible();
  await ada.button('Start a room').click();
  await ada.page.waitForURL(/\/r\/[a-z0-9-]{16,64}$/);
  await expect(ada.button('Join')).toBeVisible();
  const first = ada.page.url();

  await ada.page.goto(ada.url);
  await ada.button('Start a room').click();
  await ada.page.waitForURL(/\/r\/[a-z0-9-]{16,64}$/);
  expect(ada.page.url()).not.toBe(first);
});

test('a room can be started before the page has come alive', async ({ meeting }) => {
  const ada = await meeting.person('Ada', { context: { javaScriptEnabled: false } });
  ada.guard.expect(/request failed: .*\(csp\)/);
  await ada.page.goto(ada.url);
  await ada.button('Start a room').click();
  await ada.page.waitForURL(/\/r\/[a-z0-9-]{16,64}$/);
  await expect(ada.nameBox).toBeVisible();
});

for (const [what, text] of [
  ['a name', 'team-standup'],
  ['a name typed freely', ' Team Standup '],
  ['a whole link', 'https://meet.example/r/team-standup?from=mail'],
] as const) {
  test(`${what} typed at home leads to that room`, { tag: text === 'team-standup' ? [] : '@gate' }, async ({ meeting }) => {
    const ada = await meeting.person('Ada');
    await ada.page.goto(ada.url);
    await ada.page.getByRole('textbox').fill(text);
    await ada.page.getByRole('textbox').press('Enter');
    await ada.page.waitForURL(`${ada.url}/r/team-standup`);
    await expect(ada.button('Join')).toBeVisible();
  });
}

test('what leads to no room is explained where it was typed', async ({ meeting }) => {
  const ada = await meeting.person('Ada');
  await ada.page.goto(ada.url);
  await ada.page.getByRole('textbox').fill('https://meet.example/about');
  await ada.page.getByRole('textbox').press('Enter');
  await expect(ada.page.getByText('This link does not lead to a room.')).toBeVisible();
  await expect(ada.page.getByRole('textbox')).toHaveAccessibleDescription(/does not lead to a room/);
  expect(new URL(ada.page.url()).pathname).toBe('/');
});

test('an invalid room name answers 404 with a page that helps', { tag: '@gate' }, async ({ meeting }) => {
  const ada = await meeting.person('Ada');
  ada.guard.expect(/404/);
  const response = await ada.page.goto(`${ada.url}/r/Team_Standup!`);
  expect(response?.status()).toBe(404);
  await expect(ada.page.getByText(/letters.*a to z, digits and hyphens/i).first()).toBeVisible();
  await expect(ada.button('Start a room').or(ada.page.getByRole('link', { name: /home|start/i })).first()).toBeVisible();
});

test('an unknown address answers 404 with a way home', async ({ meeting }) => {
  const ada = await meeting.person('Ada');
  ada.guard.expect(/404/);
  const response = await ada.page.goto(`${ada.url}/nowhere/at/all`);
  expect(response?.status()).toBe(404);
  await expect(ada.page.getByRole('heading', { level: 1 })).toBeVisible();
});
