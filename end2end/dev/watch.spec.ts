/**
 * `cargo leptos watch` as it stands, in a copy of the sources: an edit shows in the page that is open, and a call runs on
 * the development build.
 *
 * What is compiled goes where the native tests put theirs, so that only the project itself and its browser's half are new.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { Person } from '../support/person.js';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

/** Where `cargo leptos watch` serves, if nobody says otherwise. */
const PAGE = 'http://127.0.0.1:3000';

/** Longest until the first build of both halves answers, in ms: there may be nothing compiled yet. */
const BUILT_WITHIN_MS = 900_000;

/** Longest until an edit shows, in ms. It takes ten seconds on an idle machine; how long it took is printed. */
const SHOWN_WITHIN_MS = 120_000;

const [BEFORE, AFTER] = ['Start a room', 'Start a room, edited'];

/** Where the copy is: always the same, for what is compiled is known by its path. */
const COPY = join(tmpdir(), 'visavis-dev');

/** Copies everything that belongs to the project, as it is now; returns the names. */
async function copyProject(): Promise<string[]> {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: PROJECT });
  const names = listed.toString().split('\0').filter((name) => name && !name.startsWith('end2end/'));
  await rm(COPY, { recursive: true, force: true });
  for (const name of names) {
    await mkdir(dirname(join(COPY, name)), { recursive: true });
    // What was deleted and not committed yet is listed all the same.
    await cp(join(PROJECT, name), join(COPY, name)).catch(() => undefined);
  }
  return names;
}

/** Says the words of the button on the first page otherwise. */
async function edit(names: string[]): Promise<void> {
  let edited = 0;
  for (const name of names.filter((name) => name.startsWith('src/ui/') && name.endsWith('.rs'))) {
    const path = join(COPY, name);
    const text = await readFile(path, 'utf8').catch(() => '');
    if (text.includes(`"${BEFORE}"`)) {
      await writeFile(path, text.replaceAll(`"${BEFORE}"`, `"${AFTER}"`));
      edited += 1;
    }
  }
  expect(edited, `sources that say "${BEFORE}"`).toBeGreaterThan(0);
}

/** Ends the watch and whatever it started. */
function end(watched: ChildProcess): void {
  if (watched.exitCode === null && watched.signalCode === null) {
    process.kill(-watched.pid!, 'SIGTERM');
  }
}

/** Starts the watch in a process group of its own, which ends with these tests at the latest. */
function watch(): { process: ChildProcess; log: string[] } {
  const target = process.env.CARGO_TARGET_DIR || join(PROJECT, 'target');
  const started = spawn('cargo', ['leptos', 'watch'], {
    cwd: COPY,
    detached: true,
    env: { ...process.env, CARGO_TARGET_DIR: target, VISAVIS_DATA_DIR: join(COPY, 'data'), VISAVIS_NO_TURN: 'true' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  process.once('exit', () => end(started));
  const log: string[] = [];
  started.stdout.on('data', (bytes: Buffer) => log.push(bytes.toString()));
  started.stderr.on('data', (bytes: Buffer) => log.push(bytes.toString()));
  return { process: started, log };
}

const answers = () => fetch(PAGE).then((answer) => answer.ok, () => false);

test('an edit shows in the open page, and a call runs on the development build', async ({ browser }) => {
  expect(await answers(), `nothing else serves ${PAGE}`).toBe(false);
  const names = await copyProject();
  const { process: watched, log } = watch();
  let isThrough = false;
  try {
    await expect.poll(answers, { timeout: BUILT_WITHIN_MS, intervals: [1_000] }).toBe(true);
    const ada = await Person.arrive(browser, 'Ada', PAGE, {});
    await ada.page.goto(PAGE);
    await expect(ada.button(BEFORE)).toBeVisible();
    const edited = Date.now();
    await edit(names);
    await expect(ada.button(AFTER)).toBeVisible({ timeout: SHOWN_WITHIN_MS });
    console.log(`    the edit showed after ${((Date.now() - edited) / 1_000).toFixed(1)} s`);

    const bob = await Person.arrive(browser, 'Bob', PAGE, {});
    for (const person of [ada, bob]) {
      await person.join('development');
    }
    await ada.expectToSeeAndHear(bob);
    await bob.expectToSeeAndHear(ada);
    await Promise.all([ada, bob].map((person) => person.guard.close()));
    isThrough = true;
  } finally {
    if (watched.exitCode === null) {
      const ended = once(watched, 'exit');
      end(watched);
      await ended;
    }
    if (!isThrough) {
      console.error(log.join('').split('\n').slice(-40).join('\n'));
    }
    await rm(COPY, { recursive: true, force: true });
  }
});
