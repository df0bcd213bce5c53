#!/usr/bin/env python3
"""A bot for Visavis on aiortc: it shows a colour, plays a tone, says what it sees and hears, and answers in the chat.

Written from docs/protocol.md; words in quotes name the parts of it that a rule is from. What it notices goes to
standard output, one JSON object a line. SIGINT and SIGTERM make it leave.
"""

import asyncio
import secrets
import time

from aiortc import RTCBundlePolicy, RTCConfiguration, RTCIceServer, RTCIceTransportPolicy
from peer import Peer
from seat import Seat, parser


class Bot(Seat):
    """One seat in one room."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.peers = {}
        # Ids of messages are unique among mine, also after a restart.
        self.visit, self.said = secrets.token_hex(6), 0

    async def run(self):
        """Stays in the room until it is told to leave, or the server does not want it back."""
        senses = asyncio.ensure_future(self.report_senses())
        code = await self.stay()
        senses.cancel()
        await asyncio.gather(*(self.forget(peer) for peer in list(self.peers)))
        self.report("left", code=code)

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

    async def report_senses(self):
        while True:
            await asyncio.sleep(1)
            people = []
            for peer in self.peers.values():
                sees, hears = peer.senses.take()
                people.append({"name": peer.name, "sees": sees, "hears": hears})
            self.report("senses", people=people)


async def main():
    arguments = parser("A bot for Visavis.").parse_args()
    await Bot(arguments.url, arguments.room, arguments.name, arguments.colour, arguments.tone).run()


asyncio.run(main())
