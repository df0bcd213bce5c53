/** One person: a browser context with devices of their own, and the room's page as they use it. */
import { expect, type Browser, type BrowserContextOptions, type Locator, type Page } from '@playwright/test';
import { Guard } from './guard.js';
import { disguiseDevices, installInstruments, SMALL_PICTURE, type DeviceFailures, type FrameGap, type Size } from './media.js';
import { LOOKS, Participant } from './participant.js';
import { persona, PERSONAS, type Persona } from './persona.js';
import { disguiseScreen, SCREEN_TONE_ABOVE_HZ } from './screen.js';

/** Longest gap between two frames that nobody calls a freeze, in ms. */
const FREEZE_MS = 500;

/** How a person differs from the ordinary. */
export interface PersonOptions {
  /** Where they reach the server, if not directly. */
  url?: string;
  /** The browser they use, if not the test's. */
  browser?: Browser;
  /** `disguised`: their colour and tone; `browser`: Chromium's own fake devices, untouched. */
  devices?: 'disguised' | 'browser';
  /** What their camera draws, if disguised. */
  camera?: Size;
  /** What it says it draws, if that is another size: for what follows from a large picture without encoding one. */
  claimedCamera?: Size;
  /** How capturing fails. */
  failures?: DeviceFailures;
  /** Runs in every page before its own scripts. */
  before?: () => void;
  /** Further options of the browser context. */
  context?: BrowserContextOptions;
}

/** A signaling message as it passed the socket. */
export interface Signal {
  direction: 'sent' | 'received';
  type: string;
  [field: string]: unknown;
}

export class Person extends Participant {
  /** All signaling messages of all sockets so far. */
  readonly signals: Signal[] = [];
  /** How many sockets were opened so far. */
  sockets = 0;

  private constructor(
    readonly identity: Persona,
    readonly page: Page,
    readonly guard: Guard,
    readonly url: string,
  ) {
    super();
    page.on('websocket', (socket) => {
      this.sockets += 1;
      socket.on('framesent', ({ payload }) => this.record('sent', payload));
      socket.on('framereceived', ({ payload }) => this.record('received', payload));
    });
  }

  static async arrive(browser: Browser, name: string, url: string, options: PersonOptions): Promise<Person> {
    const identity = persona(name);
    const context = await (options.browser ?? browser).newContext({
      locale: 'en-GB',
      viewport: { width: 960, height: 640 },
      ...options.context,
    });
    await context.addInitScript(installInstruments, PERSONAS);
    if (options.devices !== 'browser') {
      const drawn = options.camera ?? SMALL_PICTURE;
      const camera = { drawn, claimed: options.claimedCamera ?? drawn };
      await context.addInitScript(disguiseDevices, { me: identity, failures: options.failures ?? {}, camera });
      await context.addInitScript(disguiseScreen, { me: identity, above: SCREEN_TONE_ABOVE_HZ });
    }
    if (options.before) {
      await context.addInitScript(options.before);
    }
    const reached = options.url ?? url;
    const guard = new Guard(context, name, () => [new URL(reached).host]);
    return new Person(identity, await context.newPage(), guard, reached);
  }

  override get name(): string {
    return this.identity.name;
  }

  /** Opens the lobby of a room. */
  async visit(room: string): Promise<void> {
    await this.page.goto(`${this.url}/r/${room}`);
  }

  /** Gives their name and presses Join; resolves once their own tile is there. */
  async enter(): Promise<void> {
    await this.nameBox.fill(this.name);
    await this.button('Join').click();
    await expect(this.own).toBeVisible({ timeout: 30_000 });
  }

  /** From nowhere into the call. */
  async join(room: string): Promise<this> {
    await this.visit(room);
    await this.enter();
    return this;
  }

  /** Waits for what the page fetches after it has come alive; a build that is not split has all from the start. */
  async expectSecondWasm(): Promise<void> {
    await this.page.waitForFunction(() => {
      const fetched = performance.getEntriesByType('resource').map(({ name }) => name);
      const isSplit = fetched.some((name) => name.includes('/__wasm_split'));
      return !isSplit || fetched.some((name) => /\/split_later[^/]*\.wasm$/.test(name));
    });
  }

  /** Closes the tab as a user does, with the page's farewell. */
  async closeTab(): Promise<void> {
    await this.page.close({ runBeforeUnload: false });
  }

  get nameBox(): Locator {
    return this.page.getByRole('textbox', { name: 'Your name', exact: true });
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  /** Presses a button, wherever it is: on the page, or behind "More". */
  async press(name: string): Promise<void> {
    const button = this.button(name);
    if (!(await button.first().isVisible())) {
      await this.button('More').click();
    }
    await button.first().click();
  }

  /** The tile of a person as named on it. */
  tile(name: string): Locator {
    return this.page.getByRole('group', { name, exact: true });
  }

  /** The tile of the screen a person shares. */
  screenOf(person: Person): Locator {
    return this.tile(person === this ? 'Your screen' : `${person.name}’s screen`);
  }

  /** Whose screen is decoded in this tile, or what is wrong with it. */
  async screenIn(tile: Locator): Promise<string> {
    const video = tile.locator('video');
    if ((await video.count()) === 0) {
      return 'no video';
    }
    return video.evaluate((element) => window.instruments.whoseScreenIsShown(element as HTMLVideoElement));
  }

  /** Expects this person's screen to arrive, decoded frame by frame. */
  async expectScreenOf(person: Person): Promise<void> {
    await expect
      .poll(() => this.screenIn(this.screenOf(person)), {
        message: `${this.name} sees the screen of ${person.name}`,
        timeout: 30_000,
        intervals: LOOKS,
      })
      .toBe(`${person.name}'s screen`);
  }

  /** One's own tile. */
  get own(): Locator {
    return this.tile(`${this.name} (you)`);
  }

  /** Every tile there is. */
  get tiles(): Locator {
    return this.page.getByRole('group').filter({ has: this.page.locator('video') });
  }

  protected override get selfView(): Record<string, string> {
    return { [`${this.name} (you)`]: this.name };
  }

  /** Names of the others who have a tile, sorted. */
  override async others(): Promise<string[]> {
    const names = await this.tiles.evaluateAll((tiles) => tiles.map((tile) => tile.getAttribute('aria-label') ?? ''));
    return names.filter((name) => !name.endsWith('(you)')).sort();
  }

  /** For every tile, by its name: whose colour its video shows, or why it shows none. */
  override async view(): Promise<Record<string, string>> {
    const shown = await this.tiles.evaluateAll((tiles) =>
      Promise.all(
        tiles.map(async (tile) => [
          tile.getAttribute('aria-label') ?? '',
          await window.instruments.whoIsShown(tile.querySelector('video')!),
        ]),
      ),
    );
    return Object.fromEntries(shown) as Record<string, string>;
  }

  /** Names of everybody heard, sorted. */
  override hearing(): Promise<string[]> {
    return this.page.evaluate(() => window.instruments.whoIsHeard());
  }

  /** Their running devices. */
  devices(): Promise<{ audio: number; video: number; captured: number }> {
    return this.page.evaluate(() => window.instruments.devices());
  }

  /** Starts to watch the gaps between the frames of somebody's video. */
  async watchFrames(other: Person): Promise<void> {
    await this.tile(other.name).locator('video').evaluate((video) =>
      window.instruments.watchFrames(video as HTMLVideoElement),
    );
  }

  /** What [`watchFrames`] has seen so far. */
  longestGap(other: Person): Promise<FrameGap> {
    return this.tile(other.name).locator('video').evaluate((video) =>
      window.instruments.longestGap(video as HTMLVideoElement),
    );
  }

  /** Expects the other's video to have run on without a freeze since it is watched; a machine that let the other's page stand still is excused. */
  async expectNoFreeze(other: Person): Promise<void> {
    await expect.poll(async () => (await this.longestGap(other)).frames, 'enough frames to judge by').toBeGreaterThan(20);
    const { since, gap, attached } = await this.longestGap(other);
    const stall = await other.page.evaluate((from) => window.instruments.longestStall(from), since);
    expect(attached, `${other.name}'s video is still the one that was watched`).toBe(true);
    expect(gap, `the longest that ${this.name} saw ${other.name} stand still, in ms`).toBeLessThanOrEqual(FREEZE_MS + stall);
  }

  /** How many messages of a type were sent or received. */
  count(direction: Signal['direction'], type: string): number {
    return this.signals.filter((signal) => signal.direction === direction && signal.type === type).length;
  }

  private record(direction: Signal['direction'], payload: string | Buffer): void {
    this.signals.push({ ...(JSON.parse(payload.toString()) as { type: string }), direction });
  }
}
