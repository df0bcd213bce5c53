/** A guest who means harm: a page of the site's origin that speaks the signaling itself, as fast as it may and faster. */
import type { Page } from '@playwright/test';
import type { Person } from './person.js';

/** What the attacker's page offers to the attacks. */
interface Tools {
  /** Takes a seat; the socket, and whom this newcomer is to call. */
  join(room: string, name: string): Promise<{ socket: WebSocket; peers: string[] }>;
  /** A real offer of a call's four sections and data. */
  offer(): Promise<string>;
}

declare global {
  interface Window {
    tools: Tools;
  }
}

/** Runs in the attacker's page. */
function installTools(): void {
  window.tools = {
    async join(room, name) {
      const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/ws`);
      await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }));
      const answered = new Promise<MessageEvent<string>>((resolve, reject) => {
        socket.addEventListener('message', resolve, { once: true });
        socket.addEventListener('close', reject, { once: true });
      });
      socket.send(JSON.stringify({ type: 'join', room, name }));
      const welcome = JSON.parse((await answered).data) as { peers?: { peer: string }[] };
      return { socket, peers: (welcome.peers ?? []).map(({ peer }) => peer) };
    },
    async offer() {
      const connection = new RTCPeerConnection();
      ['audio', 'video', 'audio', 'video'].forEach((kind) => connection.addTransceiver(kind));
      connection.createDataChannel('chat', { negotiated: true, id: 0 });
      const { sdp } = await connection.createOffer();
      connection.close();
      return sdp!;
    },
  };
}

export class Mischief {
  private constructor(private readonly page: Page) {}

  /** Opens the attacker's page in this person's browser, beside their own. */
  static async beside(person: Person): Promise<Mischief> {
    const page = await person.page.context().newPage();
    await page.goto(person.url);
    await page.evaluate(installTools);
    return new Mischief(page);
  }

  /** Comes and goes for so many ms, by eight sockets at a time; how often that went through. */
  passThrough(room: string, forMs: number): Promise<number> {
    return this.page.evaluate(
      async ({ room, forMs }) => {
        const end = Date.now() + forMs;
        let passed = 0;
        const lane = async (lane: number): Promise<void> => {
          while (Date.now() < end) {
            try {
              const { socket } = await window.tools.join(room, `Guest ${lane}`);
              socket.send(JSON.stringify({ type: 'leave' }));
              await new Promise((resolve) => socket.addEventListener('close', resolve, { once: true }));
              passed += 1;
            } catch {
              // Refused; the next one may pass.
            }
          }
        };
        await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map(lane));
        return passed;
      },
      { room, forMs },
    );
  }

  /** Offers so many ever new connections to everybody in the room, as fast as the server takes them. */
  offerWithoutEnd(room: string, offers: number): Promise<void> {
    return this.page.evaluate(
      async ({ room, offers }) => {
        const { socket, peers } = await window.tools.join(room, 'Mallory');
        const sdp = await window.tools.offer();
        for (let serial = 1; serial <= offers && socket.readyState === socket.OPEN; serial += 1) {
          const byte = (serial % 256).toString(16).padStart(2, '0').toUpperCase();
          const other = Math.floor(serial / 256).toString(16).padStart(2, '0').toUpperCase();
          const another = sdp
            .replaceAll(/(a=fingerprint:sha-256 )..:../g, `$1${byte}:${other}`)
            .replaceAll(/(a=ice-ufrag:)..../g, `$1${byte}${other}`);
          for (const target of peers) {
            socket.send(JSON.stringify({ type: 'offer', target, sdp: another, serial }));
          }
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
      },
      { room, offers },
    );
  }

  /** Offers one connection to everybody in the room, and so many candidates for it in so many ms. */
  nameCandidates(room: string, candidates: number, withinMs: number): Promise<void> {
    return this.page.evaluate(
      async ({ room, candidates, withinMs }) => {
        const { socket, peers } = await window.tools.join(room, 'Mallory');
        const sdp = await window.tools.offer();
        for (const target of peers) {
          socket.send(JSON.stringify({ type: 'offer', target, sdp, serial: 1 }));
        }
        for (let index = 0; index < candidates && socket.readyState === socket.OPEN; index += 1) {
          const address = `10.${index % 250}.${Math.floor(index / 250)}.7`;
          const candidate = `candidate:${index} 1 udp ${2_000_000_000 - index} ${address} 40000 typ host`;
          for (const target of peers) {
            const init = { candidate, sdpMid: '0', sdpMLineIndex: 0 };
            socket.send(JSON.stringify({ type: 'ice-candidate', target, candidate: init }));
          }
          await new Promise((resolve) => setTimeout(resolve, withinMs / candidates));
        }
      },
      { room, candidates, withinMs },
    );
  }

  /** Goes, and whatever it held with it. */
  async end(): Promise<void> {
    await this.page.close();
  }
}
