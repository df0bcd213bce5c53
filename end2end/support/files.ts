/** Files for tests: made in the page from a seed, told apart by their SHA-256, saved where a test can read them. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { expect, type Download, type Locator } from '@playwright/test';
import type { Person } from './person.js';

/** What the stand-in for the browser's save picker does. */
export interface Picker {
  /** Whether a place is chosen, the picker is closed, or the chosen disk is full. */
  answer: 'chosen' | 'closed' | 'full';
  /** Writing waits while this is set. */
  held: boolean;
  /** How often it was asked. */
  asked: number;
  /** Bytes written so far. */
  written: number;
}

declare global {
  interface Window {
    picker: Picker;
    /** Every peer connection the page made. */
    connections: RTCPeerConnection[];
  }
}

/** Runs in the page: a save picker without a window, whose places are in the private file system. */
export function installPicker(): void {
  const picker: Picker = { answer: 'chosen', held: false, asked: 0, written: 0 };
  window.picker = picker;
  const released = async (): Promise<void> => {
    while (picker.held) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const held = (stream: FileSystemWritableFileStream) => ({
    async write(data: Uint8Array<ArrayBuffer>): Promise<void> {
      await released();
      if (picker.answer === 'full') {
        throw new DOMException('no space left', 'QuotaExceededError');
      }
      await stream.write(data);
      picker.written += data.byteLength;
    },
    close: () => stream.close(),
    abort: () => stream.abort(),
  });
  Object.assign(window, {
    async showSaveFilePicker({ suggestedName }: { suggestedName: string }) {
      picker.asked += 1;
      if (picker.answer === 'closed') {
        throw new DOMException('the user closed it', 'AbortError');
      }
      const root = await navigator.storage.getDirectory();
      const directory = await root.getDirectoryHandle('chosen', { create: true });
      const handle = await directory.getFileHandle(suggestedName, { create: true });
      return {
        createWritable: async () => held(await handle.createWritable()),
        getFile: () => handle.getFile(),
        remove: () => directory.removeEntry(suggestedName),
      };
    },
  });
  window.connections = [];
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      window.connections.push(this);
    }
  };
}

/** Runs in the page: the seed's bytes. */
export function contentOf(seed: number, size: number): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(size / 4));
  let state = seed * 2654435761 + 1;
  for (let index = 0; index < words.length; index += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[index] = state;
  }
  return new Uint8Array(words.buffer, 0, size);
}

/** The bytes of a seed, here. */
export function bytesOf(seed: number, size: number): Buffer {
  return Buffer.from(contentOf(seed, size));
}

/** SHA-256 in hexadecimal digits. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The hash of a download. */
export async function hashOfDownload(download: Download): Promise<string> {
  return sha256(await readFile(await download.path()));
}

/** The hash of what the person's picker wrote under this name; `undefined` when there is no such file. */
export function hashOfChosen(person: Person, name: string): Promise<string | undefined> {
  return person.page.evaluate(async (name) => {
    const root = await navigator.storage.getDirectory();
    try {
      const directory = await root.getDirectoryHandle('chosen');
      const file = await (await directory.getFileHandle(name)).getFile();
      const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()));
      return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    } catch {
      return undefined;
    }
  }, name);
}

/** A file to send, from a seed or as it is. */
export interface TestFile {
  name: string;
  mimeType?: string;
  buffer: Buffer;
}

/** Opens the panel of the files. */
export async function openFiles(person: Person): Promise<void> {
  if (!(await person.page.getByRole('complementary', { name: 'Files' }).isVisible())) {
    await person.press('Files');
  }
}

/** Sends files through the picker of the panel, to everyone or to one person. */
export async function send(person: Person, files: TestFile[], to = 'Everyone'): Promise<void> {
  await openFiles(person);
  await person.page.getByRole('combobox', { name: 'Send to' }).selectOption({ label: to });
  const choosing = person.page.waitForEvent('filechooser');
  await person.button('Send a file').click();
  await (await choosing).setFiles(
    files.map((file) => ({ mimeType: 'application/octet-stream', ...file })),
  );
}

/** Drops a file made in the page, of any size, onto the field of this name. `parts` times the seed's bytes. */
export async function drop(person: Person, name: string, seed: number, size: number, parts: number, to: string): Promise<void> {
  const transfer = await person.page.evaluateHandle(
    ([source, name, seed, size, parts]) => {
      const content = (0, eval)(`(${source})`) as typeof contentOf;
      const piece = new Blob([content(seed, size)]);
      const data = new DataTransfer();
      data.items.add(new File(Array.from({ length: parts }, () => piece), name));
      window.dispatchEvent(new DragEvent('dragover', { dataTransfer: data, cancelable: true }));
      return data;
    },
    [contentOf.toString(), name, seed, size, parts] as const,
  );
  const field = person.page.locator('.drop-field').filter({ hasText: to });
  await expect(field).toBeVisible();
  await field.dispatchEvent('drop', { dataTransfer: transfer });
  await expect(field).toHaveCount(0);
}

/** The line of a file in the panel, by its name; with several of the same name, of this person. */
export function line(person: Person, name: string, other = ''): Locator {
  return person.page
    .getByRole('listitem')
    .filter({ has: person.page.locator('.transfer-name', { hasText: name }) })
    .filter({ hasText: other });
}

/** Presses a button of a file's line. */
export async function act(person: Person, what: string, name: string): Promise<void> {
  await openFiles(person);
  await line(person, name).getByRole('button', { name: `${what} ${name}`, exact: true }).click();
}
