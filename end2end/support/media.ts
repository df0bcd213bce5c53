/**
 * What runs inside the pages: fake devices that tell people apart, and instruments that measure *decoded* media.
 *
 * Both functions are serialised into the page, so they name nothing outside themselves.
 */
import type { Persona } from './persona.js';

/** How `getUserMedia` should fail: the `DOMException` name for each kind, or nothing where it should work. */
export interface DeviceFailures {
  audio?: string;
  video?: string;
}

/** Width and height of a picture, in pixels. */
export type Size = readonly [number, number];

/** What a disguised camera draws if nothing else is asked for: little to encode, and enough to tell people apart. */
export const SMALL_PICTURE: Size = [320, 180];

/** A disguised camera. */
export interface Camera {
  /** What it draws. */
  drawn: Size;
  /** What it says it draws. */
  claimed: Size;
}

/** The frames of a video since they are watched. */
export interface FrameGap {
  /** Since when, as `Date.now`. */
  since: number;
  /** How many came. */
  frames: number;
  /** The longest gap between two of them in ms, the one that is still open included, without what the page stood still itself. */
  gap: number;
  /** Whether the video is still part of the page. */
  attached: boolean;
}

/** What the page under test offers to the tests. */
export interface Instruments {
  /** How many device tracks the page ever captured, and how many of each kind run now. */
  devices(): { audio: number; video: number; captured: number };
  /** Whose colour a video shows, if frames of it are being decoded and it is visible; else what is wrong with it. */
  whoIsShown(video: HTMLVideoElement): Promise<string>;
  /** Whose shared screen a video shows, if frames of it are being decoded and it is visible; else what is wrong with it. */
  whoseScreenIsShown(video: HTMLVideoElement): Promise<string>;
  /** Names of everybody whose tone is in what the page plays, sorted. */
  whoIsHeard(): Promise<string[]>;
  /** Starts to watch the gaps between the frames of a video. */
  watchFrames(video: HTMLVideoElement): void;
  /** What came since `watchFrames`. */
  longestGap(video: HTMLVideoElement): FrameGap;
  /** How long the page itself stood still at most since this moment (of `Date.now`), in ms. */
  longestStall(since: number): number;
  /** How long the page stood still in all since this moment (of `Date.now`), in ms. */
  heldUp(since: number): number;
  /** Makes the captured device of this kind end by itself, as when it is unplugged. */
  unplug(kind: 'audio' | 'video'): void;
  /** From now on `getUserMedia` fails like this; not at all with `{}`, as when a permission is granted after all. */
  fail(failures: DeviceFailures): void;
}

declare global {
  interface Window {
    instruments: Instruments;
  }
}

/**
 * Wraps `getUserMedia`: the browser's own fake device is asked, with its constraints, permissions and errors; then each
 * captured track is replaced by one in the person's colour or tone that lives and dies with the device's track.
 */
export function disguiseDevices({ me, failures, camera }: { me: Persona; failures: DeviceFailures; camera: Camera }): void {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (!devices) {
    return;
  }
  const FRAME_RATE = 20;
  const running = new Set<{ real: MediaStreamTrack; shown: MediaStreamTrack }>();
  let captured = 0;
  let broken: DeviceFailures = failures;

  // Written frame by frame, from plain memory: what a canvas captures waits for the page to be painted, and a busy machine
  // paints late; and reading a canvas back for each frame would cost more than the call that is tested.
  const drawn = (): MediaStreamTrack => {
    const [width, height] = camera.drawn;
    const size = 20;
    const { MediaStreamTrackGenerator } = window as unknown as {
      MediaStreamTrackGenerator: new (init: { kind: 'video' }) => MediaStreamTrack & {
        writable: WritableStream<VideoFrame>;
      };
    };
    const track = new MediaStreamTrackGenerator({ kind: 'video' });
    const writer = track.writable.getWriter();
    const [red, green, blue] = me.colour;
    const background = [red, green, blue, 255];
    const plain = Uint8Array.from({ length: width * height * 4 }, (_, index) => background[index % 4]!);
    const pixels = plain.slice();
    let step = 0;
    const clock = setInterval(() => {
      if (track.readyState === 'ended') {
        clearInterval(clock);
        return;
      }
      const left = (step * 6) % (width - size);
      const [from, to] = [(height - 24) * width * 4, (height - 24 + size) * width * 4];
      pixels.set(plain.subarray(from, to), from);
      for (let line = height - 24; line < height - 24 + size; line += 1) {
        pixels.fill(255, (line * width + left) * 4, (line * width + left + size) * 4);
      }
      step += 1;
      const timestamp = performance.now() * 1_000;
      const frame = new VideoFrame(pixels, { format: 'RGBX', codedWidth: width, codedHeight: height, timestamp });
      writer.write(frame).catch(() => frame.close());
    }, 1_000 / FRAME_RATE);
    return track;
  };

  const sounded = (): MediaStreamTrack => {
    // Without an output of its own: nobody listens to it here, and each output is a thread that wakes a hundred times a second.
    const context = new AudioContext({ sinkId: { type: 'none' } } as AudioContextOptions);
    const oscillator = context.createOscillator();
    const volume = context.createGain();
    const destination = context.createMediaStreamDestination();
    oscillator.frequency.value = me.tone;
    volume.gain.value = 0.3;
    oscillator.connect(volume).connect(destination);
    oscillator.start();
    const track = destination.stream.getAudioTracks()[0]!;
    const stop = track.stop.bind(track);
    track.stop = () => {
      stop();
      void context.close();
    };
    return track;
  };

  const disguise = (real: MediaStreamTrack): MediaStreamTrack => {
    const shown = real.kind === 'video' ? drawn() : sounded();
    const pair = { real, shown };
    const stop = shown.stop.bind(shown);
    running.add(pair);
    captured += 1;
    shown.stop = () => {
      running.delete(pair);
      real.stop();
      stop();
    };
    real.addEventListener('ended', () => {
      running.delete(pair);
      stop();
      shown.dispatchEvent(new Event('ended'));
    });
    // The page sends what a picture of this size is worth: of the real device's, it would send a larger one scaled down.
    const [width, height] = camera.claimed;
    const picture = { width, height, aspectRatio: width / height, frameRate: FRAME_RATE };
    shown.getSettings = () => ({ ...real.getSettings(), ...(real.kind === 'video' ? picture : {}) });
    shown.getConstraints = () => real.getConstraints();
    shown.getCapabilities = () => real.getCapabilities();
    shown.applyConstraints = (constraints) => real.applyConstraints(constraints);
    Object.defineProperty(shown, 'label', { value: real.label });
    return shown;
  };

  const real = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (constraints) => {
    const failure =
      (constraints?.video && broken.video) || (constraints?.audio && broken.audio) || undefined;
    if (failure) {
      throw new DOMException('provoked by a test', failure);
    }
    return new MediaStream((await real(constraints)).getTracks().map(disguise));
  };

  window.instruments = Object.assign(window.instruments ?? {}, {
    devices() {
      const count = (kind: string) =>
        [...running].filter(({ real }) => real.kind === kind && real.readyState === 'live').length;
      return { audio: count('audio'), video: count('video'), captured };
    },
    unplug(kind: 'audio' | 'video') {
      for (const pair of [...running].filter(({ real }) => real.kind === kind)) {
        pair.real.stop();
        pair.real.dispatchEvent(new Event('ended'));
      }
    },
    fail(from: DeviceFailures) {
      broken = from;
    },
  });
}

/** Puts the measuring side of [`Instruments`] into the page. */
export function installInstruments(personas: readonly Persona[]): void {
  const FRAME_WITHIN_MS = 4_000;
  const COLOUR_DISTANCE = 60;
  const TONE_DISTANCE_HZ = 25;
  const AUDIBLE_DECIBELS = -65;

  /** Counted, not painted: a busy machine paints less than it decodes. Firefox counts those of streams only as it paints them. */
  const decoded = (video: HTMLVideoElement & { mozPaintedFrames?: number }) =>
    video.mozPaintedFrames ?? video.getVideoPlaybackQuality().totalVideoFrames;

  /** Whether two more frames are decoded in time. */
  const framesAdvance = async (video: HTMLVideoElement) => {
    const frames = () => decoded(video);
    const enough = frames() + 2;
    const late = performance.now() + FRAME_WITHIN_MS;
    while (frames() < enough && performance.now() < late) {
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
    return frames() >= enough;
  };

  const canvas = new OffscreenCanvas(16, 9);
  const brush = canvas.getContext('2d', { willReadFrequently: true })!;
  const colourOf = (video: HTMLVideoElement): [number, number, number] => {
    brush.drawImage(video, 0, 0, canvas.width, canvas.height);
    const [red = 0, green = 0, blue = 0] = brush.getImageData(8, 2, 1, 1).data;
    return [red, green, blue];
  };

  let hearing: AudioContext | undefined;
  const ears = new Map<string, { stream: MediaStream; analyser: AnalyserNode }>();
  const earOf = (stream: MediaStream): AnalyserNode => {
    const key = stream.getAudioTracks().map((track) => track.id).join();
    const known = ears.get(key);
    if (known) {
      return known.analyser;
    }
    hearing ??= new AudioContext({ sinkId: { type: 'none' } } as AudioContextOptions);
    void hearing.resume();
    const analyser = hearing.createAnalyser();
    analyser.fftSize = 4096;
    analyser.smoothingTimeConstant = 0;
    hearing.createMediaStreamSource(stream).connect(analyser);
    ears.set(key, { stream, analyser });
    return analyser;
  };
  const isPlaying = (element: HTMLMediaElement) =>
    !element.paused && !element.muted && element.volume > 0 && element.readyState >= 2;

  interface Watch {
    since: number;
    counted: number;
    frames: number;
    gap: number;
    open: number;
  }
  const watches = new Map<HTMLVideoElement, Watch>();
  const stalls: { at: number; stall: number }[] = [];

  // Decoded frames by the page's own clock: what a busy machine paints late, or counts late, is no gap of the call.
  const PULSE_MS = 20;
  const LATE_MS = 60;
  let pulse = performance.now();
  setInterval(() => {
    const now = performance.now();
    const passed = Math.min(now - pulse, LATE_MS);
    if (now - pulse > LATE_MS) {
      stalls.push({ at: Date.now(), stall: now - pulse });
    }
    pulse = now;
    for (const [video, watch] of watches) {
      const frames = decoded(video);
      watch.open += passed;
      if (frames > watch.counted) {
        watch.frames += frames - watch.counted;
        watch.gap = Math.max(watch.gap, watch.open);
        watch.open = 0;
      }
      watch.counted = frames;
    }
  }, PULSE_MS);

  window.instruments = Object.assign(window.instruments ?? {}, {
    async whoIsShown(video: HTMLVideoElement) {
      if (!video.isConnected || !video.checkVisibility({ visibilityProperty: true, opacityProperty: true })) {
        return 'hidden';
      }
      if (!(await framesAdvance(video))) {
        return 'no frames';
      }
      const colour = colourOf(video);
      const who = personas.find(
        (persona) => Math.hypot(...persona.colour.map((value, index) => value - colour[index]!)) < COLOUR_DISTANCE,
      );
      return who?.name ?? `rgb(${colour.join(' ')})`;
    },
    async whoseScreenIsShown(video: HTMLVideoElement) {
      const who = await window.instruments.whoIsShown(video);
      const below = Math.max(...brush.getImageData(3, 6, 1, 1).data.slice(0, 3));
      return personas.some(({ name }) => name === who) ? `${who}'s ${below < 60 ? 'screen' : 'camera'}` : who;
    },
    async whoIsHeard() {
      const heard = new Set<string>();
      const analysers = [...document.querySelectorAll<HTMLMediaElement>('audio, video')]
        .filter(isPlaying)
        .map((element) => element.srcObject)
        .filter((stream) => stream instanceof MediaStream && stream.getAudioTracks().length > 0)
        .map((stream) => earOf(stream as MediaStream));
      if (analysers.length > 0) {
        const start = hearing!.currentTime;
        while (hearing!.currentTime < start + 0.15) {
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      }
      for (const analyser of analysers) {
        const bins = new Float32Array(analyser.frequencyBinCount);
        analyser.getFloatFrequencyData(bins);
        let peak = 0;
        bins.forEach((decibels, index) => {
          if (decibels > bins[peak]!) peak = index;
        });
        if (!(bins[peak]! > AUDIBLE_DECIBELS)) {
          continue;
        }
        const frequency = (peak * analyser.context.sampleRate) / analyser.fftSize;
        const who = personas.find((persona) => Math.abs(persona.tone - frequency) < TONE_DISTANCE_HZ);
        heard.add(who?.name ?? `${Math.round(frequency)} Hz`);
      }
      return [...heard].sort();
    },
    watchFrames(video: HTMLVideoElement) {
      watches.set(video, { since: Date.now(), counted: decoded(video), frames: 0, gap: 0, open: 0 });
    },
    longestGap(video: HTMLVideoElement) {
      const watch = watches.get(video);
      if (!watch) {
        return { since: 0, frames: 0, gap: Infinity, attached: video.isConnected };
      }
      const { since, frames, gap, open } = watch;
      return { since, frames, gap: Math.max(gap, open), attached: video.isConnected };
    },
    longestStall(since: number) {
      return Math.max(0, ...stalls.filter(({ at }) => at >= since).map(({ stall }) => stall));
    },
    heldUp(since: number) {
      return stalls.filter(({ at }) => at >= since).reduce((sum, { stall }) => sum + stall, 0);
    },
  });

  addEventListener('securitypolicyviolation', (violation) => {
    console.error(`CSP violation: ${violation.violatedDirective} blocked ${violation.blockedURI}`);
  });
}
