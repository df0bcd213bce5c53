/** How much slower this machine is at the moment than it could be: others compete for its processors. */

/** So much of a processor's time a sample takes, in µs. */
const SAMPLE_US = 5_000;

/** A sample is taken this often, in ms. */
const EVERY_MS = 250;

/** Samples the competition for the processors while it lasts. */
export class Contention {
  private readonly samples: { at: number; ratio: number }[] = [];
  private readonly timer = setInterval(() => this.sample(), EVERY_MS);

  /**
   * The time that work took since then, divided by the time that it needed: 1 on an idle machine. One sample in ten is higher.
   */
  since(from: number): number {
    this.sample();
    const ratios = this.samples.filter(({ at }) => at >= from).map(({ ratio }) => ratio);
    ratios.sort((one, other) => one - other);
    return Math.max(1, ratios[Math.floor(ratios.length * 0.9)] ?? 1);
  }

  end(): void {
    clearInterval(this.timer);
  }

  private sample(): void {
    const started = performance.now();
    const before = process.cpuUsage();
    let needed = 0;
    while (needed < SAMPLE_US) {
      const { user, system } = process.cpuUsage(before);
      needed = user + system;
    }
    this.samples.push({ at: Date.now(), ratio: ((performance.now() - started) * 1_000) / needed });
  }
}
