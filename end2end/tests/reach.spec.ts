/** In the lowest windows, and zoomed in fourfold, everything can be reached; what fits is seen, the rest is scrolled to. */
import { expectInReach, expectNoSideways } from '../support/boxes.js';
import { expect, test, type Person } from '../support/room.js';

const LOW = {
  'a phone on its side': { width: 844, height: 332 },
  'a small one': { width: 740, height: 300 },
  'zoomed in fourfold': { width: 320, height: 256 },
} as const;

/** The window that leaves least. */
const LOWEST = LOW['zoomed in fourfold'];

/** These are always seen. */
const ALWAYS = ['Mute microphone', 'Turn camera off', 'Chat', 'People', 'More', 'Leave'];

const dialog = (person: Person) => person.page.getByRole('dialog').filter({ visible: true });

async function expectTools(person: Person): Promise<void> {
  for (const name of ALWAYS) {
    await expectInReach(person.button(name).first());
  }
  await expectNoSideways(person);
}

test('in low windows Mute and Leave are in reach, whatever is open beside the stage', { tag: '@gate' }, async ({ meeting }) => {
  test.setTimeout(90_000);
  const [ada, bob] = await meeting.gather('Ada', 'Bob');
  await meeting.expectAllToSeeAndHear([ada!, bob!]);
  for (const [name, size] of Object.entries(LOW)) {
    await test.step(name, async () => {
      await ada!.page.setViewportSize(size);
      await expectTools(ada!);
      for (const panel of ['Chat', 'People']) {
        await ada!.button(panel).click();
        const frame = ada!.page.getByRole('complementary', { name: panel });
        await expectTools(ada!);
        await expectInReach(frame.getByRole('button', { name: 'Close panel' }));
        if (panel === 'Chat') {
          await expectInReach(frame.getByRole('textbox', { name: 'Message' }));
          await expectInReach(frame.getByRole('button', { name: 'Send', exact: true }));
        }
        await ada!.button('Close panel').click();
      }
      await ada!.button('Mute microphone').click();
      await expectInReach(ada!.button('Unmute microphone'));
      await ada!.button('Unmute microphone').click();
    });
  }
  await ada!.button('Leave').click();
  await expect(ada!.button('Rejoin')).toBeVisible();
});

test('in low windows the last line of every menu and dialog is scrolled to', async ({ meeting }) => {
  test.setTimeout(90_000);
  const ada = await (await meeting.person('Ada')).join(meeting.room);
  for (const [name, size] of Object.entries(LOW)) {
    await test.step(name, async () => {
      await ada.page.setViewportSize(size);
      await ada.button('More').click();
      for (const item of ['Files', 'Keyboard shortcuts']) {
        await ada.button(item).scrollIntoViewIfNeeded();
        await expectInReach(ada.button(item));
      }
      await ada.button('Keyboard shortcuts').click();
      await expect(dialog(ada)).toBeVisible();
      const last = dialog(ada).getByText('Space', { exact: true });
      await last.scrollIntoViewIfNeeded();
      await expectInReach(last);
      await expectInReach(dialog(ada).getByRole('button', { name: 'Close' }));
      await ada.page.keyboard.press('Escape');
      await expect(dialog(ada)).toHaveCount(0);
    });
  }
  await ada.press('Settings');
  for (const name of [/^Sounds/, /^Save data/]) {
    const choice = ada.page.getByRole('checkbox', { name });
    await choice.scrollIntoViewIfNeeded();
    await expectInReach(choice);
  }
  await expectInReach(dialog(ada).getByRole('button', { name: 'Close' }));
});

test('zoomed in fourfold the home page and the lobby are used by scrolling down', async ({ meeting }) => {
  const ada = await meeting.person('Ada', { context: { viewport: LOWEST } });
  await ada.page.goto(ada.url);
  for (const target of [ada.button('Start a room'), ada.page.getByRole('textbox'), ada.button('Join')]) {
    await target.scrollIntoViewIfNeeded();
    await expectInReach(target);
  }
  await expectNoSideways(ada);
  await ada.visit(meeting.room);
  await expect.poll(async () => (await ada.devices()).video).toBe(1);
  const controls = ['Mute microphone', 'Turn camera off', 'Check the connection', 'Join'].map((name) => ada.button(name));
  for (const target of [...controls, ada.nameBox]) {
    await target.scrollIntoViewIfNeeded();
    await expectInReach(target);
  }
  await expectNoSideways(ada);
  await ada.enter();
  await expectTools(ada);
});

test('who records is seen in a low window, too', async ({ meeting }) => {
  const [ada, bob] = await meeting.gather('Ada', 'Bob');
  await meeting.expectAllToSeeAndHear([ada!, bob!]);
  for (const person of [ada!, bob!]) {
    await person.page.setViewportSize(LOWEST);
  }
  await ada!.press('Start recording');
  await ada!.button('Record sound only').click();
  await expectInReach(ada!.button('Stop recording').first());
  await expect(bob!.page.locator('.recorder').getByText('Ada is recording')).toBeInViewport({ ratio: 0.99 });
  await expectTools(bob!);
  await ada!.button('Stop recording').first().click();
});

test('a dialog that overflows scrolls inside its round corners', async ({ meeting }) => {
  const ada = await (await meeting.person('Ada', { context: { viewport: { width: 960, height: 600 } } })).join(meeting.room);
  await ada.press('Settings');
  await expect(ada.page.getByRole('checkbox', { name: /^Sounds/ })).toBeAttached();
  const looks = await dialog(ada).evaluate((element) => {
    const sheet = element.querySelector('.dialog-sheet')!;
    const style = getComputedStyle(element);
    return {
      overflows: sheet.scrollHeight > sheet.clientHeight,
      inside: element.scrollHeight === element.clientHeight && style.overflow === 'hidden',
      round: parseFloat(style.borderTopRightRadius) > 8,
      track: getComputedStyle(sheet).scrollbarColor.split(') ').at(-1),
    };
  });
  expect(looks).toEqual({ overflows: true, inside: true, round: true, track: 'rgba(0, 0, 0, 0)' });
});
