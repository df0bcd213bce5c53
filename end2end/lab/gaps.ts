/** How long media stays away in a call in which something happens, at both ends. */
import type { HomeOptions } from './internet.js';
import { expect, type Lab, type Resident } from './lab.js';

/** Longest gap of media that nobody calls a freeze, in ms. */
export const FREEZE_MS = 500;

/** Longest gap of media when somebody's address changes, in ms. */
export const ADDRESS_CHANGE_MS = 3_000;

/** Longest until media is back after the end of a blackout that was too short to act, in ms. */
export const HEALED_MS = 500;

/**
 * What a picture may take longer than a voice, in ms. Once in five or six times Chromium decodes nothing for two seconds after
 * pictures were lost, although whole ones arrive, and then all at once; bare pages without Visavis do the same, and more often.
 */
export const PICTURE_MS = 2_000;

/** Longest until media is back after the end of a long blackout, in ms. */
export const RECOVERED_MS = 3_000;

/** What browsers report of networks and servers that went away. */
const NETWORK_TROUBLE = [/WebSocket connection to/, /net::ERR_/, /request failed/];

export const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A call between two homes in which trouble is expected. */
export async function callBetween(lab: Lab, one: HomeOptions = {}, other: HomeOptions = {}): Promise<[Resident, Resident]> {
  const call = await lab.call(lab.home(one), lab.home(other));
  call.forEach(({ person }) => person.guard.expect(...NETWORK_TROUBLE));
  return call;
}

/** Expects media to be back at both ends soon after a moment, and no gap since `from` to be longer than `most`. */
export async function expectGaps(lab: Lab, call: Resident[], from: number, most: number, mostOfVideo = most): Promise<void> {
  const gaps = await Promise.all(
    call.map(async (resident) => {
      const measured = await resident.gaps(from);
      lab.measured(`${resident.person.name} without media`, measured);
      return measured;
    }),
  );
  for (const { audio, video } of gaps) {
    expect(audio).toBeLessThanOrEqual(most);
    expect(video).toBeLessThanOrEqual(mostOfVideo);
  }
}

/** Expects media at both ends within `most` after the network returned at `moment`. */
export async function expectBack(lab: Lab, call: Resident[], moment: number, most: number, mostOfVideo = most): Promise<void> {
  const back = await Promise.all(
    call.map(async (resident) => {
      const measured = await resident.backAfter(moment, 40_000);
      lab.measured(`${resident.person.name} has media again after`, measured);
      return measured;
    }),
  );
  for (const { audio, video } of back) {
    expect(audio).toBeLessThanOrEqual(most);
    expect(video).toBeLessThanOrEqual(mostOfVideo);
  }
}
