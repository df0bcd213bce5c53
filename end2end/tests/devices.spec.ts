import { expect, test } from '../support/room.js';

test('muting is signalled and silent at once, and keeps the microphone open for an instant return', async ({ meeting }) => {
  const [ada, bob] = await meeting.gather('Ada', 'Bob');
  await meeting.expectAllToSeeAndHear([ada!, bob!]);
  await ada!.button('Mute microphone').click();
  await expect(ada!.button('Unmute microphone')).toBeVisible();
  await expect
    .poll(() => bob!.signals.at(-1))
    .toMatchObject({ direction: 'received', type: 'peer-media', audio: false, video: true });
  await bob!.expectToHear();
  await expect(bob!.tile('Ada').getByText(/muted/i).or(bob!.tile('Ada').getByLabel(/muted/i)).first()).toBeAttached();
  expect(await ada!.devices()).toMatchObject({ audio: 1 });

  await ada!.button('Unmute microphone').click();
  await bob!.expectToHear(ada!);
  expect(ada!.signals.findLast((signal) => signal.direction === 'sent')).toMatchObject({ type: 'media', audio: true });
});

test('camera off stops the device, and it comes on again without renegotiation', async ({ meeting }) => {
  const [ada, bob] = await meeting.gather('Ada', 'Bob');
  await meeting.expectAllToSeeAndHear([ada!, bob!]);
  const offers = () => ['sent', 'received'].map((direction) => ada!.count(direction as 'sent', 'offer'));
  const before = offers();

  await ada!.button('Turn camera off').click();
  await expect.poll(() => ada!.devices()).toMatchObject({ audio: 1, video: 0 });
  await expect.poll(() => bob!.view()).toMatchObject({ Ada: 'hidden' });
  await expect.poll(() => ada!.view()).toMatchObject({ 'Ada (you)': 'hidden' });
  await bob!.expectToHear(ada!);

  await ada!.button('Turn camera on').click();
  await expect.poll(() => ada!.devices()).toMatchObject({ audio: 1, video: 1 });
  await meeting.expectAllToSeeAndHear([ada!, bob!]);
  expect(offers()).toEqual(before);
});

test('who joins with the camera off can turn it on later without renegotiation', async ({ meeting }) => {
  const ada = await meeting.person('Ada');
  await ada.visit(meeting.room);
  await ada.button('Turn camera off').click();
  await ada.enter();
  const [bob] = await meeting.gather('Bob');
  await bob!.expectToHear(ada);
  const before = ada.count('sent', 'offer') + ada.count('received', 'offer');
  await ada.button('Turn camera on').click();
  await meeting.expectAllToSeeAndHear([ada, bob!]);
  expect(ada.count('sent', 'offer') + ada.count('received', 'offer')).toBe(before);
});

test('switches flipped fast and often end where the last one says', async ({ meeting }) => {
  const [ada, bob] = await meeting.gather('Ada', 'Bob');
  await meeting.expectAllToSeeAndHear([ada!, bob!]);
  for (let round = 0; round < 4; round += 1) {
    await ada!.button('Turn camera off').click();
    await ada!.button('Mute microphone').click();
    await ada!.button('Turn camera on').click();
    await ada!.button('Unmute microphone').click();
  }
  await meeting.expectAllToSeeAndHear([ada!, bob!]);
  expect(await ada!.devices()).toMatchObject({ audio: 1, video: 1 });
});

test('another camera is taken into use in the middle of a call without renegotiation', async ({ meeting }) => {
  const [ada, bob] = await meeting.gather('Ada', 'Bob');
  await meeting.expectAllToSeeAndHear([ada!, bob!]);
  const offers = ada!.count('sent', 'offer') + ada!.count('received', 'offer');
  const captured = (await ada!.devices()).captured;
  await ada!.button('Settings').click();
  const microphones = ada!.page.getByRole('dialog').getByRole('combobox', { name: /microphone/i });
  const last = await microphones.locator('option').last().getAttribute('value');
  await microphones.selectOption(last);
  await expect.poll(async () => (await ada!.devices()).captured).toBeGreaterThan(captured);
  await ada!.page.keyboard.press('Escape');
  await bob!.expectToHear(ada!);
  expect(await ada!.devices()).toMatchObject({ audio: 1, video: 1 });
  expect(ada!.count('sent', 'offer') + ada!.count('received', 'offer')).toBe(offers);
});

test('when a camera is unplugged another takes its place', async ({ meeting }) => {
  const [ada, bob] = await meeting.gather('Ada', 'Bob');
  await meeting.expectAllToSeeAndHear([ada!, bob!]);
  const { captured } = await ada!.devices();
  await ada!.page.evaluate(() => window.instruments.unplug('video'));
  await expect.poll(() => ada!.devices()).toEqual({ audio: 1, video: 1, captured: captured + 1 });
  await meeting.expectAllToSeeAndHear([ada!, bob!]);
});

test('when the only camera is unplugged it is told, and the call goes on with sound', async ({ meeting }) => {
  const [ada, bob] = await meeting.gather('Ada', 'Bob');
  await meeting.expectAllToSeeAndHear([ada!, bob!]);
  await ada!.page.evaluate(() => {
    window.instruments.fail({ video: 'NotFoundError' });
    window.instruments.unplug('video');
  });
  await expect(ada!.page.getByText(/camera/i).filter({ visible: true }).first()).toBeVisible();
  await expect.poll(() => bob!.view()).toMatchObject({ Ada: 'hidden' });
  await bob!.expectToHear(ada!);
});
