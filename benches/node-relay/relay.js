/**
 * The yardstick of the benchmarks: the part of the signaling protocol that a call needs, on Node's usual WebSocket
 * library with its usual settings. It keeps rooms, checks who may reach whom, and writes `from` itself; it has no limits,
 * no resuming and no rate control, all of which Visavis does.
 */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

const PING_EVERY_MS = 5_000;
const RELAYED = new Set(['offer', 'answer', 'ice-candidate']);

/** Room name → peer id → seat. */
const rooms = new Map();

const server = createServer((_request, response) => response.writeHead(404).end());
const sockets = new WebSocketServer({ server, path: '/ws', maxPayload: 64 * 1024, perMessageDeflate: false });

const send = (socket, message) => socket.send(JSON.stringify(message));

function join(socket, { room, name }) {
  const members = rooms.get(room) ?? new Map();
  rooms.set(room, members);
  const peer = randomBytes(8).toString('hex');
  const media = { audio: false, video: false, screen: false };
  send(socket, {
    type: 'welcome',
    peer,
    room,
    peers: [...members].map(([id, seat]) => ({ peer: id, name: seat.name, media: seat.media, hand: false })),
    iceServers: [],
  });
  for (const seat of members.values()) {
    send(seat.socket, { type: 'peer-joined', peer, name, media });
  }
  members.set(peer, { socket, name, media });
  socket.seat = { room, peer };
}

function relay(socket, { target, ...message }) {
  const seat = rooms.get(socket.seat.room)?.get(target);
  if (seat) {
    send(seat.socket, { ...message, from: socket.seat.peer });
  } else {
    send(socket, { type: 'error', code: 'unknown-peer', message: 'nobody of that id is here', fatal: false });
  }
}

function leave(socket) {
  if (!socket.seat) return;
  const { room, peer } = socket.seat;
  const members = rooms.get(room);
  members.delete(peer);
  if (members.size === 0) {
    rooms.delete(room);
  }
  for (const seat of members.values()) {
    send(seat.socket, { type: 'peer-left', peer, reason: 'left' });
  }
}

sockets.on('connection', (socket) => {
  socket.on('message', (data) => {
    const message = JSON.parse(data);
    if (!socket.seat && message.type === 'join') {
      join(socket, message);
    } else if (socket.seat && RELAYED.has(message.type)) {
      relay(socket, message);
    }
  });
  socket.on('error', () => socket.terminate());
  socket.on('close', () => leave(socket));
});

setInterval(() => sockets.clients.forEach((socket) => socket.ping()), PING_EVERY_MS);
process.on('SIGTERM', () => process.exit(0));
server.listen(0, '127.0.0.1', () => console.log(`Relay is ready on http://127.0.0.1:${server.address().port}`));
