/** Calls that go through the server: the page as people use it, and what it says to whom. */
import { Chat } from '../support/chat.js';
import { SOCKET_TROUBLE } from '../support/outage.js';
import { expect, test, type Person } from '../support/room.js';

/** To see that two people see and hear each other takes about so long in itself, in ms. */
const LOOKED_FOR_MS = 2_000;

/** Whom somebody offered a connection, in order. */
const offeredTo = (person: Person): string[] =>
  person.signals
    .filter(({ direction, type }) => direction === 'sent' && type === 'offer')
    .map((signal) => String((signal as { target?: string }).target));

test.describe('in a room that always goes through the server', () => {
  test.use({ serverOptions: ['--sfu', 'always', '--sfu-listen', '0.0.0.0:0'] });

  test('two people see and hear each other over one connection each', { tag: '@gate' }, async ({ meeting }) => {
    const people = await meeting.gather('Ada', 'Bob');
    await meeting.expectAllToSeeAndHear(people);
    for (const person of people) {
      expect(new Set(offeredTo(person))).toEqual(new Set(['sfu']));
    }
  });

  test('what is said in the chat reaches everybody, and who comes later reads it', async ({ meeting }) => {
    const [ada, bob] = await meeting.gather('Ada', 'Bob');
    await meeting.expectAllToSeeAndHear([ada!, bob!]);
    const chat = await Chat.of(ada!);
    await chat.say('Hello over the server');
    await (await Chat.of(bob!)).expectTexts('Hello over the server');
    const [cleo] = await meeting.gather('Cleo');
    await (await Chat.of(cleo!)).expectTexts('Hello over the server');
  });

  test('who leaves is gone, and who comes back is seen and heard again', async ({ meeting }) => {
    const [ada, bob] = await meeting.gather('Ada', 'Bob');
    await meeting.expectAllToSeeAndHear([ada!, bob!]);
    await bob!.button('Leave').click();
    await expect(ada!.tile('Bob')).toHaveCount(0);
    const [cleo] = await meeting.gather('Cleo');
    await meeting.expectAllToSeeAndHear([ada!, cleo!]);
  });

  test('after a restart of the server everybody is seen and heard again', async ({ meeting }) => {
    const [ada, bob] = await meeting.gather('Ada', 'Bob');
    await meeting.expectAllToSeeAndHear([ada!, bob!]);
    for (const person of [ada!, bob!]) {
      person.guard.expect(...SOCKET_TROUBLE);
    }
    await meeting.server.kill();
    await meeting.server.restart();
    const since = Date.now();
    await meeting.expectAllToSeeAndHear([ada!, bob!]);
    expect(Date.now() - since, 'ms after the server was back').toBeLessThan(3_000 + LOOKED_FOR_MS);
    for (const person of [ada!, bob!]) {
      const welcomes = person.signals.filter(({ direction, type }) => direction === 'received' && type === 'welcome');
      expect(welcomes.at(-1), 'the same seat').toMatchObject({ resumed: true });
    }
  });
});

test.describe('in a room that moves to the server and back', () => {
  test.use({ serverOptions: ['--sfu', 'auto', '--sfu-listen', '0.0.0.0:0', '--test-controls'] });

  test('people see and hear each other all the time', { tag: '@gate' }, async ({ meeting }) => {
    test.setTimeout(120_000);
    const people = await meeting.gather('Ada', 'Bob', 'Cleo');
    await meeting.expectAllToSeeAndHear(people);
    for (const person of people) {
      expect(offeredTo(person), 'a small call begins directly').not.toContain('sfu');
    }
    const top = async () => (await people[0]!.page.locator('.stage').boundingBox())!.y;
    const before = await top();
    for (let flip = 0; flip < 2; flip += 1) {
      meeting.server.signal('SIGUSR2');
      const use = flip % 2 === 0 ? 'on' : 'off';
      for (const person of people) {
        await expect.poll(() => person.signals.filter(({ type }) => type === 'sfu').at(-1)).toMatchObject({ use });
      }
      await meeting.expectAllToSeeAndHear(people);
      const mark = people[0]!.page.locator('.call-head').getByRole('button', { name: 'Through the server' });
      await expect(mark).toHaveCount(use === 'on' ? 1 : 0, { timeout: 20_000 });
      expect(await top(), 'the mark moves nobody').toBe(before);
    }
  });
});
