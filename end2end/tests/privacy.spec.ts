/** Hiding one's address: what leaves the browser, by one's own choice and by the operator's. */
import { fileURLToPath } from 'node:url';
import { expect, test, type Person } from '../support/room.js';

const ARTIFACTS = fileURLToPath(new URL('../artifacts/', import.meta.url));

/** A relay that nobody answers for: whoever may use relayed candidates only has none. */
const RELAY = ['--ice-server', 'turn:127.0.0.1:9?transport=tcp,username=u,credential=c'];

/** The kinds of candidates this person has told others of, in candidates and in descriptions. */
function toldKinds(person: Person): string[] {
  const sent = person.signals.filter((signal) => signal.direction === 'sent');
  const kinds = JSON.stringify(sent).matchAll(/ typ (\w+)/g);
  return [...new Set([...kinds].map((match) => match[1]!))];
}

/** Resolves when this person has told of all candidates they have. */
async function expectAllTold(person: Person): Promise<void> {
  await expect
    .poll(() =>
      person.signals.some(
        (signal) => signal.direction === 'sent' && signal.type === 'ice-candidate' && signal.candidate === null,
      ),
    )
    .toBe(true);
}

async function openSettings(person: Person): Promise<void> {
  await person.button('Settings').click();
}

test.describe('where there is a relay', () => {
  test.use({ serverOptions: RELAY });

  test('who hides their address tells of none, until they show it again', { tag: '@gate' }, async ({ meeting }) => {
    const [ada] = await meeting.gather('Ada');
    const hide = ada!.page.getByRole('checkbox', { name: 'Hide my address' });
    await openSettings(ada!);
    await hide.check();
    await ada!.page.screenshot({ path: `${ARTIFACTS}privacy.png` });
    await ada!.page.keyboard.press('Escape');

    const [bob] = await meeting.gather('Bob');
    await expectAllTold(ada!);
    expect(toldKinds(ada!)).toEqual([]);
    await expect.poll(() => toldKinds(bob!)).toContain('host');

    await openSettings(ada!);
    await hide.uncheck();
    await ada!.page.keyboard.press('Escape');
    await meeting.expectAllToSeeAndHear([ada!, bob!]);
    expect(toldKinds(ada!)).toContain('host');
  });

  test('the choice is remembered for the next visit', async ({ meeting }) => {
    const [ada] = await meeting.gather('Ada');
    await openSettings(ada!);
    await ada!.page.getByRole('checkbox', { name: 'Hide my address' }).check();
    await ada!.join(meeting.room);
    await openSettings(ada!);
    await expect(ada!.page.getByRole('checkbox', { name: 'Hide my address' })).toBeChecked();
  });
});

test.describe('where the operator hides every address', () => {
  test.use({ serverOptions: [...RELAY, '--ice-transport-policy', 'relay'] });

  test('nobody tells of theirs, and there is nothing to choose', { tag: '@gate' }, async ({ meeting }) => {
    const [ada, bob] = await meeting.gather('Ada', 'Bob');
    await Promise.all([expectAllTold(ada!), expectAllTold(bob!)]);
    expect([...toldKinds(ada!), ...toldKinds(bob!)]).toEqual([]);
    await openSettings(ada!);
    await expect(ada!.page.getByText('This server hides everyone’s IP address')).toBeVisible();
    await expect(ada!.page.getByRole('checkbox', { name: 'Hide my address' })).toHaveCount(0);
  });
});

test('without a relay there is nothing to choose', async ({ meeting }) => {
  const [ada] = await meeting.gather('Ada');
  await openSettings(ada!);
  await expect(ada!.page.getByRole('dialog')).toBeVisible();
  await expect(ada!.page.getByRole('checkbox', { name: 'Hide my address' })).toHaveCount(0);
});
