/**
 * What people notice while a call moves to the server and back: how long a voice is missing or is heard twice at most, for how long
 * a picture does not change at most, beside the same call at rest on the same machine, and how long such a switch takes. Prints one
 * JSON object on a line for each number of people.
 */
import { cpus } from 'node:os';
import { PERSONAS } from '../support/persona.js';
import { test } from '../support/room.js';
import { beginToMeasure, flip, gatherMeasured, impressions, type Impression } from '../support/switching.js';

/** There and back so often. */
const ROUNDS = Number(process.env.ROUNDS || 5);

/** The call is watched at rest before each switch for about as long as a switch takes, in ms. */
const AT_REST_MS = 4_000;

test.use({ serverOptions: ['--sfu', 'auto', '--sfu-listen', '127.0.0.1:0', '--test-controls'] });

const sorted = (values: number[]): number[] => values.map(Math.round).sort((one, other) => one - other);
const median = (values: number[]): number => sorted(values)[values.length >> 1]!;
const both = (values: number[]): [number, number] => [median(values), sorted(values).at(-1)!];

/** The longest a picture did not change, without what the machine stood still meanwhile. */
const pictureGaps = (found: Impression[]): number[] => found.map(({ picture, stall }) => Math.max(0, picture.gap - stall));

/** What was noticed, each as its median and its worst. */
function noticed(found: Impression[]): Record<string, [number, number]> {
  return {
    'voice missing': both(found.map(({ voice, hush }) => Math.max(0, voice.gap - hush))),
    'voice heard twice': both(found.map(({ voice }) => voice.doubled)),
    'picture the same': both(pictureGaps(found)),
    'tile blank, looks': both(found.map(({ picture }) => picture.blank)),
  };
}

// Each page wants a processor of its own when everybody switches.
for (const { count, processors } of [
  { count: 3, processors: 2 },
  { count: 4, processors: 5 },
  { count: 6, processors: 7 },
]) {
  test(`${count} people, ${ROUNDS} times to the server and back`, async ({ meeting }) => {
    test.skip(cpus().length < processors, `it is measured where there are ${processors} processors`);
    test.setTimeout(120_000 + ROUNDS * count * 20_000);
    const people = await gatherMeasured(meeting, PERSONAS.slice(0, count).map(({ name }) => name));
    const rest: Impression[] = [];
    const ways = { on: { found: [] as Impression[], took: [] as number[] }, off: { found: [] as Impression[], took: [] as number[] } };
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const use of ['on', 'off'] as const) {
        const resting = await beginToMeasure(people);
        await people[0]!.page.waitForTimeout(AT_REST_MS);
        rest.push(...(await impressions(people, resting)));
        const since = await beginToMeasure(people);
        ways[use].took.push(await flip(meeting, people, use));
        ways[use].found.push(...(await impressions(people, since)));
      }
    }
    const way = ({ found, took }: { found: Impression[]; took: number[] }) => ({
      ...noticed(found),
      'picture the same, ratio to rest': Number((median(pictureGaps(found)) / Math.max(1, median(pictureGaps(rest)))).toFixed(2)),
      'over after': both(took),
    });
    console.log(
      JSON.stringify({
        unit: 'ms, median and worst',
        people: count,
        switches: 2 * ROUNDS,
        'at rest': noticed(rest),
        'to the server': way(ways.on),
        'back to direct connections': way(ways.off),
      }),
    );
  });
}
