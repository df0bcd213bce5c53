/** A picture whose stream changes shows the old stream until it shows the new one. */
import { across } from '../support/outage.js';
import { expect, test } from '../support/room.js';

/** What was on a tile, looked at each time the page was painted. */
interface Looks {
  all: number;
  /** Times without the person's colour on what lies on top. */
  blank: number;
  /** Times when not exactly one picture was there to be seen. */
  notOne: number;
  /** Times when a second element lay over the picture. */
  covered: number;
  /** Streams that the picture has shown. */
  streams: string[];
}

declare global {
  interface Window {
    looks: Looks;
  }
}

test('while a path is replaced by another, no moment is without a picture', { tag: '@gate' }, async ({ meeting }) => {
  const [ada, bob, strait] = await across(meeting);
  await bob.tile('Ada').evaluate((tile, colour) => {
    const brush = new OffscreenCanvas(16, 9).getContext('2d', { willReadFrequently: true })!;
    const looks: Looks = { all: 0, blank: 0, notOne: 0, covered: 0, streams: [] };
    window.looks = looks;
    const look = () => {
      const shown = [...tile.querySelectorAll('video')].filter((video) => video.checkVisibility({ opacityProperty: true }));
      const pictures = shown.filter((video) => video.classList.contains('picture'));
      const top = shown.at(-1);
      brush.clearRect(0, 0, 16, 9);
      if (top) {
        brush.drawImage(top, 0, 0, 16, 9);
      }
      const seen = [...brush.getImageData(8, 2, 1, 1).data].slice(0, 3);
      looks.all += 1;
      looks.blank += Number(Math.hypot(...colour.map((value, index) => value - seen[index]!)) > 60);
      looks.notOne += Number(pictures.length !== 1);
      looks.covered += Number(shown.length > pictures.length);
      const stream = (pictures[0]?.srcObject as MediaStream | null)?.id ?? 'none';
      if (!looks.streams.includes(stream)) {
        looks.streams.push(stream);
      }
      requestAnimationFrame(look);
    };
    look();
  }, ada.identity.colour);

  strait.wash();
  const looks = () => bob.page.evaluate(() => window.looks);
  await expect.poll(async () => (await looks()).streams.length, { timeout: 15_000 }).toBeGreaterThan(1);
  await meeting.expectAllToSeeAndHear([ada, bob]);
  await expect(bob.tile('Ada').locator('video')).toHaveCount(1);
  const { all, blank, notOne, covered, streams } = await looks();
  expect(streams).not.toContain('none');
  expect(all).toBeGreaterThan(30);
  expect(covered).toBeGreaterThan(0);
  expect({ blank, notOne }).toEqual({ blank: 0, notOne: 0 });
});
