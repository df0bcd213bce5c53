/**
 * Calls outlive what networks do to them; how long media stays away is measured at both ends and bounded.
 *
 * Media is what was decoded (video) or received (audio), sampled twenty times a second: a gap is measured up to 50 ms
 * too long.
 */
import {
  ADDRESS_CHANGE_MS,
  callBetween,
  expectBack,
  expectGaps,
  FREEZE_MS,
  HEALED_MS,
  pause,
  PICTURE_MS,
  RECOVERED_MS,
} from './gaps.js';
import { expect, test } from './lab.js';
import { PAGE_PORT } from './server.js';

for (const [how, sfu] of [['directly', 'off'], ['through the server', 'always']] as const) {
  test.describe(`for who speaks ${how}`, () => {
    test.use({ serverOptions: ['--sfu', sfu] });

    test('who moves to another network is gone for three seconds at most', { tag: '@gate' }, async ({ lab }) => {
      const call = await callBetween(lab);
      // By then Chromium asks only every 2.5 s whether a pair still works.
      await pause(5_000);
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

    test('a router that gets another address and forgets everybody costs three seconds at most', { tag: '@gate' }, async ({ lab }) => {
      const call = await callBetween(lab);
      const from = Date.now();
      call[0].home.rebind();
      await expectBack(lab, call, from + 200, 40_000);
      await lab.expectToSeeAndHear(...call);
      await expectGaps(lab, call, from, ADDRESS_CHANGE_MS, ADDRESS_CHANGE_MS + PICTURE_MS);
    });
  });
}

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
