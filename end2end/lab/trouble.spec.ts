/**
 * Calls outlive what networks do to them; how long media stays away is measured at both ends and bounded.
 *
 * Media is what was decoded (video) or received (audio), sampled twenty times a second: a gap is measured up to 50 ms
 * too long.
 */
import type { HomeOptions } from './internet.js';
import { expect, test, type Lab, type Resident } from './lab.js';
import { PAGE_PORT } from './server.js';

/** Longest gap of media that nobody calls a freeze, in ms. */
const FREEZE_MS = 500;

/** Longest gap of media when somebody's address changes, in ms. */
const ADDRESS_CHANGE_MS = 3_000;

/** Longest until media is back after the end of a blackout that was too short to act, in ms. */
const HEALED_MS = 500;

/**
 * What a picture may take longer than a voice, in ms. Once in five or six times Chromium decodes nothing for two seconds after
 * pictures were lost, although whole ones arrive, and then all at once; bare pages without Visavis do the same, and more often.
 */
const PICTURE_MS = 2_000;

/** Longest until media is back after the end of a long blackout, in ms. */
const RECOVERED_MS = 3_000;

/** What browsers report of networks and servers that went away. */
const NETWORK_TROUBLE = [/WebSocket connection to/, /net::ERR_/, /request failed/];

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A call between two homes in which trouble is expected. */
async function callBetween(lab: Lab, one: HomeOptions = {}, other: HomeOptions = {}): Promise<[Resident, Resident]> {
  const call = await lab.call(lab.home(one), lab.home(other));
  call.forEach(({ person }) => person.guard.expect(...NETWORK_TROUBLE));
  return call;
}

/** Expects media to be back at both ends soon after a moment, and no gap since `from` to be longer than `most`. */
async function expectGaps(lab: Lab, call: Resident[], from: number, most: number, mostOfVideo = most): Promise<void> {
  const gaps = await Promise.all(
    call.map(async (resident) => {
      const measured = await resident.gaps(from);
      lab.measured(`${resident.person.name} without media`, measured);
      return measured;
    }),
  );
  for (const { audio, video } of gaps) {
    expect(audio).toBeLessThanOrEqual(most);
    expect(video).toBeLessThanOrEqual(mostOfVideo);
  }
}

/** Expects media at both ends within `most` after the network returned at `moment`. */
async function expectBack(lab: Lab, call: Resident[], moment: number, most: number, mostOfVideo = most): Promise<void> {
  const back = await Promise.all(
    call.map(async (resident) => {
      const measured = await resident.backAfter(moment, 40_000);
      lab.measured(`${resident.person.name} has media again after`, measured);
      return measured;
    }),
  );
  for (const { audio, video } of back) {
    expect(audio).toBeLessThanOrEqual(most);
    expect(video).toBeLessThanOrEqual(mostOfVideo);
  }
}

test('who moves to another network is gone for three seconds at most', { tag: '@gate' }, async ({ lab }) => {
  const call = await callBetween(lab);
  const elsewhere = lab.home();
  const moved = Date.now();
  elsewhere.admit(call[0].machine);
  await expectBack(lab, call, Date.now() + 200, 40_000);
  await lab.expectToSeeAndHear(...call);
  await expectGaps(lab, call, moved, ADDRESS_CHANGE_MS, ADDRESS_CHANGE_MS + PICTURE_MS);
});

test('after a blackout of four seconds voices are back within half a second, pictures soon, and nobody is alarmed', async ({ lab }) => {
  const call = await callBetween(lab);
  const alarms = call.map(({ person }) =>
    person.page.getByText(/reconnecting/i).filter({ visible: true }).first().waitFor({ timeout: 0 }).then(
      () => true,
      () => false,
    ),
  );
  call[0].home.blackOut();
  await pause(4_000);
  call[0].home.heal();
  await expectBack(lab, call, Date.now(), HEALED_MS, HEALED_MS + PICTURE_MS);
  await lab.expectToSeeAndHear(...call);
  await Promise.all(call.map(({ person }) => person.page.close()));
  expect(await Promise.all(alarms), 'nobody was alarmed').toEqual([false, false]);
});

test('a blackout of 26 seconds is over three seconds after it ended', async ({ lab }) => {
  test.setTimeout(120_000);
  const call = await callBetween(lab);
  call[0].home.blackOut();
  await pause(26_000);
  call[0].home.heal();
  await expectBack(lab, call, Date.now(), RECOVERED_MS, RECOVERED_MS + PICTURE_MS);
  await lab.expectToSeeAndHear(...call);
});

for (const [percent, voices, pictures] of [[5, FREEZE_MS, FREEZE_MS], [10, FREEZE_MS, 1_000], [30, 1_000, 4_000]] as const) {
  test(`with ${percent} % of the packets lost voices pause for ${voices} ms at most, pictures for ${pictures}`, async ({ lab }) => {
    const call = await callBetween(lab);
    const from = Date.now();
    call[0].home.lose(percent);
    await pause(8_000);
    await expectGaps(lab, call, from, voices, pictures);
  });
}

test('with 300 kbit/s media goes on, without a gap of more than two seconds', async ({ lab }) => {
  const call = await callBetween(lab);
  const from = Date.now();
  call[0].home.throttle(300);
  await pause(10_000);
  await expectGaps(lab, call, from, 2_000);
  await lab.expectToSeeAndHear(...call);
});

test('a server killed and restarted freezes nobody who speaks directly', async ({ lab }) => {
  const call = await callBetween(lab);
  const from = Date.now();
  await lab.server.kill();
  await lab.server.run();
  await Promise.all(
    call.map(({ person }) =>
      expect.poll(() => person.count('received', 'welcome'), { timeout: 20_000 }).toBeGreaterThanOrEqual(2),
    ),
  );
  await lab.expectToSeeAndHear(...call);
  await expectGaps(lab, call, from, FREEZE_MS);
});

test('a relay killed and restarted is found again within five seconds', async ({ lab }) => {
  const call = await callBetween(lab, { nat: 'symmetric' }, { nat: 'symmetric' });
  await lab.server.kill();
  await lab.server.run();
  await expectBack(lab, call, Date.now(), 5_000);
  await lab.expectToSeeAndHear(...call);
});

test('a socket that died in silence is replaced, and nobody freezes meanwhile', async ({ lab }) => {
  const call = await callBetween(lab);
  const [ada, bob] = call;
  const from = Date.now();
  expect(ada.home.swallowConnections(ada.machine, PAGE_PORT)).toBeGreaterThanOrEqual(1);
  await expect.poll(() => ada.person.count('received', 'welcome'), { timeout: 30_000 }).toBe(2);
  lab.measured('Ada has another socket after', { it: Date.now() - from });
  await lab.expectToSeeAndHear(ada, bob);
  await expectGaps(lab, call, from, FREEZE_MS);
  expect(bob.person.count('received', 'peer-left')).toBe(0);
});

test('a router that gets another address and forgets everybody costs three seconds at most', { tag: '@gate' }, async ({ lab }) => {
  const call = await callBetween(lab);
  const from = Date.now();
  call[0].home.rebind();
  await expectBack(lab, call, from + 200, 40_000);
  await lab.expectToSeeAndHear(...call);
  await expectGaps(lab, call, from, ADDRESS_CHANGE_MS, ADDRESS_CHANGE_MS + PICTURE_MS);
});
