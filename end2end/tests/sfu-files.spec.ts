/** Files in calls that go through the server: where there is no direct connection it passes them on, or both are told why not. */
import { act, bytesOf, hashOfChosen, installPicker, line, openFiles, send, sha256 } from '../support/files.js';
import { Chat } from '../support/chat.js';
import { expect, test, type Meeting, type Person } from '../support/room.js';

async function gather(meeting: Meeting): Promise<[Person, Person]> {
  const people: Person[] = [];
  for (const name of ['Ada', 'Bob']) {
    people.push(await (await meeting.person(name, { before: installPicker })).join(meeting.room));
  }
  await meeting.expectAllToSeeAndHear(people);
  return people as [Person, Person];
}

async function accept(person: Person): Promise<void> {
  await person.page.locator('.file-offer').getByRole('button', { name: 'Accept' }).click();
  await openFiles(person);
}

test.describe('where calls always go through the server', () => {
  test.use({ serverOptions: ['--sfu', 'always', '--sfu-listen', '0.0.0.0:0', '--sfu-files', '40'] });

  test('a file arrives byte for byte without a direct connection, and the chat goes on beside it', { tag: '@gate' }, async ({ meeting }) => {
    const [ada, bob] = await gather(meeting);
    const content = bytesOf(5, 16_000_007);
    await send(ada, [{ name: 'tape.bin', buffer: content }]);
    await accept(bob);
    await expect(line(bob, 'tape.bin')).toContainText('MB/s');
    const chat = await Chat.of(ada);
    await chat.say('While it is on its way');
    await (await Chat.of(bob)).expectTexts('While it is on its way');
    for (const person of [ada, bob]) {
      await openFiles(person);
    }
    await expect(line(ada, 'tape.bin')).toContainText('Bob has it', { timeout: 60_000 });
    expect(await hashOfChosen(bob, 'tape.bin')).toBe(sha256(content));
    const offered = ada.signals.filter(({ direction, type }) => direction === 'sent' && type === 'offer');
    expect(new Set(offered.map((signal) => (signal as { target?: string }).target))).toEqual(new Set(['sfu']));
  });

  test('a file that is cancelled on its way ends for both', async ({ meeting }) => {
    const [ada, bob] = await gather(meeting);
    await send(ada, [{ name: 'tape.bin', buffer: bytesOf(6, 40_000_000) }]);
    await accept(bob);
    await expect(line(bob, 'tape.bin')).toContainText('MB/s');
    await act(bob, 'Cancel', 'tape.bin');
    await expect(line(bob, 'tape.bin')).toContainText('You cancelled it');
    await expect(line(ada, 'tape.bin')).toContainText('Bob cancelled it');
  });
});

test.describe('where calls always go through a server that passes no files on', () => {
  test.use({ serverOptions: ['--sfu', 'always', '--sfu-listen', '0.0.0.0:0', '--sfu-files', '0'] });

  test('both are told why a file cannot come', async ({ meeting }) => {
    const [ada, bob] = await gather(meeting);
    await send(ada, [{ name: 'tape.bin', buffer: bytesOf(7, 1_000_000) }]);
    await accept(bob);
    for (const [person, other] of [[ada, 'Bob'], [bob, 'Ada']] as const) {
      await expect(line(person, 'tape.bin')).toContainText(`No direct connection to ${other} could be made`);
    }
  });
});
