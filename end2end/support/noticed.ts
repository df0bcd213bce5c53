/** What people notice when a call moves between direct connections and the server. */
import { turned, type Impression } from './switching.js';

/** Of what people heard and saw of each other, so much may be the machine's doing: it plays everybody's page. */
export const MACHINES_SHARE = 0.05;

/** What nobody hears or sees, in ms. */
const [VOICE_GAP_MS, DOUBLED_MS, PICTURE_GAP_MS] = [60, 60, 300];

const figures = (values: number[]): string => {
  const sorted = [...values].sort((one, other) => one - other);
  return `median ${sorted[sorted.length >> 1]} ms, worst ${sorted.at(-1)} ms`;
};

/** What they heard and saw of each other, in figures. */
export const summary = (found: Impression[]): string =>
  [
    `voices: gap ${figures(found.map(({ voice }) => voice.gap))}; doubled ${figures(found.map(({ voice }) => voice.doubled))}`,
    `pictures: gap ${figures(found.map(({ picture, stall }) => Math.round(Math.max(0, picture.gap - stall))))}`,
    `the machine: stood still ${figures(found.map(({ stall }) => Math.round(stall)))}, swallowed sound ${figures(found.map(({ voice }) => voice.swallowed))}, in one piece ${figures(found.map(({ hush }) => hush))}`,
  ].join('\n    ');

/** What somebody noticed of somebody. For so long a voice and a picture may be missing, beside what the machine swallows. */
export function noticed(impression: Impression, [voiceGap, pictureGap] = [VOICE_GAP_MS, PICTURE_GAP_MS]): string[] {
  const { by, of, voice, picture, hush, stall } = impression;
  const who = `${by} of ${of}`;
  return [
    voice.gap > voiceGap + hush && `${who}: ${voice.gap} ms of silence at ${voice.gapAt} (nothing came for ${voice.cameNot}, hush ${hush}; ${turned(impression, voice.gapAt)})`,
    voice.doubled > DOUBLED_MS && `${who}: ${voice.doubled} ms twice at ${voice.doubledAt} (${turned(impression, voice.doubledAt)})`,
    picture.gap > pictureGap + stall && `${who}: ${Math.round(picture.gap)} ms of the same picture (stall ${Math.round(stall)})`,
    picture.blank > 0 && `${who}: ${picture.blank} looks at a blank tile`,
    picture.strange.length > 0 && `${who}: looked like ${picture.strange}`,
  ].filter((said) => said !== false);
}
