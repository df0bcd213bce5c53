/** A call that moves to the server and back in mid-sentence: nobody hears or sees the change. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Chat } from '../support/chat.js';
import { judge } from '../support/envelope.js';
import { bytesOf, hashOfChosen, line, send, sha256 } from '../support/files.js';
import { STEP_MS } from '../support/gaps.js';
import { PERSONAS } from '../support/persona.js';
import { expect, test } from '../support/room.js';
import { MACHINES_SHARE, noticed, summary } from '../support/noticed.js';
import { beginToMeasure, flip, gatherMeasured, impressions, type Impression } from '../support/switching.js';

/** What nobody hears in a recording, in ms. */
const [VOICE_GAP_MS, DOUBLED_MS] = [60, 60];

test.use({ serverOptions: ['--sfu', 'auto', '--sfu-listen', '0.0.0.0:0', '--test-controls'] });

// Each page wants a processor of its own when everybody switches, and many switches find the moment in which it has none.
for (const { count, flips, processors } of [
  { count: 3, flips: 4, processors: 2 },
  { count: 3, flips: 10, processors: 4 },
  { count: 4, flips: 10, processors: 5 },
  { count: 6, flips: 10, processors: 7 },
]) {
  test(`${count} people notice nothing of ${flips} switches, and afterwards nothing is sent twice`, async ({ meeting }) => {
    test.skip(cpus().length < processors, `it is measured where there are ${processors} processors`);
    test.setTimeout(60_000 + count * count * 4_000 + flips * count * 8_000);
    const people = await gatherMeasured(meeting, PERSONAS.slice(0, count).map(({ name }) => name));
    const all: Impression[] = [];
    const complaints: string[][] = [];
    const resting = await beginToMeasure(people);
    await people[0]!.page.waitForTimeout(3_000);
    console.log(`  ${count} people at rest\n    ${summary(await impressions(people, resting))}`);
    for (let turn = 0; turn < flips; turn += 1) {
      const use = turn % 2 === 0 ? 'on' : 'off';
      const since = await beginToMeasure(people);
      const took = await flip(meeting, people, use);
      const found = await impressions(people, since);
      all.push(...found);
      complaints.push(...found.map((impression) => noticed(impression).map((said) => `switch ${turn + 1}, ${use}: ${said}`)));
      console.log(`  ${count} people, ${use}, over after ${took} ms\n    ${summary(found)}`);
    }
    console.log(`  ${count} people, ${flips} switches\n    ${summary(all)}`);
    await meeting.expectAllToSeeAndHear(people);
    complaints.flat().forEach((said) => console.log(`    ${said}`));
    const noticing = complaints.filter((said) => said.length > 0).length;
    expect(noticing / all.length, complaints.flat().join('\n')).toBeLessThanOrEqual(MACHINES_SHARE);
  });
}

/** The loudness of one persona's tone in a file, every 10 ms, as the meter in the page does. */
function toneIn(path: string, tone: number): number[] {
  const rate = 8_000;
  const raw = execFileSync('ffmpeg', ['-v', 'error', '-i', path, '-vn', '-ac', '1', '-ar', `${rate}`, '-f', 's16le', '-'], { maxBuffer: 1 << 28 });
  const samples = new Int16Array(raw.buffer, raw.byteOffset, raw.length >> 1);
  const [step, length] = [rate / 100, rate / 50];
  return Array.from({ length: Math.floor((samples.length - length) / step) }, (_, place) => {
    let [real, imaginary] = [0, 0];
    for (let at = 0; at < length; at += 1) {
      const weighed = ((samples[place * step + at]! / 32_768) * (1 - Math.cos((2 * Math.PI * (at + 0.5)) / length)) * 2) / length;
      real += weighed * Math.cos((2 * Math.PI * tone * at) / rate);
      imaginary += weighed * Math.sin((2 * Math.PI * tone * at) / rate);
    }
    return Math.hypot(real, imaginary);
  });
}

test('a recording, a file and the chat go on over switches', async ({ meeting }) => {
  test.setTimeout(180_000);
  const people = await gatherMeasured(meeting, ['Ada', 'Bob', 'Cleo'], { width: 1280, height: 720 });
  const [ada, bob, cleo] = people;
  await ada!.button('More').click();
  await ada!.button('Start recording').click();
  await ada!.button('Record sound only').click();
  await expect(ada!.button('Stop recording').first()).toBeVisible();
  const content = bytesOf(3, 16_000_007);
  await send(bob!, [{ name: 'tape.bin', buffer: content }], 'Ada');
  await ada!.page.locator('.file-offer').getByRole('button', { name: 'Accept' }).click();
  const said: string[] = [];
  for (const use of ['on', 'off', 'on'] as const) {
    await (await Chat.of(ada!)).say(`before it is ${use}, ${said.length}`);
    said.push(`before it is ${use}, ${said.length}`);
    await flip(meeting, people, use);
  }
  await (await Chat.of(cleo!)).expectTexts(...said);
  await expect(line(bob!, 'tape.bin')).toContainText('Ada has it', { timeout: 60_000 });
  expect(await hashOfChosen(ada!, 'tape.bin')).toBe(sha256(content));

  const waiting = ada!.page.waitForEvent('download');
  await ada!.button('Stop recording').first().click();
  const path = join(mkdtempSync(join(tmpdir(), 'visavis-switching-')), 'tape.webm');
  await (await waiting).saveAs(path);
  for (const { name, identity } of people) {
    const heard = toneIn(path, identity.tone).slice(50, -50);
    const { gap, doubled, gapAt } = judge({ stepMs: STEP_MS, heard, comes: heard, own: heard.map(() => 1) });
    console.log(`  recording of ${name}: gap ${gap} ms at ${gapAt}, doubled ${doubled} ms`);
    expect(gap, `${name} in the recording`).toBeLessThanOrEqual(VOICE_GAP_MS);
    expect(doubled, `${name} in the recording`).toBeLessThanOrEqual(DOUBLED_MS);
  }
});
