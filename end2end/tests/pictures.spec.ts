/** A picture whose stream changes shows the old stream until it shows the new one. */
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
    /** Every connection the page has opened. */
    opened: RTCPeerConnection[];
  }
}

/** Keeps the connections a page opens, and those it closes open for some seconds more: so what they brought can still be shown. */
function closeLate(): void {
  window.opened = [];
  const { close } = RTCPeerConnection.prototype;
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      window.opened.push(this);
    }

    override close() {
      setTimeout(() => close.call(this), 5_000);
    }
  };
}

test('while another connection brings a picture anew, no moment is without one', { tag: '@gate' }, async ({ meeting }) => {
  const [ada] = await meeting.gather('Ada');
  const bob = await meeting.person('Bob', { before: closeLate });
  await bob.join(meeting.room);
  await meeting.expectAllToSeeAndHear([ada!, bob]);
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
  }, ada!.identity.colour);

  await bob.page.evaluate(() => {
    for (const connection of window.opened) {
      Object.defineProperty(connection, 'connectionState', { value: 'closed' });
      connection.dispatchEvent(new Event('connectionstatechange'));
    }
  });
  const looks = () => bob.page.evaluate(() => window.looks);
  await expect.poll(async () => (await looks()).streams.length, { timeout: 20_000 }).toBe(2);
  await expect(bob.tile('Ada').locator('video')).toHaveCount(1);
  await expect.poll(async () => (await looks()).all, 'enough looks to judge by').toBeGreaterThan(20);
  const { blank, notOne, covered, streams } = await looks();
  expect(streams).not.toContain('none');
  expect(covered).toBeGreaterThan(0);
  expect({ blank, notOne }).toEqual({ blank: 0, notOne: 0 });
  await meeting.expectAllToSeeAndHear([ada!, bob]);
});
