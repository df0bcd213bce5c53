/** The fixture of every test: a server, a room on it, and the people who come, all of them watched for trouble. */
import { randomUUID } from 'node:crypto';
import { expect, test as base, type Browser } from '@playwright/test';
import { Device } from './device.js';
import { Wire } from './net.js';
import type { Participant } from './participant.js';
import { Person, type PersonOptions } from './person.js';
import { Server } from './server.js';
import { Strait } from './strait.js';

export { expect };
export { Device, Wire, Person, Server, Strait };

/** Longest a server may take to end after SIGTERM, in ms. */
const ENDS_WITHIN_MS = 5_000;

export class Meeting {
  readonly room = `room-${randomUUID().slice(0, 8)}`;
  readonly people: Person[] = [];
  private readonly wires: Wire[] = [];
  private readonly straits: Strait[] = [];
  readonly devices: Device[] = [];

  constructor(
    readonly server: Server,
    private readonly browser: Browser,
  ) {}

  /** Somebody with a browser, who has not opened any page yet. */
  async person(name: string, options: PersonOptions = {}): Promise<Person> {
    const person = await Person.arrive(this.browser, name, this.server.url, options);
    this.people.push(person);
    return person;
  }

  /** Somebody whose socket runs over a wire of their own. */
  async personOnWire(name: string, options: PersonOptions = {}): Promise<[Person, Wire]> {
    const wire = await Wire.to(this.server.port);
    this.wires.push(wire);
    return [await this.person(name, { ...options, url: wire.url }), wire];
  }

  /** A device in the room; `more` are further command line arguments of `visavis join`. */
  async device(name: string, ...more: string[]): Promise<Device> {
    return this.deviceIn(this.room, name, ...more);
  }

  /** A device in another room of the server. */
  async deviceIn(room: string, name: string, ...more: string[]): Promise<Device> {
    const device = Device.start(this.server.url, room, name, more);
    this.devices.push(device);
    await device.expectEvent('joined');
    return device;
  }

  /** A strait that media has to cross, for those who are led there. */
  strait(): Strait {
    const strait = new Strait();
    this.straits.push(strait);
    return strait;
  }

  /** People who joined the room, one after the other. */
  async gather(...names: string[]): Promise<Person[]> {
    const people: Person[] = [];
    for (const name of names) {
      people.push(await (await this.person(name)).join(this.room));
    }
    return people;
  }

  /** Expects everybody to see and hear everybody else of these people. */
  async expectAllToSeeAndHear(people: Participant[]): Promise<void> {
    await Promise.all(
      people.map((person) => person.expectToSeeAndHear(...people.filter((other) => other !== person))),
    );
  }

  /** Ends it and returns what went wrong although no test provoked it. */
  async end(): Promise<string[]> {
    const problems = this.people.flatMap((person) => person.guard.unexpected());
    problems.push(...this.devices.flatMap((device) => device.panics()));
    this.devices.forEach((device) => device.dispose());
    await Promise.all(this.people.map((person) => person.guard.close()));
    await Promise.all([...this.wires, ...this.straits].map((way) => way.dispose()));
    if (this.server.isRunning) {
      const asked = Date.now();
      const code = await this.server.terminate();
      const took = Date.now() - asked;
      if (code !== 0 || took > ENDS_WITHIN_MS) {
        problems.push(`the server ended with ${code} after ${took} ms`);
      }
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

export const test = base.extend<Options & { meeting: Meeting }>({
  serverOptions: [[], { option: true }],
  meeting: async ({ browser, serverOptions }, use, info) => {
    const server = await Server.start(...serverOptions);
    const meeting = new Meeting(server, browser);
    await use(meeting);
    const failed = info.status !== info.expectedStatus;
    if (failed) {
      for (const person of meeting.people.filter((candidate) => !candidate.page.isClosed())) {
        await info.attach(`${person.name}.png`, { body: await person.page.screenshot(), contentType: 'image/png' });
        const signals = person.signals.map((signal) => JSON.stringify(signal).slice(0, 200)).join('\n');
        await info.attach(`${person.name}.signals.txt`, { body: signals, contentType: 'text/plain' });
      }
      for (const device of meeting.devices) {
        const lines = device.lines.map((line) => JSON.stringify(line)).join('\n');
        await info.attach(`${device.name}.lines.txt`, { body: lines, contentType: 'text/plain' });
      }
      await info.attach('server.log', { body: server.log.join('\n'), contentType: 'text/plain' });
    }
    const problems = await meeting.end();
    await server.dispose();
    expect(problems, 'nothing went wrong that the test did not provoke').toEqual([]);
  },
});
