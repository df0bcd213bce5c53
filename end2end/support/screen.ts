/**
 * What stands in for a shared screen inside the pages: one that tells whose it is, and that it is no camera.
 *
 * The function is serialised into the page, so it names nothing outside itself.
 */
import type { Persona } from './persona.js';

/** How much higher the tone of a shared screen is than its owner's voice, in Hz. */
export const SCREEN_TONE_ABOVE_HZ = 1_500;

/** What the page under test offers to the tests about its own screen. */
export interface Screens {
  /** How many screens were captured so far, and how many tracks of them run now. */
  state(): { captured: number; running: number };
  /** Ends what is captured, as the browser's own "Stop sharing" and a closed window do. */
  endByBrowser(): void;
  /** From now on the picker ends with this `DOMException` after so many ms. */
  fail(name: string, afterMs: number): void;
  /** The constraints of the last request. */
  asked: DisplayMediaStreamOptions | undefined;
}

declare global {
  interface Window {
    screens: Screens;
  }
}

/**
 * Wraps `getDisplayMedia`: the browser's own fake screen is asked, with its rules and errors; then its picture becomes the
 * person's colour above and black below, and its sound a tone above their voice's.
 */
export function disguiseScreen({ me, above }: { me: Persona; above: number }): void {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (!devices?.getDisplayMedia) {
    return;
  }
  const running = new Map<MediaStreamTrack, MediaStreamTrack>();
  let captured = 0;
  let failure: { name: string; afterMs: number } | undefined;

  const drawn = (): MediaStreamTrack => {
    const canvas = new OffscreenCanvas(640, 360);
    const context = canvas.getContext('2d', { alpha: false })!;
    const { MediaStreamTrackGenerator } = window as unknown as {
      MediaStreamTrackGenerator: new (init: { kind: 'video' }) => MediaStreamTrack & {
        writable: WritableStream<VideoFrame>;
      };
    };
    const track = new MediaStreamTrackGenerator({ kind: 'video' });
    const writer = track.writable.getWriter();
    let step = 0;
    const clock = setInterval(() => {
      if (track.readyState === 'ended') {
        clearInterval(clock);
        return;
      }
      context.fillStyle = 'black';
      context.fillRect(0, 0, canvas.width, canvas.height);
      context.fillStyle = `rgb(${me.colour.join(' ')})`;
      context.fillRect(0, 0, canvas.width, canvas.height / 2);
      context.fillStyle = 'white';
      context.fillRect((step * 8) % canvas.width, canvas.height - 12, 12, 12);
      step += 1;
      const frame = new VideoFrame(canvas, { timestamp: performance.now() * 1_000 });
      writer.write(frame).catch(() => frame.close());
    }, 100);
    return track;
  };

  const sounded = (): MediaStreamTrack => {
    const context = new AudioContext();
    const oscillator = context.createOscillator();
    const volume = context.createGain();
    const destination = context.createMediaStreamDestination();
    oscillator.frequency.value = me.tone + above;
    volume.gain.value = 0.3;
    oscillator.connect(volume).connect(destination);
    oscillator.start();
    return destination.stream.getAudioTracks()[0]!;
  };

  const disguise = (real: MediaStreamTrack): MediaStreamTrack => {
    const shown = real.kind === 'video' ? drawn() : sounded();
    const stop = shown.stop.bind(shown);
    running.set(shown, real);
    shown.stop = () => {
      running.delete(shown);
      real.stop();
      stop();
    };
    return shown;
  };

  const real = devices.getDisplayMedia.bind(devices);
  devices.getDisplayMedia = async (options) => {
    window.screens.asked = options;
    if (failure) {
      const { name, afterMs } = failure;
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      throw new DOMException('provoked by a test', name);
    }
    const tracks = (await real(options)).getTracks().map(disguise);
    captured += 1;
    return new MediaStream(tracks);
  };

  window.screens = {
    asked: undefined,
    state: () => ({ captured, running: running.size }),
    endByBrowser() {
      for (const shown of [...running.keys()]) {
        shown.stop();
        shown.dispatchEvent(new Event('ended'));
      }
    },
    fail(name, afterMs) {
      failure = { name, afterMs };
    },
  };
}
