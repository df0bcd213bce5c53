/** A device in the room: `visavis join`, spoken with line by line as a program does. */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { expect } from '@playwright/test';
import { BINARY } from './server.js';

/** Longest until a device that is asked to do something says that it did, in ms: it shares the machine with the browsers. */
const SAYS_WITHIN_MS = 30_000;

/** A line from the device: an event, or a message of somebody's application. */
export interface Line {
  event?: string;
  topic?: string;
  data?: unknown;
  from?: string;
  name?: string;
  ack?: number;
  [member: string]: unknown;
}

/** A message of an application that a page sent it. */
export interface Heard {
  topic: string;
  data: unknown;
  ack?: number;
}

/** A control as it is announced. */
export interface Control {
  topic: string;
  label: string;
  kind: 'button' | 'switch';
  on?: boolean;
}

/** How it answers when a control is pressed; `undefined` for not at all. */
export type Answer = { error?: string } | undefined;

export class Device {
  /** All that it said so far. */
  readonly lines: Line[] = [];
  private answer: Answer = {};

  private constructor(
    readonly name: string,
    private readonly process: ChildProcessByStdio<Writable, Readable, Readable>,
  ) {
    createInterface({ input: process.stdout }).on('line', (text) => this.hear(JSON.parse(text) as Line));
    createInterface({ input: process.stderr }).on('line', (words) => this.lines.push({ event: 'words', words }));
  }

  /** Starts one that joins a room of the server at this address, by this command. */
  static start(url: string, room: string, name: string, more: string[], command: string[] = [BINARY]): Device {
    const [program, ...words] = [...command, 'join', `${url}/r/${room}`, '--name', name, '--stdio', ...more];
    return new Device(name, spawn(program!, words, { stdio: ['pipe', 'pipe', 'pipe'] }));
  }

  /** Writes it a line. */
  order(line: object): void {
    this.process.stdin.write(`${JSON.stringify(line)}\n`);
  }

  /** Has these controls from now on. */
  announce(...controls: Control[]): void {
    this.order({ announce: controls });
  }

  /** Tells everybody it is connected to a value, or several. */
  tell(topic: string, data: unknown): void {
    this.order({ topic, data });
  }

  /** Answers presses like this from now on. */
  answers(answer: Answer): void {
    this.answer = answer;
  }

  /** The events of this kind so far. */
  of(event: string): Line[] {
    return this.lines.filter((line) => line.event === event);
  }

  /** What pages sent it so far. */
  heard(): Heard[] {
    return this.lines.flatMap(({ topic, data, ack }) => (topic === undefined ? [] : [{ topic, data, ack }]));
  }

  /** The id of the person whom it knows under this name. */
  peerOf(name: string): string {
    const people = [...this.of('joined').flatMap(({ people }) => people as Line[]), ...this.of('person-joined')];
    const found = people.filter((person) => person.name === name).at(-1);
    expect(found, `${this.name} knows ${name}`).toBeDefined();
    return found!.peer as string;
  }

  /** Expects it to have told of so many events of this kind. */
  async expectEvent(event: string, count = 1): Promise<void> {
    await expect
      .poll(() => this.of(event).length, { message: `${this.name} says “${event}”`, timeout: SAYS_WITHIN_MS })
      .toBe(count);
  }

  /** Leaves the room, and expects it to end well. */
  async leave(): Promise<void> {
    const gone = once(this.process, 'exit');
    this.order({ leave: true });
    expect((await gone)[0], `${this.name} ends well:\n${JSON.stringify(this.of('words'))}`).toBe(0);
  }

  /** Words of it that no device may ever say. */
  panics(): string[] {
    return this.of('words').map(({ words }) => `${words}`).filter((words) => words.includes('panicked'));
  }

  /** Ends it, if it runs. */
  dispose(): void {
    this.process.kill('SIGKILL');
  }

  private hear(line: Line): void {
    this.lines.push(line);
    if (line.topic !== undefined && line.ack !== undefined && this.answer) {
      this.order({ topic: `${line.topic}/ack`, data: { ack: line.ack, ...this.answer }, to: line.from });
    }
  }
}
