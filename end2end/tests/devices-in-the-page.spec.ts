/** Devices in the page: counted apart, with their values and controls below the people. */
import type { Locator } from '@playwright/test';
import { Chat } from '../support/chat.js';
import { line, send } from '../support/files.js';
import { expect, test, type Device, type Person } from '../support/room.js';

const SWITCH = { topic: 'control/lamp', label: 'Lamp', kind: 'switch' } as const;
const BELL = { topic: 'control/bell', label: 'Bell', kind: 'button' } as const;

/** Opens the panel of the people. */
async function peopleOf(person: Person): Promise<Locator> {
  await person.press('People');
  return person.page.getByRole('complementary', { name: 'People' });
}

/** The row of a device in the panel. */
const rowOf = (panel: Locator, device: Device): Locator =>
  panel.getByRole('region', { name: 'Devices' }).getByRole('listitem').filter({ hasText: device.name });

/** What stands beside a control. */
const stateOf = (row: Locator, label: string): Locator =>
  row.locator('.control').filter({ hasText: label }).getByRole('status');

test('a device is counted apart, and what it tells is shown with a line, until it goes', { tag: '@gate' }, async ({ meeting }) => {
  const [ada, bob] = await meeting.gather('Ada', 'Bob');
  const thermometer = await meeting.device('Thermometer');
  const told = (person: Person, words: string) => person.page.getByText(words, { exact: true }).first();
  await expect(told(bob!, 'Thermometer joined')).toBeAttached();
  const panels = [await peopleOf(ada!), await peopleOf(bob!)];
  for (const panel of panels) {
    await expect(panel.getByText('2 people, 1 device')).toBeVisible();
    await expect(panel.getByRole('heading', { name: 'People 2' })).toBeVisible();
    await expect(panel.locator('.person-name')).toHaveCount(2);
    const row = rowOf(panel, thermometer);
    const number = row.locator('.gauge').filter({ hasText: 'room celsius' });
    let celsius = 20;
    await expect
      .poll(async () => {
        celsius += 0.5;
        thermometer.tell('telemetry/room', { celsius, state: 'all\nwell' });
        return number.locator('path').count();
      })
      .toBe(1);
    await expect(number.locator('dd')).toHaveText(`${celsius}`);
    await expect(row.locator('.gauge').filter({ hasText: 'room state' }).locator('dd')).toHaveText('all well');
    await expect(row.locator('.gauge').filter({ hasText: 'room state' }).locator('path')).toHaveCount(0);
  }
  await expect(ada!.tile('Thermometer')).toHaveCount(0);
  await ada!.expectOthers(bob!);
  await thermometer.leave();
  await expect(told(bob!, 'Thermometer is gone')).toBeAttached();
  for (const panel of panels) {
    await expect(panel.getByRole('region', { name: 'Devices' })).toHaveCount(0);
    await expect(panel.getByText(/device/)).toHaveCount(0);
  }
});

test('a pressed control says what became of it, in the device’s words where it has any', { tag: '@gate' }, async ({ meeting }) => {
  const [ada] = await meeting.gather('Ada');
  const lamp = await meeting.device('Lamp post');
  lamp.announce(SWITCH, BELL);
  const row = rowOf(await peopleOf(ada!), lamp);
  const [toggle, bell] = [row.getByRole('switch', { name: 'Lamp' }), row.getByRole('button', { name: 'Bell' })];
  await expect(toggle).toHaveAttribute('aria-checked', 'false');
  await toggle.click();
  await expect(stateOf(row, 'Lamp')).toHaveText('Acknowledged');
  await expect(toggle).toHaveAttribute('aria-checked', 'true');
  expect(lamp.heard()).toEqual([{ topic: 'control/lamp', data: { on: true }, ack: expect.any(Number) }]);

  lamp.answers({ error: 'No power' });
  await toggle.click();
  await expect(stateOf(row, 'Lamp')).toHaveText('No power');
  await expect(toggle).toHaveAttribute('aria-checked', 'true');
  expect(lamp.heard().at(-1)!.data).toEqual({ on: false });

  lamp.answers(undefined);
  await bell.click();
  await expect(stateOf(row, 'Bell')).toHaveText('Sent');
  await expect(stateOf(row, 'Bell')).toHaveText('No answer');
  expect(lamp.heard().at(-1)).toMatchObject({ topic: 'control/bell', data: { pressed: true } });
  await expect(stateOf(row, 'Lamp')).toHaveText('No power');

  // Another hand switched it off.
  lamp.announce({ ...SWITCH, on: false });
  await expect(toggle).toHaveAttribute('aria-checked', 'false');
  await expect(bell).toHaveCount(0);
});

test('somebody who comes later has the controls too, and the lobby counts a device apart', async ({ meeting }) => {
  const [ada] = await meeting.gather('Ada');
  const lamp = await meeting.device('Lamp post');
  lamp.announce(SWITCH);
  const bob = await meeting.person('Bob');
  await bob.visit(meeting.room);
  await expect(bob.page.getByText('Ada is inside, with a device')).toBeVisible();
  await bob.enter();
  const row = rowOf(await peopleOf(bob), lamp);
  await row.getByRole('switch', { name: 'Lamp' }).click();
  await expect(stateOf(row, 'Lamp')).toHaveText('Acknowledged');
  await expect(rowOf(await peopleOf(ada!), lamp).getByRole('switch', { name: 'Lamp' })).toBeVisible();
});

test('a device hears what is said, and takes no files', async ({ meeting }) => {
  const [ada] = await meeting.gather('Ada');
  const lamp = await meeting.device('Lamp post');
  lamp.announce(SWITCH);
  await expect(rowOf(await peopleOf(ada!), lamp).getByRole('switch')).toBeVisible();
  const chat = await Chat.of(ada!);
  await chat.say('Light, please');
  await expect(chat.message('Light, please')).toContainText('Delivered to all');
  await send(ada!, [{ name: 'for-all.txt', buffer: Buffer.from('all') }]);
  await expect(ada!.page.getByText('There is nobody to send files to.').first()).toBeVisible();
  await send(ada!, [{ name: 'plan.pdf', buffer: Buffer.from('plan') }], 'Lamp post');
  await expect(line(ada!, 'plan.pdf')).toContainText('Lamp post takes no files');
  await expect(line(ada!, 'for-all.txt')).toHaveCount(0);
});

test('on a telephone the controls of a device are in reach', async ({ meeting }) => {
  const ada = await (await meeting.person('Ada', { context: { viewport: { width: 390, height: 780 } } })).join(meeting.room);
  const lamp = await meeting.device('Lamp post with a name that is longer than the screen is wide');
  lamp.announce({ ...SWITCH, label: 'The lamp over the door in the far garden' }, BELL);
  await lamp.expectEvent('connected');
  lamp.tell('telemetry/lamp', { watt: 7.5 });
  const panel = await peopleOf(ada);
  const row = panel.getByRole('region', { name: 'Devices' }).getByRole('listitem');
  for (const control of [row.getByRole('switch'), row.getByRole('button', { name: 'Bell' })]) {
    await control.scrollIntoViewIfNeeded();
    await expect(control).toBeInViewport({ ratio: 1 });
    const box = (await control.boundingBox())!;
    expect(box.height).toBeGreaterThanOrEqual(44);
    await control.click();
  }
  await expect(row.getByRole('status').first()).toHaveText('Acknowledged');
  const wide = await ada.page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  expect(wide, 'nothing sticks out to the side').toBe(false);
});
