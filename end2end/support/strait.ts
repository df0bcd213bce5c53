/** A strait that all media between browsers has to cross, which can be closed: every candidate is replaced by a socket of ours. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { Person } from './person.js';

interface Ferried {
  candidate?: string;
}

declare global {
  interface Window {
    /** The candidate to use instead; empty when it is to be left out. */
    detour(candidate: string): Promise<string>;
  }
}

export class Strait {
  private readonly piers = new Map<string, Promise<Socket>>();
  private readonly sockets: Socket[] = [];
  private closed = false;
  /** Piers of earlier times are dead. */
  private time = 0;

  /** Lets nothing across any more. */
  close(): void {
    this.closed = true;
  }

  /** Lets everything across again. */
  open(): void {
    this.closed = false;
  }

  /** Ends every way there is for good, as a change of the network does; ways between new candidates work. */
  wash(): void {
    this.time += 1;
    this.piers.clear();
  }

  /** Makes somebody, who has not opened a page yet, reach the others across the strait. */
  async lead(person: Person): Promise<void> {
    const context = person.page.context();
    await context.exposeFunction('detour', (candidate: string) => this.detour(candidate));
    await context.addInitScript(() => {
      const { addIceCandidate, setRemoteDescription } = RTCPeerConnection.prototype;
      RTCPeerConnection.prototype.addIceCandidate = async function (given?: Ferried | null) {
        if (!given?.candidate) {
          return Reflect.apply(addIceCandidate, this, [given]);
        }
        const candidate = await window.detour(given.candidate);
        return candidate === '' ? undefined : Reflect.apply(addIceCandidate, this, [{ ...given, candidate }]);
      };
      RTCPeerConnection.prototype.setRemoteDescription = async function (given: RTCSessionDescriptionInit) {
        const lines = (given.sdp ?? '').split('\r\n').map(async (line) => {
          const candidate = line.startsWith('a=candidate:') ? await window.detour(line.slice(2)) : undefined;
          return candidate === undefined ? line : candidate && `a=${candidate}`;
        });
        const kept = (await Promise.all(lines)).filter((line, index, all) => line !== '' || index === all.length - 1);
        return Reflect.apply(setRemoteDescription, this, [{ type: given.type, sdp: kept.join('\r\n') }]);
      };
    });
  }

  async dispose(): Promise<void> {
    this.sockets.forEach((socket) => socket.close());
  }

  private async detour(candidate: string): Promise<string> {
    // RFC 8839 section 5.1: foundation, component, transport, priority, address, port.
    const words = candidate.split(' ');
    const [transport, address, port] = [words[2]!, words[4]!, Number(words[5])];
    if (transport.toLowerCase() !== 'udp' || !/^[\d.]+$/.test(address)) {
      return '';
    }
    const key = `${address}:${port}`;
    if (!this.piers.has(key)) {
      this.piers.set(key, this.pier(address, port));
    }
    words[5] = `${(await this.piers.get(key)!).address().port}`;
    return words.join(' ');
  }

  /** A socket that stands for this address: each sender gets a way back of its own, as behind a NAT. */
  private async pier(address: string, port: number): Promise<Socket> {
    const pier = await this.bind(address);
    const built = this.time;
    const ways = new Map<string, Promise<Socket>>();
    pier.on('message', async (packet, from) => {
      const key = `${from.address}:${from.port}`;
      if (!ways.has(key)) {
        const way = this.bind(address);
        ways.set(key, way);
        (await way).on('message', (answer) => this.ferry(built, pier, answer, from.address, from.port));
      }
      this.ferry(built, await ways.get(key)!, packet, address, port);
    });
    return pier;
  }

  private ferry(built: number, socket: Socket, packet: Buffer, address: string, port: number): void {
    if (!this.closed && built === this.time) {
      socket.send(packet, port, address, () => {});
    }
  }

  private async bind(address: string): Promise<Socket> {
    const socket = createSocket('udp4');
    this.sockets.push(socket);
    socket.bind(0, address);
    await once(socket, 'listening');
    return socket;
  }
}
