/** What people are told of where their call passes: directly between them or through the server; and keeping out of the server. */
import { fileURLToPath } from 'node:url';
import type { Locator } from '@playwright/test';
import { comeFromElsewhere } from '../support/elsewhere.js';
import { expect, test, type Person } from '../support/room.js';

const ARTIFACTS = fileURLToPath(new URL('../artifacts/', import.meta.url));

const LISTEN = ['--sfu-listen', '0.0.0.0:0'];

/** An address that nobody has (RFC 5737). */
const NOWHERE = '192.0.2.1';

/** The mark in the head of the call. */
const mark = (person: Person): Locator => person.page.getByRole('button', { name: /through the server$/i });

/** The choice to keep out of the server, in the lobby and in the settings. */
const never = (person: Person): Locator =>
  person.page.getByRole('checkbox', { name: /^Never send my media through the server/ });

/** The line of somebody in the open list of people. */
const line = (person: Person, other: string): Locator => person.page.getByRole('listitem').filter({ hasText: other });

/** Whether somebody's page ever spoke to the SFU. */
const speaksToSfu = (person: Person): boolean =>
  person.signals.some(
    ({ direction, type, target, sfu }) =>
      direction === 'sent' && ((type === 'join' && sfu !== undefined) || (type === 'offer' && target === 'sfu')),
  );

/** Comes into the room without sending anything through the server, as chosen in the lobby. */
async function joinDirectly(person: Person, room: string): Promise<void> {
  await person.visit(room);
  await never(person).check();
  await person.enter();
}

test.describe('in a room that always goes through the server', () => {
  test.use({ serverOptions: ['--sfu', 'always', ...LISTEN] });

  test('home and lobby say beforehand what its operator could see', async ({ meeting }) => {
    const ada = await meeting.person('Ada');
    await ada.page.goto(ada.url);
    await expect(ada.page.getByText('Browser to browser, or through this server')).toBeVisible();
    await expect(ada.page.getByRole('contentinfo')).toContainText('Whoever runs it could see and hear those that do.');
    await ada.visit(meeting.room);
    await expect(ada.page.getByText(/Whoever runs it could see, hear and read what goes through it/)).toBeVisible();
    await expect(never(ada)).not.toBeChecked();
  });

  test('the call says so, in its head, of each person, and what it means', async ({ meeting }) => {
    const [ada, bob] = await meeting.gather('Ada', 'Bob');
    for (const [person, other] of [[ada!, bob!], [bob!, ada!]] as const) {
      await expect(mark(person)).toHaveText('Through the server', { timeout: 30_000 });
      await expect(person.tile(other.name).getByText(/, through the server$/)).toBeAttached({ timeout: 30_000 });
    }
    await ada!.button('People').click();
    await expect(ada!.page.getByRole('complementary').getByText('Through the server', { exact: true })).toHaveCount(1);
    await mark(ada!).click();
    const figures = ada!.page.getByRole('region', { name: 'Figures' });
    await expect(figures).toContainText(/could see, hear and read everything: voices, pictures, screens, chat and files/);
    await expect(figures.getByRole('region', { name: 'Bob' })).toContainText('Through the server, UDP', { timeout: 30_000 });
  });

  test('who keeps out of the server is reached directly, and everybody sees who is', { tag: '@gate' }, async ({ meeting }) => {
    test.setTimeout(120_000);
    const [ada, bob] = await meeting.gather('Ada', 'Bob');
    await expect(mark(ada!)).toHaveText('Through the server', { timeout: 30_000 });
    const cleo = await meeting.person('Cleo');
    await joinDirectly(cleo, meeting.room);
    await cleo.expectToSeeAndHear(ada!, bob!);
    await expect(mark(ada!)).toHaveText('Partly through the server');
    await ada!.button('People').click();
    await expect(line(ada!, 'Bob')).toContainText('Through the server');
    await expect(line(ada!, 'Cleo')).toContainText('Directly between you');
    await expect(mark(cleo)).toHaveCount(0);
    expect(speaksToSfu(cleo)).toBe(false);
    expect(speaksToSfu(ada!)).toBe(true);

    await cleo.visit(meeting.room);
    await expect(never(cleo), 'the choice is remembered').toBeChecked();
  });
});

test.describe('in a room that moves to the server', () => {
  test.use({ serverOptions: ['--sfu', 'auto', ...LISTEN, '--test-controls'] });

  test('who keeps out of the server goes on directly', async ({ meeting }) => {
    const [ada] = await meeting.gather('Ada');
    const bob = await meeting.person('Bob');
    await joinDirectly(bob, meeting.room);
    const people = [ada!, bob];
    await meeting.expectAllToSeeAndHear(people);
    await expect(mark(ada!)).toHaveCount(0);
    meeting.server.signal('SIGUSR2');
    await expect.poll(() => ada!.signals.filter(({ type }) => type === 'sfu').at(-1)).toMatchObject({ use: 'on' });
    await expect.poll(() => speaksToSfu(ada!)).toBe(true);
    await meeting.expectAllToSeeAndHear(people);
    for (const person of people) {
      await expect(mark(person), 'there is nobody to reach through the server').toHaveCount(0);
    }
    expect(speaksToSfu(bob)).toBe(false);
  });

  test('in a call the choice counts from the next one on, and says so', async ({ meeting }) => {
    const [ada] = await meeting.gather('Ada');
    await ada!.button('Settings').click();
    await expect(never(ada!)).not.toBeChecked();
    await never(ada!).check();
    await expect(ada!.page.getByText(/In force from the next call you join/)).toBeVisible();
    await ada!.page.keyboard.press('Escape');
    await ada!.button('Leave').click();
    await ada!.button('Rejoin').click();
    await expect(ada!.own).toBeVisible();
    const joins = ada!.signals.filter(({ direction, type }) => direction === 'sent' && type === 'join');
    expect(joins.map(({ sfu }) => sfu)).toEqual([1, undefined]);
  });
});

test.describe('where the media port of the server is out of reach', () => {
  test.use({ serverOptions: ['--sfu', 'always', ...LISTEN, '--sfu-external-ip', NOWHERE] });

  test('the call goes on directly and says why, until that is put away', async ({ meeting }) => {
    test.setTimeout(120_000);
    const people: Person[] = [];
    for (const name of ['Ada', 'Bob']) {
      people.push(await (await meeting.person(name, { before: comeFromElsewhere })).join(meeting.room));
    }
    const [ada] = people;
    const banner = ada!.page.getByText(/^Your network does not reach the server’s media port, UDP\s\d+\. The call goes on directly\.$/);
    await expect(banner).toBeVisible({ timeout: 30_000 });
    await meeting.expectAllToSeeAndHear(people);
    await expect(mark(ada!)).toHaveCount(0);
    await ada!.page.screenshot({ path: `${ARTIFACTS}media-port.png` });
    await ada!.button('Dismiss').click();
    await expect(banner).toHaveCount(0);
  });
});

test('without an SFU nothing is said of the server', async ({ meeting }) => {
  const people = await meeting.gather('Ada', 'Bob');
  await meeting.expectAllToSeeAndHear(people);
  const [ada] = people;
  await expect(mark(ada!)).toHaveCount(0);
  await ada!.button('Settings').click();
  await expect(ada!.page.getByRole('checkbox', { name: 'Sounds' })).toBeVisible();
  await expect(never(ada!)).toHaveCount(0);
  await ada!.page.keyboard.press('Escape');
  await ada!.press('Connection');
  await expect(ada!.page.getByRole('region', { name: 'Figures' })).toContainText('encrypted from browser to browser');
});
