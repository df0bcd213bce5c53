"""The one connection to the server's SFU: what is sent on it, and the slots in which others' media arrive.

Written from docs/protocol.md, "The SFU"; words in quotes name the parts of it that a rule is from.
"""

import asyncio
import math
from array import array

from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError
from aiortc.sdp import SessionDescription
from media import SAMPLE_RATE, Picture, Tone, pitch

# What is sent, in this order among its kind ("Sections").
TRACKS = (("audio", "microphone"), ("video", "camera"), ("audio", "screen-audio"), ("video", "screen-video"))

# In seconds: how long after a refusal the next offer is made, and how soon a connection stands or is given up ("The connection").
PAUSE, HANDSHAKE = 15, 10

# Colours that are closer than this are one, and of the others so many are kept at the most until they are asked for.
SAME, MOST_COLOURS = 60, 9


class SfuConnection:
    def __init__(self, bot, peer, places):
        # `places`: how many slots for "audio" and for "video" there are.
        self.bot, self.peer, self.places = bot, peer, places
        self.connection = self.offer = self.timer = None
        # Numbers of my last offer, and of their last map and order.
        self.serial, self.mapped, self.ordered = 0, 0, 0
        # What anybody wants ("Sending"). Until that is known nothing is sent.
        self.camera_wanted = self.sound_wanted = False
        self.slots, self.unable = {}, False

    async def begin(self):
        """Offers from a new connection."""
        if self.bot.sfu is not self:
            return
        await self.close()
        self.connection = connection = RTCPeerConnection(self.bot.configuration)
        connection.on("connectionstatechange", lambda: self.notice_state(connection))
        self.voice, self.picture = Tone(self.bot.tone), Picture(self.bot.colour)
        self.senders = {track: connection.addTransceiver(kind, "sendonly").sender for kind, track in TRACKS}
        kinds = [kind for kind in ("audio", "video") for _ in range(self.places[kind])]
        taking = [connection.addTransceiver(kind, "recvonly") for kind in kinds]
        self.equip()
        await connection.setLocalDescription()
        self.slots = {transceiver.mid: Slot(transceiver) for transceiver in taking}
        self.serial += 1
        self.offer = connection.localDescription.sdp
        self.say_offer()
        self.set_timer(HANDSHAKE, self.give_up)

    def say_offer(self):
        """Says an offer that is not answered yet, with all candidates in it; the same again is answered again."""
        if self.offer:
            self.bot.send("offer", target=self.peer, sdp=self.offer, serial=self.serial)

    def say_again(self):
        """Says on a new socket what the one before may have lost, or took with it."""
        self.say_offer()
        if self.unable:
            self.bot.send("sfu-state", state="unable")

    async def take_answer(self, message):
        if self.offer and message.get("serial") == self.serial:
            self.offer = None
            await self.connection.setRemoteDescription(RTCSessionDescription(message["sdp"], "answer"))
            await self.read_answer(message["sdp"])
            for slot in self.slots.values():
                slot.begin()

    async def read_answer(self, sdp):
        """Does what aiortc leaves undone: it looks for candidates in the last section of a bundle, and they stand in the first."""
        for media in SessionDescription.parse(sdp).media:
            for candidate in media.ice_candidates:
                candidate.sdpMid = media.rtp.muxId
                await self.connection.addIceCandidate(candidate)
            for group in media.ssrc_group if media.rtp.muxId in self.slots else ():
                # And it would not find the slot that packets are for which were lost and are sent again (RTX).
                receiver = self.slots[media.rtp.muxId].receiver
                receiver.transport._rtp_router.ssrc_table[group.items[1]] = receiver
        await self.connection.addIceCandidate(None)

    def refused(self):
        self.set_timer(PAUSE, self.begin)

    def set_timer(self, seconds, take):
        """Has one thing done later, in place of what was to be done."""
        if self.timer:
            self.timer.cancel()
        self.timer = asyncio.get_running_loop().call_later(seconds, self.bot.later, take)

    def notice_state(self, connection):
        if connection is not self.connection:
            return
        self.bot.report("connection", state=connection.connectionState)
        if connection.connectionState == "connected":
            self.timer.cancel()
            self.say_state(unable=False)
        elif connection.connectionState in ("failed", "closed"):
            self.bot.later(self.give_up)

    async def give_up(self):
        """Begins anew, for aiortc cannot restart ICE."""
        self.say_state(unable=True)
        await self.begin()

    def say_state(self, unable):
        if unable != self.unable:
            self.unable = unable
            self.bot.send("sfu-state", state="unable" if unable else "able")

    async def close(self):
        if self.timer:
            self.timer.cancel()
        for slot in self.slots.values():
            slot.end()
        connection, self.connection, self.offer, self.slots = self.connection, None, None, {}
        if connection:
            await connection.close()

    # ---- what is sent ----

    def take_order(self, message):
        """What is wanted from now on ("Sending"); the rest is not even encoded."""
        if message["number"] > self.ordered:
            self.ordered = message["number"]
            self.camera_wanted, self.sound_wanted = bool(message["camera"]), message["sound"]
            self.bot.report("order", camera=message["camera"], sound=message["sound"])
            self.equip()

    def equip(self):
        for track, source in (
            ("microphone", self.voice if self.sound_wanted else None),
            ("camera", self.picture if self.camera_wanted else None),
        ):
            if self.senders[track].track is not source:
                self.senders[track].replaceTrack(source)

    # ---- what arrives ----

    def take_slots(self, message):
        """Whom the slots carry, the whole map each time ("Slots")."""
        if message["number"] <= self.mapped:
            return
        self.mapped = message["number"]
        carried = {entry["mid"]: entry for entry in message["slots"]}
        for mid, slot in self.slots.items():
            slot.carry(carried.get(mid))
        self.bot.report("slots", number=self.mapped, slots=message["slots"])
        # From here on nobody is shown in what is not theirs any more.
        self.bot.send("slots-seen", number=self.mapped)

    def sense(self):
        """What arrived in each slot since this was last asked."""
        return [sensed for slot in self.slots.values() if (sensed := slot.take())]


class Slot:
    """A section in which somebody else's track arrives. It is always read, for what nobody reads is kept."""

    def __init__(self, transceiver):
        self.mid, self.receiver, self.task = transceiver.mid, transceiver.receiver, None
        self.peer = self.track = self.start = None
        self.clear()

    def clear(self):
        self.frames, self.unnamed, self.colours, self.heard = 0, 0, [], array("h")

    def begin(self):
        read = self.watch if self.receiver.track.kind == "video" else self.listen
        self.task = asyncio.ensure_future(read(self.receiver.track))

    def end(self):
        if self.task:
            self.task.cancel()

    def carry(self, entry):
        peer, track = (entry["peer"], entry["track"]) if entry else (None, None)
        if (peer, track) != (self.peer, self.track):
            self.clear()
        self.peer, self.track, self.start = peer, track, entry.get("from") if entry else None

    def is_theirs(self, frame):
        """Pictures are theirs from the frame on that has the timestamp `from`, or a later one modulo 2³²."""
        if self.peer is None or self.start is None:
            return False
        # aiortc counts from the first timestamp that it met and tells nobody which that was.
        origin = self.receiver._RTCRtpReceiver__timestamp_mapper._origin
        return (frame.pts + origin - self.start) % 2**32 < 2**31

    async def watch(self, track):
        try:
            while True:
                frame = await track.recv()
                if self.is_theirs(frame):
                    plane = frame.reformat(width=16, height=10, format="rgb24").planes[0]
                    upper_middle = 2 * plane.line_size + 8 * 3
                    self.note(list(bytes(plane)[upper_middle : upper_middle + 3]))
                else:
                    self.unnamed += 1
        except MediaStreamError:
            pass

    def note(self, colour):
        """Counts a frame, and keeps its colour if it is another than the last frame's."""
        self.frames += 1
        if self.colours and math.dist(colour, self.colours[-1]) < SAME:
            self.colours.pop()
        self.colours = [*self.colours[-MOST_COLOURS:], colour]

    async def listen(self, track):
        try:
            while True:
                frame = await track.recv()
                if self.peer is None:
                    self.unnamed += 1
                    continue
                channels = len(frame.layout.channels)
                samples = array("h", bytes(frame.planes[0])[: frame.samples * channels * 2])[::channels]
                # The last fifth of a second is enough to hear a pitch in.
                self.heard, self.frames = (self.heard + samples)[-SAMPLE_RATE // 5 :], self.frames + 1
        except MediaStreamError:
            pass

    def take(self):
        """What came since this was last asked; `unnamed` are frames that are of nobody, as far as is known."""
        if self.peer is None and not self.unnamed:
            return None
        sensed = {"mid": self.mid, "peer": self.peer, "track": self.track}
        sensed |= {"frames": self.frames, "unnamed": self.unnamed}
        if self.colours:
            sensed["colours"] = self.colours
        if self.heard and (hertz := pitch(self.heard)):
            sensed["hertz"] = hertz
        self.clear()
        return sensed
