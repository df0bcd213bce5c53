import { expect, test, type Person } from '../support/room.js';

/** Holds back the WebAssembly, as a slow network does; the returned function lets it pass. */
async function holdWasm(person: Person): Promise<() => void> {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await person.page.route(/\.wasm$/, async (route) => {
    await held;
    await route.continue();
  });
  return release;
}

test('the lobby is there before the program, and a name typed early is kept', async ({ meeting }) => {
  const ada = await meeting.person('Ada');
  const release = await holdWasm(ada);
  await ada.page.goto(`${ada.url}/r/${meeting.room}`, { waitUntil: 'commit' });
  await ada.nameBox.fill('Ada');
  release();
  await expect.poll(async () => (await ada.devices()).video).toBe(1);
  await expect(ada.nameBox).toHaveValue('Ada');
  await ada.button('Join').click();
  await expect(ada.own).toBeVisible();
});

test('Join pressed before the program is there joins as soon as it is', { tag: '@gate' }, async ({ meeting }) => {
  const ada = await meeting.person('Ada');
  const release = await holdWasm(ada);
  await ada.page.goto(`${ada.url}/r/${meeting.room}`, { waitUntil: 'commit' });
  await ada.nameBox.fill('Ada');
  await ada.button('Join').click();
  await expect(ada.own).toHaveCount(0);
  release();
  await expect(ada.own).toBeVisible();
  expect(new URL(ada.page.url()).pathname).toBe(`/r/${meeting.room}`);
});

test('the lobby previews the camera, and nobody is in the room because of it', { tag: '@gate' }, async ({ meeting }) => {
  const ada = await meeting.person('Ada');
  await ada.visit(meeting.room);
  const preview = ada.page.locator('video').first();
  await expect
    .poll(() => preview.evaluate((video) => window.instruments.whoIsShown(video as HTMLVideoElement)))
    .toBe('Ada');
  expect(ada.sockets).toBe(0);
});

test('the name is remembered for the next visit', async ({ meeting }) => {
  const [ada] = await meeting.gather('Ada');
  await ada!.page.reload();
  await expect(ada!.nameBox).toHaveValue('Ada');
});

test('who joins with both switches off sends neither picture nor sound, and their devices rest', { tag: '@gate' }, async ({ meeting }) => {
  const ada = await meeting.person('Ada');
  await ada.visit(meeting.room);
  await ada.button('Turn camera off').click();
  await ada.button('Mute microphone').click();
  await expect.poll(async () => (await ada.devices()).video).toBe(0);
  await ada.enter();
  await expect(ada.button('Turn camera on')).toBeVisible();
  await expect(ada.button('Unmute microphone')).toBeVisible();

  const [bob] = await meeting.gather('Bob');
  await ada.expectToHear(bob!);
  await expect.poll(() => bob!.view()).toMatchObject({ Ada: expect.stringMatching(/hidden|no frames/) });
  await bob!.expectToHear();
});

test('the lobby tells who is inside already', { tag: '@gate' }, async ({ meeting }) => {
  await meeting.gather('Ada', 'Bob');
  const cleo = await meeting.person('Cleo');
  await cleo.visit(meeting.room);
  await expect(cleo.page.getByText(/Ada/).first()).toBeVisible();
  await expect(cleo.page.getByText(/Bob/).first()).toBeVisible();
});

test('a name of spaces alone is refused in words, and the room stays empty', async ({ meeting }) => {
  const ada = await meeting.person('Ada');
  await ada.visit(meeting.room);
  await expect.poll(async () => (await ada.devices()).video).toBe(1);
  await ada.nameBox.fill('   ');
  await ada.button('Join').click();
  await expect(ada.page.getByText(/name/i).and(ada.page.getByRole('alert')).first()).toBeVisible();
  await expect(ada.own).toHaveCount(0);
  await ada.nameBox.fill('Ada');
  await ada.button('Join').click();
  await expect(ada.own).toBeVisible();
});
