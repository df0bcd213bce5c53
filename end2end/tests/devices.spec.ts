import { expect, test, type Person } from '../support/room.js';

test('muting is signalled and silent at once, and keeps the microphone open for an instant return', { tag: '@gate' }, async ({ meeting }) => {
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

test('camera off stops the device, and it comes on again without renegotiation', { tag: '@gate' }, async ({ meeting }) => {
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

test('when a camera is unplugged another takes its place', { tag: '@gate' }, async ({ meeting }) => {
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

test('another microphone is taken into use without a gap', { tag: '@gate' }, async ({ meeting }) => {
  const [ada, bob] = await meeting.gather('Ada', 'Bob');
  await meeting.expectAllToSeeAndHear([ada!, bob!]);
  const told = ada!.count('sent', 'media');
  const { captured } = await ada!.devices();
  await ada!.press('Settings');
  const cameras = ada!.page.getByRole('dialog').getByRole('combobox', { name: 'Camera' });
  const microphones = ada!.page.getByRole('dialog').getByRole('combobox', { name: 'Microphone' });
  await bob!.watchFrames(ada!);
  for (const menu of [microphones, cameras]) {
    const last = await menu.locator('option').last().getAttribute('value');
    await menu.selectOption(last);
  }
  await expect.poll(() => ada!.devices()).toEqual({ audio: 1, video: 1, captured: captured + 2 });
  await bob!.expectToSeeAndHear(ada!);
  // Nobody was told of a pause, for there was none.
  expect(ada!.count('sent', 'media')).toBe(told);
  expect((await bob!.longestGap(ada!)).gap).toBeLessThan(2_000);
});

/** What the running tracks of a kind were asked for. */
const constraints = (person: Person, kind: 'audio' | 'video') =>
  person.page.evaluate((kind) => (window as unknown as { asked: Record<string, MediaTrackConstraints> }).asked[kind], kind);

const watchConstraints = () => {
  if (!isSecureContext) {
    return;
  }
  const asked: Record<string, unknown> = {};
  Object.assign(window, { asked });
  const capture = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    Object.assign(asked, wanted?.audio && { audio: wanted.audio }, wanted?.video && { video: wanted.video });
    const stream = await capture(wanted);
    for (const track of stream.getVideoTracks()) {
      const apply = track.applyConstraints.bind(track);
      track.applyConstraints = async (constraints) => {
        await apply(constraints);
        asked.video = constraints;
      };
    }
    return stream;
  };
};

test('resolution, frame rate and processing are changed in the call and remembered', async ({ meeting }) => {
  const ada = await meeting.person('Ada', { before: watchConstraints });
  await ada.join(meeting.room);
  const [bob] = await meeting.gather('Bob');
  await meeting.expectAllToSeeAndHear([ada, bob!]);
  const { captured } = await ada.devices();
  await ada.press('Settings');
  const dialog = ada.page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: 'Resolution' }).selectOption('360p');
  await expect.poll(() => constraints(ada, 'video')).toMatchObject({ width: { ideal: 640 }, height: { ideal: 360 } });
  await dialog.getByRole('combobox', { name: 'Frames per second' }).selectOption('15');
  await expect.poll(() => constraints(ada, 'video')).toMatchObject({ frameRate: { min: 5, ideal: 15 } });
  await dialog.getByRole('checkbox', { name: /^Noise suppression/ }).uncheck();
  await expect
    .poll(() => constraints(ada, 'audio'))
    .toMatchObject({ noiseSuppression: false, echoCancellation: true, autoGainControl: true });
  // The camera was constrained, the microphone captured anew; neither stopped.
  await expect.poll(() => ada.devices()).toEqual({ audio: 1, video: 1, captured: captured + 1 });
  await bob!.expectToSeeAndHear(ada);

  await ada.page.reload();
  await expect.poll(() => constraints(ada, 'video')).toMatchObject({ width: { ideal: 640 }, frameRate: { ideal: 15 } });
  await expect.poll(() => constraints(ada, 'audio')).toMatchObject({ noiseSuppression: false });
});

test('with audio only the own camera stops and nobody’s picture is shown', async ({ meeting }) => {
  const [ada, bob] = await meeting.gather('Ada', 'Bob');
  await meeting.expectAllToSeeAndHear([ada!, bob!]);
  await ada!.button('More').click();
  await ada!.button('Audio only').click();
  await expect.poll(() => ada!.devices()).toMatchObject({ audio: 1, video: 0 });
  await expect.poll(() => ada!.view()).toEqual({ 'Ada (you)': 'hidden', Bob: 'hidden' });
  await expect.poll(() => bob!.view()).toMatchObject({ Ada: 'hidden' });
  await ada!.expectToHear(bob!);
  await bob!.expectToHear(ada!);
  await ada!.button('Turn camera on').click();
  await meeting.expectAllToSeeAndHear([ada!, bob!]);
});

/** Two microphones and two speakers, of which one each comes and goes with `window.plug`. */
const plugHeadset = () => {
  if (!isSecureContext) {
    return;
  }
  const devices = navigator.mediaDevices;
  const list = devices.enumerateDevices.bind(devices);
  const capture = devices.getUserMedia.bind(devices);
  let plugged = false;
  const headset = (kind: MediaDeviceKind) => ({ deviceId: 'headset', groupId: 'h', kind, label: 'Headset' }) as MediaDeviceInfo;
  devices.enumerateDevices = async () => {
    const real = await list();
    const isKnown = real.every(({ deviceId }) => deviceId !== '');
    return plugged && isKnown ? [...real, headset('audioinput'), headset('audiooutput')] : real;
  };
  devices.getUserMedia = async (wanted) => {
    const audio = wanted?.audio as MediaTrackConstraints | undefined;
    const id = (audio?.deviceId as ConstrainDOMStringParameters | undefined)?.exact;
    if (id !== 'headset') {
      return capture(wanted);
    }
    if (!plugged) {
      throw new DOMException('unplugged', 'OverconstrainedError');
    }
    Object.assign(window, { headsetUsed: true });
    return capture({ ...wanted, audio: true });
  };
  const sinks = new Set<string>();
  Object.assign(window, {
    sinks,
    plug: (now: boolean) => {
      plugged = now;
      devices.dispatchEvent(new Event('devicechange'));
    },
  });
  HTMLMediaElement.prototype.setSinkId = async function (this: HTMLMediaElement, id: string) {
    if (this.isConnected) {
      sinks.clear();
      sinks.add(id);
    }
  };
};

test('a new headset is offered, used whole, and when it is unplugged the default takes over and says so', async ({ meeting }) => {
  const ada = await meeting.person('Ada', { before: plugHeadset });
  await ada.join(meeting.room);
  const [bob] = await meeting.gather('Bob');
  await meeting.expectAllToSeeAndHear([ada, bob!]);
  const plug = (now: boolean) =>
    ada.page.evaluate((now) => (window as unknown as { plug: (now: boolean) => void }).plug(now), now);
  const sinks = () => ada.page.evaluate(() => [...(window as unknown as { sinks: Set<string> }).sinks]);

  await plug(true);
  await expect(ada.page.getByText('Headset was connected')).toBeVisible();
  await ada.button('Use').click();
  await expect.poll(() => ada.page.evaluate(() => (window as unknown as { headsetUsed?: boolean }).headsetUsed)).toBe(true);
  await expect.poll(sinks).toEqual(['headset']);
  await bob!.expectToHear(ada);

  const { captured } = await ada.devices();
  const unplugged = Date.now();
  await plug(false);
  await expect(ada.page.getByText('Your microphone is gone. The default one is used now.')).toBeVisible();
  await expect.poll(sinks).toEqual(['']);
  expect(Date.now() - unplugged).toBeLessThan(2_000);
  expect(await ada.devices()).toMatchObject({ captured: captured + 1 });
  await bob!.expectToHear(ada);

  await plug(true);
  await expect(ada.page.getByText('Headset is back and in use again').first()).toBeVisible();
  await expect.poll(sinks).toEqual(['headset']);
  await bob!.expectToHear(ada);
});

test('the speaker is tried with a sound', async ({ meeting }) => {
  const ada = await meeting.person('Ada', {
    before: () => {
      const heard: MediaStream[] = [];
      Object.assign(window, { heard });
      const play = HTMLMediaElement.prototype.play;
      HTMLMediaElement.prototype.play = function (this: HTMLMediaElement) {
        if (!this.isConnected && this.srcObject instanceof MediaStream) {
          heard.push(this.srcObject);
        }
        return play.call(this);
      };
    },
  });
  await ada.join(meeting.room);
  await ada.press('Settings');
  const loudest = ada.page.evaluate(async () => {
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    const samples = new Float32Array(analyser.fftSize);
    const late = performance.now() + 5_000;
    let stream: MediaStream | undefined;
    let peak = 0;
    while (performance.now() < late && peak < 0.05) {
      if (!stream) {
        stream = (window as unknown as { heard: MediaStream[] }).heard[0];
        if (stream) context.createMediaStreamSource(stream).connect(analyser);
      }
      analyser.getFloatTimeDomainData(samples);
      peak = Math.max(peak, ...samples);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return peak;
  });
  await ada.button('Test speaker').click();
  expect(await loudest).toBeGreaterThan(0.05);
});
