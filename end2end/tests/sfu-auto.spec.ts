/** A room that goes through the server by itself once it is too large for direct connections, and is direct again by itself. */
import { Extras } from '../support/extras.js';
import { expect, test, type Person } from '../support/room.js';

test.use({ serverOptions: ['--sfu', 'auto', '--sfu-listen', '0.0.0.0:0'] });

/** With a picture among them, so many people are too many for direct connections. */
const MANY = 5;

/** A room stays as it is for a minute after each change, and is calm for 20 s before it is direct again; in ms. */
const STAYS_MS = 60_000;

/** What the server last said of whether the room goes through it. */
const mode = (person: Person) => person.signals.findLast(({ direction, type }) => direction === 'received' && type === 'sfu');

const mark = (person: Person) => person.page.locator('.call-head').getByRole('button', { name: /through the server$/i });

/** Expects these to see and hear each other, whoever else is there without a picture. */
async function expectAllToSeeAndHear(people: Person[]): Promise<void> {
  for (const person of people) {
    const others = people.filter((other) => other !== person);
    const seen = Object.fromEntries(others.map(({ name }) => [name, name]));
    await expect.poll(() => person.view(), { message: `${person.name} sees everybody`, timeout: 30_000 }).toMatchObject(seen);
    await person.expectToHear(...others);
  }
}

/** Two who see and hear each other directly, and so many that only take a seat that the room is too large for that. */
async function outgrow(people: Person[], room: string): Promise<Extras> {
  await expectAllToSeeAndHear(people);
  for (const person of people) {
    expect(mode(person), 'nothing was decided yet').toBeUndefined();
    await expect(mark(person)).toHaveCount(0);
  }
  const extras = await Extras.join(people[0]!, room, MANY - people.length);
  for (const person of people) {
    await expect.poll(() => mode(person), { timeout: 15_000 }).toMatchObject({ use: 'on', why: 'people' });
    await expect(mark(person)).toHaveText(/through the server/i, { timeout: 20_000 });
  }
  await expectAllToSeeAndHear(people);
  return extras;
}

test('with the fifth person it does, and everybody goes on to see and hear each other', { tag: '@gate' }, async ({ meeting }) => {
  const people = await meeting.gather('Ada', 'Bob');
  await outgrow(people, meeting.room);
});

test('when they have left it is direct again, not sooner than a minute later', async ({ meeting }) => {
  test.setTimeout(180_000);
  const people = await meeting.gather('Ada', 'Bob');
  const extras = await outgrow(people, meeting.room);
  const since = Date.now();
  await extras.leave();
  await expectAllToSeeAndHear(people);
  for (const person of people) {
    await expect.poll(() => mode(person), { timeout: STAYS_MS + 20_000, intervals: [500] }).toMatchObject({ use: 'off', why: 'people' });
    await expect(mark(person)).toHaveCount(0, { timeout: 20_000 });
  }
  // It was decided a while before that was seen.
  expect(Date.now() - since, 'ms in which it stayed as it was').toBeGreaterThan(STAYS_MS - 20_000);
  await expectAllToSeeAndHear(people);
});
