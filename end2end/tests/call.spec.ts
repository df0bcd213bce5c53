import { expect, test } from '../support/room.js';

test('two people see and hear each other', async ({ meeting }) => {
  await meeting.expectAllToSeeAndHear(await meeting.gather('Ada', 'Bob'));
});

test('three people see and hear each other', { tag: '@gate' }, async ({ meeting }) => {
  await meeting.expectAllToSeeAndHear(await meeting.gather('Ada', 'Bob', 'Cleo'));
});

test('five people who all join at once see and hear each other', async ({ meeting }) => {
  test.setTimeout(240_000);
  const context = { viewport: { width: 480, height: 360 } };
  const people = await Promise.all(
    ['Ada', 'Bob', 'Cleo', 'Dan', 'Eve'].map((name) => meeting.person(name, { context })),
  );
  for (const person of people) {
    await person.visit(meeting.room);
  }
  await Promise.all(people.map((person) => person.enter()));
  await meeting.expectAllToSeeAndHear(people);
});

test("Chromium's own fake camera and microphone arrive decoded at the other end", { tag: '@gate' }, async ({ meeting }) => {
  const [ada, bob] = await Promise.all(
    ['Ada', 'Bob'].map((name) => meeting.person(name, { devices: 'browser' })),
  );
  await ada!.join(meeting.room);
  await bob!.join(meeting.room);
  const video = ada!.tile('Bob').locator('video');
  await video.evaluate((element) => window.instruments.watchFrames(element as HTMLVideoElement));
  await expect.poll(async () => (await ada!.longestGap(bob!)).frames).toBeGreaterThan(20);
  const size = await video.evaluate((element: HTMLVideoElement) => [element.videoWidth, element.videoHeight]);
  expect(Math.min(...size)).toBeGreaterThanOrEqual(180);
  await expect.poll(() => ada!.hearing(), { timeout: 20_000 }).not.toEqual([]);
});

test('who comes late sees and hears everybody, and everybody them', async ({ meeting }) => {
  const early = await meeting.gather('Ada', 'Bob');
  await meeting.expectAllToSeeAndHear(early);
  const [cleo] = await meeting.gather('Cleo');
  await meeting.expectAllToSeeAndHear([...early, cleo!]);
});

test('who leaves is gone at once, their devices rest, and Rejoin brings them back', { tag: '@gate' }, async ({ meeting }) => {
  const [ada, bob, cleo] = await meeting.gather('Ada', 'Bob', 'Cleo');
  await meeting.expectAllToSeeAndHear([ada!, bob!, cleo!]);
  await bob!.button('Leave').click();
  await expect(bob!.button('Rejoin')).toBeVisible();
  await expect.poll(() => bob!.devices()).toMatchObject({ audio: 0, video: 0 });
  await ada!.expectOthers(cleo!);
  await cleo!.expectOthers(ada!);
  await meeting.expectAllToSeeAndHear([ada!, cleo!]);
  expect(ada!.signals.at(-1)).toMatchObject({ type: 'peer-left', reason: 'left' });

  await bob!.button('Rejoin').click();
  if (await bob!.button('Join').isVisible()) {
    await bob!.button('Join').click();
  }
  await meeting.expectAllToSeeAndHear([ada!, bob!, cleo!]);
});

test('a closed tab is gone from the call at once', async ({ meeting }) => {
  const [ada, bob] = await meeting.gather('Ada', 'Bob');
  await meeting.expectAllToSeeAndHear([ada!, bob!]);
  await bob!.closeTab();
  await expect(ada!.tile('Bob')).toHaveCount(0);
  await ada!.expectToHear();
});

test('who reloads the page joins again, and leaves no double behind', { tag: '@gate' }, async ({ meeting }) => {
  const [ada, bob] = await meeting.gather('Ada', 'Bob');
  await meeting.expectAllToSeeAndHear([ada!, bob!]);
  await bob!.page.reload();
  await expect(bob!.nameBox).toHaveValue('Bob');
  await bob!.button('Join').click();
  await meeting.expectAllToSeeAndHear([ada!, bob!]);
  await ada!.expectOthers(bob!);
});

test('leaving the page with the back button leaves the call', async ({ meeting }) => {
  const [ada] = await meeting.gather('Ada');
  const bob = await meeting.person('Bob');
  await bob.page.goto(bob.url);
  await bob.page.getByRole('textbox').fill(meeting.room);
  await bob.page.getByRole('textbox').press('Enter');
  await bob.enter();
  await meeting.expectAllToSeeAndHear([ada!, bob]);
  await bob.page.goBack();
  await expect(ada!.tile('Bob')).toHaveCount(0);
  await expect(bob.button('Start a room')).toBeVisible();
  await expect.poll(() => bob.devices()).toMatchObject({ audio: 0, video: 0 });
});

test('two people of the same name are two people, told apart by everybody alike', async ({ meeting }) => {
  const [ada, bob] = await meeting.gather('Ada', 'Bob');
  const other = await meeting.person('Bob');
  await other.visit(meeting.room);
  await other.nameBox.fill('Bob');
  await other.button('Join').click();
  await expect(other.tile('Bob 2 (you)')).toBeVisible();
  await expect(other.tile('Bob')).toHaveCount(1);
  await expect(ada!.tile('Bob')).toHaveCount(1);
  await expect(ada!.tile('Bob 2')).toHaveCount(1);
  await expect(bob!.tile('Bob 2')).toHaveCount(1);
  await ada!.expectToHear(bob!);
});
