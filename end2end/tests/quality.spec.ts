/** How well everything arrives is seen, and what is sent follows from who watches. */
import { expect, test, type Person } from '../support/room.js';

/** Keeps every connection of the page, and what it copies, where the tests find it. */
function keepConnections(): void {
  const kept: RTCPeerConnection[] = [];
  Object.assign(window, { kept, copied: '' });
  // The empty page before the first navigation is no secure context and has none.
  if (navigator.clipboard) navigator.clipboard.writeText = async (text) => void Object.assign(window, { copied: text });
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      kept.push(this);
    }
  };
}

/** Of a picture of this size there is something to save: what is told to the encoders is looked at here, not what they make of it. */
const LARGE_PICTURE = [1280, 720] as const;

/** The first encoding of the camera's sender of each open connection. */
const cameraEncodings = (person: Person) =>
  person.page.evaluate(() => {
    const { kept } = window as unknown as { kept: RTCPeerConnection[] };
    return kept
      .filter((connection) => connection.connectionState === 'connected')
      .map((connection) => {
        const transceivers = connection.getTransceivers().filter(({ receiver }) => receiver.track.kind === 'video');
        const encoding = transceivers[0]!.sender.getParameters().encodings[0]!;
        return { active: encoding.active, maxBitrate: encoding.maxBitrate ?? Infinity };
      });
  });

async function gather(meeting: Parameters<Parameters<typeof test>[2]>[0]['meeting'], ...names: string[]) {
  const people: Person[] = [];
  for (const name of names) {
    people.push(await (await meeting.person(name, { before: keepConnections, claimedCamera: LARGE_PICTURE })).join(meeting.room));
  }
  await meeting.expectAllToSeeAndHear(meeting.people);
  return people;
}

async function openConnections(person: Person): Promise<void> {
  await person.button('More').click();
  await person.button('Connection').click();
}

test('each connection is shown with an indicator, figures and charts, and copied without addresses', { tag: '@gate' }, async ({ meeting }) => {
  const [ada] = await gather(meeting, 'Ada', 'Bob');
  await expect(ada!.tile('Bob').getByText('Connection good')).toBeAttached({ timeout: 30_000 });
  await openConnections(ada!);
  const panel = ada!.page.getByRole('complementary', { name: 'Connection' });
  const bob = panel.getByRole('region', { name: 'Bob' });
  await expect(bob).toContainText(/Direct, same network, UDP/);
  await expect(bob).toContainText(/Their picture\d+×\d+, \d+ frames\/s, \w+/);
  await expect(bob).toContainText(/Receiving[\d.]+ [kM]bit\/s/);
  await expect(bob).toContainText(/Round trip\d+ ms/);
  await expect.poll(async () => (await bob.locator('path').first().getAttribute('d'))?.match(/L/g)?.length ?? 0).toBeGreaterThan(1);
  const copied = () => ada!.page.evaluate(() => (window as unknown as { copied: string }).copied);
  await panel.getByRole('button', { name: 'Copy as text' }).click();
  await expect.poll(copied).toMatch(/^Bob\nScore \d+ of 100\nPath host to host over udp/);
  expect(await copied()).not.toMatch(/\d+\.\d+\.\d+\.\d+|\.local/);
  await panel.getByRole('button', { name: 'Copy as JSON' }).click();
  await expect.poll(copied).toMatch(/^\[/);
  expect(JSON.parse(await copied())).toMatchObject([{ name: 'Bob' }]);
});

test('the figures name the pictures that there are, and none that is over', async ({ meeting }) => {
  const [ada, bob] = await gather(meeting, 'Ada', 'Bob');
  await openConnections(ada!);
  const figures = ada!.page.getByRole('complementary', { name: 'Connection' }).getByRole('region', { name: 'Bob' });
  await expect(figures).toContainText(/Their picture\d+×\d+/);
  for (const person of [ada!, bob!]) {
    await person.button('Share screen').first().click();
  }
  await expect(figures).toContainText(/Their screen[1-9]\d*×[1-9]\d*/, { timeout: 20_000 });
  await expect(figures).toContainText(/Your screen[1-9]\d*×[1-9]\d*/, { timeout: 20_000 });
  for (const person of [ada!, bob!]) {
    await person.button('Stop sharing').first().click();
  }
  await expect(figures).not.toContainText(/screen/, { timeout: 20_000 });
  await expect(figures).toContainText(/Their picture\d+×\d+/);
});

test('the more people, the less each is sent', { tag: '@gate' }, async ({ meeting }) => {
  const [ada] = await gather(meeting, 'Ada', 'Bob');
  await expect.poll(async () => (await cameraEncodings(ada!)).length).toBe(1);
  const alone = (await cameraEncodings(ada!))[0]!.maxBitrate;
  expect(alone).toBeLessThanOrEqual(3_000_000);
  await gather(meeting, 'Cleo', 'Dan');
  await expect
    .poll(async () => {
      const encodings = await cameraEncodings(ada!);
      return encodings.length === 3 && encodings.every(({ maxBitrate }) => maxBitrate < alone * 0.7);
    })
    .toBe(true);
});

test('saving data is remembered and makes what is sent small at once', async ({ meeting }) => {
  const [ada, bob] = await gather(meeting, 'Ada', 'Bob');
  const before = (await cameraEncodings(ada!))[0]!.maxBitrate;
  await ada!.press('Settings');
  await ada!.page.getByRole('checkbox', { name: /Save data/ }).check();
  await expect.poll(async () => (await cameraEncodings(ada!))[0]!.maxBitrate).toBeLessThan(Math.min(before, 400_000));
  await ada!.page.keyboard.press('Escape');
  await bob!.expectToSeeAndHear(ada!);
  expect(await ada!.page.evaluate(() => JSON.stringify(localStorage))).toContain('save');
});

test('who shows a person small is sent them small, and large again when they are made large', async ({ meeting }) => {
  const [ada, bob] = await gather(meeting, 'Ada', 'Bob');
  const large = async () => (await cameraEncodings(ada!))[0]!.maxBitrate;
  const before = await large();
  await bob!.tile('Bob (you)').dblclick();
  await bob!.page.setViewportSize({ width: 700, height: 420 });
  await expect.poll(large, { timeout: 20_000 }).toBeLessThan(before / 2);
  await bob!.expectToSeeAndHear(ada!);
  await bob!.tile('Bob (you)').dblclick();
  await bob!.page.setViewportSize({ width: 960, height: 1200 });
  await expect.poll(large, { timeout: 20_000 }).toBeGreaterThan(before / 2);
});
