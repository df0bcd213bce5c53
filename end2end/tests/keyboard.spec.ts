/** The keyboard leads everywhere by short ways, and the focus is never lost. */
import { Chat } from '../support/chat.js';
import { Extras } from '../support/extras.js';
import { expect, test, type Person } from '../support/room.js';

/** Most presses of Tab from the beginning of the call to Mute. */
const TABS_TO_MUTE = 3;

const panel = (person: Person) => person.page.getByRole('complementary');

/** What has the focus, by the name that screen readers tell. */
const focused = (person: Person) =>
  person.page.evaluate(() => {
    const { activeElement: active } = document;
    return active === document.body ? 'nothing' : (active?.getAttribute('aria-label') ?? active?.textContent?.trim() ?? '');
  });

test('with twelve people Mute is near, and the stage is one stop in which arrows lead', { tag: '@gate' }, async ({ meeting }) => {
  const ada = await meeting.person('Ada', { context: { viewport: { width: 1280, height: 800 } } });
  await ada.join(meeting.room);
  const extras = await Extras.join(ada, meeting.room, 11);
  await expect(ada.tiles).toHaveCount(12);
  const { keyboard } = ada.page;
  await ada.page.locator('h1').focus();
  let presses = 0;
  while ((await focused(ada)) !== 'Mute microphone' && presses < 30) {
    await keyboard.press('Tab');
    presses += 1;
  }
  expect(presses).toBeLessThanOrEqual(TABS_TO_MUTE);

  await ada.button('Leave').focus();
  await keyboard.press('Tab');
  const inStage = () => ada.page.evaluate(() => document.activeElement?.closest('.tile')?.getAttribute('aria-label') ?? '');
  const first = await inStage();
  expect(first).not.toBe('');
  await expect.poll(() => focused(ada)).toMatch(/^Pin /);
  await keyboard.press('ArrowRight');
  await expect.poll(() => focused(ada)).toMatch(/^Full screen: /);
  expect(await inStage()).toBe(first);
  await keyboard.press('ArrowRight');
  await expect.poll(inStage).not.toBe(first);
  const beside = await inStage();
  await keyboard.press('ArrowDown');
  expect(await inStage()).not.toBe(beside);
  await keyboard.press('End');
  const last = await inStage();
  await keyboard.press('Home');
  expect(await inStage()).not.toBe(last);
  await keyboard.press('ArrowDown');
  const kept = await inStage();
  await keyboard.press('Tab');
  expect(await inStage()).toBe('');
  // Tab comes back to where it left.
  await keyboard.press('Shift+Tab');
  expect(await inStage()).toBe(kept);
  await extras.leave();
});

test('in the list of people Tab reaches one person, and arrows the others', async ({ meeting }) => {
  const [ada] = await meeting.gather('Ada');
  const extras = await Extras.join(ada!, meeting.room, 5);
  await ada!.button('People').click();
  await expect(panel(ada!).getByRole('listitem')).toHaveCount(6);
  const reached = () => panel(ada!).locator('li :is(button, input)[tabindex="0"]').count();
  expect(await reached()).toBe(1);
  await ada!.button('Pin Ada on the stage').focus();
  await ada!.page.keyboard.press('ArrowDown');
  await expect(ada!.button('Pin Extra 1 on the stage')).toBeFocused();
  expect(await reached()).toBe(2);
  await ada!.page.keyboard.press('Tab');
  const volume = ada!.page.getByRole('slider', { name: 'Volume of Extra 1' });
  await expect(volume).toBeFocused();
  await ada!.page.keyboard.press('Shift+Tab');
  await ada!.page.keyboard.press('End');
  await expect(ada!.button('Pin Extra 5 on the stage')).toBeFocused();
  // A slider keeps its keys.
  await volume.focus();
  await ada!.page.keyboard.press('ArrowDown');
  await expect(volume).toBeFocused();
  await expect(volume).toHaveValue('95');
  await extras.leave();
});

test('Escape closes the chat, keeps what was typed, and the focus returns to the button that opened it', async ({ meeting }) => {
  const [ada] = await meeting.gather('Ada');
  const { keyboard } = ada!.page;
  await ada!.button('Chat').focus();
  await keyboard.press('Enter');
  const chat = await Chat.of(ada!);
  await keyboard.type('half a though');
  // As an input method does that composes: its Escape is its own.
  await chat.field.dispatchEvent('keydown', { key: 'Escape', isComposing: true });
  await expect(panel(ada!)).toHaveCount(1);
  await chat.panel.getByRole('button', { name: 'Emoji' }).click();
  const emoji = ada!.page.getByRole('button', { name: '🎉' });
  await expect(emoji).toBeVisible();
  await keyboard.press('Escape');
  await expect(emoji).toBeHidden();
  await expect(panel(ada!)).toHaveCount(1);
  await keyboard.press('Escape');
  await expect(panel(ada!)).toHaveCount(0);
  await expect(ada!.button('Chat')).toBeFocused();
  await keyboard.press('Enter');
  await expect(chat.field).toBeFocused();
  await expect(chat.field).toHaveValue('half a though');
  await chat.field.press('End');
  await keyboard.type('t');
  await chat.field.press('Enter');
  await chat.expectTexts('half a thought');
  await expect(chat.field).toHaveValue('');
});

test('whatever is opened from the menu gives the focus back to its button', async ({ meeting }) => {
  const [ada] = await meeting.gather('Ada');
  const { keyboard } = ada!.page;
  const more = ada!.button('More');
  for (const [item, opened] of [
    ['Layout', ada!.page.getByRole('dialog').filter({ visible: true })],
    ['Files', panel(ada!)],
    ['Connection', panel(ada!)],
  ] as const) {
    await more.focus();
    await keyboard.press('Enter');
    await expect(ada!.button(item)).toBeVisible();
    await ada!.button(item).focus();
    await keyboard.press('Enter');
    await expect(opened).toHaveCount(1);
    const close = opened.getByRole('button', { name: /^Close/ });
    await close.focus();
    await keyboard.press('Enter');
    await expect(opened).toHaveCount(0);
    await expect(more, `after ${item}`).toBeFocused();
  }
  await ada!.button('People').click();
  await ada!.button('Close panel').click();
  await expect(ada!.button('People')).toBeFocused();
});

test('arrow keys lead through a menu from its button on', async ({ meeting }) => {
  const [ada] = await meeting.gather('Ada');
  const { keyboard } = ada!.page;
  await ada!.button('More').focus();
  await keyboard.press('Enter');
  await expect(ada!.button('Keyboard shortcuts')).toBeVisible();
  for (const [key, name] of [
    ['ArrowDown', 'Files'],
    ['ArrowDown', 'Audio only'],
    ['End', 'Keyboard shortcuts'],
    ['ArrowDown', 'Keyboard shortcuts'],
    ['Home', 'Files'],
    ['Escape', 'More'],
  ] as const) {
    await keyboard.press(key);
    await expect(ada!.button(name), `${key} leads to ${name}`).toBeFocused();
  }
});
