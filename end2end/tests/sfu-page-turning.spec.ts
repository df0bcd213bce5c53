/** More people than a page holds, over the server: who is on the page is seen, and who is not costs nobody anything. */
import { Extras } from '../support/extras.js';
import { installPicker } from '../support/files.js';
import { expect, test, type Person } from '../support/room.js';

test.use({ serverOptions: ['--sfu', 'always', '--sfu-listen', '0.0.0.0:0'] });

/** A page holds so many tiles. */
const PAGE = 16;

/** A layer that nobody asks for is sent for a while longer, in ms. */
const STOPS_WITHIN_MS = 15_000;

/** The id under which somebody is known. */
const idOf = (person: Person): string => String(person.signals.findLast(({ type }) => type === 'welcome')!.peer);

interface Wish {
  peer: string;
  camera?: string;
}

/** Whose cameras somebody's page last asked the server for, of these people. */
function watched(by: Person, people: Person[]): string[] {
  const last = by.signals.findLast(({ direction, type }) => direction === 'sent' && type === 'watch');
  const pictures = (last?.pictures ?? []) as Wish[];
  const seen = pictures.filter(({ camera }) => (camera ?? 'hidden') !== 'hidden').map(({ peer }) => peer);
  return people.filter((person) => seen.includes(idOf(person))).map(({ name }) => name);
}

/** What the server last wanted of somebody's camera. */
const wanted = (person: Person) => person.signals.findLast(({ direction, type }) => direction === 'received' && type === 'send')?.camera;

/** Packets of pictures that somebody's page received and sent until now. */
const pictures = (person: Person) =>
  person.page.evaluate(async () => {
    const total = { received: 0, sent: 0 };
    for (const connection of window.connections.filter(({ connectionState }) => connectionState === 'connected')) {
      for (const report of (await connection.getStats()).values()) {
        if (report.kind === 'video' && report.type === 'inbound-rtp') total.received += report.packetsReceived;
        if (report.kind === 'video' && report.type === 'outbound-rtp') total.sent += report.packetsSent;
      }
    }
    return total;
  });

/** Expects a count of packets to stand still for a second, within the time that takes. */
async function expectStill(person: Person, which: 'received' | 'sent', message: string): Promise<void> {
  await expect(async () => {
    const before = await pictures(person);
    await person.page.waitForTimeout(1_000);
    expect((await pictures(person))[which] - before[which], message).toBe(0);
  }).toPass({ timeout: STOPS_WITHIN_MS });
}

test('who is on the page is watched, seen and heard, and who is not is only heard', { tag: '@gate' }, async ({ meeting }) => {
  test.setTimeout(120_000);
  const ada = await meeting.person('Ada', { context: { viewport: { width: 1280, height: 800 } } });
  await ada.page.addInitScript(installPicker);
  await ada.join(meeting.room);
  const extras = await Extras.join(ada, meeting.room, PAGE - 1, 'Extra', { sfu: 1 });
  const others: Person[] = [];
  for (const name of ['Bob', 'Cleo']) {
    const person = await meeting.person(name);
    await person.page.addInitScript(installPicker);
    others.push(await person.join(meeting.room));
  }
  const [bob, cleo] = others as [Person, Person];

  await expect(ada.tiles).toHaveCount(PAGE);
  await expect(ada.tile('Bob')).toHaveCount(0);
  await ada.expectToHear(bob, cleo);
  expect(watched(ada, others)).toEqual([]);
  await expectStill(ada, 'received', 'nobody’s picture comes');

  await ada.button('Next page').click();
  await expect(ada.tiles).toHaveCount(2);
  await expect.poll(() => ada.view(), { timeout: 20_000 }).toEqual({ Bob: 'Bob', Cleo: 'Cleo' });
  expect(watched(ada, others)).toEqual(['Bob', 'Cleo']);
  for (const person of others) {
    await expect.poll(() => wanted(person)).not.toEqual([]);
  }
  await ada.expectToHear(bob, cleo);

  await ada.button('Page 1 of 2').click();
  await expect(ada.tiles).toHaveCount(PAGE);
  await expect.poll(() => watched(ada, others)).toEqual([]);
  await expectStill(ada, 'received', 'nobody’s picture comes any more');
  // On Bob's and Cleo's first pages stand themselves, Ada and fourteen others.
  for (const person of others) {
    await expect.poll(() => wanted(person), { timeout: STOPS_WITHIN_MS }).toEqual([]);
    await expectStill(person, 'sent', `nobody looks at ${person.name}, who sends no picture`);
  }
  await ada.expectToHear(bob, cleo);
  await expect.poll(() => bob.view(), { timeout: 20_000 }).toMatchObject({ Ada: 'Ada' });

  await extras.leave();
  await expect(ada.button('Next page')).toHaveCount(0);
  await meeting.expectAllToSeeAndHear([ada, bob, cleo]);
});
