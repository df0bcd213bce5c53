/** People who are programs: the clients in `clients/`, each on another WebRTC stack, told apart by colour and tone as people are. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from '@playwright/test';
import { Participant } from './participant.js';
import { persona, PERSONAS, type Persona } from './persona.js';

const CLIENTS = fileURLToPath(new URL('../clients/', import.meta.url));

/** Where set-up puts what they need; it leaves a note in each folder when all is there. */
const INSTALLED = fileURLToPath(new URL('../../.tools/clients/', import.meta.url));
const PYTHON = `${INSTALLED}python/bin/python`;
const [PYTHON_NOTE, NODE_NOTE] = [`${INSTALLED}python/.visavis-lock`, `${INSTALLED}node_modules/.visavis-lock`];

/** libwebrtc is a package of its own for each kind of machine. */
const LIBWEBRTC = `${INSTALLED}node_modules/@roamhq/wrtc-${process.platform}-${process.arch}`;

/** What runs each client, and what has to be there for it. */
const STACKS = {
  aiortc: { command: [PYTHON, `${CLIENTS}aiortc/bot.py`], needs: [PYTHON_NOTE] },
  werift: { command: [process.execPath, `${CLIENTS}javascript/werift.mjs`], needs: [NODE_NOTE] },
  wrtc: { command: [process.execPath, `${CLIENTS}javascript/wrtc.mjs`], needs: [NODE_NOTE, LIBWEBRTC] },
};

/** The same for those that take part over the server's SFU. */
const SFU_STACKS = {
  'aiortc-sfu': { command: [PYTHON, `${CLIENTS}aiortc/sfu_bot.py`], needs: [PYTHON_NOTE] },
  'werift-sfu': { command: [process.execPath, `${CLIENTS}javascript/sfu-bot.mjs`], needs: [NODE_NOTE] },
};

const PROGRAMS = { ...STACKS, ...SFU_STACKS };

export type Stack = keyof typeof STACKS;
export type SfuStack = keyof typeof SFU_STACKS;
export type Program = keyof typeof PROGRAMS;

export const ALL_STACKS = Object.keys(STACKS) as Stack[];
export const ALL_SFU_STACKS = Object.keys(SFU_STACKS) as SfuStack[];

/** How far a colour and a tone may be off and still be somebody's. */
const [COLOUR_DISTANCE, TONE_DISTANCE_HZ] = [60, 25];

/** Longest until a program says something again, in ms: it does so every second. */
const SAYS_WITHIN_MS = 20_000;

/** What a program notices. */
interface Report {
  type: string;
  [field: string]: unknown;
}

interface Sensed {
  name: string;
  sees: { camera?: number[] };
  hears: { voice?: number };
}

interface SensedSlot {
  peer: unknown;
  colours?: number[][];
}

export class Bot extends Participant {
  /** All it reported so far. */
  readonly reports: Report[] = [];

  private constructor(
    readonly identity: Persona,
    private readonly process: ChildProcess,
  ) {
    super();
    createInterface({ input: process.stdout! }).on('line', (line) => this.reports.push(JSON.parse(line) as Report));
    createInterface({ input: process.stderr! }).on('line', (line) => this.reports.push({ type: 'words', line }));
  }

  /** Why this one cannot run here, or nothing. */
  static obstacle(program: Program): string | undefined {
    return PROGRAMS[program].needs.every((path) => existsSync(path)) ? undefined : `set-up could not install ${program}`;
  }

  /** Starts one that joins a room of the server at this address; `more` are further command line arguments. */
  static start(program: Program, name: string, room: string, url: string, ...more: string[]): Bot {
    const identity = persona(name);
    const [command, ...words] = PROGRAMS[program].command;
    const manner = ['--colour', identity.colour.join(','), '--tone', `${identity.tone}`, ...more];
    const address = `${url.replace(/^http/, 'ws')}/ws`;
    return new Bot(identity, spawn(command!, [...words, address, room, name, ...manner], { stdio: ['ignore', 'pipe', 'pipe'] }));
  }

  override get name(): string {
    return this.identity.name;
  }

  protected override get selfView(): Record<string, string> {
    return {};
  }

  override async view(): Promise<Record<string, string>> {
    const people = await this.sense();
    return Object.fromEntries(people.map(({ name, sees }) => [name, whoseColour(sees.camera)]));
  }

  override async hearing(): Promise<string[]> {
    const tones = (await this.sense()).flatMap(({ hears }) => (hears.voice === undefined ? [] : [hears.voice]));
    return tones.map(whoseTone).sort();
  }

  override async others(): Promise<string[]> {
    return (await this.sense()).map(({ name }) => name).sort();
  }

  /** Each name under which it saw a camera over the SFU, if only for a frame, and whose colour that was. */
  get sights(): string[] {
    const names = new Map(this.of('came').map(({ peer, name }) => [peer, name]));
    const slots = this.of('senses').flatMap((report) => report.slots as SensedSlot[]);
    const sights = slots.flatMap(({ peer, colours }) => (colours ?? []).map((colour) => `${names.get(peer)}: ${whoseColour(colour)}`));
    return [...new Set(sights)];
  }

  /** Its reports of this kind. */
  of(type: string): Report[] {
    return this.reports.filter((report) => report.type === type);
  }

  /** Asks it to leave, and expects it to end well; one that has ended is left alone. */
  async leave(): Promise<void> {
    const gone = once(this.process, 'exit');
    this.process.kill('SIGTERM');
    expect((await gone)[0], `${this.name} ends well`).toBe(0);
    expect(this.of('left'), `${this.name} left by itself`).toEqual([{ type: 'left', code: 1000 }]);
  }

  /** Ends it, if it runs. */
  dispose(): void {
    this.process.kill('SIGKILL');
  }

  /** What it sees and hears from now on. The next report began before now, the one after it did not. */
  private async sense(): Promise<Sensed[]> {
    const next = this.of('senses').length + 1;
    await expect
      .poll(() => this.of('senses').length, { message: `${this.name} says what it notices`, timeout: SAYS_WITHIN_MS })
      .toBeGreaterThan(next);
    return this.of('senses').at(-1)!.people as Sensed[];
  }
}

function whoseColour(colour: number[] | undefined): string {
  if (!colour) {
    return 'no frames';
  }
  const distance = (other: Persona) => Math.hypot(...other.colour.map((value, index) => value - colour[index]!));
  return PERSONAS.find((other) => distance(other) < COLOUR_DISTANCE)?.name ?? `rgb(${colour.join(' ')})`;
}

function whoseTone(tone: number): string {
  return PERSONAS.find((other) => Math.abs(other.tone - tone) < TONE_DISTANCE_HZ)?.name ?? `${tone} Hz`;
}
