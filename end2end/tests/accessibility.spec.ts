/** axe finds nothing on any page in either theme, and the whole call can be had from the keyboard alone. */
import AxeBuilder from '@axe-core/playwright';
import type { Locator } from '@playwright/test';
import { expect, test, type Person } from '../support/room.js';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** Lets transitions end, so that colours are judged as they stay, and asks axe. */
async function expectNoViolations(person: Person, where: string): Promise<void> {
  await person.page.evaluate(() =>
    Promise.allSettled(
      document
        .getAnimations()
        .filter((animation) => animation.effect?.getComputedTiming().iterations !== Infinity)
        .map((animation) => animation.finished),
    ),
  );
  const { violations } = await new AxeBuilder({ page: person.page }).setLegacyMode(true).withTags(RULES).analyze();
  const found = violations.flatMap((violation) =>
    violation.nodes.map((node) => `${violation.id}: ${node.target.join(' ')}: ${node.failureSummary}`),
  );
  expect.soft(found, `${where} is accessible`).toEqual([]);
}

for (const colorScheme of ['light', 'dark'] as const) {
  const tag = colorScheme === 'light' ? '@gate' : [];
  test(`axe finds nothing on any page in the ${colorScheme} theme`, { tag }, async ({ meeting }) => {
    test.setTimeout(120_000);
    const ada = await meeting.person('Ada', { context: { colorScheme } });
    ada.guard.expect(/404/);
    await ada.page.goto(ada.url);
    await expectNoViolations(ada, 'home');
    await ada.page.getByRole('textbox').fill('https://meet.example/about');
    await ada.page.getByRole('textbox').press('Enter');
    await expect(ada.page.getByText('This link does not lead to a room.')).toBeVisible();
    await expectNoViolations(ada, 'home with an error');
    await ada.page.goto(`${ada.url}/r/Not_A_Room`);
    await expectNoViolations(ada, 'not found');

    await ada.visit(meeting.room);
    await expect.poll(async () => (await ada.devices()).video).toBe(1);
    await expectNoViolations(ada, 'lobby');
    await ada.enter();
    await expectNoViolations(ada, 'call alone');
    const [bob] = await meeting.gather('Bob');
    await meeting.expectAllToSeeAndHear([ada, bob!]);
    await bob!.button('Turn camera off').click();
    await bob!.button('Mute microphone').click();
    await bob!.button('Raise hand').click();
    await expect.poll(() => ada.view()).toMatchObject({ Bob: 'hidden' });
    await expectNoViolations(ada, 'call with a muted person whose camera is off and hand is up');
    await bob!.button('Share screen').first().click();
    await ada.expectScreenOf(bob!);
    await ada.button('Share screen').first().click();
    await expect(ada.page.getByText('You are sharing your screen').first()).toBeVisible();
    await ada.tile('Bob').hover();
    await expectNoViolations(ada, 'two shared screens');
    await ada.button('Stop sharing').first().click();
    await bob!.button('Stop sharing').first().click();
    await ada.button('More').click();
    await ada.button('Layout').click();
    await expectNoViolations(ada, 'layout');
    await ada.page.keyboard.press('Escape');
    await ada.button('People').click();
    await expectNoViolations(ada, 'people panel');
    const lamp = await meeting.device('Lamp post');
    lamp.announce({ topic: 'control/lamp', label: 'Lamp', kind: 'switch' });
    await ada.page.getByRole('switch', { name: 'Lamp' }).click();
    await expect(ada.page.getByText('Acknowledged')).toBeVisible();
    lamp.tell('telemetry/lamp', { watt: 7.5 });
    await expect(ada.page.getByText('7.5', { exact: true })).toBeVisible();
    await expectNoViolations(ada, 'people panel with a device');
    await lamp.leave();
    await ada.button('People').click();
    await ada.button('More').click();
    await expect(ada.button('Keyboard shortcuts')).toBeVisible();
    await expectNoViolations(ada, 'more');
    await ada.page.keyboard.press('Escape');
    await ada.button('Settings').click();
    await expect(ada.page.getByRole('dialog').filter({ visible: true })).toHaveCount(1);
    await expectNoViolations(ada, 'settings');
    await ada.page.keyboard.press('Escape');
    await ada.page.keyboard.press('Control+/');
    await expect(ada.page.getByRole('dialog').filter({ visible: true })).toContainText(/shortcuts/i);
    await expectNoViolations(ada, 'keyboard shortcuts');
    await ada.page.keyboard.press('Escape');
    await ada.button('Leave').click();
    await expect(ada.button('Rejoin')).toBeVisible();
    await expectNoViolations(ada, 'left');
  });

  test(`axe finds nothing in a lobby without devices in the ${colorScheme} theme`, async ({ meeting }) => {
    const ada = await meeting.person('Ada', {
      context: { colorScheme, viewport: { width: 390, height: 844 } },
      failures: { audio: 'NotAllowedError', video: 'NotAllowedError' },
    });
    await ada.visit(meeting.room);
    await expect(ada.page.getByText(/allow/i).filter({ visible: true }).first()).toBeVisible();
    await expectNoViolations(ada, 'lobby without devices on a phone');
    await ada.enter();
    await expectNoViolations(ada, 'call without devices on a phone');
  });
}

/** Presses Tab until the element has the focus; every stop on the way must show that it has it. */
async function tabTo(person: Person, target: Locator): Promise<void> {
  for (let stops = 0; stops < 60; stops += 1) {
    await person.page.keyboard.press('Tab');
    const focus = await person.page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) {
        return undefined;
      }
      const style = getComputedStyle(element);
      return {
        what: element.outerHTML.slice(0, 120),
        marked:
          element.matches(':focus-visible') &&
          ((style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none'),
      };
    });
    if (focus) {
      expect(focus, 'the focus is visible').toMatchObject({ marked: true });
    }
    if (await target.evaluate((element) => element === document.activeElement)) {
      return;
    }
  }
  throw new Error(`Tab never reached ${target}`);
}

test('a whole call can be had with the keyboard alone', { tag: '@gate' }, async ({ meeting }) => {
  const ada = await meeting.person('Ada');
  const keyboard = ada.page.keyboard;
  await ada.page.goto(ada.url);
  await tabTo(ada, ada.button('Start a room'));
  await keyboard.press('Enter');
  await ada.page.waitForURL(/\/r\//);
  const room = new URL(ada.page.url()).pathname.split('/').pop()!;
  await expect.poll(async () => (await ada.devices()).video).toBe(1);
  if (!(await ada.nameBox.evaluate((element) => element === document.activeElement))) {
    await tabTo(ada, ada.nameBox);
  }
  await keyboard.type('Ada');
  await tabTo(ada, ada.button('Join'));
  await keyboard.press('Enter');
  await expect(ada.own).toBeVisible();

  const bob = await (await meeting.person('Bob')).join(room);
  await meeting.expectAllToSeeAndHear([ada, bob]);

  await keyboard.press('Control+d');
  await expect(ada.button('Unmute microphone')).toBeVisible();
  await bob.expectToHear();
  await keyboard.press('Control+e');
  await expect(ada.button('Turn camera on')).toBeVisible();
  await keyboard.press('Control+d');
  await keyboard.press('Control+e');
  await meeting.expectAllToSeeAndHear([ada, bob]);

  await tabTo(ada, ada.button('Raise hand'));
  await keyboard.press('Space');
  await expect(ada.button('Lower hand')).toBeFocused();
  await tabTo(ada, ada.button('People'));
  await keyboard.press('Enter');
  await tabTo(ada, ada.button('Settings'));
  await keyboard.press('Enter');
  const dialog = ada.page.getByRole('dialog').filter({ visible: true });
  await expect(dialog).toBeVisible();
  await keyboard.press('Escape');
  await expect(ada.button('Settings')).toBeFocused();
  await keyboard.press('Control+/');
  await expect(dialog).toContainText(/Ctrl/);
  await keyboard.press('Escape');
  await tabTo(ada, ada.button('Leave'));
  await keyboard.press('Enter');
  await expect(ada.button('Rejoin')).toBeVisible();
  await expect(bob.tile('Ada')).toHaveCount(0);
  if (!(await ada.button('Rejoin').evaluate((element) => element === document.activeElement))) {
    await tabTo(ada, ada.button('Rejoin'));
  }
  await keyboard.press('Enter');
  await meeting.expectAllToSeeAndHear([ada, bob]);
});

test('shortcuts leave alone what is typed into a text box', async ({ meeting }) => {
  const ada = await meeting.person('Ada');
  await ada.visit(meeting.room);
  await expect.poll(async () => (await ada.devices()).video).toBe(1);
  await ada.nameBox.focus();
  await ada.page.keyboard.type('p?hp');
  await expect(ada.nameBox).toHaveValue('p?hp');
  await expect(ada.page.getByRole('dialog').filter({ visible: true })).toHaveCount(0);
});

test('nothing moves for people who asked for less motion', async ({ meeting }) => {
  const ada = await meeting.person('Ada', { context: { reducedMotion: 'reduce' } });
  const moving = () =>
    ada.page.evaluate(() =>
      document.getAnimations().flatMap((animation) => {
        const effect = animation.effect as KeyframeEffect;
        const moves = effect
          .getKeyframes()
          .some((frame) => ['transform', 'translate', 'scale', 'rotate'].some((property) => property in frame));
        const seen = effect.target && getComputedStyle(effect.target).backgroundColor !== 'rgba(0, 0, 0, 0)';
        return moves && seen && Number(effect.getComputedTiming().duration) > 20 ? [effect.target?.className] : [];
      }),
    );
  await ada.page.goto(ada.url);
  expect(await moving()).toEqual([]);
  await ada.join(meeting.room);
  expect(await moving()).toEqual([]);
  const [bob] = await meeting.gather('Bob');
  await ada.expectOthers(bob!);
  expect(await moving()).toEqual([]);
});
