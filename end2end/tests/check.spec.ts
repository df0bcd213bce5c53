/** The check of the connection: what it finds, what it says, and what its report does not tell. */
import AxeBuilder from '@axe-core/playwright';
import type { Locator } from '@playwright/test';
import { fileURLToPath } from 'node:url';
import { SOCKET_TROUBLE } from '../support/outage.js';
import { expect, test as base, type Person } from '../support/room.js';
import { freePort, TurnServer } from '../support/turn.js';

const ARTIFACTS = fileURLToPath(new URL('../artifacts/', import.meta.url));
const SECRET = 'north';
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** Longest a check may take in which nothing answers, in ms. */
const CHECKED_WITHIN_MS = 50_000;

interface Relay {
  /** The secret that the TURN server knows. */
  turnSecret: string;
}

/** A server that announces a TURN server over UDP, TCP and TLS, of which the last is not there. */
const test = base.extend<Relay & { turn: TurnServer }>({
  turnSecret: [SECRET, { option: true }],
  turn: async ({ turnSecret }, use) => {
    const turn = await TurnServer.start(turnSecret);
    await use(turn);
    await turn.dispose();
  },
});
const testWithRelay = test.extend({
  serverOptions: async ({ turn }, use) => {
    await use(announce(turn.port, await freePort()));
  },
});

function announce(port: number, tlsPort: number): string[] {
  const urls = [
    `turn:127.0.0.1:${port}?transport=udp`,
    `turn:127.0.0.1:${port}?transport=tcp`,
    `turns:127.0.0.1:${tlsPort}?transport=tcp`,
  ];
  return [
    ...urls.flatMap((url) => ['--turn-url', url]),
    ...['--turn-secret', SECRET, '--ice-server', `stun:127.0.0.1:${port}`],
  ];
}

const dialog = (person: Person) => person.page.getByRole('dialog', { name: 'Connection check' });
const verdict = (person: Person) => dialog(person).getByRole('status').first();
const step = (person: Person, name: string): Locator =>
  dialog(person).getByRole('listitem').filter({ has: person.page.getByText(name, { exact: true }) });

/** Presses the button and waits for the end. */
async function check(person: Person): Promise<void> {
  await person.button('Check the connection').click();
  await expect(dialog(person)).toBeVisible();
  await expectEnd(person);
}

async function expectEnd(person: Person): Promise<void> {
  await expect(person.button('Check again')).toBeEnabled({ timeout: CHECKED_WITHIN_MS });
}

async function inLobby(person: Person, room: string): Promise<void> {
  await person.visit(room);
  await expect.poll(async () => (await person.devices()).audio).toBe(1);
}

async function picture(person: Person, name: string): Promise<void> {
  await dialog(person).evaluate((element) =>
    Promise.allSettled(element.getAnimations().map((animation) => animation.finished)),
  );
  await person.page.screenshot({ path: `${ARTIFACTS}check-${name}.png` });
}

/** Puts what is copied where the test finds it. */
function keepCopied(): void {
  Object.assign(window, { copied: '' });
  if (navigator.clipboard) {
    navigator.clipboard.writeText = async (text) => void Object.assign(window, { copied: text });
  }
}

const copied = (person: Person) =>
  person.page.evaluate(() => (window as unknown as { copied: string }).copied);

/** Anything that looks like an address or a name that stands for one. */
const ADDRESS = /\d+\.\d+\.\d+\.\d+(?!\d* Safari)|\[?[0-9a-f]{1,4}(:[0-9a-f]{0,4}){3,}|\.local\b|localhost/i;

for (const colorScheme of ['light', 'dark'] as const) {
  test(`without a relay all is fine but that, and axe finds nothing in the ${colorScheme} theme`, async ({ meeting }) => {
    const ada = await meeting.person('Ada', { context: { colorScheme, viewport: { width: 390, height: 844 } } });
    await inLobby(ada, meeting.room);
    await check(ada);
    await expect(verdict(ada)).toContainText('The server can be reached. It offers neither STUN nor a relay');
    for (const [name, words] of [
      ['This page and browser', 'Secure, and able to make calls'],
      ['Microphone', 'Works'],
      ['Camera', 'Works'],
      ['Server', 'Answers'],
      ['WebSocket', 'Opens, answers and stays open'],
      ['STUN', 'Not offered by this server'],
      ['Relay over UDP', 'Not offered by this server'],
      ['Relay over TCP', 'Not offered by this server'],
      ['Relay over TLS', 'Not offered by this server'],
      ['Possible ways', 'Direct'],
    ] as const) {
      await expect(step(ada, name)).toContainText(words);
    }
    await expect(step(ada, 'Server')).toContainText(/\d ms/);
    await picture(ada, `phone-${colorScheme}`);
    const { violations } = await new AxeBuilder({ page: ada.page }).setLegacyMode(true).withTags(RULES).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target).join(' ')}`)).toEqual([]);
    const overflow = await dialog(ada).evaluate((element) => element.scrollWidth - element.clientWidth);
    expect(overflow).toBe(0);
  });
}

test('a check leaves the room and the devices alone, and closing it ends it', async ({ meeting }) => {
  const ada = await meeting.person('Ada');
  await inLobby(ada, meeting.room);
  const before = await ada.devices();
  await ada.button('Check the connection').click();
  const exchanged = () => ada.signals.map(({ direction, type }) => `${direction} ${type}`);
  await expect.poll(exchanged).toEqual(['sent leave', 'received error']);
  await expect(step(ada, 'WebSocket')).toContainText('Watching it');
  expect(ada.sockets).toBe(1);
  await ada.page.keyboard.press('Escape');
  await expect(dialog(ada)).toBeHidden();
  await expect(ada.button('Check the connection')).toBeFocused();
  expect(await ada.devices()).toEqual(before);
  expect(exchanged()).toEqual(['sent leave', 'received error']);
  await ada.enter();
});

test('WebSockets that are held back are called so', async ({ meeting }) => {
  const ada = await meeting.person('Ada');
  await ada.page.routeWebSocket(/\/ws$/, () => {});
  await inLobby(ada, meeting.room);
  await check(ada);
  await expect(verdict(ada)).toContainText('holds back WebSockets');
  await expect(step(ada, 'WebSocket')).toContainText('Opens, and nothing comes through');
  await expect(step(ada, 'Server')).toContainText('Answers');
});

test('WebSockets that are closed again are called so', async ({ meeting }) => {
  const ada = await meeting.person('Ada');
  await ada.page.routeWebSocket(/\/ws$/, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((message) => {
      socket.send(message);
      setTimeout(() => void socket.close(), 500);
    });
  });
  await inLobby(ada, meeting.room);
  await check(ada);
  await expect(verdict(ada)).toContainText('holds back WebSockets');
  await expect(step(ada, 'WebSocket')).toContainText('Was closed again');
});

test('a server that is gone is told, and so is that it is back', async ({ meeting }) => {
  const [ada, wire] = await meeting.personOnWire('Ada');
  ada.guard.expect(...SOCKET_TROUBLE, /ERR_EMPTY/);
  await inLobby(ada, meeting.room);
  await ada.expectSecondWasm();
  await wire.cut();
  await check(ada);
  await expect(verdict(ada)).toContainText('The server does not answer');
  await expect(step(ada, 'Relay over UDP')).toContainText('Not tried');
  await wire.mend();
  await ada.button('Check again').click();
  await expectEnd(ada);
  await expect(verdict(ada)).toContainText('The server can be reached');
});

test('a missing camera and a blocked microphone are named, with what to do', { tag: '@gate' }, async ({ meeting }) => {
  const ada = await meeting.person('Ada', { failures: { audio: 'NotAllowedError', video: 'NotFoundError' } });
  await ada.visit(meeting.room);
  await expect(ada.page.getByText('Your microphone is blocked').first()).toBeVisible();
  await check(ada);
  await expect(verdict(ada)).toContainText('Your connection works. Your microphone does not');
  await expect(step(ada, 'Microphone')).toContainText('Blocked');
  await expect(step(ada, 'Microphone')).toContainText('site settings');
  await expect(step(ada, 'Camera')).toContainText('None found');
});

test('it can be had in a call, beside the figures of the connections', async ({ meeting }) => {
  const [ada, bob] = await meeting.gather('Ada', 'Bob');
  await ada!.press('Connection');
  await check(ada!);
  await expect(step(ada!, 'WebSocket')).toContainText('Opens, answers and stays open');
  await ada!.page.keyboard.press('Escape');
  await meeting.expectAllToSeeAndHear([ada!, bob!]);
});

testWithRelay('a relay is tried over each transport with real data, and one that is missing is told', { tag: '@gate' }, async ({ meeting, turn }) => {
  test.setTimeout(120_000);
  const ada = await meeting.person('Ada', { before: keepCopied });
  await inLobby(ada, meeting.room);
  await check(ada);
  await expect(verdict(ada)).toContainText(
    `Calls will work. Our relay answers on UDP ${turn.port} and TCP ${turn.port} and not on TLS`,
  );
  for (const name of ['Relay over UDP', 'Relay over TCP']) {
    await expect(step(ada, name)).toContainText('Relays data');
    await expect(step(ada, name)).toContainText(/\d ms, [\d.]+ [kM]bit\/s/);
  }
  await expect(step(ada, 'Relay over TLS')).toContainText('No answer');
  await expect(step(ada, 'STUN')).toContainText('Answers');
  await expect(step(ada, 'Possible ways')).toContainText('a relay');
  await picture(ada, 'relay');

  await ada.button('Copy report').click();
  await expect(dialog(ada).getByText('Copied')).toBeVisible();
  const bare = await copied(ada);
  expect(bare).toContain('[ok]      Relay over UDP: Relays data (');
  expect(bare).toContain('[problem] Relay over TLS: No answer');
  const lines = bare.split('\n').filter((line) => !line.startsWith('Browser: '));
  expect(lines.filter((line) => ADDRESS.test(line))).toEqual([]);

  await dialog(ada).getByRole('checkbox', { name: 'With addresses' }).check();
  await ada.button('Copy report').click();
  await expect.poll(() => copied(ada)).toContain(`server turn:127.0.0.1:${turn.port}?transport=udp`);
  expect(await copied(ada)).toMatch(/^candidate relay udp 127\.0\.0\.1$/m);
  expect(await copied(ada)).not.toContain(SECRET);
});

test.describe('with the server\u2019s own relay', () => {
  test.use({ serverOptions: ['--turn-listen', '0.0.0.0:0'] });

  test('visitors may try it, and it relays their data', { tag: '@gate' }, async ({ meeting }) => {
    const ada = await meeting.person('Ada');
    await inLobby(ada, meeting.room);
    await check(ada);
    await expect(verdict(ada)).toContainText('Everything works');
    for (const name of ['Relay over UDP', 'Relay over TCP']) {
      await expect(step(ada, name)).toContainText('Relays data');
    }
    await expect(step(ada, 'STUN')).toContainText('Answers');
    await expect(step(ada, 'Relay over TLS')).toContainText('Not offered by this server');
  });
});

test.describe('with a relay that does not know us', () => {
  testWithRelay.use({ turnSecret: 'south' });

  testWithRelay('its refusal is told as one', async ({ meeting }) => {
    test.setTimeout(120_000);
    const ada = await meeting.person('Ada');
    await inLobby(ada, meeting.room);
    await check(ada);
    await expect(step(ada, 'Relay over UDP')).toContainText('Refused');
    await expect(step(ada, 'Relay over UDP')).toContainText('does not accept the credentials');
  });
});

test.describe('where nothing gets through', () => {
  test.use({
    serverOptions: async ({}, use) => {
      const port = await freePort();
      await use(announce(port, port));
    },
  });

  test('the ports are named, and whom to ask', { tag: '@gate' }, async ({ meeting }) => {
    test.setTimeout(120_000);
    const ada = await meeting.person('Ada');
    await inLobby(ada, meeting.room);
    await check(ada);
    await expect(verdict(ada)).toContainText(
      /^Your network blocks UDP, and our relay did not answer on UDP (\d+), TCP \1 and TLS \1\. .*Ask whoever runs your network/,
    );
    await picture(ada, 'cut-off');
  });
});
