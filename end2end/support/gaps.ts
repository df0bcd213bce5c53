/**
 * How long a voice is missing, or is heard twice, measured at what the page plays: `listenForGaps`.
 *
 * A page plays a voice by an `<audio>` element that is not muted, and mutes and unmutes within one task. What is measured
 * follows: the setters of the elements turn the same gains in the page's own audio graph, in the same task. A steady tone that
 * the page sends to itself tells what the machine swallows of every sound alike.
 */
import type { Page } from '@playwright/test';
import type { Envelope } from './envelope.js';
import { meter, type Readings } from './meter.js';
import { PERSONAS } from './persona.js';

/** A value is taken every so many ms. */
export const STEP_MS = 10;

/** The tone that the page sends to itself, in Hz: above everybody's voice, and below every screen. */
const OWN_TONE = 1_800;

/** What the page offers to the tests about gaps. */
export interface Listening {
  /** Forgets what was heard so far. */
  begin(): void;
  /** What was heard since, of each tone; the page's own is the last one. */
  heard(): { heard: number[][]; comes: number[][]; flips: Flip[] };
}

/** An element was turned up or down. */
export interface Flip {
  /** So many steps after the begin. */
  step: number;
  /** The element, in the order in which they came. */
  line: number;
  /** How loud it plays since. */
  gain: number;
}

declare global {
  interface Window {
    listening: Listening;
  }
}

interface Task {
  source: string;
  tones: number[];
  own: number;
  stepMs: number;
}

/** Runs in the page, before its own scripts. */
function listen({ source, tones, own, stepMs }: Task): void {
  const LINES = 32;
  // Pages wrap it later, and count what they made.
  const Connection = window.RTCPeerConnection;
  /** The context may be behind for so long, in s: sound is delayed by that, and so are turns, which then keep their distances. */
  const BEHIND = 0.1;
  interface Line {
    place: number;
    volume: GainNode;
    gain: number;
    played: MediaStream | undefined;
    disconnect: () => void;
  }
  const lines = new Map<HTMLMediaElement, Line>();
  const free = Array.from({ length: LINES }, (_, place) => place);
  let context: AudioContext | undefined;
  let node: AudioWorkletNode | undefined;
  let readings: Readings[] = [];
  let flips: { at: number; line: number; gain: number }[] = [];
  let begun = 0;

  const gainOf = (element: HTMLMediaElement) => (element.muted || element.paused ? 0 : element.volume);

  const follow = (element: HTMLMediaElement): void => {
    if (!context || !node || !(element instanceof HTMLAudioElement)) {
      return;
    }
    const stream = element.srcObject instanceof MediaStream ? element.srcObject : undefined;
    let line = lines.get(element);
    if (!line) {
      if (!stream) {
        return;
      }
      const place = free.shift();
      if (place === undefined) {
        throw new Error('more lines are played than the meter has inputs');
      }
      line = { place, volume: new GainNode(context, { gain: 0 }), gain: 0, played: undefined, disconnect: () => undefined };
      lines.set(element, line);
      for (const event of ['play', 'playing', 'pause', 'emptied']) {
        element.addEventListener(event, () => follow(element));
      }
    }
    if (line.played !== stream) {
      line.disconnect();
      line.played = stream;
      line.disconnect = stream ? connect(stream, line) : () => undefined;
      if (!stream) {
        free.push(line.place);
        lines.delete(element);
      }
    }
    const gain = stream ? gainOf(element) : 0;
    if (line.gain !== gain) {
      line.gain = gain;
      const at = Math.max(now(), context.currentTime) + BEHIND;
      line.volume.gain.setValueAtTime(gain, at);
      flips.push({ at: at * 1_000, line: line.place, gain });
    }
  };

  // On a busy machine the context stands still for a moment and catches up: what it shows is behind, so the foremost counts.
  const leads: number[] = [];
  const lead = () => context!.currentTime - performance.now() / 1_000;
  const now = () => performance.now() / 1_000 + Math.max(lead(), ...leads);

  const connect = (stream: MediaStream, { place, volume }: Line): (() => void) => {
    const [from, merger] = [context!.createMediaStreamSource(stream), new ChannelMergerNode(context!, { numberOfInputs: 2 })];
    const mono = new DelayNode(context!, { delayTime: BEHIND, channelCount: 1, channelCountMode: 'explicit' });
    from.connect(mono);
    mono.connect(merger, 0, 0);
    mono.connect(volume).connect(merger, 0, 1);
    merger.connect(node!, 0, place);
    return () => [from, mono, volume, merger].forEach((part) => part.disconnect());
  };

  for (const name of ['muted', 'volume', 'srcObject'] as const) {
    const property = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, name)!;
    Object.defineProperty(HTMLMediaElement.prototype, name, {
      ...property,
      set(this: HTMLMediaElement, value) {
        property.set!.call(this, value);
        follow(this);
      },
    });
  }

  /** A tone that goes through a connection of the page with itself, and is played by an element that nobody hears. */
  const toneOfOwn = async (): Promise<void> => {
    const [near, far] = [new Connection(), new Connection()];
    near.onicecandidate = ({ candidate }) => void far.addIceCandidate(candidate ?? undefined);
    far.onicecandidate = ({ candidate }) => void near.addIceCandidate(candidate ?? undefined);
    const making = new AudioContext({ sinkId: { type: 'none' } } as AudioContextOptions);
    const [oscillator, volume] = [new OscillatorNode(making, { frequency: own }), new GainNode(making, { gain: 0.3 })];
    const out = making.createMediaStreamDestination();
    oscillator.connect(volume).connect(out);
    oscillator.start();
    near.addTrack(out.stream.getAudioTracks()[0]!, out.stream);
    far.ontrack = ({ track }) => {
      const element = new Audio();
      element.muted = true;
      element.srcObject = new MediaStream([track]);
      void element.play();
    };
    await near.setLocalDescription();
    await far.setRemoteDescription(near.localDescription!);
    await far.setLocalDescription();
    await near.setRemoteDescription(far.localDescription!);
    // Who holds a connection keeps it from being collected.
    Object.assign(window.listening, { near, far, making });
  };

  const start = async (): Promise<void> => {
    context = new AudioContext({ sinkId: { type: 'none' }, sampleRate: 48_000 } as AudioContextOptions);
    const module = URL.createObjectURL(new Blob([`(${source})()`], { type: 'text/javascript' }));
    await context.audioWorklet.addModule(module);
    node = new AudioWorkletNode(context, 'meter', {
      numberOfInputs: LINES,
      numberOfOutputs: 0,
      processorOptions: { tones: [...tones, own], stepMs },
    });
    node.port.onmessage = ({ data }: MessageEvent<Readings>) => readings.push(data);
    setInterval(() => {
      leads.push(lead());
      leads.splice(0, leads.length - 50);
    }, 20);
    await toneOfOwn();
    document.querySelectorAll('audio').forEach(follow);
  };

  window.listening = {
    begin() {
      [readings, flips, begun] = [[], [], context!.currentTime * 1_000];
    },
    heard() {
      const since = readings.filter(({ at }) => at >= begun);
      const first = since[0]?.at ?? begun;
      return {
        heard: since.flatMap(({ heard }) => heard),
        comes: since.flatMap(({ comes }) => comes),
        flips: flips.map(({ at, line, gain }) => ({ step: Math.round((at - first) / stepMs), line, gain })),
      };
    },
  };
  addEventListener('DOMContentLoaded', () => void start());
}

/** Puts the instrument into what this page opens from now on. Its context has to let scripts pass that the page's own policy would not. */
export async function listenForGaps(page: Page): Promise<void> {
  const tones = PERSONAS.map(({ tone }) => tone);
  await page.addInitScript(listen, { source: `${meter}`, tones, own: OWN_TONE, stepMs: STEP_MS });
}

/** Begins to listen anew, once the machine plays a steady tone at all. */
export async function beginToListen(page: Page): Promise<void> {
  await page.evaluate(() => window.listening.begin());
}

/** What was heard of a persona since, beside the page's own tone. */
export async function envelopes(page: Page): Promise<{ of: (name: string) => Envelope; flips: Flip[] }> {
  const { heard, comes, flips } = await page.evaluate(() => window.listening.heard());
  const column = (rows: number[][], place: number) => rows.map((row) => row[place]!);
  const own = column(comes, PERSONAS.length);
  const of = (name: string): Envelope => {
    const place = PERSONAS.findIndex((persona) => persona.name === name);
    return { stepMs: STEP_MS, heard: column(heard, place), comes: column(comes, place), own };
  };
  return { of, flips };
}
