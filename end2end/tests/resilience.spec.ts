/** Calls outlive trouble: sockets that drop, networks that vanish, servers that die. */
import { SOCKET_TROUBLE, expectToResume, isTold, reconnecting, welcomes } from '../support/outage.js';
import { expect, test } from '../support/room.js';

/** Longest until everybody is back in their seats once the port answers, in ms. */
const ROSTER_BACK_MS = 2_000;

test('a socket cut for an instant is not noticed by anybody, and the seat is taken back', { tag: '@gate' }, async ({ meeting }) => {
  const [ada, wire] = await meeting.personOnWire('Ada');
  ada.guard.expect(...SOCKET_TROUBLE);
  await ada.join(meeting.room);
  const [bob] = await meeting.gather('Bob');
  await meeting.expectAllToSeeAndHear([ada, bob!]);
  await ada.watchFrames(bob!);
  await bob!.watchFrames(ada);
  const told = isTold(ada);

  wire.snap();
  await expectToResume(ada);
  await expect.poll(() => bob!.count('received', 'peer-back')).toBe(1);
  await meeting.expectAllToSeeAndHear([ada, bob!]);
  await ada.expectNoFreeze(bob!);
  await bob!.expectNoFreeze(ada);
  await ada.page.close();
  expect(await told).toBe(false);
});

test('a socket that stays away is told after a while in which media flows on, and the seat waits', async ({ meeting }) => {
  const [ada, wire] = await meeting.personOnWire('Ada');
  ada.guard.expect(...SOCKET_TROUBLE);
  await ada.join(meeting.room);
  const [bob] = await meeting.gather('Bob');
  await meeting.expectAllToSeeAndHear([ada, bob!]);
  await ada.watchFrames(bob!);
  await bob!.watchFrames(ada);

  await wire.cut();
  await expect(reconnecting(ada).first()).toBeVisible();
  await expect.poll(() => bob!.count('received', 'peer-away')).toBe(1);
  await meeting.expectAllToSeeAndHear([ada, bob!]);
  await wire.mend();
  await expect(reconnecting(ada)).toHaveCount(0, { timeout: 20_000 });
  await expect.poll(() => bob!.count('received', 'peer-back')).toBe(1);
  await ada.button('Mute microphone').click();
  await bob!.expectToHear();
  await ada.expectNoFreeze(bob!);
  await bob!.expectNoFreeze(ada);
  expect(bob!.count('received', 'peer-left')).toBe(0);
});

test('what was switched during an outage is true for everybody after it', { tag: '@gate' }, async ({ meeting }) => {
  const [ada, wire] = await meeting.personOnWire('Ada');
  ada.guard.expect(...SOCKET_TROUBLE);
  await ada.join(meeting.room);
  const [bob] = await meeting.gather('Bob');
  await meeting.expectAllToSeeAndHear([ada, bob!]);
  await wire.cut();
  await expect.poll(() => bob!.count('received', 'peer-away')).toBe(1);
  await ada.button('Turn camera off').click();
  await ada.button('Raise hand').click();
  const [cleo] = await meeting.gather('Cleo');
  await wire.mend();
  await expect.poll(() => bob!.view(), { timeout: 20_000 }).toMatchObject({ Ada: 'hidden' });
  await expect(bob!.tile('Ada').getByText(/hand/i).or(bob!.tile('Ada').getByLabel(/hand/i)).first()).toBeAttached();
  await ada.expectOthers(bob!, cleo!);
  await ada.expectToHear(bob!, cleo!);
  await cleo!.expectToHear(ada, bob!);
});

test('a server killed and restarted in mid-call freezes nobody, and the roster is back within two seconds', { tag: '@gate' }, async ({
  meeting,
}) => {
  test.setTimeout(90_000);
  const people = await meeting.gather('Ada', 'Bob', 'Cleo');
  people.forEach((person) => person.guard.expect(...SOCKET_TROUBLE));
  await meeting.expectAllToSeeAndHear(people);
  const ids = people.map((person) => welcomes(person)[0]!.peer);
  const pairs = people.flatMap((person) =>
    people.filter((other) => other !== person).map((other) => [person, other] as const),
  );
  await Promise.all(pairs.map(([person, other]) => person.watchFrames(other)));

  await meeting.server.kill();
  await expect(reconnecting(people[0]!).first()).toBeVisible();
  await meeting.server.restart();
  const answered = Date.now();
  await expect
    .poll(() => people.every((person) => welcomes(person).length >= 2), { intervals: [20], timeout: 15_000 })
    .toBe(true);
  const back = Date.now() - answered;
  const heldUp = await Promise.all(people.map(({ page }) => page.evaluate((since) => window.instruments.heldUp(since), answered)));
  await Promise.all(people.map((person) => person.expectOthers(...people.filter((other) => other !== person))));
  await Promise.all(people.map((person) => expect(reconnecting(person)).toHaveCount(0)));

  await meeting.expectAllToSeeAndHear(people);
  await Promise.all(pairs.map(([person, other]) => person.expectNoFreeze(other)));
  expect(people.map((person) => welcomes(person).at(-1)!.peer)).toEqual(ids);
  expect(back, 'a machine that let a page stand still is excused').toBeLessThanOrEqual(ROSTER_BACK_MS + Math.max(...heldUp));

  await people[1]!.button('Mute microphone').click();
  await people[0]!.expectToHear(people[2]!);
  const [dan] = await meeting.gather('Dan');
  await people[0]!.expectToSee(people[1]!, people[2]!, dan!);
});

test('a network that swallows everything for a while costs the seat nothing', async ({ meeting }) => {
  test.setTimeout(90_000);
  const [ada, wire] = await meeting.personOnWire('Ada');
  ada.guard.expect(...SOCKET_TROUBLE);
  await ada.join(meeting.room);
  const [bob] = await meeting.gather('Bob');
  await meeting.expectAllToSeeAndHear([ada, bob!]);
  await ada.watchFrames(bob!);
  wire.stall();
  await expect.poll(() => bob!.count('received', 'peer-away'), { timeout: 25_000 }).toBe(1);
  await wire.mend();
  await expect.poll(() => bob!.count('received', 'peer-back'), { timeout: 15_000 }).toBe(1);
  await meeting.expectAllToSeeAndHear([ada, bob!]);
  await ada.expectNoFreeze(bob!);
  expect(bob!.count('received', 'peer-left')).toBe(0);
});

test('who leaves while the server is away has left', async ({ meeting }) => {
  const [ada, wire] = await meeting.personOnWire('Ada');
  ada.guard.expect(...SOCKET_TROUBLE);
  await ada.join(meeting.room);
  const [bob] = await meeting.gather('Bob');
  await meeting.expectAllToSeeAndHear([ada, bob!]);
  await wire.cut();
  await ada.button('Leave').click();
  await expect(ada.button('Rejoin')).toBeVisible();
  await expect.poll(() => bob!.view()).not.toMatchObject({ Ada: 'Ada' });
});
