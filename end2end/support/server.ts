/** The real binary on a port of its own, with a data directory of its own; it can be killed and started again. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The program under test. */
export const BINARY =
  process.env.VISAVIS_BIN || fileURLToPath(new URL('../../target/release/visavis', import.meta.url));
const READY = /^Visavis is ready on (https?):\/\/127\.0\.0\.1:(\d+)/;
const READY_WITHIN_MS = 10_000;

export class Server {
  /** What the server wrote, for the report of a failed test. */
  readonly log: string[] = [];
  private process: ChildProcess | undefined;
  private boundPort = 0;
  private scheme = 'http';

  private constructor(
    private readonly dataDir: string,
    private readonly options: string[],
  ) {}

  /** Starts a server and resolves once it is ready. `options` are further command line arguments. */
  static async start(...options: string[]): Promise<Server> {
    const dataDir = await mkdtemp(join(tmpdir(), 'visavis-'));
    const server = new Server(dataDir, options);
    await server.run();
    return server;
  }

  get port(): number {
    return this.boundPort;
  }

  get url(): string {
    return `${this.scheme}://127.0.0.1:${this.boundPort}`;
  }

  /** `kill -9`: no goodbye to anybody. Resolves once the process is gone. */
  async kill(): Promise<void> {
    const running = this.running();
    const gone = once(running, 'exit');
    running.kill('SIGKILL');
    await gone;
    this.process = undefined;
  }

  /** Starts it again on the same port with the same data; resolves once the port answers. */
  async restart(): Promise<void> {
    await this.run();
  }

  /** Asks it to end (SIGTERM) and resolves to its exit code. */
  async terminate(): Promise<number | null> {
    const running = this.running();
    const gone = once(running, 'exit');
    running.kill('SIGTERM');
    const [code] = (await gone) as [number | null];
    this.process = undefined;
    return code;
  }

  /** Sends it a signal. */
  signal(name: NodeJS.Signals): void {
    this.running().kill(name);
  }

  /**
   * Lets its threads run before the browsers that are tested with it, where the user may do that: on a machine of two cores they keep it
   * waiting for tenths of a second, and every call that goes through it with it.
   */
  async prefer(): Promise<void> {
    const { pid } = this.running();
    const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
    for (const thread of threads) {
      // Niceness would count among processes of the same session only.
      spawnSync('chrt', ['--rr', '--pid', '1', thread]);
    }
  }

  /** Ends it, if it runs, and removes its data. */
  async dispose(): Promise<void> {
    if (this.process) {
      await this.kill();
    }
    await rm(this.dataDir, { recursive: true, force: true });
  }

  get isRunning(): boolean {
    return this.process !== undefined;
  }

  private running(): ChildProcess {
    if (!this.process) {
      throw new Error('the server is not running');
    }
    return this.process;
  }

  /** No relay unless the test asks for one: its default port is one for all servers of the machine. */
  private get relay(): string[] {
    return this.options.includes('--turn-listen') ? [] : ['--no-turn'];
  }

  /** No SFU unless the test asks for one, for the same reason. */
  private get sfu(): string[] {
    return this.options.includes('--sfu') ? [] : ['--sfu', 'off'];
  }

  private async run(): Promise<void> {
    const own = ['--listen', `127.0.0.1:${this.boundPort}`, '--data-dir', this.dataDir, ...this.relay, ...this.sfu];
    const child = spawn(
      BINARY,
      [...own, ...this.options],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    this.process = child;
    child.once('exit', () => {
      if (this.process === child) {
        this.process = undefined;
      }
    });
    this.boundPort = await new Promise<number>((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`the server was not ready in time:\n${this.log.join('\n')}`)),
        READY_WITHIN_MS,
      );
      const read = (line: string) => {
        this.log.push(line);
        const ready = READY.exec(line);
        if (ready) {
          clearTimeout(late);
          this.scheme = ready[1]!;
          resolve(Number(ready[2]));
        }
      };
      createInterface({ input: child.stdout! }).on('line', read);
      createInterface({ input: child.stderr! }).on('line', read);
      child.once('error', reject);
      child.once('exit', (code) =>
        reject(new Error(`the server ended with ${code}:\n${this.log.join('\n')}`)),
      );
    });
    await answers(this.boundPort);
  }
}

/** Resolves once something accepts connections on the port. */
function answers(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });
}
