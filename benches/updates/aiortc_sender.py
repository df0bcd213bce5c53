#!/usr/bin/env python3
"""A device on aiortc, to be measured beside `visavis join --stdio`: it sends lines of application messages to everyone.

Written from docs/protocol.md and docs/protocol-data-channels.md; words in quotes name the parts of them that a rule is from.
It takes a seat as a device and has data channels alone. Each line of its standard input is an order as in docs/devices.md,
`{"topic": …, "data": …}`, and goes to everyone on the channel for what may get lost. It prints `{"event": "connected"}` when
that channel to somebody is open, and leaves when its standard input ends.

Nothing is repeated or repaired: what goes wrong ends the program. `--version` prints what it stands on.
"""

import asyncio
import json
import re
import sys

import aiortc
import websockets
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.sdp import candidate_from_sdp


class Peer:
    """Somebody else in the room, and the connection to them. What comes from them is taken in turn."""

    def __init__(self, device, id):
        self.device, self.id, self.turn = device, id, asyncio.Lock()
        self.connection = self.live = self.author = self.answered = None
        # My offer is open. They were there before me, so where two cross mine gives way ("Who calls whom").
        self.offering = False
        # The number of my last offer, and of the last of theirs ("Numbers").
        self.serial, self.heard = 0, -1
        # Candidates that came before their description ("Candidates").
        self.early = []

    async def take(self, message):
        async with self.turn:
            match message["type"]:
                case "welcome":
                    await self.begin()
                case "offer":
                    await self.take_offer(message["sdp"], message.get("serial"))
                case "answer" if self.offering and message.get("serial", self.serial) == self.serial:
                    self.offering = False
                    await self.settle(RTCSessionDescription(message["sdp"], "answer"))
                case "ice-candidate":
                    await self.take_candidate(message["candidate"])
                case "peer-left":
                    await self.close()

    async def begin(self):
        """Offers from a new connection."""
        await self.open()
        self.equip()
        await self.connection.setLocalDescription()
        self.serial, self.offering = self.serial + 1, True
        await self.describe("offer", self.connection.localDescription.sdp, self.serial)

    async def open(self):
        await self.close()
        # The room is on this machine, and needs no ICE servers.
        self.connection = RTCPeerConnection(RTCConfiguration([]))

    async def close(self):
        if self.connection:
            await self.connection.close()
        self.connection = self.live = self.author = self.answered = None
        self.offering = False

    def equip(self):
        """Makes the channels, before the first offer or with the first answer."""
        if not self.live:
            channel = self.connection.createDataChannel
            channel("chat", negotiated=True, id=0)
            channel("files", negotiated=True, id=1)
            self.live = channel("live", negotiated=True, id=2, ordered=False, maxRetransmits=0)
            self.live.on("open", lambda: print(json.dumps({"event": "connected", "peer": self.id}), flush=True))

    async def take_offer(self, sdp, serial):
        number, author = sdp if serial is None else serial, Author(sdp)
        if serial is not None and serial < self.heard:
            return  # late
        if self.answered and self.answered[0] == number:
            return await self.describe("answer", self.answered[1], serial)
        if self.offering or not self.author or author.fingerprint != self.author.fingerprint:
            await self.open()  # "The same connection, or a new one"
        elif author.fragment != self.author.fragment:
            return await self.begin()  # aiortc cannot restart ICE
        await self.settle(RTCSessionDescription(sdp, "offer"))
        await self.connection.setLocalDescription()
        self.heard = self.heard if serial is None else serial
        self.answered = number, self.connection.localDescription.sdp
        await self.describe("answer", self.answered[1], serial)

    async def settle(self, description):
        await self.connection.setRemoteDescription(description)
        self.equip()
        self.author = Author(description.sdp)
        early, self.early = self.early, []
        for candidate in early:
            await self.take_candidate(candidate)

    async def take_candidate(self, candidate):
        # The end of candidates, which is null or empty, need not be known.
        if not candidate or not candidate["candidate"]:
            return
        if self.author and candidate.get("usernameFragment", self.author.fragment) == self.author.fragment:
            parsed = candidate_from_sdp(candidate["candidate"].removeprefix("candidate:"))
            parsed.sdpMid, parsed.sdpMLineIndex = candidate.get("sdpMid"), candidate.get("sdpMLineIndex")
            await self.connection.addIceCandidate(parsed)
        else:
            self.early = [*self.early, candidate][-64:]

    async def describe(self, kind, sdp, serial):
        number = {} if serial is None else {"serial": serial}
        await self.device.send(kind, target=self.id, sdp=sdp, **number)


class Author:
    """Who wrote a description: a connection, and the ICE credentials it has at the time."""

    def __init__(self, sdp):
        self.fingerprint = re.search("a=fingerprint:([^\r\n]*)", sdp)[1]
        self.fragment = re.search("a=ice-ufrag:(\\S+)", sdp)[1]


class Device:
    """One seat in one room."""

    def __init__(self, socket):
        self.socket, self.peers = socket, {}

    async def send(self, kind, /, **fields):
        await self.socket.send(json.dumps({"type": kind, **fields}))

    async def stay(self, room, name):
        """Hears the server until it closes the socket, which is its answer to `leave`."""
        async with asyncio.TaskGroup() as work:
            work.create_task(self.follow_orders())
            await self.send("join", room=room, name=name, kind="device")
            async for text in self.socket:
                message = json.loads(text)
                match message["type"]:
                    case "error":
                        raise RuntimeError(message["message"])
                    case "welcome":
                        concerned = [self.meet(info["peer"]) for info in message["peers"]]
                    case "peer-joined":
                        concerned = [self.meet(message["peer"])] if message["peer"] not in self.peers else []
                    case "peer-left":
                        concerned = [self.peers.pop(message["peer"], None)]
                    case _:
                        concerned = [self.peers.get(message.get("from"))]
                for peer in filter(None, concerned):
                    work.create_task(peer.take(message))
        await asyncio.gather(*(peer.close() for peer in self.peers.values()))

    def meet(self, id):
        self.peers[id] = Peer(self, id)
        return self.peers[id]

    async def follow_orders(self):
        orders = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(orders)
        await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
        async for line in orders:
            order = json.loads(line)
            frame = {"type": "app", "topic": order["topic"], "data": order["data"]}
            text = json.dumps(frame, separators=(",", ":"), ensure_ascii=False)
            for peer in self.peers.values():
                if peer.live and peer.live.readyState == "open":
                    peer.live.send(text)
        await self.send("leave")


async def main(url, room, name):
    async with websockets.connect(url, compression=None, max_size=None) as socket:
        await Device(socket).stay(room, name)


if sys.argv[1:] == ["--version"]:
    print(f"aiortc {aiortc.__version__}")
else:
    asyncio.run(main(*sys.argv[1:]))
