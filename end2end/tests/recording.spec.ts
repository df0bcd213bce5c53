/** A recording is a file that plays, seeks, and has what was seen and heard; and everybody knows of it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Download } from '@playwright/test';
import { expect, test, type Person } from '../support/room.js';

interface Probe {
  format: { duration?: string };
  streams: { codec_type: string; codec_name: string; width?: number; nb_read_frames?: string }[];
}

async function keep(download: Download): Promise<string> {
  const path = join(mkdtempSync(join(tmpdir(), 'visavis-recording-')), download.suggestedFilename());
  await download.saveAs(path);
  return path;
}

const probe = (path: string): Probe =>
  JSON.parse(
    execFileSync('ffprobe', ['-v', 'error', '-count_frames', '-show_format', '-show_streams', '-of', 'json', path], {
      encoding: 'utf8',
    }),
  ) as Probe;

/** The mean colour of the part of one frame, in the middle of the file. */
function colourAt(path: string, second: number, crop: string): number[] {
  const pixels = execFileSync(
    'ffmpeg',
    ['-v', 'error', '-ss', String(second), '-i', path, '-frames:v', '1', '-vf', `crop=${crop},scale=1:1`, '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-'],
  );
  return [...pixels];
}

/** The loudest the file gets, in dB. */
function loudest(path: string): number {
  const log = execFileSync('sh', ['-c', 'ffmpeg -i "$0" -af volumedetect -vn -f null - 2>&1', path], { encoding: 'utf8' });
  return Number(/max_volume: (-?[\d.]+) dB/.exec(log)?.[1]);
}

async function start(person: Person, what: string): Promise<void> {
  await person.button('More').click();
  await person.button('Start recording').click();
  await person.button(what).click();
  await expect(person.button('Stop recording').first()).toBeVisible();
}

const written = (person: Person) => person.button('Stop recording').first().locator('.recorder-figures').textContent();

test('the call is recorded with picture and sound, everybody is told, and the file plays and seeks', { tag: '@gate' }, async ({ meeting }) => {
  const [ada, bob] = await meeting.gather('Ada', 'Bob');
  await meeting.expectAllToSeeAndHear([ada!, bob!]);
  const began = Date.now();
  await start(ada!, 'Record video and sound');
  await expect(bob!.page.getByText('Ada is recording', { exact: true })).toBeVisible();
  await expect(bob!.page.getByText('Ada is recording this call')).toBeVisible();
  // What is looked at below is two seconds in, when Cleo is not there yet: on a quick machine she would be.
  await expect.poll(() => written(ada!), { timeout: 20_000 }).toMatch(/^0:(0[3-9]|[1-5]\d) /);
  const [cleo] = await meeting.gather('Cleo');
  await expect(cleo!.page.getByText('Ada is recording', { exact: true })).toBeVisible();
  await expect.poll(() => written(ada!), { timeout: 20_000 }).toMatch(/^0:(0[6-9]|[1-5]\d) · (0\.[1-9]|[1-9]\d*\.\d) MB$/);
  const waiting = ada!.page.waitForEvent('download');
  await ada!.button('Stop recording').first().click();
  const path = await keep(await waiting);
  const lasted = (Date.now() - began) / 1_000;
  await expect(ada!.page.getByText('Your recording is in your downloads')).toBeVisible();
  await expect(bob!.page.getByText('Ada is recording', { exact: true })).toHaveCount(0);

  const { format, streams } = probe(path);
  const video = streams.find(({ codec_type }) => codec_type === 'video')!;
  const audio = streams.find(({ codec_type }) => codec_type === 'audio')!;
  expect(video).toMatchObject({ width: 1280 });
  expect(audio).toBeDefined();
  const duration = Number(format.duration);
  expect(duration).toBeGreaterThan(5);
  expect(duration).toBeLessThan(lasted + 1);
  // How many it gets is for the machine to say, which encodes for everybody here at once: 7 to 13 a second on two cores.
  expect(Number(video.nb_read_frames)).toBeGreaterThan(duration * 2);
  expect(loudest(path)).toBeGreaterThan(-60);
  // Near its beginning only two were there: one in the left half, one in the right.
  const near = (colour: number[], wanted: readonly number[]) =>
    colour.every((part, index) => Math.abs(part - wanted[index]!) < 60);
  const halves = [colourAt(path, 2, '200:100:150:310'), colourAt(path, 2, '200:100:930:310')];
  for (const person of [ada!, bob!]) {
    expect(halves.some((colour) => near(colour, person.identity.colour)), `${person.name} is in the picture: ${JSON.stringify(halves)}`).toBe(true);
  }
});

test('sound alone is recorded without a picture', async ({ meeting }) => {
  const [ada, bob] = await meeting.gather('Ada', 'Bob');
  await meeting.expectAllToSeeAndHear([ada!, bob!]);
  await start(ada!, 'Record sound only');
  await expect.poll(() => written(ada!), { timeout: 20_000 }).toMatch(/^0:(0[3-9]|[1-5]\d)/);
  const waiting = ada!.page.waitForEvent('download');
  await ada!.button('Stop recording').first().click();
  const path = await keep(await waiting);
  const { format, streams } = probe(path);
  expect(streams.map(({ codec_type }) => codec_type)).toEqual(['audio']);
  expect(Number(format.duration)).toBeGreaterThan(2);
  expect(loudest(path)).toBeGreaterThan(-60);
});

test('who leaves gets the file, and a recording cut off by a crash is offered at the next visit', { tag: '@gate' }, async ({ meeting }) => {
  const [ada] = await meeting.gather('Ada');
  await start(ada!, 'Record sound only');
  await expect.poll(() => written(ada!), { timeout: 20_000 }).toMatch(/^0:(0[3-9]|[1-5]\d)/);
  const waiting = ada!.page.waitForEvent('download');
  await ada!.button('Leave').click();
  expect(Number(probe(await keep(await waiting)).format.duration)).toBeGreaterThan(2);

  await ada!.button('Rejoin').click();
  await expect(ada!.own).toBeVisible();
  await start(ada!, 'Record sound only');
  await expect.poll(() => written(ada!), { timeout: 20_000 }).toMatch(/^0:(0[4-9]|[1-5]\d)/);
  await ada!.page.reload();
  await ada!.enter();
  await ada!.button('More').click();
  await ada!.button('Start recording').click();
  const saved = ada!.page.waitForEvent('download');
  await ada!.button('Save it').click();
  expect(Number(probe(await keep(await saved)).format.duration)).toBeGreaterThan(2);
  await expect(ada!.button('Record sound only')).toBeEnabled();
});

test('a full disk ends the recording with words, and a browser that cannot record says so', async ({ meeting }) => {
  const ada = await meeting.person('Ada', {
    before: () => {
      if (typeof FileSystemWritableFileStream === 'undefined') {
        return;
      }
      const write = FileSystemWritableFileStream.prototype.write;
      let pieces = 0;
      FileSystemWritableFileStream.prototype.write = function (...data) {
        pieces += 1;
        if (pieces > 2) {
          return Promise.reject(new DOMException('no space', 'QuotaExceededError'));
        }
        return write.apply(this, data);
      };
    },
  });
  await ada.join(meeting.room);
  const waiting = ada.page.waitForEvent('download');
  await start(ada, 'Record sound only');
  await expect(ada.page.getByText('No space left.')).toBeVisible({ timeout: 20_000 });
  await waiting;
  await expect(ada.button('Stop recording')).toHaveCount(0);

  const bob = await meeting.person('Bob', { before: () => void Reflect.deleteProperty(window, 'MediaRecorder') });
  await bob.join(meeting.room);
  await bob.button('More').click();
  await bob.button('Start recording').click();
  await bob.button('Record sound only').click();
  await expect(bob.page.getByText('This browser cannot record')).toBeVisible();
});

test('a disk that does not keep up ends the recording with words, and what was made until then is saved', async ({ meeting }) => {
  const ada = await meeting.person('Ada', {
    before: () => {
      if (typeof FileSystemWritableFileStream === 'undefined') {
        return;
      }
      const start = MediaRecorder.prototype.start;
      MediaRecorder.prototype.start = function () {
        start.call(this, 20);
      };
      const write = FileSystemWritableFileStream.prototype.write;
      const recovers = new Promise<void>((resolve) => addEventListener('disk-recovers', () => resolve()));
      let pieces = 0;
      FileSystemWritableFileStream.prototype.write = async function (...data) {
        pieces += 1;
        if (pieces > 2) {
          await recovers;
        }
        await write.apply(this, data);
      };
    },
  });
  await ada.join(meeting.room);
  await start(ada, 'Record sound only');
  await expect(ada.page.getByText('Your disk is too slow for this recording')).toBeVisible({ timeout: 20_000 });
  const waiting = ada.page.waitForEvent('download');
  await ada.page.evaluate(() => dispatchEvent(new Event('disk-recovers')));
  const { format } = probe(await keep(await waiting));
  expect(Number(format.duration)).toBeGreaterThan(0.5);
  await expect(ada.page.getByText('Your recording is in your downloads')).toBeVisible();
  await expect(ada.button('Stop recording')).toHaveCount(0);
});
