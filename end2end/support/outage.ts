/** What tests of outages look at. */
import { expect } from '@playwright/test';
import type { Person } from './person.js';
import type { Meeting, Strait } from './room.js';

/** What a browser reports of a socket that a test took away. */
export const SOCKET_TROUBLE = [/WebSocket connection to/, /ERR_CONNECTION/];

/** Where people are told that something reconnects. */
export const reconnecting = (person: Person) => person.page.getByText(/reconnecting/i).filter({ visible: true });

/** Whether somebody is ever told so, from now on: until the page is closed, or for `timeout` ms. */
export const isTold = (person: Person, timeout?: number): Promise<boolean> =>
  reconnecting(person).first().waitFor({ timeout }).then(
    () => true,
    () => false,
  );

/** Two who see and hear each other across a strait. */
export async function across(meeting: Meeting): Promise<[Person, Person, Strait]> {
  const strait = meeting.strait();
  const [ada, bob] = [await meeting.person('Ada'), await meeting.person('Bob')];
  for (const person of [ada, bob]) {
    await strait.lead(person);
    await person.join(meeting.room);
  }
  await meeting.expectAllToSeeAndHear([ada, bob]);
  return [ada, bob, strait];
}

/** The welcomes somebody got, one for each time they joined. */
export const welcomes = (person: Person) => person.signals.filter(({ type }) => type === 'welcome');

/** Waits until somebody has taken their seat back for the first time. */
export async function expectToResume(person: Person, timeout?: number): Promise<void> {
  await expect.poll(() => welcomes(person).length, { timeout }).toBe(2);
  expect(welcomes(person).at(-1)).toMatchObject({ resumed: true });
}

/** The ICE credentials of the others, on every connection that works and is agreed on. */
const credentials = (person: Person): Promise<string[]> =>
  person.page.evaluate(() =>
    window.connections
      .filter(({ connectionState, signalingState }) => connectionState === 'connected' && signalingState === 'stable')
      .map(({ remoteDescription }) => /a=ice-ufrag:(\S+)/.exec(remoteDescription!.sdp)![1]!),
  );

/** Restarts ICE on every connection of somebody with `installPicker`, and waits until so many others have agreed to it. */
export async function restartIce(person: Person, others: number): Promise<void> {
  const before = await credentials(person);
  await person.page.evaluate(() => window.connections.forEach((connection) => connection.restartIce()));
  const fresh = async () => (await credentials(person)).filter((one) => !before.includes(one)).length;
  await expect.poll(fresh, { message: 'the others agreed to the restart', timeout: 30_000 }).toBe(others);
}
