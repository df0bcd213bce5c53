"""A seat in a room, as long as its bot wants it: the socket, and the way back to it ("Coming back")."""

import argparse
import asyncio
import json
import random
import signal

import websockets

# After these codes nobody comes back ("Close codes").
FINAL = (1000, 1007, 1008, 1009, 4001, 4003)


class Seat:
    """One seat in one room. Who has it defines `hear`, for what the server says."""

    media = {"audio": True, "video": True, "screen": False}

    # What its `join` says besides.
    wish = {}

    def __init__(self, url, room, name, colour, tone):
        self.url, self.room, self.name, self.colour, self.tone = url, room, name, colour, tone
        self.configuration = self.resume = self.socket = self.outbox = None
        self.seated, self.wait, self.leaving = False, 0.5, asyncio.Event()

    async def stay(self):
        """Stays in the room until it is told to leave, or the server does not want it back; the code that it ended with."""
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, self.leave)
        code = None
        while not self.leaving.is_set() and code not in FINAL:
            code = await self.connect()
            if code not in FINAL:
                await asyncio.sleep(self.wait * random.random())
                self.wait = min(self.wait * 2, 8)
        return code

    async def connect(self):
        """One socket from its first message to its end; what it was closed with, None if it never opened."""
        try:
            async with websockets.connect(self.url, compression=None, max_size=None) as socket:
                self.socket, self.outbox = socket, asyncio.Queue(1_000)
                resume = {"resume": self.resume} if self.resume else {}
                self.send("join", room=self.room, name=self.name, media=self.media, **self.wish, **resume)
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

    def report(self, kind, **fields):
        print(json.dumps({"type": kind, **fields}), flush=True)


def parser(description):
    """What every bot is told when it is started."""
    words = argparse.ArgumentParser(description=description)
    words.add_argument("url", help="the server's socket, wss://visavis.example.org/ws")
    words.add_argument("room")
    words.add_argument("name")
    words.add_argument("--tone", type=int, default=560, help="in Hz")
    words.add_argument("--colour", type=colour, default=[30, 70, 205], help="red, green and blue, 0 to 255")
    return words


def colour(text):
    return [int(part) for part in text.split(",")]
