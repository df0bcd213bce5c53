/** Clients that know nothing of the server but docs/protocol.md, each on another WebRTC stack, in calls over the SFU. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test as base } from '@playwright/test';
import { ALL_SFU_STACKS, Bot, type SfuStack } from '../support/bot.js';
import { Wire } from '../support/net.js';
import { Server } from '../support/server.js';

/** A server whose rooms go through its SFU, and programs in one of them; no page is opened. */
interface Room {
  server: Server;
  /** Somebody who comes; over `wire` with their socket, if it is named. */
  arrive(stack: SfuStack, name: string, more?: string[], wire?: Wire): Bot;
}

const test = base.extend<{ room: Room }>({
  room: async ({}, use, info) => {
    const server = await Server.start('--sfu', 'always', '--sfu-listen', '127.0.0.1:0');
    const [id, bots] = [`room-${randomUUID().slice(0, 8)}`, [] as Bot[]];
    const arrive = (stack: SfuStack, name: string, more: string[] = [], wire?: Wire) => {
      const bot = Bot.start(stack, name, id, (wire ?? server).url, ...more);
      bots.push(bot);
      return bot;
    };
    await use({ server, arrive });
    bots.forEach((bot) => bot.dispose());
    const reports = bots.flatMap((bot) => bot.reports.map((report) => `${bot.name} ${JSON.stringify(report)}`));
    await info.attach('clients.txt', { body: reports.join('\n'), contentType: 'text/plain' });
    await info.attach('server.log', { body: server.log.join('\n'), contentType: 'text/plain' });
    await server.dispose();
    expect(server.log.filter((line) => line.includes('panicked'))).toEqual([]);
  },
});

/** Skips what follows where set-up could not install one of these. */
const needs = (...stacks: SfuStack[]) => {
  const obstacles = stacks.map((stack) => Bot.obstacle(stack)).filter((obstacle) => obstacle !== undefined);
  test.skip(obstacles.length > 0, `not all clients are tried: ${obstacles.join('; ')}`);
};

/** How often its connection to the SFU came to stand. */
const connected = (bot: Bot) => bot.of('connection').filter(({ state }) => state === 'connected').length;

/** Of each `welcome`, whether it took the seat back. */
const resumed = (bot: Bot) => bot.of('joined').map((report) => report.resumed);

/** Expects everybody to see and hear everybody else. */
const expectAll = (...bots: Bot[]) =>
  Promise.all(bots.map((bot) => bot.expectToSeeAndHear(...bots.filter((other) => other !== bot))));

for (const [one, other] of [['aiortc-sfu', 'aiortc-sfu'], ['werift-sfu', 'werift-sfu'], ['aiortc-sfu', 'werift-sfu']] as const) {
  test.describe(() => {
    needs(one, other);

    test(`clients (${one}, ${other}) see and hear each other, also after a cut socket and after another start of the server`, async ({ room }) => {
      test.setTimeout(180_000);
      const wire = await Wire.to(room.server.port);
      const [ada, bob] = [room.arrive(one, 'Ada'), room.arrive(other, 'Bob', [], wire)];
      await expectAll(ada, bob);

      wire.snap();
      await expect.poll(() => resumed(bob), { timeout: 20_000 }).toEqual([false, true]);
      await expectAll(ada, bob);
      expect([connected(ada), connected(bob)], 'media went on over the connections there were').toEqual([1, 1]);

      await room.server.kill();
      await room.server.restart();
      await expect.poll(() => [connected(ada), connected(bob)], { timeout: 45_000 }).toEqual([2, 2]);
      await expectAll(ada, bob);
      expect([resumed(ada), resumed(bob)]).toEqual([[false, true], [false, true, true]]);

      await bob.leave();
      await ada.expectOthers();
      await ada.leave();
      await wire.dispose();
    });
  });
}

for (const stack of ALL_SFU_STACKS) {
  test.describe(() => {
    needs(stack);

    test(`a client (${stack}) sees one person after the other in its only slot, and nobody under the name of another`, async ({ room }) => {
      test.setTimeout(180_000);
      const ada = room.arrive(stack, 'Ada', ['--pictures', '1']);
      for (const name of ['Bob', 'Cleo', 'Dan']) {
        const other = room.arrive(stack, name);
        await expectAll(ada, other);
        await other.leave();
      }
      await ada.expectOthers();
      expect(ada.sights).toEqual(['Bob: Bob', 'Cleo: Cleo', 'Dan: Dan']);
      const pictures = ada.of('slots').flatMap(({ slots }) => slots as { mid: string; track: string }[]);
      expect(new Set(pictures.filter(({ track }) => track === 'camera').map(({ mid }) => mid)).size).toBe(1);
      await ada.leave();
    });
  });
}

test.describe(() => {
  needs('werift-sfu');

  test('clients read each other in the chat, whose way leads through the server', async ({ room }) => {
    test.setTimeout(90_000);
    const texts = (bot: Bot) => bot.of('message').map(({ name, text }) => `${name}: ${text}`);
    const bob = room.arrive('werift-sfu', 'Bob');
    const cleo = room.arrive('werift-sfu', 'Cleo');
    await Promise.all([bob.expectOthers(cleo), cleo.expectOthers(bob)]);
    // Who asks comes last, and what is answered reaches everybody.
    const ada = room.arrive('werift-sfu', 'Ada', ['--says', 'Bob: are you there?']);
    await expect.poll(() => texts(ada), { timeout: 45_000 }).toEqual(['Bob: Ada said are you there?']);
    await expect.poll(() => texts(cleo)).toEqual(['Ada: Bob: are you there?', 'Bob: Ada said are you there?']);
    expect(texts(bob)).toEqual(['Ada: Bob: are you there?']);
    await Promise.all([ada, bob, cleo].map((bot) => bot.leave()));
  });

  test('a client restarts ICE when the beats stay away, and keeps its connection', async ({ room }) => {
    test.setTimeout(120_000);
    const [ada, bob] = [room.arrive('werift-sfu', 'Ada'), room.arrive('werift-sfu', 'Bob')];
    await expectAll(ada, bob);
    const beats = (bot: Bot) => bot.of('senses').some((report) => (report.beats as number) > 0);
    await expect.poll(() => [beats(ada), beats(bob)]).toEqual([true, true]);

    room.server.signal('SIGSTOP');
    await expect.poll(() => [ada, bob].map((bot) => bot.of('restart').length), { timeout: 20_000 }).toEqual([1, 1]);
    await sleep(500);
    room.server.signal('SIGCONT');
    await expect.poll(() => [ada, bob].map((bot) => bot.of('restarted').length), { timeout: 20_000 }).toEqual([1, 1]);
    await expectAll(ada, bob);
    expect([connected(ada), connected(bob)], 'neither needed another connection').toEqual([1, 1]);
    await Promise.all([ada.leave(), bob.leave()]);
  });
});
