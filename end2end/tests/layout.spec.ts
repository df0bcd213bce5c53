/** Every page on a phone, on a desk and on a wall: nothing overflows, nothing is out of reach; pictures are kept. */
import { fileURLToPath } from 'node:url';
import { expect, test, type Person } from '../support/room.js';

const ARTIFACTS = fileURLToPath(new URL('../artifacts/', import.meta.url));

const WINDOWS = {
  'phone portrait': { width: 390, height: 844 },
  'phone landscape': { width: 844, height: 390 },
  desk: { width: 1440, height: 900 },
  wide: { width: 2560, height: 1440 },
} as const;

const TOOLBAR = ['Mute microphone', 'Turn camera off', 'Raise hand', 'People', 'More', 'Leave'];

/** Behind "More" where the toolbar has no room for them. */
const SECONDARY = ['Copy link', 'Settings'];

async function keepPicture(person: Person, name: string): Promise<void> {
  await person.page.screenshot({ path: `${ARTIFACTS}${name.replaceAll(' ', '-')}.png` });
}

/** Nothing is wider than the window. */
async function expectNoSideways(person: Person): Promise<void> {
  const { content, window: width } = await person.page.evaluate(() => ({
    content: document.documentElement.scrollWidth,
    window: innerWidth,
  }));
  expect(content).toBeLessThanOrEqual(width);
}

/** What is wrong with where the tiles are: each lies inside the window, has a size, and covers no other. */
function tileFaults(person: Person): Promise<string[]> {
  return person.tiles.evaluateAll((tiles) => {
    const boxes = tiles.map((tile) => tile.getBoundingClientRect());
    return boxes.flatMap((box, index) => [
      ...(Math.min(box.width, box.height) > 40 ? [] : [`tile ${index} is tiny`]),
      ...(box.left >= -1 && box.top >= -1 && box.right <= innerWidth + 1 && box.bottom <= innerHeight + 1
        ? []
        : [`tile ${index} is outside`]),
      ...boxes
        .slice(index + 1)
        .filter(
          (other) =>
            box.right > other.left + 1 &&
            other.right > box.left + 1 &&
            box.bottom > other.top + 1 &&
            other.bottom > box.top + 1,
        )
        .map(() => `tile ${index} covers another`),
    ]);
  });
}

async function expectTilesApart(person: Person, count: number): Promise<void> {
  await expect(person.tiles).toHaveCount(count);
  await expect.poll(() => tileFaults(person), { timeout: 15_000 }).toEqual([]);
}

for (const colorScheme of ['light', 'dark'] as const) {
  const tag = colorScheme === 'light' ? '@gate' : [];
  test(`home, lobby, not found and left fit every window in the ${colorScheme} theme`, { tag }, async ({ meeting }) => {
    test.setTimeout(120_000);
    const ada = await meeting.person('Ada', { context: { colorScheme } });
    ada.guard.expect(/404/);
    const everyWindow = async (what: string) => {
      for (const [name, size] of Object.entries(WINDOWS)) {
        await ada.page.setViewportSize(size);
        await expectNoSideways(ada);
        await keepPicture(ada, `${what} ${name} ${colorScheme}`);
      }
    };
    await ada.page.goto(ada.url);
    await everyWindow('home');
    await ada.page.goto(`${ada.url}/r/Not_A_Room`);
    await everyWindow('not-found');
    await ada.visit(meeting.room);
    await expect
      .poll(() =>
        ada.page.locator('video').first().evaluate((video) => window.instruments.whoIsShown(video as HTMLVideoElement)),
      )
      .toBe('Ada');
    await everyWindow('lobby');
    await ada.enter();
    await everyWindow('alone');
    await ada.button('Leave').click();
    await expect(ada.button('Rejoin')).toBeVisible();
    await everyWindow('left');
  });
}

test('a call of one to four people fits every window, and its toolbar is in reach', async ({ meeting }) => {
  test.setTimeout(150_000);
  const ada = await meeting.person('Ada');
  await ada.join(meeting.room);
  for (const [count, newcomer] of [undefined, 'Bob', 'Cleo', 'Dan'].entries()) {
    if (newcomer) {
      await meeting.gather(newcomer);
    }
    await ada.expectToSee(...meeting.people.slice(1));
    for (const [name, size] of Object.entries(WINDOWS)) {
      await ada.page.setViewportSize(size);
      await expectNoSideways(ada);
      await expectTilesApart(ada, count + 1);
      for (const button of TOOLBAR) {
        await expect(ada.button(button).first()).toBeInViewport({ ratio: 0.9 });
      }
      await keepPicture(ada, `call ${count + 1} ${name}`);
    }
  }
  for (const [name, size] of Object.entries(WINDOWS)) {
    await ada.page.setViewportSize(size);
    await ada.button('People').click();
    await expectNoSideways(ada);
    await keepPicture(ada, `people ${name}`);
    await ada.page.keyboard.press('Escape');
    if (await ada.page.getByRole('complementary').filter({ visible: true }).count()) {
      await ada.button('People').click();
    }
    await ada.press('Settings');
    await keepPicture(ada, `settings ${name}`);
    await ada.page.keyboard.press('Escape');
  }
});

test('on a touch screen everything that can be tapped in a call is large enough', { tag: '@gate' }, async ({ meeting }) => {
  const ada = await meeting.person('Ada', {
    context: { viewport: WINDOWS['phone portrait'], hasTouch: true, isMobile: true },
  });
  await ada.join(meeting.room);
  for (const name of TOOLBAR) {
    const box = await ada.button(name).first().boundingBox();
    expect.soft(Math.min(box!.width, box!.height), name).toBeGreaterThanOrEqual(44);
  }
  await ada.button('More').click();
  for (const name of SECONDARY) {
    const box = await ada.button(name).boundingBox();
    expect.soft(Math.min(box!.width, box!.height), name).toBeGreaterThanOrEqual(44);
  }
});

test('one’s own picture is mirrored, the others’ are not', async ({ meeting }) => {
  const [ada, bob] = await meeting.gather('Ada', 'Bob');
  await meeting.expectAllToSeeAndHear([ada!, bob!]);
  const mirrored = (name: string) =>
    ada!.tile(name).locator('video').evaluate((video) => {
      const { transform, scale } = getComputedStyle(video);
      return transform.startsWith('matrix(-1') || scale.startsWith('-1');
    });
  expect(await mirrored('Ada (you)')).toBe(true);
  expect(await mirrored('Bob')).toBe(false);
});
