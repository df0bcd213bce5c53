/** A wire between one person and the server, which can be cut, stalled and mended; media does not pass through it. */
import { createServer, connect, type Server as Listener, type Socket } from 'node:net';
import { once } from 'node:events';

export class Wire {
  private readonly pairs = new Set<[Socket, Socket]>();
  private listener: Listener | undefined;
  private state: 'whole' | 'cut' | 'stalled' = 'whole';
  private boundPort = 0;

  private constructor(private readonly target: number) {}

  /** A wire to the server on `target`. */
  static async to(target: number): Promise<Wire> {
    const wire = new Wire(target);
    await wire.listen();
    return wire;
  }

  /** Where the page is reached through this wire. */
  get url(): string {
    return `http://127.0.0.1:${this.boundPort}`;
  }

  /** Cuts it: every connection is reset, and new ones are refused. */
  async cut(): Promise<void> {
    this.state = 'cut';
    const closed = this.listener && once(this.listener, 'close');
    this.listener?.close();
    this.listener = undefined;
    for (const pair of this.pairs) {
      pair.forEach((socket) => socket.resetAndDestroy());
    }
    await closed;
  }

  /** Resets the connections there are; new ones are welcome at once. */
  snap(): void {
    for (const pair of this.pairs) {
      pair.forEach((socket) => socket.resetAndDestroy());
    }
  }

  /** Lets nothing through any more without closing anything, as a network that went away does. */
  stall(): void {
    this.state = 'stalled';
    for (const pair of this.pairs) {
      pair.forEach((socket) => socket.pause());
    }
  }

  /** Lets nothing more through on the connections there are, without closing them; new ones work. */
  swallow(): void {
    for (const pair of this.pairs) {
      pair.forEach((socket) => socket.pause());
    }
  }

  /** Makes it whole again. */
  async mend(): Promise<void> {
    const before = this.state;
    this.state = 'whole';
    if (before === 'cut') {
      await this.listen();
    }
    for (const pair of this.pairs) {
      pair.forEach((socket) => socket.resume());
    }
  }

  async dispose(): Promise<void> {
    await this.cut();
  }

  private async listen(): Promise<void> {
    const listener = createServer((near) => this.join(near));
    listener.listen(this.boundPort, '127.0.0.1');
    await once(listener, 'listening');
    this.listener = listener;
    this.boundPort = (listener.address() as { port: number }).port;
  }

  private join(near: Socket): void {
    const far = connect(this.target, '127.0.0.1');
    const pair: [Socket, Socket] = [near, far];
    this.pairs.add(pair);
    const end = () => {
      this.pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    for (const [from, to] of [pair, [far, near] as const]) {
      from.on('data', (bytes) => to.write(bytes));
      from.on('end', () => to.end());
      from.on('error', end);
      from.on('close', end);
      if (this.state === 'stalled') {
        from.pause();
      }
    }
  }
}
