#!/usr/bin/env python3
"""A bot for Visavis that takes part over the server's SFU: it shows a colour, plays a tone, and says what it sees and hears.

Written from docs/protocol.md, "The SFU"; words in quotes name the parts of it that a rule is from. Its one connection leads to the SFU:
whom that does not reach it does not meet. What it notices goes to standard output, one JSON object a line. SIGINT and SIGTERM
make it leave.
"""

import asyncio

from aiortc import RTCBundlePolicy, RTCConfiguration, RTCIceServer, RTCIceTransportPolicy
from seat import Seat, parser
from sfu_connection import SfuConnection

# At most so many pictures are asked for ("Watching").
MOST_PICTURES = 32

# What the other clients call what arrives in a slot.
SENSED = {"microphone": "voice", "camera": "camera", "screen-audio": "screen-sound", "screen-video": "screen"}


class SfuBot(Seat):
    """One seat in one room."""

    wish = {"sfu": 1}

    def __init__(self, places, *arguments):
        super().__init__(*arguments)
        self.places, self.people, self.wishes = places, {}, 0
        self.sfu = self.run_of_server = None
        self.inbox = asyncio.Queue(500)

    async def run(self):
        """Stays in the room until it is told to leave, or the server does not want it back."""
        tasks = [asyncio.ensure_future(self.report_senses()), asyncio.ensure_future(self.take_in_turn())]
        code = await self.stay()
        for task in tasks:
            task.cancel()
        if self.sfu:
            await self.sfu.close()
        self.report("left", code=code)

    async def connect(self):
        self.wishes = 0
        return await super().connect()

    def hear(self, message):
        self.later(self.take_message, message)

    def later(self, take, *arguments):
        """Has something done when all before it is done; what is too much is dropped."""
        if not self.inbox.full():
            self.inbox.put_nowait((take, arguments))

    async def take_in_turn(self):
        while True:
            take, arguments = await self.inbox.get()
            try:
                await take(*arguments)
            except Exception as trouble:
                self.report("trouble", what=repr(trouble))

    async def take_message(self, message):
        match message["type"]:
            case "welcome":
                await self.enter(message)
            case "ice-servers":
                self.configure(message["iceServers"])
            case "peer-joined":
                self.meet(message)
                self.watch()
            case "peer-sfu":
                self.report("reached", peer=message["peer"], sfu=message["sfu"])
            case "peer-left" if message["peer"] in self.people:
                self.part(message["peer"])
                self.watch()
            case "answer" if self.sfu and message["from"] == self.sfu.peer:
                await self.sfu.take_answer(message)
            case "slots" if self.sfu:
                self.sfu.take_slots(message)
            case "send" if self.sfu:
                self.sfu.take_order(message)
            case "error":
                self.report("error", code=message["code"], message=message["message"])
                if message["code"] == "sfu-refused" and self.sfu:
                    self.sfu.refused()
                elif message["code"] in ("bad-room", "bad-name"):
                    self.leave()

    async def enter(self, welcome):
        self.policy = RTCIceTransportPolicy(welcome.get("iceTransportPolicy", "all"))
        self.configure(welcome["iceServers"])
        self.resume, self.seated, self.wait = welcome["resume"], True, 0.5
        self.report("joined", peer=welcome["peer"], resumed=welcome["resumed"])
        terms = welcome.get("sfu")
        if not terms or terms["use"] != "on":
            self.report("trouble", what="the room does not go through an SFU")
            return self.leave()
        present = {info["peer"] for info in welcome["peers"]}
        for peer in set(self.people) - present:
            self.part(peer)
        for info in welcome["peers"]:
            self.meet(info)
        # The connection is gone with the run of the server, and with the seat ("Who speaks to it").
        if self.sfu and welcome["resumed"] and terms["run"] == self.run_of_server:
            self.sfu.say_again()
        else:
            if self.sfu:
                await self.sfu.close()
            self.sfu, self.run_of_server = SfuConnection(self, terms["peer"], self.places), terms["run"]
            await self.sfu.begin()
        self.watch()

    def configure(self, servers):
        servers = [RTCIceServer(**server) for server in servers]
        self.configuration = RTCConfiguration(servers, self.policy, RTCBundlePolicy.MAX_BUNDLE)

    def meet(self, info):
        if info["peer"] not in self.people:
            self.people[info["peer"]] = info["name"]
            self.report("came", peer=info["peer"], name=info["name"], sfu=info.get("sfu"))

    def part(self, peer):
        self.report("went", peer=peer, name=self.people.pop(peer))

    def watch(self):
        """The whole wish: everybody, those first who were there first ("Watching")."""
        self.wishes += 1
        pictures = [{"peer": peer, "camera": "large", "screen": "large"} for peer in self.people]
        self.send("watch", number=self.wishes, pictures=pictures[:MOST_PICTURES])

    async def report_senses(self):
        while True:
            await asyncio.sleep(1)
            slots = self.sfu.sense() if self.sfu else []
            people = {peer: {"name": name, "sees": {}, "hears": {}} for peer, name in self.people.items()}
            for slot in slots:
                if person := people.get(slot["peer"]):
                    if "colours" in slot:
                        person["sees"][SENSED[slot["track"]]] = slot["colours"][-1]
                    if "hertz" in slot:
                        person["hears"][SENSED[slot["track"]]] = slot["hertz"]
            self.report("senses", people=list(people.values()), slots=slots)


async def main():
    words = parser("A bot for Visavis that takes part over the server's SFU.")
    words.add_argument("--voices", type=int, default=6, help="slots for sound")
    words.add_argument("--pictures", type=int, default=4, help="slots for pictures")
    arguments = words.parse_args()
    places = {"audio": arguments.voices, "video": arguments.pictures}
    bot = SfuBot(places, arguments.url, arguments.room, arguments.name, arguments.colour, arguments.tone)
    await bot.run()


asyncio.run(main())
