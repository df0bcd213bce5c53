/** What goes on while a call moves to the server and back: what is shown, what was set, whom one talks to, and what is recorded. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PERSONAS } from '../support/persona.js';
import { expect, test, type Person } from '../support/room.js';
import { beginToListen, envelopes } from '../support/gaps.js';
import { flip, gatherMeasured } from '../support/switching.js';

test.use({ serverOptions: ['--sfu', 'auto', '--sfu-listen', '0.0.0.0:0', '--test-controls'] });

const WAYS = ['on', 'off', 'on'] as const;

const VIEWPORT = { width: 960, height: 640 };

/** How loud somebody is listened to may be off so much, as measured. */
const VOLUME_MARGIN = 0.08;

/** A persona's colour is in a picture when so much of it shows it. */
const SHARE_OF_PICTURE = 0.03;

const COLOUR_DISTANCE = 60;

const middle = (values: number[]): number => [...values].sort((one, other) => one - other)[values.length >> 1] ?? 0;

/** How loud a person's voice is played here, of how loud it comes; over whichever line that is. */
async function loudness(by: Person, of: Person): Promise<number> {
  await beginToListen(by.page);
  await by.page.waitForTimeout(700);
  const { heard, comes } = (await envelopes(by.page)).of(of.name);
  return middle(heard) / middle(comes);
}

async function expectLoudness(by: Person, of: Person, expected: number): Promise<void> {
  await expect
    .poll(async () => Math.abs((await loudness(by, of)) - expected), { message: `${by.name} hears ${of.name} at ${expected}`, timeout: 15_000 })
    .toBeLessThan(VOLUME_MARGIN);
}

/** What stands on the stage while it is looked at, 20 times a second. */
interface Stage {
  /** The tiles there are, which one is large, whose hands are up, and what is wrong with whom. */
  seen: string[];
}

/** Begins to note down every arrangement of the stage there is. */
const beginToLook = (person: Person) =>
  person.page.evaluate(() => {
    const stage: Stage = { seen: [] };
    setInterval(() => {
      const tiles = [...document.querySelectorAll('.stage .tile[role=group]')];
      const labels = tiles.map((tile) => {
        const main = tile.getAttribute('data-part') === 'main' && ', large';
        const hand = tile.hasAttribute('data-raised') && ', hand up';
        const status = tile.querySelector('.tile-status, .tile-failure')?.textContent;
        return [tile.getAttribute('aria-label'), main, hand, status && `, “${status}”`].filter(Boolean).join('');
      });
      const now = labels.sort().join('; ');
      if (!stage.seen.includes(now)) {
        stage.seen.push(now);
      }
    }, 50);
    Object.assign(window, { stage });
  });

const arrangements = (person: Person) => person.page.evaluate(() => (window as unknown as { stage: Stage }).stage.seen);

test('a shared screen, a pin, a volume and a raised hand stay as they are', async ({ meeting }) => {
  test.setTimeout(180_000);
  const people = await gatherMeasured(meeting, ['Ada', 'Bob', 'Cleo'], VIEWPORT);
  const [ada, bob, cleo] = people as [Person, Person, Person];
  await bob.button('Share screen').first().click();
  await ada.expectScreenOf(bob);
  await ada.tile('Cleo').hover();
  await ada.button('Pin Cleo').click();
  await cleo.button('Raise hand').click();
  await ada.button('People').click();
  const volume = ada.page.getByRole('slider', { name: 'Volume of Bob' });
  await volume.fill('40');
  await expectLoudness(ada, bob, 0.4);
  await expectLoudness(ada, cleo, 1);
  const expected = ['Ada (you)', 'Bob', 'Bob’s screen', 'Cleo, large, hand up'].join('; ');
  await beginToLook(ada);
  await expect.poll(() => arrangements(ada)).toEqual([expected]);
  for (const use of WAYS) {
    await flip(meeting, people, use);
    await ada.expectScreenOf(bob);
    await cleo.expectScreenOf(bob);
    await expectLoudness(ada, bob, 0.4);
    await expectLoudness(ada, cleo, 1);
    await expect(volume).toHaveValue('40');
    await expect(cleo.button('Lower hand')).toBeVisible();
    expect(await arrangements(ada), `it never looked otherwise, up to “${use}”`).toEqual([expected]);
  }
});

test('who holds the space bar goes on to be heard, and is silent once it is released', async ({ meeting }) => {
  test.setTimeout(180_000);
  const people = await gatherMeasured(meeting, ['Ada', 'Bob', 'Cleo']);
  const [ada, bob, cleo] = people as [Person, Person, Person];
  await ada.button('Mute microphone').click();
  await bob.expectToHear(cleo);
  for (const use of WAYS) {
    await ada.page.keyboard.down('Space');
    await bob.expectToHear(ada, cleo);
    await flip(meeting, people, use);
    await bob.expectToHear(ada, cleo);
    await cleo.expectToHear(ada, bob);
    await expect(ada.button('Mute microphone')).toBeVisible();
    await ada.page.keyboard.up('Space');
    await expect(ada.button('Unmute microphone')).toBeVisible();
    await bob.expectToHear(cleo);
    await cleo.expectToHear(bob);
  }
});

/** Whose colours are in the frame of a file at this second. */
function peopleAt(path: string, second: number): string[] {
  const shrunk = ['-frames:v', '1', '-vf', 'scale=64:36', '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-'];
  const pixels = execFileSync('ffmpeg', ['-v', 'error', '-ss', `${second}`, '-i', path, ...shrunk]);
  const count = pixels.length / 3;
  const near = ([red, green, blue]: readonly number[], at: number) =>
    Math.hypot(pixels[at * 3]! - red!, pixels[at * 3 + 1]! - green!, pixels[at * 3 + 2]! - blue!) < COLOUR_DISTANCE;
  const share = (colour: readonly number[]) => Array.from({ length: count }, (_, at) => near(colour, at)).filter(Boolean).length / count;
  return PERSONAS.filter(({ colour }) => share(colour) > SHARE_OF_PICTURE).map(({ name }) => name);
}

/** How long a file is, in s. */
const lengthOf = (path: string): number =>
  Number(execFileSync('ffprobe', ['-v', 'error', '-show_entries', 'format=duration', '-of', 'csv=p=0', path], { encoding: 'utf8' }));

test('a recording of the pictures goes on, and everybody is in it all the time', async ({ meeting }) => {
  test.setTimeout(180_000);
  const people = await gatherMeasured(meeting, ['Ada', 'Bob', 'Cleo'], VIEWPORT);
  const [ada] = people as [Person];
  await ada.button('More').click();
  await ada.button('Start recording').click();
  await ada.button('Record video and sound').click();
  const stop = ada.button('Stop recording').first();
  await expect(stop).toBeVisible();
  const began = Date.now();
  const flips: number[] = [];
  await ada.page.waitForTimeout(2_000);
  for (const use of ['on', 'off'] as const) {
    flips.push((Date.now() - began) / 1_000);
    await flip(meeting, people, use);
    await meeting.expectAllToSeeAndHear(people);
    await expect(stop).toBeVisible();
  }
  await ada.page.waitForTimeout(1_500);
  const lasted = (Date.now() - began) / 1_000;
  const waiting = ada.page.waitForEvent('download');
  await stop.click();
  const path = join(mkdtempSync(join(tmpdir(), 'visavis-switching-')), 'pictures.webm');
  await (await waiting).saveAs(path);

  const length = lengthOf(path);
  expect(length, 's are recorded, and none is missing').toBeGreaterThan(lasted - 1);
  const everybody = people.map(({ name }) => name);
  for (let second = 1; second < length - 0.5; second += 0.5) {
    expect(peopleAt(path, second), `${second} s into the recording; the switches were at ${flips.map((at) => at.toFixed(1)).join(' and ')}`).toEqual(everybody);
  }
});
