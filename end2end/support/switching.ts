/** A call that moves between direct connections and the server, with everything that is measured of it. */
import { expect } from '@playwright/test';
import { installPicker } from './files.js';
import { judge, type Found } from './envelope.js';
import { beginToListen, envelopes, listenForGaps, STEP_MS, type Flip } from './gaps.js';
import type { Meeting } from './room.js';
import type { Person } from './person.js';
import { sent, type Sent } from './sent.js';
import { spareDevices } from './sparing.js';
import { watchTiles, type TileStory } from './tiles.js';

/** Longest until a switch is over, in ms: until nothing is sent any more over what is not used. */
const OVER_WITHIN_MS = 30_000;

/** Over what is not used nothing is sent for so long before a switch counts as over, in ms. */
const STILL_MS = 700;

/** What one person heard and saw of another while something happened. */
export interface Impression {
  by: string;
  of: string;
  voice: Found;
  picture: TileStory;
  /** So long the machine swallowed the sound of the other's page at most, in ms: that is missed here, and no gap of the call. */
  hush: number;
  /** What the page turned up and down meanwhile. */
  flips: Flip[];
  /** So long the page of either stood still at most, in ms. */
  stall: number;
}

/** Small, for painting a large page costs more than the call in it. */
const VIEWPORT = { width: 640, height: 480 };

/** Somebody whose page is measured from its first script on. */
export async function measured(meeting: Meeting, name: string, viewport = VIEWPORT): Promise<Person> {
  const person = await meeting.person(name, { context: { bypassCSP: true, viewport } });
  await listenForGaps(person.page);
  await watchTiles(person.page);
  await person.page.addInitScript(installPicker);
  await spareDevices(person.page);
  return person;
}

/** People who joined the room one after the other, and are measured. */
export async function gatherMeasured(meeting: Meeting, names: string[], viewport?: typeof VIEWPORT): Promise<Person[]> {
  await meeting.server.prefer();
  const people: Person[] = [];
  for (const name of names) {
    people.push(await (await measured(meeting, name, viewport)).join(meeting.room));
  }
  await meeting.expectAllToSeeAndHear(people);
  return people;
}

/** What a page turned up and down around this moment, in words. */
export function turned({ flips }: Impression, atMs: number): string {
  const near = flips.filter(({ step }) => Math.abs(step * STEP_MS - atMs) < 1_500);
  return near.map(({ step, line, gain }) => `line ${line} to ${gain} at ${step * STEP_MS}`).join(', ') || 'nothing turned';
}

/** Begins to measure anew. */
export async function beginToMeasure(people: Person[]): Promise<number> {
  await Promise.all(people.map(({ page }) => beginToListen(page)));
  await Promise.all(people.map(({ page }) => page.evaluate(() => window.tiles.begin())));
  return Date.now();
}

/** What everybody heard and saw of everybody since then. */
export async function impressions(people: Person[], since: number): Promise<Impression[]> {
  const stalls = await Promise.all(
    people.map(({ page }) => page.evaluate((from) => window.instruments.longestStall(from), since)),
  );
  const heard = await Promise.all(people.map(({ page }) => envelopes(page)));
  const shown = await Promise.all(people.map(({ page }) => page.evaluate(() => window.tiles.stories())));
  const hushes = people.map(({ name }, place) => judge(heard[place]!.of(name)).hush);
  const all = people.map((person, by) =>
    people.flatMap((other, whose) => {
      const picture = shown[by]![other.name] ?? { frames: 0, gap: Infinity, blank: Infinity, strange: [] };
      const voice = judge(heard[by]!.of(other.name));
      const [stall, hush] = [Math.max(stalls[by]!, stalls[whose]!), hushes[whose]!];
      return other === person ? [] : [{ by: person.name, of: other.name, voice, picture, flips: heard[by]!.flips, hush, stall }];
    }),
  );
  return all.flat();
}

/** The server moves the call onto itself or off it; resolves once everybody sends over one of the two only. */
export async function flip(meeting: Meeting, people: Person[], use: 'on' | 'off'): Promise<number> {
  const began = Date.now();
  meeting.server.signal('SIGUSR2');
  for (const person of people) {
    await expect.poll(() => person.signals.filter(({ type }) => type === 'sfu').at(-1)).toMatchObject({ use });
  }
  const unused: keyof Sent = use === 'on' ? 'direct' : 'hub';
  const counts = () => Promise.all(people.map(({ page }) => sent(page)));
  let before = await counts();
  let still = Date.now();
  await expect
    .poll(
      async () => {
        const now = await counts();
        const who = people.filter((_, place) => now[place]![unused] > before[place]![unused]).map(({ name }) => name);
        if (who.length > 0) {
          still = Date.now();
        }
        before = now;
        return who.length === 0 && Date.now() - still < STILL_MS ? ['wait'] : who;
      },
      { message: `nobody sends ${unused === 'direct' ? 'directly' : 'over the server'} what goes the other way`, timeout: OVER_WITHIN_MS, intervals: [150] },
    )
    .toEqual([]);
  return Date.now() - began - STILL_MS;
}
