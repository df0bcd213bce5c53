/** What the loudness of one voice over time says: how long it was missing, and how long it was heard twice. */

/** The loudness of one voice, step by step. */
export interface Envelope {
  /** A step takes so long, in ms. */
  stepMs: number;
  /** What is heard of it. */
  heard: number[];
  /** What comes of it on the best line, heard or not. */
  comes: number[];
  /** The steady tone that the page sends to itself: what is missing there the machine swallowed. */
  own: number[];
}

/** What is found in an envelope, in ms. */
export interface Found {
  /** The loudness that is usual. */
  median: number;
  /** The longest run below half of it. */
  gap: number;
  /** Begins so many ms after the envelope does. */
  gapAt: number;
  /** Of the steps of the gap, how many it was missing on every line as well: nothing came, or it was a line that is not played. */
  cameNot: number;
  /** The longest run above one and a half of it. */
  doubled: number;
  /** Begins so many ms after the envelope does. */
  doubledAt: number;
  /** So long the machine swallowed every sound, in all; that counts nowhere. */
  swallowed: number;
  /** So long it did at most in one piece: who listens to this page elsewhere missed as much. */
  hush: number;
}

const median = (values: number[]): number => [...values].sort((one, other) => one - other)[values.length >> 1] ?? 0;

/** A step on either side of what the machine swallowed is not judged either: a window of the meter is as wide. */
const MARGIN = 1;

interface Run {
  length: number;
  at: number;
}

/** The longest run of such steps; those that are not judged neither end nor lengthen one. */
function longest(steps: number, is: (step: number) => boolean, isJudged: (step: number) => boolean): Run {
  let best: Run = { length: 0, at: 0 };
  let open: Run = { length: 0, at: 0 };
  for (let step = 0; step < steps; step += 1) {
    if (!isJudged(step)) {
      continue;
    }
    if (!is(step)) {
      open = { length: 0, at: step + 1 };
      continue;
    }
    open = open.length === 0 ? { length: 1, at: step } : { ...open, length: open.length + 1 };
    if (open.length > best.length) {
      best = open;
    }
  }
  return best;
}

/** Quieter than this nobody is heard at all. */
const AUDIBLE = 0.02;

/** Judges an envelope. */
export function judge({ stepMs, heard, comes, own }: Envelope): Found {
  const [usual, usuallyOwn, usuallyComes] = [median(heard), median(own), median(comes)];
  const isSwallowed = own.map((value) => value < usuallyOwn / 2);
  const isJudged = (step: number) => !isSwallowed.slice(Math.max(0, step - MARGIN), step + MARGIN + 1).includes(true);
  const gap = longest(heard.length, (step) => heard[step]! < usual / 2, isJudged);
  const doubled = longest(heard.length, (step) => heard[step]! > usual * 1.5, isJudged);
  const inGap = comes.slice(gap.at, gap.at + gap.length);
  return {
    median: usual,
    gap: usual < AUDIBLE ? Infinity : gap.length * stepMs,
    gapAt: gap.at * stepMs,
    cameNot: inGap.filter((value) => value < usuallyComes / 2).length * stepMs,
    doubled: doubled.length * stepMs,
    doubledAt: doubled.at * stepMs,
    swallowed: isSwallowed.filter(Boolean).length * stepMs,
    hush: longest(own.length, (step) => isSwallowed[step]!, () => true).length * stepMs,
  };
}
