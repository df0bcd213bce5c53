#!/usr/bin/env python3
"""A bot for Visavis on aiortc: it shows a colour, plays a tone, says what it sees and hears, and answers in the chat.

Written from docs/protocol.md; words in quotes name the parts of it that a rule is from. What it notices goes to
standard output, one JSON object a line. SIGINT and SIGTERM make it leave.
"""

import argparse
import asyncio
import json
import random
import secrets
import signal
import time

import websockets
from aiortc import RTCBundlePolicy, RTCConfiguration, RTCIceServer, RTCIceTransportPolicy
from peer import Peer

# After these codes nobody comes back ("Close codes").
FINAL = (1000, 1007, 1008, 1009, 4001, 4003)


class Bot:
    """One seat in one room."""

    media = {"audio": True, "video": True, "screen": False}

    def __init__(self, url, room, name, colour, tone):
        self.url, self.room, self.name, self.colour, self.tone = url, room, name, colour, tone
        self.peers, self.configuration, self.resume = {}, None, None
        self.socket = self.outbox = None
        self.seated, self.wait, self.leaving = False, 0.5, asyncio.Event()
        # Ids of messages are unique among mine, also after a restart.
        self.visit, self.said = secrets.token_hex(6), 0

    async def run(self):
        """Stays in the room until it is told to leave, or the server does not want it back."""
        senses = asyncio.ensure_future(self.report_senses())
        code = None
        while not self.leaving.is_set() and code not in FINAL:
            code = await self.connect()
            if code not in FINAL:
                await asyncio.sleep(self.wait * random.random())
                self.wait = min(self.wait * 2, 8)
        senses.cancel()
        await asyncio.gather(*(self.forget(peer) for peer in list(self.peers)))
        self.report("left", code=code)

    async def connect(self):
        """One socket from its first message to its end; what it was closed with, None if it never opened."""
        try:
            async with websockets.connect(self.url, compression=None, max_size=None) as socket:
                self.socket, self.outbox = socket, asyncio.Queue(1_000)
                resume = {"resume": self.resume} if self.resume else {}
                self.send("join", room=self.room, name=self.name, media=self.media, **resume)
                writing = asyncio.ensure_future(self.write(socket))
                try:
                    async for text in socket:
                        self.hear(json.loads(text))
                except websockets.ConnectionClosed:
                    pass
                writing.cancel()
        except (OSError, websockets.WebSocketException) as trouble:
            self.report("trouble", what=repr(trouble))
            return None
        finally:
            self.socket = self.outbox = None
            self.seated = False
        return socket.close_code

    async def write(self, socket):
        try:
            while True:
                await socket.send(await self.outbox.get())
        except websockets.ConnectionClosed:
            pass

    def send(self, kind, **fields):
        """What is said while the socket is down is lost; who has to hear it is told again when they can."""
        if self.outbox and not self.outbox.full():
            self.outbox.put_nowait(json.dumps({"type": kind, **fields}))

    def leave(self):
        self.leaving.set()
        if self.seated:
            self.send("leave")
        elif self.socket:
            asyncio.ensure_future(self.socket.close())

    def hear(self, message):
        peer = self.peers.get(message.get("from") or message.get("peer"))
        match message["type"]:
            case "welcome":
                self.enter(message)
            case "ice-servers":
                self.configure(message["iceServers"])
            case "peer-joined" if not peer:
                self.meet(message, polite=False)
            case "peer-joined" | "peer-back" if peer:
                peer.later(peer.hear_again)
            case "peer-left" if peer:
                asyncio.ensure_future(self.forget(peer.id))
            case "offer" if peer:
                peer.later(peer.take_offer, message)
            case "answer" if peer:
                peer.later(peer.take_answer, message)
            case "ice-candidate" if peer:
                peer.later(peer.take_candidate, message)
            case "error":
                self.report("error", code=message["code"], message=message["message"])
                if message["code"] in ("bad-room", "bad-name"):
                    self.leave()

    def enter(self, welcome):
        self.policy = RTCIceTransportPolicy(welcome.get("iceTransportPolicy", "all"))
        self.configure(welcome["iceServers"])
        self.resume, self.seated, self.wait, resumed = welcome["resume"], True, 0.5, welcome["resumed"]
        self.report("joined", peer=welcome["peer"], resumed=resumed)
        # The first message on the socket shows that the welcome has arrived: the token before it is dead now.
        self.send("media", **self.media)
        present = {info["peer"] for info in welcome["peers"]}
        for peer in list(self.peers.values()):
            if not resumed or peer.id not in present and not welcome.get("recovering"):
                asyncio.ensure_future(self.forget(peer.id))
            else:
                peer.later(peer.hear_again)
        for info in welcome["peers"]:
            if info["peer"] not in self.peers:
                peer = self.meet(info, polite=not resumed)
                # Who came while I was away has offered in vain, and does so again ("Who calls whom").
                wait = 3 if resumed else 0
                asyncio.get_running_loop().call_later(wait, peer.later, peer.begin_unless_met)

    def configure(self, servers):
        servers = [RTCIceServer(**server) for server in servers]
        self.configuration = RTCConfiguration(servers, self.policy, RTCBundlePolicy.MAX_BUNDLE)

    def meet(self, info, polite):
        self.peers[info["peer"]] = peer = Peer(self, info, polite)
        self.report("came", peer=peer.id, name=peer.name)
        return peer

    async def forget(self, id):
        peer = self.peers.pop(id)
        self.report("went", peer=id, name=peer.name)
        peer.work.cancel()
        await peer.close()

    # ---- what it does ----

    def hear_message(self, peer, text):
        self.report("message", name=peer.name, text=text)
        # Only who speaks to it is answered: two bots would otherwise never stop.
        if text.startswith(f"{self.name}:"):
            self.say(f"{peer.name} said {text.removeprefix(self.name + ':').strip()}")

    def say(self, text):
        """A message to everyone: the same frame, with the same id, for each of them."""
        self.said += 1
        frame = {"type": "message", "id": f"{self.visit}-{self.said}", "text": text, "sentAt": int(time.time() * 1_000)}
        for peer in self.peers.values():
            peer.say(frame)

    def report(self, kind, **fields):
        print(json.dumps({"type": kind, **fields}), flush=True)

    async def report_senses(self):
        while True:
            await asyncio.sleep(1)
            people = []
            for peer in self.peers.values():
                sees, hears = peer.senses.take()
                people.append({"name": peer.name, "sees": sees, "hears": hears})
            self.report("senses", people=people)


async def main():
    parser = argparse.ArgumentParser(description="A bot for Visavis.")
    parser.add_argument("url", help="the server's socket, wss://visavis.example.org/ws")
    parser.add_argument("room")
    parser.add_argument("name")
    parser.add_argument("--colour", default="30,70,205", help="red, green and blue, 0 to 255")
    parser.add_argument("--tone", type=int, default=560, help="in Hz")
    arguments = parser.parse_args()
    colour = [int(part) for part in arguments.colour.split(",")]
    bot = Bot(arguments.url, arguments.room, arguments.name, colour, arguments.tone)
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, bot.leave)
    await bot.run()


asyncio.run(main())
