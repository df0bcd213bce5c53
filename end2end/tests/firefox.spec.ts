/** The same call in the other browser: with Chromium, and with itself. */
import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { Chat } from '../support/chat.js';
import { bytesOf, hashOfChosen, installPicker, line, send, sha256 } from '../support/files.js';
import { FIREFOX_OBSTACLE, expect, test } from '../support/firefox.js';
import { SOCKET_TROUBLE, welcomes } from '../support/outage.js';
import type { Person, Signal } from '../support/person.js';

test.skip(FIREFOX_OBSTACLE !== undefined, `Firefox is not tried: ${FIREFOX_OBSTACLE}`);

declare global {
  interface Window {
    mostTiles: number;
  }
}

/** Counts from now on how many tiles of others this person sees at the same time; the function says how many at most. */
async function countTiles(person: Person): Promise<() => Promise<number>> {
  await person.page.evaluate(() => {
    window.mostTiles = 0;
    const count = () => {
      const tiles = [...document.querySelectorAll('[role="group"]:has(video)')];
      const others = tiles.filter((tile) => !tile.getAttribute('aria-label')?.endsWith('(you)'));
      window.mostTiles = Math.max(window.mostTiles, others.length);
    };
    new MutationObserver(count).observe(document.body, { childList: true, subtree: true });
    count();
  });
  return () => person.page.evaluate(() => window.mostTiles);
}

test('Firefox and Chromium see and hear each other, chat, pass a file, and who reloads is never there twice', { tag: '@gate' }, async ({ meeting, firefox }) => {
  test.setTimeout(180_000);
  const [[ada], bob] = await Promise.all([meeting.gather('Ada'), firefox('Bob')]);
  await bob.join(meeting.room);
  await meeting.expectAllToSeeAndHear([ada!, bob]);

  const chat = await Chat.of(ada!);
  await chat.say('Do you see me?');
  await bob.expectTexts('Do you see me?');
  await bob.say('In colour');
  await chat.expectTexts('Do you see me?', 'In colour');

  const content = bytesOf(11, 700_001);
  await send(ada!, [{ name: 'report.bin', buffer: content }]);
  await bob.press('Accept');
  await bob.expectText('Here, but not saved yet');
  const saved = await bob.download(() => bob.press('Save report.bin'));
  expect([saved.name, sha256(saved.content)]).toEqual(['report.bin', sha256(content)]);

  const tiles = await countTiles(ada!);
  await bob.page.reload();
  await bob.press('Join');
  await bob.expectInCall();
  await meeting.expectAllToSeeAndHear([ada!, bob]);
  expect(await tiles(), 'nobody is seen twice').toBe(1);
});

test('who closes a page in Firefox is gone at once', async ({ meeting, firefox }) => {
  const [ada] = await meeting.gather('Ada');
  const bob = await (await firefox('Bob')).join(meeting.room);
  await ada!.expectOthers(bob);
  await bob.page.goto(bob.url);
  await ada!.expectOthers();
  expect(ada!.signals.at(-1)).toMatchObject({ type: 'peer-left', reason: 'left' });
});

test('two people with Firefox see and hear each other, and chat', async ({ meeting, firefox }) => {
  test.setTimeout(180_000);
  const [ada, bob] = await Promise.all([firefox('Ada'), firefox('Bob')]);
  await ada.join(meeting.room);
  await bob.join(meeting.room);
  await meeting.expectAllToSeeAndHear([ada, bob]);
  await ada.say('Do you see me?');
  await bob.expectTexts('Do you see me?');
  await bob.say('In colour');
  await ada.expectTexts('Do you see me?', 'In colour');
});

test('a file from Firefox arrives byte for byte', async ({ meeting, firefox }, info) => {
  const ada = await meeting.person('Ada', { before: installPicker });
  await ada.join(meeting.room);
  const bob = await (await firefox('Bob')).join(meeting.room);
  await bob.expectToSee(ada);
  const content = bytesOf(12, 5_000_003);
  const path = info.outputPath('plan.bin');
  await writeFile(path, content);
  await bob.send(path);
  await ada.page.locator('.file-offer').getByRole('button', { name: 'Accept' }).click();
  await expect(line(ada, 'plan.bin')).toContainText('Saved where you chose');
  expect(await hashOfChosen(ada, 'plan.bin')).toBe(sha256(content));
  await bob.expectText('Ada has it');
});

test('screens are shared between Firefox and Chromium, beside the cameras', async ({ meeting, firefox }) => {
  test.setTimeout(180_000);
  const [ada] = await meeting.gather('Ada');
  const bob = await (await firefox('Bob')).join(meeting.room);
  await meeting.expectAllToSeeAndHear([ada!, bob]);

  await bob.pressTool('Share screen');
  const shared = ada!.tile('Bob’s screen');
  await expect.poll(() => ada!.screenIn(shared), { timeout: 30_000 }).toBe("Bob's screen");
  await expect.poll(() => ada!.view(), { timeout: 30_000 }).toMatchObject({ Bob: 'Bob' });
  await bob.pressTool('Stop sharing');
  await expect(shared).toHaveCount(0);

  await ada!.button('Share screen').first().click();
  await expect.poll(() => bob.screenIn('Ada’s screen'), { timeout: 30_000 }).toBe("Ada's screen");
  await expect.poll(() => bob.view(), { timeout: 30_000 }).toMatchObject({ Ada: 'Ada' });
  await ada!.button('Stop sharing').first().click();
  await expect.poll(() => bob.screenIn('Ada’s screen')).toBe('no video');
  await meeting.expectAllToSeeAndHear([ada!, bob]);
});

test('a call is recorded in Firefox, and the file has picture and sound', async ({ meeting, firefox }) => {
  test.setTimeout(180_000);
  const [ada] = await meeting.gather('Ada');
  const bob = await (await firefox('Bob')).join(meeting.room);
  await meeting.expectAllToSeeAndHear([ada!, bob]);
  await bob.pressTool('Start recording');
  await bob.press('Record video and sound');
  await expect(ada!.page.getByText('Bob is recording', { exact: true })).toBeVisible();
  await bob.expectText(/0:0[4-9] · /);
  const { path } = await bob.download(() => bob.press('Stop recording'));
  const words = ['-v', 'error', '-count_frames', '-show_format', '-show_streams', '-of', 'json', path];
  const { stdout, stderr } = spawnSync('ffprobe', words, { encoding: 'utf8' });
  expect(stderr, 'ffprobe objects to nothing').toBe('');
  const { format, streams } = JSON.parse(stdout) as {
    format: { duration: string };
    streams: { codec_type: string; nb_read_frames: string }[];
  };
  expect(streams.map(({ codec_type }) => codec_type).sort()).toEqual(['audio', 'video']);
  expect(Number(format.duration)).toBeGreaterThan(3);
  for (const { codec_type, nb_read_frames } of streams) {
    expect(Number(nb_read_frames), codec_type).toBeGreaterThan(5);
  }
});

test('a call between Firefox and Chromium outlives a restart of the server, and both take their seats back', async ({ meeting, firefox }) => {
  test.setTimeout(180_000);
  const [ada] = await meeting.gather('Ada');
  const bob = await (await firefox('Bob')).join(meeting.room);
  ada!.guard.expect(...SOCKET_TROUBLE);
  bob.expectProblems(/can’t establish a connection|was interrupted/);
  await meeting.expectAllToSeeAndHear([ada!, bob]);
  await meeting.server.kill();
  await meeting.server.restart();
  await expect.poll(() => welcomes(ada!).at(-1), { timeout: 30_000 }).toMatchObject({ resumed: true });
  const restarted = ada!.signals.lastIndexOf(welcomes(ada!).at(-1)!);
  await expect.poll(() => seatsOf('Bob', ada!.signals.slice(restarted)), { timeout: 30_000 }).toEqual(seatsOf('Bob', ada!.signals));
  expect(seatsOf('Bob', ada!.signals)).toHaveLength(1);
  await meeting.expectAllToSeeAndHear([ada!, bob]);
  expect(ada!.count('received', 'peer-left')).toBe(0);
});

/** The ids under which these messages speak of somebody. */
function seatsOf(name: string, signals: Signal[]): string[] {
  const told = signals.flatMap((signal) => [signal, ...((signal.peers as Partial<Signal>[] | undefined) ?? [])]);
  return [...new Set(told.filter((one) => one.name === name && one.peer).map(({ peer }) => peer as string))];
}
