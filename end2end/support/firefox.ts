/**
 * People who use Firefox, beside those of Playwright's tests: Debian's Firefox, driven by puppeteer over WebDriver BiDi, for Playwright
 * drives only builds of its own.
 *
 * Each has a Firefox process of their own, so that every page is in front, and is watched for trouble as others are.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer, { type Browser, type ElementHandle, type Page } from 'puppeteer-core';
import { disguiseDevices, installInstruments, SMALL_PICTURE } from './media.js';
import { Participant } from './participant.js';
import { persona, PERSONAS, type Persona } from './persona.js';
import { expect, test as base } from './room.js';
import { disguiseScreen, SCREEN_TONE_ABOVE_HZ } from './screen.js';

/** The browser under test; `FIREFOX` names another one. */
const FIREFOX = process.env.FIREFOX || '/usr/bin/firefox-esr';

/** Why nobody can use Firefox here, or nothing. */
export const FIREFOX_OBSTACLE = obstacle();

function obstacle(): string | undefined {
  try {
    execFileSync(FIREFOX, ['--version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return `${FIREFOX} does not start; FIREFOX names another Firefox`;
  }
}

const PREFERENCES = {
  // Fake devices, asked by nobody, and sound without a sound card.
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
  'media.cubeb.force_mock_context': true,
  'media.autoplay.default': 0,
  'media.autoplay.blocking_policy': 0,
  // Connections within this machine.
  'media.peerconnection.ice.loopback': true,
  'media.peerconnection.ice.obfuscate_host_addresses': false,
  // Nothing is asked of anybody on the network, and no codec is fetched.
  'media.gmp-manager.updateEnabled': false,
  'media.gmp-provider.enabled': false,
  'browser.download.folderList': 2,
  'browser.download.always_ask_before_handling_new_types': false,
  'browser.download.alwaysOpenPanel': false,
};

export class FirefoxPerson extends Participant {
  private readonly problems: string[] = [];
  private readonly expected: RegExp[] = [];

  private constructor(
    readonly identity: Persona,
    private readonly browser: Browser,
    readonly page: Page,
    readonly url: string,
    private readonly downloads: string,
  ) {
    super();
    page.on('pageerror', (error) => this.problems.push(`page error: ${error instanceof Error ? error.stack : error}`));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warn') {
        this.problems.push(`console ${message.type()}: ${message.text()} (${message.location().url})`);
      }
    });
    page.on('response', (response) => {
      if (response.status() >= 400) {
        this.problems.push(`response ${response.status()}: ${response.url()}`);
      }
    });
    page.on('request', (request) => {
      const { protocol, host, href } = new URL(request.url());
      if (/^(https?|wss?):$/.test(protocol) && host !== new URL(url).host) {
        this.problems.push(`request to a third party: ${href}`);
      }
    });
  }

  /** Somebody with a Firefox, who has not opened any page yet. */
  static async arrive(name: string, url: string): Promise<FirefoxPerson> {
    const identity = persona(name);
    const downloads = await mkdtemp(join(tmpdir(), 'visavis-downloads-'));
    const browser = await puppeteer.launch({
      browser: 'firefox',
      executablePath: FIREFOX,
      defaultViewport: { width: 960, height: 640 },
      extraPrefsFirefox: { ...PREFERENCES, 'browser.download.dir': downloads },
    });
    const [first] = await browser.pages();
    const page = first ?? (await browser.newPage());
    await page.evaluateOnNewDocument(standIn);
    await page.evaluateOnNewDocument(installInstruments, PERSONAS);
    const camera = { drawn: SMALL_PICTURE, claimed: SMALL_PICTURE };
    await page.evaluateOnNewDocument(disguiseDevices, { me: identity, failures: {}, camera });
    await page.evaluateOnNewDocument(disguiseScreen, { me: identity, above: SCREEN_TONE_ABOVE_HZ });
    return new FirefoxPerson(identity, browser, page, url, downloads);
  }

  override get name(): string {
    return this.identity.name;
  }

  protected override get selfView(): Record<string, string> {
    return { [`${this.name} (you)`]: this.name };
  }

  /** From nowhere into the call. */
  async join(room: string): Promise<this> {
    await this.page.goto(`${this.url}/r/${room}`);
    await this.fill('Your name', this.name);
    await this.press('Join');
    await this.expectInCall();
    return this;
  }

  /** Waits for their own tile. */
  async expectInCall(): Promise<void> {
    await expect.poll(() => this.view(), { timeout: 30_000 }).toHaveProperty(`${this.name} (you)`);
  }

  /** Presses a button, once it is there. */
  async press(name: string): Promise<void> {
    await (await this.find('button', name)).click();
  }

  /** Presses a button of the toolbar, wherever it is: on the page, or behind "More". */
  async pressTool(name: string): Promise<void> {
    const isThere = await this.page.evaluate((name) => {
      const buttons = [...document.querySelectorAll('button')];
      return buttons.some((one) => (one.ariaLabel ?? one.textContent)?.trim() === name && one.checkVisibility());
    }, name);
    if (!isThere) {
      await this.press('More');
    }
    await this.press(name);
  }

  /** Writes into an empty text field. */
  async fill(name: string, text: string): Promise<void> {
    await (await this.find('input, textarea', name)).type(text);
  }

  override view(): Promise<Record<string, string>> {
    return this.page.evaluate(async () => {
      const tiles = [...document.querySelectorAll('[role="group"]:has(video)')];
      const shown = tiles.map(async (tile) => [
        tile.getAttribute('aria-label') ?? '',
        await window.instruments.whoIsShown(tile.querySelector('video')!),
      ]);
      return Object.fromEntries(await Promise.all(shown)) as Record<string, string>;
    });
  }

  override hearing(): Promise<string[]> {
    return this.page.evaluate(() => window.instruments.whoIsHeard());
  }

  override async others(): Promise<string[]> {
    const names = await this.page.evaluate(() =>
      [...document.querySelectorAll('[role="group"]:has(video)')].map((tile) => tile.getAttribute('aria-label') ?? ''),
    );
    return names.filter((name) => !name.endsWith('(you)')).sort();
  }

  /** Whose screen is decoded in the tile of this name, or what is wrong with it. */
  screenIn(tile: string): Promise<string> {
    return this.page.evaluate(async (tile) => {
      const video = document.querySelector<HTMLVideoElement>(`[role="group"][aria-label="${tile}"] video`);
      return video ? window.instruments.whoseScreenIsShown(video) : 'no video';
    }, tile);
  }

  /** What the page says, as it is seen. */
  text(): Promise<string> {
    return this.page.evaluate(() => document.body.innerText);
  }

  /** Expects the page to say this. */
  async expectText(text: string | RegExp, timeout = 20_000): Promise<void> {
    const matches = expect.poll(() => this.text(), { message: `${this.name} reads ${text}`, timeout });
    await (typeof text === 'string' ? matches.toContain(text) : matches.toMatch(text));
  }

  /** Says something in the chat, whose panel is opened if it is closed. */
  async say(text: string): Promise<void> {
    await this.openChat();
    await this.fill('Message', text);
    await this.page.keyboard.press('Enter');
  }

  /** Expects the chat to consist of these texts, in this order. */
  async expectTexts(...texts: string[]): Promise<void> {
    await this.openChat();
    const read = () =>
      this.page.evaluate(() => [...document.querySelectorAll('.message-text')].map((text) => text.textContent ?? ''));
    await expect.poll(read, { message: `${this.name} reads the chat`, timeout: 20_000 }).toEqual(texts);
  }

  /** Sends a file to everyone, through the picker of the panel. */
  async send(path: string): Promise<void> {
    await this.pressTool('Files');
    const choosing = this.page.waitForFileChooser();
    await this.press('Send a file');
    await (await choosing).accept([path]);
  }

  /** What the next download brings, once all of it is there; `begin` makes it begin. */
  async download(begin: () => Promise<void>): Promise<{ name: string; path: string; content: Buffer }> {
    const before = new Set(await readdir(this.downloads));
    await begin();
    let name: string | undefined;
    await expect
      .poll(async () => {
        const files = (await readdir(this.downloads)).filter((file) => !before.has(file));
        name = files.length === 1 && !files[0]!.endsWith('.part') ? files[0] : undefined;
        return name !== undefined && (await readFile(join(this.downloads, name))).length;
      }, { timeout: 20_000 })
      .toBeGreaterThan(0);
    const path = join(this.downloads, name!);
    return { name: name!, path, content: await readFile(path) };
  }

  /** Says that the test provokes problems like this one itself. */
  expectProblems(...problems: RegExp[]): void {
    this.expected.push(...problems);
  }

  /** Ends their browser; returns what went wrong unprovoked. */
  async end(): Promise<string[]> {
    await this.browser.close();
    await rm(this.downloads, { recursive: true, force: true });
    return this.problems
      .filter((problem) => !this.expected.some((pattern) => pattern.test(problem)))
      .map((problem) => `${this.name}: ${problem}`);
  }

  private async openChat(): Promise<void> {
    const isOpen = await this.page.evaluate(() => document.querySelector('.messages') !== null);
    if (!isOpen) {
      await this.pressTool('Chat');
    }
  }

  /** The visible element of this kind and name, once it is there. What a locator of puppeteer takes seconds for in Firefox. */
  private async find(kind: string, name: string): Promise<ElementHandle<Element>> {
    const found = await this.page.waitForFunction(
      (kind, name) =>
        [...document.querySelectorAll<HTMLInputElement>(kind)].find((one) => {
          const named = one.ariaLabel ?? one.labels?.[0]?.textContent ?? one.textContent;
          return named?.trim() === name && one.checkVisibility() && !one.disabled;
        }),
      { polling: 50, timeout: 20_000 },
      kind,
      name,
    );
    return found.asElement() as ElementHandle<Element>;
  }
}

/** Runs in the page: what the disguises of the devices are made with in Chromium, and a screen that can be captured without one. */
function standIn(): void {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (!devices) {
    return;
  }
  function TrackGenerator(): MediaStreamTrack & { writable: WritableStream<VideoFrame> } {
    const canvas = document.createElement('canvas');
    const brush = canvas.getContext('2d', { alpha: false })!;
    const track = canvas.captureStream().getVideoTracks()[0]!;
    const writable = new WritableStream<VideoFrame>({
      write(frame) {
        [canvas.width, canvas.height] = [frame.displayWidth, frame.displayHeight];
        brush.drawImage(frame, 0, 0);
        frame.close();
      },
    });
    return Object.assign(track, { writable });
  }
  Object.assign(window, { MediaStreamTrackGenerator: TrackGenerator });
  // Firefox shares pictures of a screen without its sound.
  const capture = devices.getUserMedia.bind(devices);
  devices.getDisplayMedia = () => capture({ video: true });
}

/** Everybody with a Firefox leaves at the end of the test, and nothing may have gone wrong. */
export const test = base.extend<{ firefox: (name: string) => Promise<FirefoxPerson> }>({
  firefox: async ({ meeting }, use, info) => {
    const people: FirefoxPerson[] = [];
    await use(async (name) => {
      const person = await FirefoxPerson.arrive(name, meeting.server.url);
      people.push(person);
      return person;
    });
    if (info.status !== info.expectedStatus) {
      for (const person of people) {
        const body = Buffer.from(await person.page.screenshot());
        await info.attach(`${person.name}.png`, { body, contentType: 'image/png' });
      }
    }
    const problems = await Promise.all(people.map((person) => person.end()));
    expect(problems.flat(), 'nothing went wrong that the test did not provoke').toEqual([]);
  },
});

export { expect };
