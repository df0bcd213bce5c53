/** A TURN server that is not ours (coturn), on a port of its own, as an operator may have one beside. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const READY_WITHIN_MS = 10_000;

export class TurnServer {
  private constructor(
    readonly port: number,
    private readonly process: ChildProcess,
    private readonly folder: string,
  ) {}

  /** Starts one that shares this secret, and resolves once it answers. */
  static async start(secret: string): Promise<TurnServer> {
    const [port, folder] = [await freePort(), await mkdtemp(join(tmpdir(), 'turn-'))];
    const settings = [
      '-n', '--no-cli', '--no-tls', '--no-dtls', '--allow-loopback-peers', '--use-auth-secret',
      `--static-auth-secret=${secret}`, '--realm=example', `--listening-port=${port}`,
      '--listening-ip=127.0.0.1', '--relay-ip=127.0.0.1', `--userdb=${join(folder, 'users')}`,
      `--pidfile=${join(folder, 'pid')}`, '--log-file=stdout',
    ];
    const server = new TurnServer(port, spawn('turnserver', settings, { cwd: folder, stdio: 'ignore' }), folder);
    const late = Date.now() + READY_WITHIN_MS;
    while (!(await answers(port))) {
      if (Date.now() > late || server.process.exitCode !== null) {
        await server.dispose();
        throw new Error('the TURN server was not ready in time');
      }
    }
    return server;
  }

  /** Ends it. */
  async dispose(): Promise<void> {
    if (this.process.exitCode === null) {
      const gone = once(this.process, 'exit');
      this.process.kill('SIGKILL');
      await gone;
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  listener.close();
  await once(listener, 'close');
  if (address === null || typeof address === 'string') {
    throw new Error('the listener has no port');
  }
  return address.port;
}

/** Whether something accepts connections on the port, asked after a moment. */
async function answers(port: number): Promise<boolean> {
  await new Promise((resolve) => setTimeout(resolve, 50));
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('close', () => socket.destroy());
    socket.once('connect', () => socket.destroy());
  });
}
