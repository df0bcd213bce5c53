/** Where nothing but the relay leads to the server's media port: calls that go through the server, and the check of the connection. */
import { comeFromElsewhere } from '../support/elsewhere.js';
import { expect, test, type Person } from '../support/room.js';

/** The SFU is announced at an address of documentation (RFC 5737) alone: no packet comes there. */
const NOWHERE = ['--sfu', 'always', '--sfu-listen', '127.0.0.1:0', '--sfu-external-ip', '203.0.113.9'];
const RELAY = ['--turn-listen', '0.0.0.0:0'];

/** Longest a check may take, in ms. */
const CHECKED_WITHIN_MS = 60_000;

const step = (person: Person, name: string) =>
  person.page
    .getByRole('dialog', { name: 'Connection check' })
    .getByRole('listitem')
    .filter({ has: person.page.getByText(name, { exact: true }) });

async function check(person: Person, room: string): Promise<string> {
  await person.visit(room);
  await expect.poll(async () => (await person.devices()).audio).toBe(1);
  await person.button('Check the connection').click();
  await expect(person.button('Check again')).toBeEnabled({ timeout: CHECKED_WITHIN_MS });
  const dialog = person.page.getByRole('dialog', { name: 'Connection check' });
  return dialog.getByRole('status').first().innerText();
}

test.describe('with the relay inside', () => {
  test.use({ serverOptions: [...NOWHERE, ...RELAY] });

  test('two people see and hear each other through it', { tag: '@gate' }, async ({ meeting }) => {
    const people: Person[] = [];
    for (const name of ['Ada', 'Bob']) {
      const person = await meeting.person(name, { before: comeFromElsewhere });
      people.push(await person.join(meeting.room));
    }
    await meeting.expectAllToSeeAndHear(people);
  });

  test('the check says that the port does not answer, and that the relay leads there', async ({ meeting }) => {
    test.setTimeout(120_000);
    const ada = await meeting.person('Ada', { before: comeFromElsewhere });
    expect(await check(ada, meeting.room)).toMatch(/media port did not answer on UDP \d+, so they go through our relay/);
    await expect(step(ada, 'Media port')).toContainText('Reached through the relay alone');
  });
});

test.describe('without a relay', () => {
  test.use({ serverOptions: NOWHERE });

  test('the check says that the port does not answer, and whom to ask', async ({ meeting }) => {
    test.setTimeout(120_000);
    const ada = await meeting.person('Ada', { before: comeFromElsewhere });
    expect(await check(ada, meeting.room)).toMatch(/media port does not answer on UDP \d+\. Ask whoever runs this server/);
    await expect(step(ada, 'Media port')).toContainText('No answer');
    await expect(step(ada, 'Media port')).toContainText('or the server names an address that does not lead to it');
  });
});

test.describe('where the port is open', () => {
  test.use({ serverOptions: ['--sfu', 'auto', '--sfu-listen', '0.0.0.0:0', ...RELAY] });

  test('the check says so', async ({ meeting }) => {
    test.setTimeout(120_000);
    const ada = await meeting.person('Ada');
    expect(await check(ada, meeting.room)).toContain('Everything works');
    await expect(step(ada, 'Media port')).toContainText('Answers');
  });
});
