/** Clients that know nothing of the page but docs/protocol.md, each on another WebRTC stack, in a call with the page. */
import { ALL_STACKS, Bot } from '../support/bot.js';
import { Chat } from '../support/chat.js';
import { installPicker } from '../support/files.js';
import { restartIce } from '../support/outage.js';
import { Wire, expect, test } from '../support/room.js';
import { Tape, folderForTapes } from '../support/tape.js';

for (const stack of ALL_STACKS) {
  test.describe(() => {
    const obstacle = Bot.obstacle(stack);
    test.skip(obstacle !== undefined, `its client is not tried: ${obstacle}`);

    test(`a client on ${stack} and pages see, hear and read each other, also after a renegotiation and a cut socket`, async ({ meeting }, info) => {
      test.setTimeout(180_000);
      const ada = await meeting.person('Ada', { before: installPicker });
      await ada.join(meeting.room);
      const wire = await Wire.to(meeting.server.port);
      const bob = Bot.start(stack, 'Bob', meeting.room, wire.url);
      try {
        // It offers to who is there, and answers who comes.
        await meeting.expectAllToSeeAndHear([ada, bob]);
        const [cleo] = await meeting.gather('Cleo');
        await meeting.expectAllToSeeAndHear([ada, bob, cleo!]);

        const chat = await Chat.of(ada);
        await chat.say('Bob: are you there?');
        await chat.expectTexts('Bob: are you there?', 'Ada said are you there?');
        expect(bob.of('message')).toEqual([{ type: 'message', name: 'Ada', text: 'Bob: are you there?' }]);

        await restartIce(ada, 2);
        await meeting.expectAllToSeeAndHear([ada, bob, cleo!]);

        wire.snap();
        await expect.poll(() => bob.of('joined').map(({ resumed }) => resumed), { timeout: 20_000 }).toEqual([false, true]);
        await expect.poll(() => ada.count('received', 'peer-back')).toBe(1);
        await meeting.expectAllToSeeAndHear([ada, bob, cleo!]);
        await chat.say('Bob: still there?');
        await chat.expectTexts('Bob: are you there?', 'Ada said are you there?', 'Bob: still there?', 'Ada said still there?');

        await bob.leave();
        await ada.expectOthers(cleo!);
        expect(ada.signals.at(-1)).toMatchObject({ type: 'peer-left', reason: 'left' });
      } finally {
        bob.dispose();
        await wire.dispose();
        await info.attach('Bob.txt', { body: bob.reports.map((report) => JSON.stringify(report)).join('\n'), contentType: 'text/plain' });
      }
    });
  });
}

test.describe(() => {
  const obstacles = ALL_STACKS.map((stack) => Bot.obstacle(stack)).filter((obstacle) => obstacle !== undefined);
  test.skip(obstacles.length > 0, `not all clients are tried: ${obstacles.join('; ')}`);

  test('clients on every stack see, hear and read a device, and it saves what they send', async ({ meeting }, info) => {
    test.setTimeout(240_000);
    const [tape, folder] = [await Tape.of(meeting, 'Dan'), await folderForTapes()];
    const bots = ALL_STACKS.map((stack, index) => Bot.start(stack, ['Ada', 'Bob', 'Cleo'][index]!, meeting.room, meeting.server.url));
    try {
      const dan = await meeting.device('Dan', ...tape.played, '--save', folder);
      await dan.expectEvent('connected', bots.length);
      for (const bot of bots) {
        await bot.expectToSeeAndHear(dan, ...bots.filter((other) => other !== bot));
        dan.order({ chat: `${bot.name}: are you there?` });
        const answer = () => dan.of('chat').map(({ text }) => text);
        await expect.poll(answer).toContain('Dan said are you there?');
        await new Tape(folder, dan.peerOf(bot.name)).expectPictures(30);
      }
      await dan.leave();
    } finally {
      bots.forEach((bot) => bot.dispose());
      const reports = bots.flatMap((bot) => bot.reports.map((report) => `${bot.name} ${JSON.stringify(report)}`));
      await info.attach('clients.txt', { body: reports.join('\n'), contentType: 'text/plain' });
    }
  });
});
