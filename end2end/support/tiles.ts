/**
 * What each tile shows, frame by frame, whichever `<video>` of it is on top: `watchTiles`.
 *
 * The function is serialised into the page, so it names nothing outside itself.
 */
import type { Page } from '@playwright/test';
import { PERSONAS, type Persona } from './persona.js';

/** What a tile showed since it is watched. */
export interface TileStory {
  /** So many looks found another frame. */
  frames: number;
  /** The longest without another frame in ms, the one that is still open included, without what the page stood still itself. */
  gap: number;
  /** So many looks found no picture. */
  blank: number;
  /** So many looks found a picture that is somebody else's, or nobody's: how it looked. */
  strange: string[];
}

declare global {
  interface Window {
    tiles: { begin(): void; stories(): Record<string, TileStory> };
  }
}

function watch(personas: readonly Persona[]): void {
  const PULSE_MS = 40;
  /** A pulse that comes later than this does so because the page stood still. */
  const LATE_MS = 100;
  const COLOUR_DISTANCE = 60;
  /** After a change each frame is compared for so many pulses, and else one in so many pulses: reading one back costs more than the call. */
  const [CLOSELY, SELDOM] = [12, 5];
  interface Shown {
    top: HTMLVideoElement | undefined;
    stream: unknown;
    counted: number;
    /** So many looks ago the picture was compared with the person's. */
    compared: number;
    /** So many looks ago something else came on top. */
    changed: number;
    open: number;
    story: TileStory;
  }
  let shown = new Map<string, Shown>();
  const canvas = new OffscreenCanvas(16, 9);
  const brush = canvas.getContext('2d', { willReadFrequently: true })!;

  /** Whose picture it is; nothing while it is none. */
  const owner = (video: HTMLVideoElement): string | undefined => {
    brush.clearRect(0, 0, canvas.width, canvas.height);
    brush.drawImage(video, 0, 0, canvas.width, canvas.height);
    const [red = 0, green = 0, blue = 0, alpha = 0] = brush.getImageData(8, 2, 1, 1).data;
    const distance = ({ colour }: Persona) => Math.hypot(colour[0] - red, colour[1] - green, colour[2] - blue);
    const found = personas.find((persona) => distance(persona) < COLOUR_DISTANCE);
    return alpha === 0 || red + green + blue < 30 ? undefined : (found?.name ?? `rgb(${red} ${green} ${blue})`);
  };

  const look = (name: string, tile: Element, passed: number): void => {
    const top = [...tile.querySelectorAll('video')].filter((video) => video.checkVisibility({ opacityProperty: true, visibilityProperty: true })).at(-1);
    const count = top?.getVideoPlaybackQuality().totalVideoFrames ?? 0;
    let known = shown.get(name);
    if (!known) {
      const story = { frames: 0, gap: 0, blank: 0, strange: [] };
      known = { top, stream: top?.srcObject, counted: count, compared: 0, changed: 0, open: 0, story };
      shown.set(name, known);
    }
    const { story } = known;
    known.open += passed;
    known.compared += 1;
    known.changed += 1;
    const isOther = known.top !== top || known.stream !== top?.srcObject;
    const isNew = isOther || count !== known.counted;
    if (isOther) {
      known.changed = 0;
    }
    Object.assign(known, { top, stream: top?.srcObject, counted: count });
    if (!top || top.readyState < 2) {
      story.blank += 1;
      return;
    }
    if (!isNew) {
      return;
    }
    if (known.changed < CLOSELY || known.compared >= SELDOM) {
      known.compared = 0;
      const who = owner(top);
      if (who === undefined) {
        story.blank += 1;
        return;
      }
      if (who !== name) {
        story.strange.push(who);
      }
    }
    story.frames += 1;
    story.gap = Math.max(story.gap, known.open);
    known.open = 0;
  };

  let pulse = performance.now();
  setInterval(() => {
    const now = performance.now();
    const passed = Math.min(now - pulse, LATE_MS);
    pulse = now;
    for (const tile of document.querySelectorAll('[role=group][aria-label]')) {
      const name = tile.getAttribute('aria-label')!;
      if (personas.some((persona) => persona.name === name)) {
        look(name, tile, passed);
      }
    }
  }, PULSE_MS);

  window.tiles = {
    begin() {
      shown = new Map();
    },
    stories() {
      return Object.fromEntries(
        [...shown].map(([name, { open, story }]) => [name, { ...story, gap: Math.max(story.gap, open) }]),
      );
    },
  };
}

/** Puts the instrument into what this page opens from now on. */
export async function watchTiles(page: Page): Promise<void> {
  await page.addInitScript(watch, PERSONAS);
}
