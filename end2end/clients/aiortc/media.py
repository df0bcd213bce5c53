"""What the bot sends, a colour and a tone, and what it makes of what arrives: the colour and the pitch of that."""

import asyncio
import math
import statistics
import time
from array import array
from fractions import Fraction

from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av import AudioFrame, VideoFrame

WIDTH, HEIGHT, FRAME_RATE = 320, 180, 15
SAMPLE_RATE, SAMPLES = 48_000, 960  # of sound, in a second and in a frame


class Picture(MediaStreamTrack):
    """One colour, and a white mark that wanders along its lower edge."""

    kind = "video"

    def __init__(self, colour):
        super().__init__()
        self.colour, self.count, self.began = bytes(colour), 0, time.monotonic()
        self.next = self.began

    async def recv(self):
        self.count += 1
        # Nobody may have asked for a while.
        self.next = max(self.next + 1 / FRAME_RATE, time.monotonic())
        await asyncio.sleep(self.next - time.monotonic())
        line, mark, left = self.colour * WIDTH, b"\xff" * 60, self.count * 6 % (WIDTH - 20) * 3
        marked = line[:left] + mark + line[left + len(mark) :]
        frame = VideoFrame(WIDTH, HEIGHT, "rgb24")
        frame.planes[0].update(line * 156 + marked * 20 + line * 4)
        frame.pts, frame.time_base = int((self.next - self.began) * 90_000), Fraction(1, 90_000)
        return frame


class Tone(MediaStreamTrack):
    """A steady tone. A whole number of Hz fits into a second, which is made once."""

    kind = "audio"

    def __init__(self, hertz):
        super().__init__()
        wave = (9_000 * math.sin(2 * math.pi * hertz * n / SAMPLE_RATE) for n in range(SAMPLE_RATE))
        self.second, self.count, self.began = array("h", map(int, wave)), 0, time.monotonic()

    async def recv(self):
        self.count += 1
        await asyncio.sleep(self.began + self.count * SAMPLES / SAMPLE_RATE - time.monotonic())
        at = self.count * SAMPLES % SAMPLE_RATE
        frame = AudioFrame("s16", "mono", SAMPLES)
        frame.planes[0].update(self.second[at : at + SAMPLES].tobytes())
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, self.count * SAMPLES, Fraction(1, SAMPLE_RATE)
        return frame


class Senses:
    """What arrives from one person. Every track has to be read, for what nobody reads is kept."""

    def __init__(self):
        self.seen, self.heard, self.tasks = {}, {}, {}

    def follow(self, name, track):
        """Reads a track under this name, once."""
        if track and name not in self.tasks:
            read = self.watch if track.kind == "video" else self.listen
            self.tasks[name] = asyncio.ensure_future(read(name, track))

    async def watch(self, name, track):
        try:
            while True:
                plane = (await track.recv()).reformat(width=16, height=10, format="rgb24").planes[0]
                upper_middle = 2 * plane.line_size + 8 * 3
                self.seen[name] = list(bytes(plane)[upper_middle : upper_middle + 3])
        except MediaStreamError:
            pass

    async def listen(self, name, track):
        try:
            while True:
                frame = await track.recv()
                channels = len(frame.layout.channels)
                samples = array("h", bytes(frame.planes[0])[: frame.samples * channels * 2])[::channels]
                # The last fifth of a second is enough to hear a pitch in.
                self.heard[name] = ((self.heard.get(name) or array("h")) + samples)[-SAMPLE_RATE // 5 :]
        except MediaStreamError:
            pass

    def take(self):
        """Colours by track and pitches by track, of what came since this was last asked."""
        seen, heard, self.seen, self.heard = self.seen, self.heard, {}, {}
        pitches = {name: pitch(samples) for name, samples in heard.items()}
        return seen, {name: hertz for name, hertz in pitches.items() if hertz}

    def end(self):
        for task in self.tasks.values():
            task.cancel()


def pitch(samples):
    """The frequency of a tone in Hz, by the time between its crossings of zero; None for silence."""
    if max(samples) < 300:
        return None
    rises = [n for n in range(1, len(samples)) if samples[n - 1] < 0 <= samples[n]]
    periods = [later - sooner for sooner, later in zip(rises, rises[1:])]
    if not periods:
        return None
    usual = statistics.median(periods)
    return round(SAMPLE_RATE / statistics.mean(period for period in periods if abs(period - usual) <= usual / 5))
