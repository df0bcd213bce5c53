/** The instruments themselves, on a bare page with two peer connections: what they cannot tell apart proves nothing. */
import { expect, test } from '@playwright/test';
import { BarePage } from '../support/bare.js';
import { Wire } from '../support/net.js';
import { Person } from '../support/person.js';

const PAGE = `<!doctype html><html lang="en"><title>Bare</title><link rel="icon" href="data:,">
<div role="group" aria-label="Ada (you)"><video autoplay playsinline muted></video></div>
<div role="group" aria-label="Ada"><video autoplay playsinline muted></video></div>
<audio autoplay></audio>`;

let bare: BarePage;

test.beforeAll(async () => {
  bare = await BarePage.serve(PAGE);
});
test.afterAll(() => bare.close());

test('a colour and a tone are recognised after a real peer connection, and their absence is noticed', async ({
  browser,
}) => {
  const ada = await Person.arrive(browser, 'Ada', bare.url, {});
  await ada.page.goto(bare.url);
  await ada.page.evaluate(async () => {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
    const [near, far] = [new RTCPeerConnection(), new RTCPeerConnection()];
    near.onicecandidate = ({ candidate }) => void far.addIceCandidate(candidate ?? undefined);
    far.onicecandidate = ({ candidate }) => void near.addIceCandidate(candidate ?? undefined);
    const [own, other] = document.querySelectorAll('video');
    far.ontrack = ({ track }) => {
      const element = track.kind === 'video' ? other! : document.querySelector('audio')!;
      element.srcObject = new MediaStream([track]);
    };
    stream.getTracks().forEach((track) => near.addTrack(track, stream));
    own!.srcObject = new MediaStream(stream.getVideoTracks());
    await near.setLocalDescription();
    await far.setRemoteDescription(near.localDescription!);
    await far.setLocalDescription();
    await near.setRemoteDescription(far.localDescription!);
    Object.assign(window, { stream });
  });
  await expect.poll(() => ada.view()).toEqual({ 'Ada (you)': 'Ada', Ada: 'Ada' });
  await expect.poll(() => ada.hearing()).toEqual(['Ada']);
  expect(await ada.devices()).toEqual({ audio: 1, video: 1, captured: 2 });

  await ada.watchFrames(ada);
  await expect.poll(async () => (await ada.longestGap(ada)).frames).toBeGreaterThan(10);
  expect((await ada.longestGap(ada)).gap).toBeLessThan(500);

  await ada.page.evaluate(() => {
    const { stream } = window as unknown as { stream: MediaStream };
    stream.getAudioTracks()[0]!.enabled = false;
    stream.getVideoTracks()[0]!.stop();
  });
  await expect.poll(() => ada.hearing()).toEqual([]);
  await expect.poll(() => ada.view()).toEqual({ 'Ada (you)': 'no frames', Ada: 'no frames' });
  expect(await ada.devices()).toEqual({ audio: 1, video: 0, captured: 2 });
  await expect.poll(async () => (await ada.longestGap(ada)).gap).toBeGreaterThan(600);
  expect(ada.guard.unexpected()).toEqual([]);
  await ada.guard.close();
});

test('a failure of a device has its name, and the guard sees console errors and missing files', async ({ browser }) => {
  const bob = await Person.arrive(browser, 'Bob', bare.url, { failures: { video: 'NotReadableError' } });
  await bob.page.goto(bare.url);
  const capture = (constraints: MediaStreamConstraints) =>
    bob.page.evaluate(
      (asked) =>
        navigator.mediaDevices.getUserMedia(asked).then(
          (stream) => stream.getTracks().map((track) => track.kind).join(),
          (error: DOMException) => error.name,
        ),
      constraints,
    );
  expect(await capture({ audio: true, video: true })).toBe('NotReadableError');
  expect(await capture({ audio: true })).toBe('audio');
  await bob.page.evaluate(() => window.instruments.fail({}));
  expect(await capture({ video: true })).toBe('video');
  await bob.page.evaluate(() => {
    console.error('provoked');
    return fetch('http://127.0.0.1:1/').catch(() => undefined);
  });
  await expect.poll(() => bob.guard.unexpected().length).toBeGreaterThanOrEqual(3);
  bob.guard.expect(/provoked/, /127\.0\.0\.1:1\//);
  expect(bob.guard.unexpected()).toEqual([]);
  await bob.guard.close();
});

test('a wire lets everything through until it is cut, nothing while it stalls, and everything once it is mended', async ({
  page,
}) => {
  const wire = await Wire.to(Number(new URL(bare.url).port));
  await page.goto(wire.url);
  const ask = () =>
    page.evaluate(() =>
      Promise.race([
        fetch('/').then((response) => response.status, () => 'refused'),
        new Promise((resolve) => setTimeout(resolve, 300, 'silence')),
      ]),
    );
  expect(await ask()).toBe(200);
  await wire.cut();
  expect(await ask()).toBe('refused');
  await wire.mend();
  expect(await ask()).toBe(200);
  wire.stall();
  expect(await ask()).toBe('silence');
  await wire.mend();
  expect(await ask()).toBe(200);
  await wire.dispose();
});
