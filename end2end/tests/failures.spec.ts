/** Every failure has its own words and a way on. */
import { chromium } from '@playwright/test';
import { GRANT_DEVICES, INSECURE_HOST, launchOptions } from '../support/browser.js';
import { SOCKET_TROUBLE } from '../support/outage.js';
import { expect, test, type Person } from '../support/room.js';

const words = (person: Person, pattern: RegExp) => person.page.getByText(pattern).filter({ visible: true }).first();

const DEVICE_FAILURES: [string, string, RegExp][] = [
  ['NotAllowedError', 'a denied permission says how to allow it again', /allow/i],
  ['NotFoundError', 'a missing device is called missing', /no (camera|microphone)|not found|find/i],
  ['NotReadableError', 'a device in use elsewhere is called busy', /another (app|program)|in use|busy/i],
];

for (const [failure, sentence, pattern] of DEVICE_FAILURES) {
  test(`${sentence}, and one can join to watch and listen`, { tag: failure === 'NotAllowedError' ? '@gate' : [] }, async ({ meeting }) => {
    const [bob] = await meeting.gather('Bob');
    const ada = await meeting.person('Ada', { failures: { audio: failure, video: failure } });
    await ada.visit(meeting.room);
    await expect(words(ada, pattern)).toBeVisible();
    await ada.enter();
    await expect.poll(() => ada.view()).toEqual({ 'Ada (you)': 'hidden', Bob: 'Bob' });
    await ada.expectToHear(bob!);
    await expect.poll(() => bob!.view()).toMatchObject({ Ada: 'hidden' });
  });
}

test('without a camera the microphone is still used', async ({ meeting }) => {
  const [bob] = await meeting.gather('Bob');
  const ada = await meeting.person('Ada', { failures: { video: 'NotFoundError' } });
  await ada.join(meeting.room);
  await bob!.expectToHear(ada);
  await ada.expectToHear(bob!);
  await expect.poll(() => ada.view()).toEqual({ 'Ada (you)': 'hidden', Bob: 'Bob' });
});

test('a permission granted after all brings the camera without a reload', async ({ meeting }) => {
  const [bob] = await meeting.gather('Bob');
  const ada = await meeting.person('Ada', { failures: { audio: 'NotAllowedError', video: 'NotAllowedError' } });
  await ada.join(meeting.room);
  await ada.expectToHear(bob!);
  await ada.page.evaluate(() => window.instruments.fail({}));
  await ada.button('Turn camera on').or(ada.button('Try again')).first().click();
  await bob!.expectToSee(ada);
});

test('a real refusal of the browser has the words of a denied permission', async ({ meeting }) => {
  const refusing = await chromium.launch({
    ...launchOptions,
    args: [...launchOptions.args!.filter((flag) => flag !== GRANT_DEVICES), '--deny-permission-prompts'],
  });
  const ada = await meeting.person('Ada', { browser: refusing, devices: 'browser' });
  await ada.visit(meeting.room);
  await expect(words(ada, /allow/i)).toBeVisible();
  await ada.enter();
  await refusing.close();
});

test('an insecure page says why there is no camera and what the operator must do', { tag: '@gate' }, async ({ meeting }) => {
  const ada = await meeting.person('Ada', { url: `http://${INSECURE_HOST}:${meeting.server.port}` });
  ada.guard.expect(/Cross-Origin-Opener-Policy/i, /insecure|secure context|untrustworthy/i);
  await ada.visit(meeting.room);
  await expect(words(ada, /https/i)).toBeVisible();
});

test('a browser without WebRTC is told so', async ({ meeting }) => {
  const ada = await meeting.person('Ada', {
    before: () => {
      Reflect.deleteProperty(window, 'RTCPeerConnection');
      Reflect.deleteProperty(window, 'webkitRTCPeerConnection');
    },
  });
  await ada.visit(meeting.room);
  await expect(words(ada, /WebRTC/)).toBeVisible();
});

test.describe('a room for two', () => {
  test.use({ serverOptions: ['--room-capacity', '2'] });

  test('a full room says so, and lets one try again once somebody has left', { tag: '@gate' }, async ({ meeting }) => {
    const [ada, bob] = await meeting.gather('Ada', 'Bob');
    await meeting.expectAllToSeeAndHear([ada!, bob!]);
    const cleo = await meeting.person('Cleo');
    await cleo.visit(meeting.room);
    await cleo.nameBox.fill('Cleo');
    await cleo.button('Join').click();
    await expect(words(cleo, /full/i)).toBeVisible();
    await expect(cleo.own).toHaveCount(0);
    await bob!.button('Leave').click();
    await ada!.expectOthers();
    await cleo.button('Join').click();
    await expect(cleo.own).toBeVisible();
    await meeting.expectAllToSeeAndHear([ada!, cleo]);
  });
});

test('a server that does not answer for a moment costs nothing but the moment', { tag: '@gate' }, async ({ meeting }) => {
  const [ada, wire] = await meeting.personOnWire('Ada');
  ada.guard.expect(...SOCKET_TROUBLE, /ERR_EMPTY/);
  await ada.visit(meeting.room);
  await expect.poll(async () => (await ada.devices()).video).toBe(1);
  await ada.expectSecondWasm();
  await wire.cut();
  await ada.nameBox.fill('Ada');
  await ada.button('Join').click();
  await expect.poll(() => ada.sockets).toBeGreaterThan(0);
  await wire.mend();
  await expect(ada.own).toBeVisible({ timeout: 20_000 });
});

test('a server that cannot be reached is told, and Join tries again', { tag: '@gate' }, async ({ meeting }) => {
  const [ada, wire] = await meeting.personOnWire('Ada');
  ada.guard.expect(...SOCKET_TROUBLE, /ERR_EMPTY/);
  await ada.visit(meeting.room);
  await expect.poll(async () => (await ada.devices()).video).toBe(1);
  await ada.expectSecondWasm();
  await wire.cut();
  await ada.nameBox.fill('Ada');
  await ada.button('Join').click();
  await expect(words(ada, /cannot be reached/i)).toBeVisible({ timeout: 30_000 });
  await wire.mend();
  await ada.button('Join').click();
  await expect(ada.own).toBeVisible();
});

test('voices held back by the browser need one tap', { tag: '@gate' }, async ({ meeting }) => {
  const [bob] = await meeting.gather('Bob');
  const ada = await meeting.person('Ada', {
    before: () => {
      let tapped = false;
      let held = false;
      addEventListener('click', () => (tapped = held), { capture: true });
      const play = HTMLMediaElement.prototype.play;
      HTMLMediaElement.prototype.play = function (this: HTMLMediaElement) {
        if (this.muted || tapped) {
          return play.call(this);
        }
        held = true;
        this.pause();
        return Promise.reject(new DOMException('provoked by a test', 'NotAllowedError'));
      };
    },
  });
  await ada.join(meeting.room);
  const tap = ada.page.getByRole('button', { name: /hear/i });
  await expect(tap).toBeVisible();
  await tap.click();
  await ada.expectToHear(bob!);
  await expect(tap).toHaveCount(0);
});
