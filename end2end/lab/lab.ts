/** The fixture of the lab's tests: an internet, a server in it, and people with real browsers in their homes. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, expect, test as base, type Browser } from '@playwright/test';
import { launchOptions } from '../support/browser.js';
import { Device } from '../support/device.js';
import { Person } from '../support/person.js';
import { BINARY } from '../support/server.js';
import { logConnections, type Arrivals, type Pair } from './connections.js';
import { Internet, type Home, type HomeOptions } from './internet.js';
import { Namespace, OBSTACLE } from './namespace.js';
import { LabServer } from './server.js';

export { expect };

/** Somebody at home. */
export class Resident {
  constructor(
    readonly person: Person,
    readonly home: Home,
    readonly machine: Namespace,
  ) {}

  /** The selected candidate pair of every connection they have. */
  pairs(): Promise<Pair[]> {
    return this.person.page.evaluate(() => window.connectionLog.pairs());
  }

  /** When media arrived so far. */
  arrivals(): Promise<Arrivals> {
    return this.person.page.evaluate(() => window.connectionLog.arrivals);
  }

  /** The longest time without new media of each kind between two moments, in ms. */
  async gaps(from: number, to = Date.now()): Promise<Record<keyof Arrivals, number>> {
    const { audio, video } = await this.arrivals();
    return { audio: longest(audio, from, to), video: longest(video, from, to) };
  }

  /** Waits until media of both kinds has arrived after a moment; how long after it each did, in ms. */
  async backAfter(moment: number, within: number): Promise<Record<keyof Arrivals, number>> {
    const first = (times: number[]) => (times.find((time) => time > moment) ?? Infinity) - moment;
    let back = { audio: Infinity, video: Infinity };
    await expect
      .poll(
        async () => {
          const { audio, video } = await this.arrivals();
          back = { audio: first(audio), video: first(video) };
          return Number.isFinite(back.audio + back.video);
        },
        { message: `${this.person.name} receives again`, timeout: within, intervals: [200] },
      )
      .toBe(true);
    return back;
  }
}

function longest(times: number[], from: number, to: number): number {
  const within = [...times.filter((time) => time > from && time < to), to];
  let before = times.findLast((time) => time <= from) ?? from;
  let gap = 0;
  for (const time of within) {
    gap = Math.max(gap, time - before);
    before = time;
  }
  return gap;
}

export class Lab {
  readonly room = `room-${randomUUID().slice(0, 8)}`;
  readonly residents: Resident[] = [];
  private readonly browsers: Browser[] = [];
  private readonly devices: Device[] = [];

  constructor(
    private readonly internet: Internet,
    readonly server: LabServer,
    private readonly folder: string,
    private readonly report: (line: string) => void,
  ) {}

  home(options?: HomeOptions): Home {
    return this.internet.home(options);
  }

  /** Somebody with a browser of their own on a machine in a home, who joins the room. */
  async resident(name: string, home: Home): Promise<Resident> {
    const machine = home.machine(name.toLowerCase());
    const browser = await chromium.launch({
      ...launchOptions,
      executablePath: machine.wrap(launchOptions.executablePath!, this.folder),
      args: [...launchOptions.args!, `--ignore-certificate-errors-spki-list=${this.server.key}`],
    });
    this.browsers.push(browser);
    const person = await Person.arrive(browser, name, `https://${home.server}`, { before: logConnections });
    const resident = new Resident(person, home, machine);
    this.residents.push(resident);
    await person.join(this.room);
    return resident;
  }

  /** A device on a machine in a home, which joins the room. */
  async device(name: string, home: Home): Promise<Device> {
    const machine = home.machine(name.toLowerCase());
    const device = Device.start(`https://${home.server}`, this.room, name, ['--insecure'], machine.command(BINARY));
    this.devices.push(device);
    await device.expectEvent('joined');
    return device;
  }

  /** Ada in one home and Bob in the other, who see and hear each other. */
  async call(one: Home, other: Home): Promise<[Resident, Resident]> {
    const call: [Resident, Resident] = [await this.resident('Ada', one), await this.resident('Bob', other)];
    await this.expectToSeeAndHear(...call);
    return call;
  }

  async expectToSeeAndHear(ada: Resident, bob: Resident): Promise<void> {
    await Promise.all([ada.person.expectToSeeAndHear(bob.person), bob.person.expectToSeeAndHear(ada.person)]);
  }

  /** The pair that carries the media of a call of two, as this one of them sees it. */
  async pathOf(resident: Resident): Promise<Pair> {
    const pairs = await resident.pairs();
    expect(pairs, `${resident.person.name} has one connection`).toHaveLength(1);
    const { local, remote } = pairs[0]!;
    const relay = local.relayProtocol ? ` over ${local.relayProtocol}` : '';
    this.report(`${resident.person.name}: ${local.type}${relay} → ${remote.type}`);
    return pairs[0]!;
  }

  /** The same pair once no relay is in it, in the end: a relay is often the first way that works. */
  async directPathOf(resident: Resident): Promise<Pair> {
    let pair: Pair | undefined;
    const kinds = async () => {
      pair = await this.pathOf(resident);
      return [pair.local.type, pair.remote.type];
    };
    await expect.poll(kinds, { timeout: 20_000, intervals: [1_000] }).not.toContain('relay');
    return pair!;
  }

  /** Writes a measured figure into the report. */
  measured(what: string, milliseconds: Record<string, number>): void {
    const figures = Object.entries(milliseconds).map(([kind, value]) => `${kind} ${Math.round(value)} ms`);
    this.report(`${what}: ${figures.join(', ')}`);
  }

  /** Ends it and returns what went wrong although no test provoked it. */
  async end(): Promise<string[]> {
    const problems = this.residents.flatMap(({ person }) => person.guard.unexpected());
    problems.push(...this.devices.flatMap((device) => device.panics()));
    this.devices.forEach((device) => device.dispose());
    await Promise.all(this.browsers.map((browser) => browser.close()));
    const code = await this.server.terminate();
    if (code !== 0) {
      problems.push(`the server ended with ${code}`);
    }
    if (this.server.log.some((line) => line.includes('panicked'))) {
      problems.push('the server panicked');
    }
    return problems;
  }
}

interface Options {
  /** Further command line arguments of the server. */
  serverOptions: string[];
}

export const test = base.extend<Options & { internet: Internet; lab: Lab }>({
  serverOptions: [[], { option: true }],
  internet: async ({}, use) => {
    test.skip(Boolean(process.env[OBSTACLE]), process.env[OBSTACLE]);
    const internet = new Internet();
    try {
      await use(internet);
    } finally {
      internet.dispose();
    }
  },
  lab: async ({ internet, serverOptions }, use, info) => {
    const folder = await mkdtemp(join(tmpdir(), 'visavis-lab-'));
    const server = await LabServer.start(internet.server, serverOptions);
    const report = (line: string) => {
      info.annotations.push({ type: 'measured', description: line });
      console.log(`    ${line}`);
    };
    const lab = new Lab(internet, server, folder, report);
    await use(lab);
    if (info.status !== info.expectedStatus) {
      for (const { person } of lab.residents.filter((resident) => !resident.person.page.isClosed())) {
        await info.attach(`${person.name}.png`, { body: await person.page.screenshot(), contentType: 'image/png' });
        const signals = person.signals.map((signal) => JSON.stringify(signal).slice(0, 300)).join('\n');
        await info.attach(`${person.name}.signals.txt`, { body: signals, contentType: 'text/plain' });
      }
      await info.attach('server.log', { body: server.log.join('\n'), contentType: 'text/plain' });
    }
    const problems = await lab.end();
    await server.dispose();
    await rm(folder, { recursive: true, force: true });
    expect(problems, 'nothing went wrong that the test did not provoke').toEqual([]);
  },
});
