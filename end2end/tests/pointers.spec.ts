/** Everybody sees where the others point on a shared screen. */
import { expect, test, type Person } from '../support/room.js';

const pointers = (person: Person, sharer: Person) => person.screenOf(sharer).locator('.pointer');

/** Where a pointer's tip is on the tile, as parts of its width and height. */
async function tip(person: Person, sharer: Person): Promise<{ x: number; y: number }> {
  const tile = (await person.screenOf(sharer).boundingBox())!;
  const pointer = (await pointers(person, sharer).boundingBox())!;
  return { x: (pointer.x - tile.x) / tile.width, y: (pointer.y - tile.y) / tile.height };
}

test('a pointer on a shared screen is seen by the others with its name, in its place, and fades', { tag: '@gate' }, async ({ meeting }) => {
  const [ada, bob, cleo] = await meeting.gather('Ada', 'Bob', 'Cleo');
  await meeting.expectAllToSeeAndHear([ada!, bob!, cleo!]);
  await ada!.button('Share screen').first().click();
  await bob!.expectScreenOf(ada!);
  await cleo!.expectScreenOf(ada!);
  const tile = (await bob!.screenOf(ada!).boundingBox())!;
  await bob!.page.mouse.move(tile.x + tile.width * 0.45, tile.y + tile.height * 0.5);
  await bob!.page.mouse.move(tile.x + tile.width * 0.5, tile.y + tile.height * 0.5);
  await expect(pointers(cleo!, ada!)).toHaveText('Bob');
  await expect
    .poll(async () => {
      const { x, y } = await tip(cleo!, ada!);
      return Math.abs(x - 0.5) < 0.03 && Math.abs(y - 0.5) < 0.03;
    })
    .toBe(true);
  await expect(pointers(bob!, ada!)).toHaveCount(0);
  await expect(pointers(cleo!, ada!)).toHaveCount(0);
});
