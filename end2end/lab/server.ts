/** The real binary on the lab's server machine, with HTTPS and its relay. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { BINARY } from '../support/server.js';
import type { Namespace } from './namespace.js';

const READY_WITHIN_MS = 10_000;

/** The port of the page. */
export const PAGE_PORT = 443;

export class LabServer {
  /** What the server wrote, for the report of a failed test. */
  readonly log: string[] = [];
  /** The hash of its certificate's key, by which browsers are told to trust it. */
  key = '';
  private process: ChildProcess | undefined;

  private constructor(
    private readonly machine: Namespace,
    private readonly folder: string,
    private readonly options: string[],
  ) {}

  /** Starts it; resolves once it is ready. `options` are further command line arguments. */
  static async start(machine: Namespace, options: string[]): Promise<LabServer> {
    const server = new LabServer(machine, await mkdtemp(join(tmpdir(), 'visavis-lab-')), options);
    await server.run();
    const certificate = new X509Certificate(await readFile(join(server.folder, 'self-signed.pem')));
    const key = certificate.publicKey.export({ type: 'spki', format: 'der' });
    server.key = createHash('sha256').update(key).digest('base64');
    return server;
  }

  /** `kill -9`: no goodbye to anybody. Resolves once the process is gone. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Asks it to end (SIGTERM) and resolves to its exit code; 0 if it does not run. */
  async terminate(): Promise<number | null> {
    return this.end('SIGTERM');
  }

  /** Starts it again with the same data; resolves once it is ready. */
  async run(): Promise<void> {
    const [program, ...parameters] = this.machine.command(BINARY);
    const listen = this.options.includes('--listen') ? [] : ['--listen', `[::]:${PAGE_PORT}`];
    // The lab is about what becomes of direct connections.
    const sfu = this.options.includes('--sfu') ? [] : ['--sfu', 'off'];
    const own = [...listen, ...sfu, '--data-dir', this.folder, '--tls-self-signed'];
    const child = spawn(program, [...parameters, ...own, ...this.options], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.process = child;
    await new Promise<void>((resolve, reject) => {
      const trouble = (what: string) => reject(new Error(`${what}:\n${this.log.join('\n')}`));
      const late = setTimeout(() => trouble('the server was not ready in time'), READY_WITHIN_MS);
      const read = (line: string) => {
        this.log.push(line);
        if (line.startsWith('Visavis is ready')) {
          clearTimeout(late);
          resolve();
        }
      };
      createInterface({ input: child.stdout! }).on('line', read);
      createInterface({ input: child.stderr! }).on('line', read);
      child.once('error', reject);
      child.once('exit', (code) => {
        clearTimeout(late);
        trouble(`the server ended with ${code}`);
      });
    });
  }

  async dispose(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async end(signal: NodeJS.Signals): Promise<number | null> {
    const running = this.process;
    if (!running) {
      return 0;
    }
    this.process = undefined;
    const gone = once(running, 'exit');
    running.kill(signal);
    const [code] = (await gone) as [number | null];
    return code;
  }
}
