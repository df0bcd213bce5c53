/** Names and texts that are written from right to left keep their beginning, and the words around them their order. */
import { Chat } from '../support/chat.js';
import { Extras } from '../support/extras.js';
import { expect, test, type Person } from '../support/room.js';

/** Longer than any place for a name. */
const ARABIC = `${'عبد الرحمن بن محمد '.repeat(3)}ا`;

/** How a text stands in its element: its direction, whether a part of it is cut off, and whether its first letter is seen. */
const standing = (person: Person, selector: string) =>
  person.page.locator(selector).filter({ hasText: ARABIC }).first().evaluate((element) => {
    const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    range.setStart(texts.nextNode()!, 0);
    range.setEnd(texts.currentNode, 1);
    const [letter, box] = [range.getBoundingClientRect(), element.getBoundingClientRect()];
    return {
      direction: getComputedStyle(element).direction,
      isCut: element.scrollWidth > element.clientWidth,
      beginsInSight: letter.left >= box.left - 1 && letter.right <= box.right + 1,
    };
  });

test('a long Arabic name keeps its beginning on its tile and in the list', async ({ meeting }) => {
  const ada = await meeting.person('Ada', { context: { viewport: { width: 390, height: 844 } } });
  await ada.join(meeting.room);
  const extras = await Extras.join(ada, meeting.room, 3, ARABIC);
  await expect(ada.page.locator('.toast bdi').filter({ hasText: ARABIC }).first()).toBeAttached();
  await expect(ada.tiles).toHaveCount(4);
  const cut = { direction: 'rtl', isCut: true, beginsInSight: true };
  expect(await standing(ada, '.tile-name-text')).toEqual(cut);
  await ada.button('People').click();
  expect(await standing(ada, '.person-called')).toEqual(cut);
  await extras.leave();
});

test('what is typed and said from right to left is shown so, each line for itself', async ({ meeting }) => {
  const [ada, bob] = await meeting.gather('Ada', 'Bob');
  await meeting.expectAllToSeeAndHear([ada!, bob!]);
  const [adas, bobs] = [await Chat.of(ada!), await Chat.of(bob!)];
  await adas.field.fill('שלום (עולם)');
  expect(await adas.field.evaluate((field) => getComputedStyle(field).direction)).toBe('rtl');
  await adas.field.press('Enter');
  await bobs.expectTexts('שלום (עולם)');
  const looks = await bobs.message('שלום (עולם)').locator('.message-text').evaluate((text) => {
    const { direction, unicodeBidi } = getComputedStyle(text);
    return { direction, unicodeBidi };
  });
  expect(looks).toEqual({ direction: 'rtl', unicodeBidi: 'plaintext' });
});
