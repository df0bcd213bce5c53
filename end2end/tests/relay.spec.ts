/** A call through the server's own relay: no other way is left open, and people see and hear each other. */
import { expect, test, type Person } from '../support/room.js';

/** The kinds of candidates this person has told others of. */
function toldKinds(person: Person): string[] {
  const sent = person.signals.filter((signal) => signal.direction === 'sent');
  const kinds = JSON.stringify(sent).matchAll(/ typ (\w+)/g);
  return [...new Set([...kinds].map((match) => match[1]!))];
}

test.describe('where only the relay may be used', () => {
  test.use({ serverOptions: ['--turn-listen', '0.0.0.0:0', '--ice-transport-policy', 'relay'] });

  test('people see and hear each other through it', async ({ meeting }) => {
    const people = await meeting.gather('Ada', 'Bob');
    await meeting.expectAllToSeeAndHear(people);
    for (const person of people) {
      expect(toldKinds(person)).toEqual(['relay']);
    }
  });
});

test.describe('where UDP does not get through', () => {
  test.use({ serverOptions: ['--turn-listen', '0.0.0.0:0', '--ice-transport-policy', 'relay'] });

  test('they do so over TCP', async ({ meeting }) => {
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
      await person.page.addInitScript(withoutUdp);
      await person.join(meeting.room);
    }
    await meeting.expectAllToSeeAndHear(people);
    for (const person of people) {
      expect(toldKinds(person)).toEqual(['relay']);
    }
  });
});
