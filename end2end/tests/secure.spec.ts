/** The server's own HTTPS. */
import { test } from '../support/room.js';

test.describe('with a certificate the server made itself', () => {
  test.use({ serverOptions: ['--tls-self-signed'] });

  test('two people who go past the warning see and hear each other', { tag: '@gate' }, async ({ meeting }) => {
    const context = { ignoreHTTPSErrors: true };
    const people = await Promise.all(['Ada', 'Bob'].map((name) => meeting.person(name, { context })));
    for (const person of people) {
      await person.join(meeting.room);
    }
    await meeting.expectAllToSeeAndHear(people);
  });
});
