/** A client that knows nothing of the server but docs/protocol.md and is built on another WebRTC stack, in calls over the SFU. */
import { randomUUID } from 'node:crypto';
import { expect, test as base } from '@playwright/test';
import { Bot } from '../support/bot.js';
import { Wire } from '../support/net.js';
import { Server } from '../support/server.js';

/** A server whose rooms go through its SFU, and programs in one of them; no page is opened. */
interface Room {
  server: Server;
  /** Somebody who comes; over `wire` with their socket, if it is named. */
  arrive(name: string, more?: string[], wire?: Wire): Bot;
}

const test = base.extend<{ room: Room }>({
  room: async ({}, use, info) => {
    const server = await Server.start('--sfu', 'always', '--sfu-listen', '127.0.0.1:0');
    const [id, bots] = [`room-${randomUUID().slice(0, 8)}`, [] as Bot[]];
    const arrive = (name: string, more: string[] = [], wire?: Wire) => {
      const bot = Bot.start('aiortc-sfu', name, id, (wire ?? server).url, ...more);
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

const obstacle = Bot.obstacle('aiortc-sfu');
test.skip(obstacle !== undefined, `its client is not tried: ${obstacle}`);

/** How often its connection to the SFU came to stand. */
const connected = (bot: Bot) => bot.of('connection').filter(({ state }) => state === 'connected').length;

/** Of each `welcome`, whether it took the seat back. */
const resumed = (bot: Bot) => bot.of('joined').map((report) => report.resumed);

/** Expects everybody to see and hear everybody else. */
const expectAll = (...bots: Bot[]) =>
  Promise.all(bots.map((bot) => bot.expectToSeeAndHear(...bots.filter((other) => other !== bot))));

test('clients on aiortc see and hear each other over the SFU, also after a cut socket and after another start of the server', async ({ room }) => {
  test.setTimeout(180_000);
  const wire = await Wire.to(room.server.port);
  const [ada, bob] = [room.arrive('Ada'), room.arrive('Bob', [], wire)];
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

test('a client on aiortc sees one person after the other in its only slot, and nobody under the name of another', async ({ room }) => {
  test.setTimeout(180_000);
  const ada = room.arrive('Ada', ['--pictures', '1']);
  for (const name of ['Bob', 'Cleo', 'Dan']) {
    const other = room.arrive(name);
    await expectAll(ada, other);
    await other.leave();
  }
  await ada.expectOthers();
  expect(ada.sights).toEqual(['Bob: Bob', 'Cleo: Cleo', 'Dan: Dan']);
  const pictures = ada.of('slots').flatMap(({ slots }) => slots as { mid: string; track: string }[]);
  expect(new Set(pictures.filter(({ track }) => track === 'camera').map(({ mid }) => mid)).size).toBe(1);
  await ada.leave();
});
