/** Devices in a call with browsers: `visavis join` sends, hears, shows, plays and recovers as a page does. */
import { installPicker } from '../support/files.js';
import { FIREFOX_OBSTACLE, expect, test } from '../support/firefox.js';
import { SOCKET_TROUBLE, restartIce } from '../support/outage.js';
import type { Device } from '../support/room.js';
import { Tape, folderForTapes } from '../support/tape.js';

/** So many updates are sent each second, and so many in all: two seconds' worth. */
const [UPDATES_A_SECOND, UPDATES] = [20, 40];

interface Told {
  topic: string;
  data: unknown;
  reliable: boolean;
  name: string;
}

/** Collects what the programs' door tells, from before the page's own scripts. */
function collect(): void {
  const told: unknown[] = [];
  Object.assign(window, { told });
  window.addEventListener('visavis:message', (event) => told.push((event as CustomEvent<object>).detail));
}

/** Somebody with a page, in either browser. */
interface Surfer {
  readonly name: string;
  readonly page: {
    evaluate<T>(body: () => T): Promise<T>;
    evaluate<A>(body: (argument: A) => void, argument: A): Promise<void>;
  };
}

const told = (person: Surfer): Promise<Told[]> =>
  person.page.evaluate(() => (window as unknown as { told: Told[] }).told);

/** Numbers that a page sends from now on, so many a second; the same to everybody. */
function sendNumbers({ topic, reliable, count, pace }: { topic: string; reliable: boolean; count: number; pace: number }): void {
  let number = 0;
  const clock = setInterval(() => {
    window.dispatchEvent(new CustomEvent('visavis:send', { detail: { topic, data: number, reliable } }));
    number += 1;
    if (number === count) {
      clearInterval(clock);
    }
  }, 1_000 / pace);
}

/** Expects what a page and a device say 20 times a second to reach the other: all of it where that is promised, in order. */
async function expectUpdates(person: Surfer, device: Device): Promise<void> {
  for (const reliable of [true, false]) {
    const topic = reliable ? 'told/surely' : 'told/quickly';
    const all = Array.from({ length: UPDATES }, (_, number) => number);
    await person.page.evaluate(sendNumbers, { topic, reliable, count: UPDATES, pace: UPDATES_A_SECOND });
    let number = 0;
    const clock = setInterval(() => {
      if (number < UPDATES) {
        device.order({ topic, data: number, reliable });
        number += 1;
      }
    }, 1_000 / UPDATES_A_SECOND);
    const atDevice = () => device.lines.filter((line) => line.topic === topic && line.name === person.name).map(({ data }) => data);
    const atPage = async () => (await told(person)).filter((message) => message.topic === topic && message.name === device.name);
    const arrived = async () => (await atPage()).map(({ data }) => data);
    if (reliable) {
      await expect.poll(atDevice).toEqual(all);
      await expect.poll(arrived).toEqual(all);
    } else {
      // What may be lost is not lost on the way from a program to itself; what comes at once may be dropped by a busy page.
      await expect.poll(() => atDevice().length).toBeGreaterThan(UPDATES / 2);
      await expect.poll(async () => (await arrived()).length).toBeGreaterThan(UPDATES / 2);
    }
    clearInterval(clock);
  }
}

test('pages see and hear what a device plays, and another plays what it saved of them', { tag: '@gate' }, async ({ meeting }) => {
  test.setTimeout(180_000);
  const tape = await Tape.of(meeting, 'Dan');
  const [ada] = await meeting.gather('Ada');
  const folder = await folderForTapes();
  const dan = await meeting.device('Dan', ...tape.played, '--save', folder);
  await ada!.expectToSeeAndHear(dan);
  const saved = new Tape(folder, dan.peerOf('Ada'));
  await saved.expectPictures(60);
  await dan.leave();
  await ada!.expectOthers();

  const room = `${meeting.room}-again`;
  const again = await meeting.deviceIn(room, 'Ada', ...saved.played);
  const bob = await (await meeting.person('Bob')).join(room);
  await bob.expectToSeeAndHear(again);
});

test('a page and a device tell each other something 20 times a second, reliably or not', { tag: '@gate' }, async ({ meeting }) => {
  const ada = await (await meeting.person('Ada', { before: collect })).join(meeting.room);
  const game = await meeting.device('Game');
  await game.expectEvent('connected');
  await expectUpdates(ada, game);
});

test('a page whose addresses are hidden behind names reaches a device', async ({ meeting }) => {
  const failures = { audio: 'NotAllowedError', video: 'NotAllowedError' };
  const ada = await meeting.person('Ada', { failures, before: collect });
  ada.guard.expect(/NotAllowedError|provoked by a test/);
  await ada.join(meeting.room);
  const game = await meeting.device('Game');
  await game.expectEvent('connected');
  await expectUpdates(ada, game);
});

test.describe(() => {
  test.skip(FIREFOX_OBSTACLE !== undefined, `Firefox is not tried: ${FIREFOX_OBSTACLE}`);

  test('Firefox sees and hears what a device plays, is saved by it, and hears from it 20 times a second', async ({ meeting, firefox }) => {
    test.setTimeout(240_000);
    const tape = await Tape.of(meeting, 'Dan');
    const bob = await firefox('Bob');
    await bob.page.evaluateOnNewDocument(collect);
    await bob.join(meeting.room);
    const folder = await folderForTapes();
    const dan = await meeting.device('Dan', ...tape.played, '--save', folder);
    await bob.expectToSeeAndHear(dan);
    await expectUpdates(bob, dan);
    const saved = new Tape(folder, dan.peerOf('Bob'));
    await saved.expectPictures(60);
    await dan.leave();

    const room = `${meeting.room}-again`;
    const again = await meeting.deviceIn(room, 'Bob', ...saved.played);
    const cleo = await (await meeting.person('Cleo')).join(room);
    await cleo.expectToSeeAndHear(again);
  });
});

test('a device bears it when a page restarts ICE', async ({ meeting }) => {
  test.setTimeout(180_000);
  const tape = await Tape.of(meeting, 'Dan');
  const ada = await (await meeting.person('Ada', { before: installPicker })).join(meeting.room);
  const dan = await meeting.device('Dan', ...tape.played);
  await ada.expectToSeeAndHear(dan);
  await restartIce(ada, 1);
  await ada.expectToSeeAndHear(dan);
  expect(dan.of('disconnected'), 'messages went the same way all the time').toEqual([]);
});

test('when the server is killed in the middle of a call, a device stays connected and comes back', async ({ meeting }) => {
  test.setTimeout(120_000);
  const ada = await (await meeting.person('Ada', { before: collect })).join(meeting.room);
  ada.guard.expect(...SOCKET_TROUBLE);
  const game = await meeting.device('Game');
  await game.expectEvent('connected');
  await meeting.server.kill();
  await game.expectEvent('reconnecting');
  await expectUpdates(ada, game);
  await meeting.server.restart();
  await game.expectEvent('reconnected');
  expect(game.of('disconnected')).toEqual([]);
  await ada.expectOthers();
  const bob = await (await meeting.person('Bob')).join(meeting.room);
  await game.expectEvent('connected', 2);
  await ada.expectOthers(bob);
});

for (const transport of ['udp', 'tcp', 'tls']) {
  test.describe(() => {
    const turn = ['--turn-listen', '0.0.0.0:0', '--tls-self-signed'];
    test.use({ serverOptions: turn });

    test(`a device that has only the relay over ${transport} reaches a page`, async ({ meeting }) => {
      const person = await meeting.person('Ada', { before: collect, context: { ignoreHTTPSErrors: true } });
      const ada = await person.join(meeting.room);
      const game = await meeting.device('Game', '--relay', transport, '--insecure');
      await game.expectEvent('connected');
      await expectUpdates(ada, game);
      const candidates = ada.signals.filter(({ direction, type }) => direction === 'received' && type === 'ice-candidate');
      const kinds = JSON.stringify(candidates).matchAll(/ typ (\w+)/g);
      expect(new Set([...kinds].map(([, kind]) => kind))).toEqual(new Set(['relay']));
    });
  });
}
