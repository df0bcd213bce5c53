/** The site inside the binary: found by the page, kept by browsers, small on the wire. */
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from '../support/room.js';
import { BINARY } from '../support/server.js';

/** Most bytes of the first wasm on the wire, as docs/leptos.md has it. */
const MOST_WASM_BYTES = 400 * 1024;

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  length: number;
}

/** A request as it goes over the wire: nothing is decoded, cached or added. */
async function ask(url: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  const asked = request(url, { headers, method });
  asked.end();
  const [answer] = await once(asked, 'response');
  let length = 0;
  for await (const chunk of answer) {
    length += chunk.length;
  }
  return { status: answer.statusCode, headers: answer.headers, length };
}

/** The addresses of the package's files in a page. */
async function packageFiles(url: string): Promise<string[]> {
  const html = await (await fetch(url)).text();
  const paths = html.match(/\/pkg-[0-9a-f]{16}\/[\w.-]+\.(js|wasm|css)/g) ?? [];
  return [...new Set(paths)].map((path) => new URL(path, url).href);
}

test('a page names its script, its wasm and its styles, all of one build and there for good', { tag: '@gate' }, async ({ meeting }) => {
  const files = await packageFiles(meeting.server.url);
  expect(files.map((file) => file.replace(/.*\./, '')).sort()).toEqual(['css', 'js', 'wasm']);
  for (const file of files) {
    const plain = await ask(file);
    const coded = await ask(file, { 'accept-encoding': 'gzip, br' });
    const zipped = await ask(file, { 'accept-encoding': 'gzip' });
    expect(plain.status, file).toBe(200);
    expect(coded.headers['content-encoding'], file).toBe('br');
    expect(zipped.headers['content-encoding'], file).toBe('gzip');
    expect(coded.length, file).toBeLessThan(zipped.length);
    expect(zipped.length, file).toBeLessThan(plain.length);
    if (file.endsWith('.wasm')) {
      expect(coded.length, 'what a call begins with is small').toBeLessThan(MOST_WASM_BYTES);
    }
    for (const answer of [plain, coded, zipped]) {
      expect(answer.headers['cache-control'], file).toBe('public, max-age=31536000, immutable');
      expect(answer.headers['content-length'], file).toBe(String(answer.length));
      expect(answer.headers.vary, file).toContain('Accept-Encoding');
      expect(answer.headers['x-content-type-options'], file).toBe('nosniff');
    }
  }
});

test('a file that a browser has is confirmed and not sent again', async ({ meeting }) => {
  const icon = `${meeting.server.url}/favicon.svg`;
  const first = await ask(icon);
  expect(first.status).toBe(200);
  expect(first.headers['content-type']).toBe('image/svg+xml');
  const again = await ask(icon, { 'if-none-match': String(first.headers.etag) });
  expect(again.status).toBe(304);
  expect(again.length).toBe(0);
  const head = await ask(icon, {}, 'HEAD');
  expect(head.length).toBe(0);
  expect(head.headers['content-length']).toBe(String(first.length));
});

test('a file of another build is not found', async ({ meeting }) => {
  expect((await ask(`${meeting.server.url}/pkg-0000000000000000/visavis.js`)).status).toBe(404);
});

test('the binary alone in an empty directory serves everything that its pages load', { tag: '@gate' }, async ({ browser }) => {
  const directory = await mkdtemp(join(tmpdir(), 'visavis-alone-'));
  const binary = join(directory, 'visavis');
  await copyFile(BINARY, binary);
  const server = spawn(binary, ['--listen', '127.0.0.1:0', '--data-dir', join(directory, 'data')], {
    cwd: directory,
    env: {},
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const page = await browser.newPage();
  try {
    let url = '';
    for await (const line of createInterface({ input: server.stdout })) {
      url = /ready on (http:\/\/\S+)/.exec(line)?.[1] ?? '';
      if (url) break;
    }
    const answers: string[] = [];
    page.on('response', (response) => answers.push(`${response.status()} ${new URL(response.url()).pathname}`));
    await page.goto(url);
    await page.getByRole('button', { name: 'Start a room' }).click();
    await expect(page).toHaveURL(/\/r\/[a-z0-9-]+$/);
    expect(answers.filter((answer) => !/^(200|201|204|302|303|304) /.test(answer))).toEqual([]);
    expect(answers.some((answer) => /^200 \/pkg-[0-9a-f]{16}\/visavis.*\.wasm$/.test(answer))).toBe(true);
  } finally {
    await page.close();
    const ended = once(server, 'exit');
    server.kill('SIGTERM');
    await ended;
    await rm(directory, { recursive: true, force: true });
  }
});
