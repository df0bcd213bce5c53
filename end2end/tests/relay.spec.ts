/** A call through the server's own relay: no other way is left open, and people see and hear each other. */
import { expect, test, type Person } from '../support/room.js';

/** The kinds of candidates this person has told others of. */
function toldKinds(person: Person): string[] {
  const sent = person.signals.filter((signal) => signal.direction === 'sent');
  const kinds = JSON.stringify(sent).matchAll(/ typ (\w+)/g);
  return [...new Set([...kinds].map((match) => match[1]!))];
}

declare global {
  interface Window {
    kept?: RTCPeerConnection[];
  }
}

/** Keeps every connection of the page where the test finds it. */
function keepConnections(): void {
  const Native = window.RTCPeerConnection;
  const kept: RTCPeerConnection[] = (window.kept = []);
  window.RTCPeerConnection = class extends Native {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      kept.push(this);
    }
  };
}

/** The near candidates in use: their kind, and how the relay is reached. */
async function selected(person: Person): Promise<string[]> {
  return person.page.evaluate(async () => {
    const found: string[] = [];
    for (const connection of window.kept ?? []) {
      if (connection.connectionState !== 'connected') {
        continue;
      }
      const stats = new Map<string, Record<string, string>>();
      (await connection.getStats()).forEach((stat: Record<string, string>, id: string) => stats.set(id, stat));
      for (const stat of stats.values()) {
        const pair = stat.type === 'transport' ? stats.get(stat.selectedCandidatePairId!) : undefined;
        const near = pair && stats.get(pair.localCandidateId!);
        const far = pair && stats.get(pair.remoteCandidateId!);
        if (near && far) {
          found.push(`${near.candidateType} over ${near.relayProtocol} to ${far.candidateType}`);
        }
      }
    }
    return found;
  });
}

test.describe('where only the relay may be used', () => {
  test.use({ serverOptions: ['--turn-listen', '0.0.0.0:0', '--ice-transport-policy', 'relay'] });

  test('people see and hear each other through it', { tag: '@gate' }, async ({ meeting }) => {
    const people = [await meeting.person('Ada'), await meeting.person('Bob')];
    for (const person of people) {
      await person.page.addInitScript(keepConnections);
      await person.join(meeting.room);
    }
    await meeting.expectAllToSeeAndHear(people);
    for (const person of people) {
      expect(toldKinds(person)).toEqual(['relay']);
      expect(await selected(person)).toEqual([expect.stringMatching(/^relay over (udp|tcp) to relay$/)]);
    }
  });
});

test.describe('where UDP does not get through', () => {
  test.use({ serverOptions: ['--turn-listen', '0.0.0.0:0', '--ice-transport-policy', 'relay'] });

  test('they do so over TCP', { tag: '@gate' }, async ({ meeting }) => {
    const withoutUdp = () => {
      const Real = window.RTCPeerConnection;
      const reachable = (configuration?: RTCConfiguration): RTCConfiguration => ({
        ...configuration,
        iceServers: configuration?.iceServers?.map((server) => ({
          ...server,
          urls: [server.urls].flat().filter((url) => url.endsWith('transport=tcp')),
        })).filter((server) => server.urls.length > 0),
      });
      window.RTCPeerConnection = class extends Real {
        constructor(configuration?: RTCConfiguration) {
          super(reachable(configuration));
        }
        override setConfiguration(configuration?: RTCConfiguration) {
          super.setConfiguration(reachable(configuration));
        }
      };
    };
    const people = [await meeting.person('Ada'), await meeting.person('Bob')];
    for (const person of people) {
      await person.page.addInitScript(keepConnections);
      await person.page.addInitScript(withoutUdp);
      await person.join(meeting.room);
    }
    await meeting.expectAllToSeeAndHear(people);
    for (const person of people) {
      expect(toldKinds(person)).toEqual(['relay']);
      expect(await selected(person)).toEqual(['relay over tcp to relay']);
    }
  });
});
