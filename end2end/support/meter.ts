/**
 * The meter that `gaps.ts` puts into a page's audio graph: how loud each tone is, on each line that is played, every 10 ms.
 *
 * The function is serialised into an `AudioWorklet`, so it names nothing outside itself.
 */

declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: unknown): void;
declare const sampleRate: number;
declare const currentFrame: number;

/** What the meter is told at its start. */
export interface MeterOptions {
  /** Of these tones, in Hz. */
  tones: number[];
  /** A value is taken every so many ms. */
  stepMs: number;
}

/** So many values of each tone, one step after the other. */
export interface Readings {
  /** The first of them was taken at this time of the audio context, in ms. */
  at: number;
  /** For each step and tone: what is heard of it, summed over the lines, as each is played. */
  heard: number[][];
  /** For each step and tone: what comes of it on the line that brings most, whether that is played or not. */
  comes: number[][];
}

/**
 * Registers the processor `meter`. Each input is a line of two channels: the sound as it comes, and as it is heard. The sums
 * are of loudnesses, not of samples: two copies of a tone may cancel each other, and are two all the same.
 */
export function meter(): void {
  /** The tones are far below: fewer samples tell as much. */
  const COARSE = 6;
  /** A look is weighed by a window (Hann) of so many steps: neighbours among the tones are not mixed up. */
  const STEPS_SEEN = 2;
  /** So many steps are told at once. */
  const TOLD_AT_ONCE = 10;

  class Line {
    private sum = 0;
    private count = 0;
    private next = 0;
    private quiet = 0;
    /** Each sample stands here twice, so that the last ones are always a piece. */
    private readonly samples: Float32Array;

    constructor(private readonly length: number) {
      this.samples = new Float32Array(2 * length);
    }

    take(block: Float32Array | undefined, frames: number): void {
      if (!block && this.quiet >= this.length) {
        return;
      }
      for (let frame = 0; frame < frames; frame += 1) {
        this.sum += block ? block[frame]! : 0;
        this.count += 1;
        if (this.count === COARSE) {
          this.quiet = this.sum === 0 ? this.quiet + 1 : 0;
          this.samples[this.next] = this.samples[this.next + this.length] = this.sum / COARSE;
          this.next = (this.next + 1) % this.length;
          this.sum = 0;
          this.count = 0;
        }
      }
    }

    loudness(cosine: Float32Array, sine: Float32Array): number {
      if (this.quiet >= this.length) {
        return 0;
      }
      let real = 0;
      let imaginary = 0;
      for (let place = 0; place < this.length; place += 1) {
        const sample = this.samples[this.next + place]!;
        real += sample * cosine[place]!;
        imaginary += sample * sine[place]!;
      }
      return Math.sqrt(real * real + imaginary * imaginary);
    }
  }

  class Meter extends AudioWorkletProcessor {
    private readonly step: number;
    private readonly length: number;
    private readonly weights: { cosine: Float32Array; sine: Float32Array }[];
    private readonly lines: [Line, Line][] = [];
    private until: number;
    private heard: number[][] = [];
    private comes: number[][] = [];
    private at = 0;

    constructor({ processorOptions }: { processorOptions: MeterOptions }) {
      super();
      this.step = Math.round((sampleRate * processorOptions.stepMs) / 1_000);
      this.length = Math.round((this.step * STEPS_SEEN) / COARSE);
      this.until = this.step;
      this.weights = processorOptions.tones.map((tone) => {
        const window = (place: number) => (1 - Math.cos((2 * Math.PI * (place + 0.5)) / this.length)) * (2 / this.length);
        const angle = (place: number) => (2 * Math.PI * tone * COARSE * place) / sampleRate;
        return {
          cosine: Float32Array.from({ length: this.length }, (_, place) => window(place) * Math.cos(angle(place))),
          sine: Float32Array.from({ length: this.length }, (_, place) => window(place) * Math.sin(angle(place))),
        };
      });
    }

    process(inputs: Float32Array[][]): boolean {
      inputs.forEach((channels, input) => {
        const [comes, heard] = (this.lines[input] ??= [new Line(this.length), new Line(this.length)]);
        comes.take(channels[0], 128);
        heard.take(channels[1], 128);
      });
      this.until -= 128;
      if (this.until <= 0) {
        this.until += this.step;
        this.read();
      }
      return true;
    }

    private read(): void {
      if (this.heard.length === 0) {
        this.at = (currentFrame / sampleRate) * 1_000;
      }
      const loudness = (line: Line) => this.weights.map(({ cosine, sine }) => line.loudness(cosine, sine));
      const comes = this.lines.map(([line]) => loudness(line));
      const heard = this.lines.map(([, line]) => loudness(line));
      this.comes.push(this.weights.map((_, tone) => Math.max(0, ...comes.map((line) => line[tone]!))));
      this.heard.push(this.weights.map((_, tone) => heard.reduce((sum, line) => sum + line[tone]!, 0)));
      if (this.heard.length === TOLD_AT_ONCE) {
        const readings: Readings = { at: this.at, heard: this.heard, comes: this.comes };
        this.port.postMessage(readings);
        [this.heard, this.comes] = [[], []];
      }
    }
  }

  registerProcessor('meter', Meter);
}
