/** A small call that goes through the server keeps its direct connections, and goes on over them when the server ends. */
import { MACHINES_SHARE, noticed, summary } from '../support/noticed.js';
import { SOCKET_TROUBLE, welcomes } from '../support/outage.js';
import { expect, test, type Meeting, type Person } from '../support/room.js';
import { sent, standing } from '../support/sent.js';
import { beginToMeasure, flip, gatherMeasured, impressions, type Impression } from '../support/switching.js';

/**
 * Longest that a voice and a picture are missing when the server is killed, in ms: until silence is sure a second goes by, and a picture has
 * to be encoded anew.
 */
const KILLED_MS: [number, number] = [1_500, 1_800];

/** Longest until everybody has their seat again once the server is ready, in ms. */
const BACK_MS = 3_000;

/** So long the server that was killed is away, in ms. */
const AWAY_MS = 3_000;

test.use({ serverOptions: ['--sfu', 'auto', '--sfu-listen', '0.0.0.0:0', '--test-controls'] });

/** Three who are measured and await an end of the server. */
async function three(meeting: Meeting): Promise<Person[]> {
  const people = await gatherMeasured(meeting, ['Ada', 'Bob', 'Cleo']);
  people.forEach(({ guard }) => guard.expect(...SOCKET_TROUBLE));
  return people;
}

/** The call moves to the server, and its direct connections stand in silence. */
async function moveUp(meeting: Meeting, people: Person[]): Promise<void> {
  await flip(meeting, people, 'on');
  const connections = () => Promise.all(people.map(({ page }) => standing(page)));
  await expect.poll(connections, 'direct connections on standby').toEqual(people.map(() => people.length - 1));
}

/** Expects that everybody sends directly. */
async function expectDirect(people: Person[]): Promise<void> {
  for (const { page, name } of people) {
    const { direct } = await sent(page);
    await expect.poll(async () => (await sent(page)).direct, `${name} sends directly`).toBeGreaterThan(direct);
  }
}

/** The server starts again: everybody is back in their seat soon. */
async function startAgain(meeting: Meeting, people: Person[]): Promise<void> {
  const before = people.map((person) => ({ count: welcomes(person).length, peer: welcomes(person).at(-1)!.peer }));
  await meeting.server.restart();
  const ready = Date.now();
  for (const [place, person] of people.entries()) {
    const { count, peer } = before[place]!;
    await expect.poll(() => welcomes(person).length, { intervals: [50] }).toBe(count + 1);
    expect(welcomes(person).at(-1), 'the same seat').toMatchObject({ resumed: true, peer });
  }
  const took = Date.now() - ready;
  console.log(`  back in their seats after ${took} ms`);
  expect(took, 'ms after the server was ready').toBeLessThanOrEqual(BACK_MS);
  await meeting.server.prefer();
}

test('when the server is killed everybody is heard again within a second and a half, and seen soon', async ({ meeting }) => {
  test.setTimeout(120_000);
  const people = await three(meeting);
  await moveUp(meeting, people);
  const since = await beginToMeasure(people);
  await meeting.server.kill();
  await people[0]!.page.waitForTimeout(AWAY_MS);
  const found = await impressions(people, since);
  console.log(`  killed\n    ${summary(found)}`);
  await meeting.expectAllToSeeAndHear(people);
  await expectDirect(people);
  await startAgain(meeting, people);
  await meeting.expectAllToSeeAndHear(people);
  expect(found.flatMap((impression) => noticed(impression, KILLED_MS))).toEqual([]);
});

test('when the server is restarted nobody notices anything', async ({ meeting }) => {
  test.setTimeout(240_000);
  const people = await three(meeting);
  const all: Impression[] = [];
  const complaints: string[][] = [];
  for (let restart = 1; restart <= 4; restart += 1) {
    await moveUp(meeting, people);
    const since = await beginToMeasure(people);
    expect(await meeting.server.terminate()).toBe(0);
    for (const person of people) {
      expect(person.signals.findLast(({ type }) => type === 'sfu')).toMatchObject({ use: 'off', why: 'restart' });
    }
    await expectDirect(people);
    await startAgain(meeting, people);
    const found = await impressions(people, since);
    await meeting.expectAllToSeeAndHear(people);
    all.push(...found);
    complaints.push(...found.map((impression) => noticed(impression).map((said) => `restart ${restart}: ${said}`)));
    console.log(`  restart ${restart}\n    ${summary(found)}`);
  }
  expect(meeting.server.log.filter((line) => line.includes('did not get around')), 'the server saw them go').toEqual([]);
  const noticing = complaints.filter((said) => said.length > 0).length;
  expect(noticing / all.length, complaints.flat().join('\n')).toBeLessThanOrEqual(MACHINES_SHARE);
});
