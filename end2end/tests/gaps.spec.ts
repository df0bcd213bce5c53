/** The instruments of a switch on a bare page: a gap, a voice heard twice, a blank and a stranger are seen, and none where there is none. */
import { expect, test, type Page } from '@playwright/test';
import { BarePage } from '../support/bare.js';
import { judge, type Found } from '../support/envelope.js';
import { beginToListen, envelopes, listenForGaps, STEP_MS } from '../support/gaps.js';
import { watchTiles } from '../support/tiles.js';

const PAGE = `<!doctype html><html lang="en"><title>Bare</title><link rel="icon" href="data:,">
<div role="group" aria-label="Ada"><video autoplay playsinline muted></video></div>`;

/** What the page of these tests offers: two lines of Ada, whose tone is 410 Hz. */
interface Bench {
  lines: HTMLAudioElement[];
  /** What comes on the first line is silenced for so long. */
  drop(ms: number): void;
  /** Resolves after so many ms of the clock, and to how many they were. */
  pass(ms: number): Promise<number>;
  /** The colour that the camera sends from now on. */
  colour: string;
  camera: MediaStream;
}

let bare: BarePage;

test.beforeAll(async () => {
  bare = await BarePage.serve(PAGE);
});
test.afterAll(() => bare.close());

test.beforeEach(async ({ page }) => {
  await listenForGaps(page);
  await watchTiles(page);
  await page.goto(bare.url);
  await page.evaluate(async () => {
    const making = new AudioContext({ sinkId: { type: 'none' } } as AudioContextOptions);
    const lines: HTMLAudioElement[] = [];
    const volumes: GainNode[] = [];
    for (const place of [0, 1]) {
      const [oscillator, volume] = [new OscillatorNode(making, { frequency: 410 }), new GainNode(making, { gain: 0.3 })];
      const out = making.createMediaStreamDestination();
      oscillator.connect(volume).connect(out);
      oscillator.start();
      const line = document.createElement('audio');
      line.autoplay = true;
      line.muted = place > 0;
      document.body.append(line);
      line.srcObject = out.stream;
      await line.play();
      lines.push(line);
      volumes.push(volume);
    }
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [320, 180];
    const brush = canvas.getContext('2d')!;
    const bench: Bench = {
      lines,
      drop(ms) {
        const now = making.currentTime + 0.05;
        volumes[0]!.gain.setValueAtTime(0, now);
        volumes[0]!.gain.setValueAtTime(0.3, now + ms / 1_000);
      },
      async pass(ms) {
        const began = performance.now();
        await new Promise((resolve) => setTimeout(resolve, ms));
        return performance.now() - began;
      },
      colour: 'rgb(205 40 40)',
      camera: canvas.captureStream(30),
    };
    setInterval(() => {
      brush.fillStyle = bench.colour;
      brush.fillRect(0, 0, 320, 180);
      brush.fillStyle = 'white';
      brush.fillRect(Math.random() * 300, 160, 10, 10);
    }, 33);
    Object.assign(window, { bench });
  });
  await page.waitForTimeout(1_500);
  await beginToListen(page);
});

const at = <T, A>(page: Page, act: (bench: Bench, argument: A) => T | Promise<T>, argument?: A): Promise<T> =>
  page.evaluate(`(${act})(window.bench, ${JSON.stringify(argument)})`) as Promise<T>;

async function found(page: Page): Promise<Found> {
  await page.waitForTimeout(1_500);
  return judge((await envelopes(page)).of('Ada'));
}

/** What is measured lies this close to what was done, in ms: a step on either side, and the page's clock beside that of its sound. */
const CLOSE_MS = 25;

test('a steady voice has no gap and is heard once, and a voice that nobody sends is missed', async ({ page }) => {
  const { gap, doubled, median } = await found(page);
  expect(median).toBeCloseTo(0.3, 1);
  expect(gap).toBeLessThanOrEqual(2 * STEP_MS);
  expect(doubled).toBe(0);
  expect(judge((await envelopes(page)).of('Bob')).gap).toBe(Infinity);
});

test('a gap of what comes is as long as it is', async ({ page }) => {
  await at(page, (bench) => bench.drop(100));
  const { gap, cameNot } = await found(page);
  expect(gap).toBeGreaterThanOrEqual(100 - 2 * STEP_MS);
  expect(gap).toBeLessThanOrEqual(100 + CLOSE_MS);
  expect(cameNot).toBe(0); // The second line goes on, muted.
});

test('a gap between two lines and an overlap of two are as long as they are, and a change in one task is neither', async ({ page }) => {
  const missed = await at(page, async ({ lines, pass }) => {
    lines[0]!.muted = true;
    const passed = await pass(100);
    lines[1]!.muted = false;
    return passed;
  });
  const first = await found(page);
  expect(Math.abs(first.gap - missed), `${first.gap} of ${missed}`).toBeLessThanOrEqual(CLOSE_MS);
  expect(first.doubled).toBe(0);

  await beginToListen(page);
  const twice = await at(page, async ({ lines, pass }) => {
    lines[0]!.muted = false;
    const passed = await pass(100);
    lines[1]!.muted = true;
    return passed;
  });
  const second = await found(page);
  expect(Math.abs(second.doubled - twice), `${second.doubled} of ${twice}`).toBeLessThanOrEqual(CLOSE_MS);
  expect(second.gap).toBeLessThanOrEqual(2 * STEP_MS);

  await beginToListen(page);
  await at(page, async ({ lines, pass }) => {
    for (let change = 0; change < 10; change += 1) {
      for (const line of lines) line.muted = !line.muted;
      await pass(80);
    }
  });
  const third = await found(page);
  expect(third.gap).toBeLessThanOrEqual(CLOSE_MS);
  expect(third.doubled).toBeLessThanOrEqual(CLOSE_MS);
});

test('a picture that stands still, a blank one and a stranger are noticed in a tile, and a steady one is none of them', async ({ page }) => {
  const story = async () => (await page.evaluate(() => window.tiles.stories())).Ada!;
  const begin = () => page.evaluate(() => window.tiles.begin());
  await at(page, ({ camera }) => void (document.querySelector('video')!.srcObject = camera));
  await page.waitForTimeout(500);
  await begin();
  await page.waitForTimeout(1_000);
  const steady = await story();
  expect(steady).toMatchObject({ blank: 0, strange: [] });
  expect(steady.frames).toBeGreaterThan(10);
  expect(steady.gap).toBeLessThan(200);

  await at(page, (bench) => void (bench.colour = 'rgb(30 70 205)'));
  await page.waitForTimeout(300);
  await at(page, (bench) => void (bench.colour = 'rgb(205 40 40)'));
  expect((await story()).strange).toContain('Bob');

  await begin();
  await at(page, ({ camera }) => void (camera.getVideoTracks()[0]!.enabled = false));
  await page.waitForTimeout(600);
  expect(await story()).toMatchObject({ strange: [] });
  const still = await story();
  expect(still.gap > 400 || still.blank > 0).toBe(true);

  await begin();
  await at(page, () => void (document.querySelector('video')!.srcObject = null));
  await page.waitForTimeout(200);
  expect((await story()).blank).toBeGreaterThan(0);
});
