/** Calls that go through the server in the other browser: with Chromium, and with itself. */
import type { FirefoxPerson } from '../support/firefox.js';
import { FIREFOX_OBSTACLE, expect, test } from '../support/firefox.js';
import type { Person } from '../support/person.js';

test.skip(FIREFOX_OBSTACLE !== undefined, `Firefox is not tried: ${FIREFOX_OBSTACLE}`);

declare global {
  interface Window {
    connections: RTCPeerConnection[];
  }
}

/** Runs in the page: keeps every connection in reach. */
function rememberConnections(): void {
  const connections: RTCPeerConnection[] = (window.connections = []);
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      connections.push(this);
    }
  };
}

/** Over what pictures and sound come at the moment: `server`, `direct`, both, or nothing. The connection to the server has slots. */
async function carriers(page: FirefoxPerson['page']): Promise<string[]> {
  return page.evaluate(async () => {
    const received = async (connection: RTCPeerConnection) => {
      let packets = 0;
      for (const report of (await connection.getStats()).values()) {
        packets += report.type === 'inbound-rtp' ? report.packetsReceived : 0;
      }
      return packets;
    };
    const open = window.connections.filter(({ connectionState }) => connectionState === 'connected');
    const before = await Promise.all(open.map(received));
    await new Promise((resolve) => setTimeout(resolve, 400));
    const after = await Promise.all(open.map(received));
    const busy = open.filter((_, index) => after[index]! > before[index]! + 10);
    return busy.map((one) => (one.getTransceivers().length > 4 ? 'server' : 'direct')).sort();
  });
}

/** Somebody with Firefox whose connections can be looked at. */
async function watched(firefox: (name: string) => Promise<FirefoxPerson>, name: string): Promise<FirefoxPerson> {
  const person = await firefox(name);
  await person.page.evaluateOnNewDocument(rememberConnections);
  return person;
}

/** Whom somebody offers a connection, or who offers them one. */
const negotiatedWith = (person: Person): unknown[] => [
  ...new Set(person.signals.filter(({ type }) => type === 'offer').map((signal) => signal.target ?? signal.from)),
];

test.describe('in a room that always goes through the server', () => {
  test.use({ serverOptions: ['--sfu', 'always', '--sfu-listen', '0.0.0.0:0'] });

  test('Firefox and Chromium see and hear each other, and chat', async ({ meeting, firefox }) => {
    test.setTimeout(180_000);
    const [[ada], bob] = await Promise.all([meeting.gather('Ada'), watched(firefox, 'Bob')]);
    await bob.join(meeting.room);
    await meeting.expectAllToSeeAndHear([ada!, bob]);
    await bob.say('Do you see me?');
    await expect(ada!.page.getByText('Do you see me?').first()).toBeVisible();
    await expect.poll(() => carriers(bob.page)).toEqual(['server']);
    expect(negotiatedWith(ada!)).toEqual(['sfu']);
  });

  test('two people with Firefox see and hear each other, and chat', async ({ meeting, firefox }) => {
    test.setTimeout(180_000);
    const [ada, bob] = await Promise.all([watched(firefox, 'Ada'), watched(firefox, 'Bob')]);
    await ada.join(meeting.room);
    await bob.join(meeting.room);
    await meeting.expectAllToSeeAndHear([ada, bob]);
    await ada.say('Do you see me?');
    await bob.expectTexts('Do you see me?');
    await bob.say('In colour');
    await ada.expectTexts('Do you see me?', 'In colour');
    for (const person of [ada, bob]) {
      await expect.poll(() => carriers(person.page)).toEqual(['server']);
    }
  });

  test('a screen that Firefox shares is seen over the server, beside the camera', async ({ meeting, firefox }) => {
    test.setTimeout(180_000);
    const [[ada], bob] = await Promise.all([meeting.gather('Ada'), firefox('Bob')]);
    await bob.join(meeting.room);
    await meeting.expectAllToSeeAndHear([ada!, bob]);
    await bob.pressTool('Share screen');
    const shared = ada!.tile('Bob’s screen');
    await expect.poll(() => ada!.screenIn(shared), { timeout: 30_000 }).toBe("Bob's screen");
    await expect.poll(() => ada!.view(), { timeout: 30_000 }).toMatchObject({ Bob: 'Bob' });
    await bob.pressTool('Stop sharing');
    await expect(shared).toHaveCount(0);
    await meeting.expectAllToSeeAndHear([ada!, bob]);
  });
});

test.describe('in a room that moves to the server and back', () => {
  test.use({ serverOptions: ['--sfu', 'auto', '--sfu-listen', '0.0.0.0:0', '--test-controls'] });

  test('people with Firefox and Chromium see and hear each other all the time', async ({ meeting, firefox }) => {
    test.setTimeout(240_000);
    const [[ada], bob] = await Promise.all([meeting.gather('Ada'), watched(firefox, 'Bob')]);
    await bob.join(meeting.room);
    await meeting.expectAllToSeeAndHear([ada!, bob]);
    for (const [use, carrier] of [['on', 'server'], ['off', 'direct'], ['on', 'server']]) {
      meeting.server.signal('SIGUSR2');
      await expect.poll(() => ada!.signals.filter(({ type }) => type === 'sfu').at(-1)).toMatchObject({ use });
      await expect.poll(() => carriers(bob.page), { message: `Bob is reached: ${carrier}`, timeout: 30_000 }).toEqual([carrier]);
      await meeting.expectAllToSeeAndHear([ada!, bob]);
    }
  });
});
