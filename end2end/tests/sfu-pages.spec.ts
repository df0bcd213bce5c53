/** A browser's own connection to the SFU, of the shape that docs/protocol.md asks for, without the page of Visavis. */
import { randomUUID } from 'node:crypto';
import { expect, test, type Page } from '@playwright/test';
import { Server } from '../support/server.js';

interface Client {
  readonly peer: string;
  readonly people: Map<string, string>;
  watch(size: string): void;
  /** Of each picture slot that is named: whose it is, how wide, and its colour in the middle. */
  seen(): { name: string; width: number; colour: number[] }[];
  sends: { camera: string[] };
}

/** Joins a room over the SFU, sends a picture of one colour in three layers, and shows what comes. It runs as it stands in a page. */
async function join(page: Page, room: string, name: string, colour: string): Promise<void> {
  await page.evaluate(
    async ({ room, name, colour }) => {
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [960, 540];
      const context = canvas.getContext('2d')!;
      let frame = 0;
      setInterval(() => {
        context.fillStyle = colour;
        context.fillRect(0, 0, 960, 540);
        context.fillStyle = '#888';
        context.fillRect((frame += 7) % 960, 0, 8, 40);
      }, 50);
      const connection = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
      const stream = canvas.captureStream(20);
      const layers = [4, 2, 1].map((scaleResolutionDownBy, place) => ({ rid: 'qhf'[place]!, scaleResolutionDownBy }));
      connection.addTransceiver('audio', { direction: 'sendonly' });
      connection.addTransceiver(stream.getVideoTracks()[0]!, { direction: 'sendonly', sendEncodings: layers });
      connection.addTransceiver('audio', { direction: 'sendonly' });
      connection.addTransceiver('video', { direction: 'sendonly' });
      for (let slot = 0; slot < 2; slot += 1) connection.addTransceiver('audio', { direction: 'recvonly' });
      for (let slot = 0; slot < 4; slot += 1) connection.addTransceiver('video', { direction: 'recvonly' });
      const videos = new Map<string, HTMLVideoElement>();
      connection.ontrack = ({ transceiver, track }) => {
        const video = document.createElement('video');
        Object.assign(video, { muted: true, autoplay: true, srcObject: new MediaStream([track]) });
        document.body.append(video);
        videos.set(transceiver.mid!, video);
      };
      const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/ws`);
      const say = (message: object): void => socket.send(JSON.stringify(message));
      const people = new Map<string, string>();
      let slots: { mid: string; peer: string; track: string }[] = [];
      let number = 0;
      const client = {
        peer: '',
        people,
        sends: { camera: [] as string[] },
        watch(size: string) {
          number += 1;
          say({ type: 'watch', number, pictures: [...people.keys()].map((peer) => ({ peer, camera: size })) });
        },
        seen() {
          return slots
            .filter(({ track }) => track === 'camera')
            .map(({ mid, peer }) => {
              const video = videos.get(mid)!;
              const probe = document.createElement('canvas').getContext('2d')!;
              probe.drawImage(video, 0, 0, 10, 10);
              return { name: people.get(peer)!, width: video.videoWidth, colour: [...probe.getImageData(5, 5, 1, 1).data].slice(0, 3) };
            });
        },
      };
      Object.assign(window, { client });
      socket.onopen = () => say({ type: 'join', room, name, media: { audio: false, video: true, screen: false }, sfu: 1 });
      socket.onmessage = async ({ data }) => {
        const message = JSON.parse(data);
        if (message.type === 'welcome') {
          client.peer = message.peer;
          for (const other of message.peers) people.set(other.peer, other.name);
          await connection.setLocalDescription();
          say({ type: 'offer', target: 'sfu', sdp: connection.localDescription!.sdp, serial: 1 });
        } else if (message.type === 'peer-joined') {
          people.set(message.peer, message.name);
        } else if (message.type === 'answer') {
          await connection.setRemoteDescription({ type: 'answer', sdp: message.sdp });
        } else if (message.type === 'slots') {
          slots = message.slots;
          say({ type: 'slots-seen', number: message.number });
        } else if (message.type === 'send') {
          client.sends = message;
        }
      };
      await new Promise<void>((connected) => {
        connection.onconnectionstatechange = () => connection.connectionState === 'connected' && connected();
      });
    },
    { room, name, colour },
  );
}

const client = <T>(page: Page, read: (client: Client) => T | Promise<T>): Promise<T> =>
  page.evaluate(`(${read})(window.client)`) as Promise<T>;

test('a browser sends three layers over the SFU and gets the one that fits how large it shows somebody', async ({ context }) => {
  // The upper layers wait for the sender's own estimate of its line.
  test.setTimeout(240_000);
  const room = `room-${randomUUID().slice(0, 8)}`;
  const server = await Server.start('--sfu', 'always', '--sfu-listen', '0.0.0.0:0');
  try {
    const [ada, bob] = [await context.newPage(), await context.newPage()];
    for (const page of [ada, bob]) await page.goto(server.url);
    await join(ada, room, 'Ada', 'rgb(200, 40, 40)');
    await join(bob, room, 'Bob', 'rgb(40, 40, 200)');
    for (const [size, width] of [['thumbnail', 240], ['large', 960], ['medium', 480]] as const) {
      await bob.evaluate((size) => (window as unknown as { client: Client }).client.watch(size), size);
      await expect
        .poll(() => client(bob, (it) => it.seen().map(({ name, width }) => `${name} ${width}`)), { timeout: 60_000 })
        .toEqual([`Ada ${width}`]);
    }
    const [picture] = await client(bob, (it) => it.seen());
    expect(picture!.colour[0]).toBeGreaterThan(150);
    expect(picture!.colour[2]).toBeLessThan(100);
    await bob.evaluate(() => (window as unknown as { client: Client }).client.watch('hidden'));
    await expect.poll(() => client(ada, (it) => it.sends.camera), { timeout: 10_000 }).toEqual([]);
  } finally {
    await server.dispose();
  }
});
