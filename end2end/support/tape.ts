/** What a device saved of somebody: a file of pictures and one of sound, for another device to play. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import type { Meeting } from './room.js';

/** Longest until so much is saved, in ms. */
const SAVED_WITHIN_MS = 45_000;

/** An IVF file begins with so many bytes, and each of its frames with so many. */
const [FILE_HEADER, FRAME_HEADER] = [32, 12];

/** A folder for a device to save in. */
export function folderForTapes(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'tape-'));
}

/** The files that a device saved of the person with this id in this folder. */
export class Tape {
  constructor(
    private readonly folder: string,
    private readonly peer: string,
  ) {}

  /** What a device saves of a person who is in a room of their own. */
  static async of(meeting: Meeting, name: string): Promise<Tape> {
    const [room, folder] = [`${meeting.room}-${name.toLowerCase()}`, await folderForTapes()];
    const person = await (await meeting.person(name)).join(room);
    const recorder = await meeting.deviceIn(room, 'Recorder', '--save', folder);
    const tape = new Tape(folder, recorder.peerOf(name));
    await tape.expectPictures(60);
    await recorder.leave();
    await person.closeTab();
    return tape;
  }

  get pictures(): string {
    return this.file('-camera.ivf');
  }

  get sound(): string {
    return this.file('-voice.ogg');
  }

  /** The arguments with which a device plays it. */
  get played(): string[] {
    return ['--video', this.pictures, '--audio', this.sound];
  }

  /** Expects so many pictures to be there, and sound. */
  async expectPictures(count: number): Promise<void> {
    const message = `${count} pictures of ${this.peer} are saved`;
    await expect.poll(() => this.frames(), { message, timeout: SAVED_WITHIN_MS }).toBeGreaterThanOrEqual(count);
    await expect.poll(() => existsSync(this.sound), { message: `sound of ${this.peer} is saved` }).toBe(true);
  }

  /** How many pictures are there. */
  private frames(): number {
    if (!existsSync(this.pictures)) {
      return 0;
    }
    const bytes = readFileSync(this.pictures);
    let count = 0;
    for (let at = FILE_HEADER; at + FRAME_HEADER <= bytes.length; at += FRAME_HEADER + bytes.readUInt32LE(at)) {
      count += 1;
    }
    return count;
  }

  private file(ending: string): string {
    const found = readdirSync(this.folder).find((name) => name.includes(`-${this.peer}-`) && name.endsWith(ending));
    return join(this.folder, found ?? `nothing${ending}`);
  }
}
