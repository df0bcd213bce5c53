/**
 * From the click on Join to the first decoded frame of somebody else, in two tabs on one machine, beside a bare page
 * with two peer connections. Both times are taken by the page's own clock: from the event's `timeStamp` to the
 * `presentationTime` of the frame. Prints one JSON object on a line.
 */
import { expect, test, type Meeting, type Person } from '../support/room.js';

const ROUNDS = Number(process.env.ROUNDS || 20);

interface Clock {
  clicked: number;
  firstFrame: Promise<number>;
}

declare global {
  interface Window {
    clock: Clock;
  }
}

/** Watches for the click on Join, and then for the first frame in a tile that is not one's own. */
function installClock(): void {
  const clock = { clicked: 0 } as Clock;
  clock.firstFrame = new Promise((resolve) => {
    const watched = new WeakSet<Element>();
    const look = () => {
      for (const video of document.querySelectorAll<HTMLVideoElement>('[role=group]:not([aria-label$="(you)"]) video')) {
        if (!watched.has(video) && clock.clicked > 0) {
          watched.add(video);
          video.requestVideoFrameCallback((_now, frame) => resolve(frame.presentationTime));
        }
      }
    };
    new MutationObserver(look).observe(document, { childList: true, subtree: true, attributes: true });
  });
  addEventListener(
    'click',
    (event) => {
      if (event.target instanceof Element && event.target.closest('button')?.textContent?.trim() === 'Join') {
        clock.clicked = event.timeStamp;
      }
    },
    { capture: true },
  );
  window.clock = clock;
}

/** The same on a bare page: two peer connections that talk to each other by function call. */
async function bareConnection(): Promise<number> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
  const started = performance.now();
  const [near, far] = [new RTCPeerConnection(), new RTCPeerConnection()];
  near.onicecandidate = ({ candidate }) => void far.addIceCandidate(candidate ?? undefined);
  far.onicecandidate = ({ candidate }) => void near.addIceCandidate(candidate ?? undefined);
  const video = document.createElement('video');
  video.muted = true;
  video.autoplay = true;
  document.body.append(video);
  const first = new Promise<number>((resolve) =>
    video.requestVideoFrameCallback((_now, frame) => resolve(frame.presentationTime)),
  );
  far.ontrack = ({ track }) => {
    if (track.kind === 'video') video.srcObject = new MediaStream([track]);
  };
  stream.getTracks().forEach((track) => near.addTrack(track, stream));
  await near.setLocalDescription();
  await far.setRemoteDescription(near.localDescription!);
  await far.setLocalDescription();
  await near.setRemoteDescription(far.localDescription!);
  const took = (await first) - started;
  near.close();
  far.close();
  stream.getTracks().forEach((track) => track.stop());
  video.remove();
  return took;
}

function figures(samples: number[]): { p50: number; p99: number; samples: number[] } {
  const sorted = samples.map((sample) => Math.round(sample)).sort((one, other) => one - other);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]!;
  return { p50: at(0.5), p99: at(0.99), samples: sorted };
}

/** Bob joins Ada again and again: how long each time took, in ms. */
async function joins(meeting: Meeting): Promise<{ took: number[]; bob: Person }> {
  const ada = await meeting.person('Ada', { devices: 'browser' });
  await ada.join(meeting.room);
  const bob = await meeting.person('Bob', { devices: 'browser', before: installClock });
  const took: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    await bob.visit(meeting.room);
    await bob.nameBox.fill('Bob');
    await bob.page.waitForFunction(() => (document.querySelector('video')?.videoWidth ?? 0) > 0);
    await bob.button('Join').click();
    took.push(
      await bob.page.evaluate(async () => {
        const { clock } = window;
        return (await clock.firstFrame) - clock.clicked;
      }),
    );
    await bob.button('Leave').click();
    await expect(ada.tile('Bob')).toHaveCount(0);
  }
  await ada.button('Leave').click();
  await bob.page.goto(bob.url);
  return { took, bob };
}

test('click Join to first remote frame', async ({ meeting }) => {
  const { took, bob } = await joins(meeting);
  const bare: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    bare.push(await bob.page.evaluate(bareConnection));
  }
  console.log(JSON.stringify({ unit: 'ms', rounds: ROUNDS, join: figures(took), bare: figures(bare) }));
});

test.describe('through the relay alone', () => {
  test.use({ serverOptions: ['--turn-listen', '0.0.0.0:0', '--ice-transport-policy', 'relay'] });

  test('click Join to first remote frame', async ({ meeting }) => {
    const { took } = await joins(meeting);
    console.log(JSON.stringify({ unit: 'ms', rounds: ROUNDS, relayed: figures(took) }));
  });
});

test.describe('through the SFU', () => {
  test.use({ serverOptions: ['--sfu', 'always', '--sfu-listen', '127.0.0.1:0'] });

  test('click Join to first remote frame', async ({ meeting }) => {
    const { took } = await joins(meeting);
    console.log(JSON.stringify({ unit: 'ms', rounds: ROUNDS, 'through the SFU': figures(took) }));
  });
});
