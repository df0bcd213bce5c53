"""Somebody else in the room, and the connection to them.

Written from docs/protocol.md and docs/protocol-data-channels.md; words in quotes name the parts of them that a rule is from.
"""

import asyncio
import json
import re
from collections import deque

from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.sdp import candidate_from_sdp
from media import Picture, Senses, Tone

# In every description the sections stand in this order ("Sections").
SECTIONS = (("audio", "voice"), ("video", "camera"), ("audio", "screen-sound"), ("video", "screen"))

# An offer is said again after so many seconds each; after the last it is given up ("Offers that are not answered").
PATIENCE = (3, 6, 9, 10, 10, 10, 10)


class Peer:
    def __init__(self, bot, info, polite):
        self.bot, self.id, self.name = bot, info["peer"], info["name"]
        # I came later: where two offers cross, mine gives way ("Who calls whom").
        self.polite = polite
        # The number of my last offer, and of the last of theirs ("Numbers").
        self.serial, self.heard = 0, -1
        self.connection = self.chat = self.offer = self.answered = self.repeating = None
        # Who wrote their description, and who wrote those before ("The same connection, or a new one").
        self.author, self.replaced = None, deque(maxlen=4)
        self.early = deque(maxlen=64)
        self.unacknowledged, self.known = {}, deque(maxlen=1_000)
        self.senses = Senses()
        self.inbox = asyncio.Queue(500)
        self.work = asyncio.ensure_future(self.take_in_turn())

    async def take_in_turn(self):
        while True:
            take, arguments = await self.inbox.get()
            try:
                await take(*arguments)
            except Exception as trouble:  # a description that does not fit, say: what is not answered is said again
                self.bot.report("trouble", name=self.name, what=repr(trouble))

    def later(self, take, *arguments):
        """Has something done when all before it is done; what is too much is dropped."""
        if not self.inbox.full():
            self.inbox.put_nowait((take, arguments))

    # ---- the connection ----

    async def open(self):
        """Puts another connection in the place of the one there is."""
        await self.close()
        self.voice, self.picture, self.hidden = Tone(self.bot.tone), Picture(self.bot.colour), False
        self.connection = connection = RTCPeerConnection(self.bot.configuration)
        connection.on("connectionstatechange", lambda: self.notice_state(connection))

    async def close(self):
        if self.repeating:
            self.repeating.cancel()
        if self.author:
            self.replaced.append(self.author)
        self.senses.end()
        connection, self.connection, self.senses = self.connection, None, Senses()
        self.chat = self.offer = self.answered = self.repeating = self.author = None
        if connection:
            await connection.close()

    def notice_state(self, connection):
        """What failed is replaced, for aiortc cannot restart ICE: by the newcomer at once ("Repair")."""
        if connection is self.connection and connection.connectionState == "failed":
            asyncio.get_running_loop().call_later(0 if self.polite else 3, self.later, self.replace, connection)

    async def replace(self, connection):
        if connection is self.connection:
            await self.begin()

    async def begin_unless_met(self):
        if not self.connection:
            await self.begin()

    async def begin(self):
        """Offers from a new connection."""
        await self.open()
        for kind, _ in SECTIONS:
            self.connection.addTransceiver(kind)
        self.equip()
        await self.connection.setLocalDescription()
        self.serial += 1
        self.offer = self.connection.localDescription.sdp
        self.repeating = asyncio.ensure_future(self.repeat())

    async def repeat(self):
        for patience in PATIENCE:
            self.say_offer()
            await asyncio.sleep(patience)
        self.repeating = None
        self.later(self.begin)

    def say_offer(self):
        self.bot.send("offer", target=self.id, sdp=self.offer, serial=self.serial)

    def equip(self):
        """Sends on the sections there are, and makes the channels: before the first offer, or with the first answer."""
        transceivers = self.connection.getTransceivers()
        for transceiver in transceivers:
            transceiver.direction = "sendrecv"
        for kind, track in (("audio", self.voice), ("video", None if self.hidden else self.picture)):
            sender = next((transceiver.sender for transceiver in transceivers if transceiver.kind == kind), None)
            if sender and sender.track is not track:
                sender.replaceTrack(track)
        if not self.chat:
            self.chat = self.connection.createDataChannel("chat", negotiated=True, id=0)
            self.files = self.connection.createDataChannel("files", negotiated=True, id=1)
            self.connection.createDataChannel("live", negotiated=True, id=2, ordered=False, maxRetransmits=0)
            self.chat.on("open", self.say_waiting)
            self.chat.on("message", self.hear_chat)
            self.files.on("message", self.hear_files)

    async def settle(self, author):
        """Their description is set: watches and listens to what the sections bring, and adds the candidates that came before."""
        self.author = author
        transceivers = self.connection.getTransceivers()
        for kind in ("audio", "video"):
            names = (name for section, name in SECTIONS if section == kind)
            for name, transceiver in zip(names, (t for t in transceivers if t.kind == kind)):
                self.senses.follow(name, transceiver.receiver.track)
        early, self.early = self.early, deque(maxlen=64)
        for candidate in early:
            await self.add_candidate(candidate)

    # ---- what they say through the server ----

    async def take_offer(self, message):
        sdp, serial = message["sdp"], message.get("serial")
        author, number = Author(sdp), sdp if serial is None else serial
        if serial is not None and (serial < self.heard or any(author.is_same(gone) for gone in self.replaced)):
            return  # late
        if self.answered and self.answered[0] == number:
            return self.say_answer(serial)
        if self.offer and not self.polite:
            return  # two offers crossed, and mine stands
        if self.offer or not self.connection or not author.is_same(self.author):
            await self.open()
        elif author.fragment != self.author.fragment:
            return await self.begin()  # aiortc cannot restart ICE
        await self.connection.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
        self.equip()
        await self.settle(author)
        await self.connection.setLocalDescription()
        self.heard = self.heard if serial is None else serial
        self.answered = number, self.connection.localDescription.sdp
        self.say_answer(serial)

    def say_answer(self, serial):
        number = {} if serial is None else {"serial": serial}
        self.bot.send("answer", target=self.id, sdp=self.answered[1], **number)

    async def take_answer(self, message):
        if self.offer and message.get("serial", self.serial) == self.serial:
            self.repeating.cancel()
            self.offer = None
            await self.connection.setRemoteDescription(RTCSessionDescription(message["sdp"], "answer"))
            await self.settle(Author(message["sdp"]))

    async def take_candidate(self, message):
        candidate = message["candidate"]
        # The end of candidates, which is null or empty, need not be known.
        if candidate and candidate["candidate"]:
            if self.author and candidate.get("usernameFragment", self.author.fragment) == self.author.fragment:
                await self.add_candidate(candidate)
            else:
                self.early.append(candidate)

    async def add_candidate(self, candidate):
        parsed = candidate_from_sdp(candidate["candidate"].removeprefix("candidate:"))
        parsed.sdpMid, parsed.sdpMLineIndex = candidate.get("sdpMid"), candidate.get("sdpMLineIndex")
        if candidate.get("usernameFragment", self.author.fragment) == self.author.fragment:
            await self.connection.addIceCandidate(parsed)

    async def hear_again(self):
        """They or I came back: what was said meanwhile is lost."""
        if self.offer:
            self.say_offer()

    # ---- what they say on the channels ----

    def hear_chat(self, text):
        frame = json.loads(text)
        if frame["type"] == "message":
            self.chat.send(json.dumps({"type": "received", "id": frame["id"]}))
            if frame["id"] not in self.known:
                self.known.append(frame["id"])
                self.bot.hear_message(self, frame["text"])
        elif frame["type"] == "received":
            # In a large room several come at once.
            for id in frame.get("ids") or [frame["id"]]:
                self.unacknowledged.pop(id, None)
        elif frame["type"] == "viewing":
            self.hidden = frame.get("camera") == "hidden"
            self.equip()

    def hear_files(self, text):
        frame = json.loads(text) if isinstance(text, str) else {}
        if frame.get("type") == "offer":
            self.files.send(json.dumps({"type": "decline", "id": frame["id"]}))

    def say(self, frame):
        """Says it now, and again whenever the channel opens, until it is acknowledged."""
        self.unacknowledged[frame["id"]] = frame
        if self.chat and self.chat.readyState == "open":
            self.chat.send(json.dumps(frame))

    def say_waiting(self):
        for frame in self.unacknowledged.values():
            self.chat.send(json.dumps(frame))


class Author:
    """Who wrote a description: a connection, and the ICE credentials it has at the time."""

    def __init__(self, sdp):
        self.session = re.search("o=\\S+ (\\S+)", sdp)[1]
        self.fingerprint = re.search("a=fingerprint:([^\r\n]*)", sdp)[1]
        self.fragment = re.search("a=ice-ufrag:(\\S+)", sdp)[1]

    def is_same(self, other):
        """Another certificate is another connection, and so is another session with other credentials."""
        return self.fingerprint == other.fingerprint and (
            self.session == other.session or self.fragment == other.fragment
        )
