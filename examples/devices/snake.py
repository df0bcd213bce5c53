#!/usr/bin/env python3
"""A game of snake for everybody in a room, at twenty updates a second.

    snake.py URL

Who says `snake/turn` with {"to": "up" | "down" | "left" | "right"} gets a snake. The whole of the game is told to everyone
twenty times a second on the fast channel as `snake/state`: an update that is lost is made good by the next.
`snake.js` draws it in the page and sends the arrow keys.
"""

import json
import os
import random
import subprocess
import sys
import threading
import time

WIDTH, HEIGHT = 40, 24
UPDATES_PER_SECOND = 20
# A snake goes on a field every so many updates.
UPDATES_PER_STEP = 3
WAYS = {"up": (0, -1), "down": (0, 1), "left": (-1, 0), "right": (1, 0)}
# An update has to fit into a message of the fast channel.
MOST_PLAYERS, MOST_LENGTH = 6, 12


class Game:
    """Who plays, where their snakes are, and the apple."""

    def __init__(self):
        self.snakes = {}
        self.apple = self.free_field()

    def free_field(self):
        return random.randrange(WIDTH), random.randrange(HEIGHT)

    def turn(self, player, name, way):
        if way not in WAYS:
            return
        if player not in self.snakes:
            if len(self.snakes) >= MOST_PLAYERS:
                return
            self.snakes[player] = {"name": name[:8], "body": [self.free_field()], "length": 3, "way": way}
        snake = self.snakes[player]
        (x, y), (old_x, old_y) = WAYS[way], WAYS[snake["way"]]
        # Nobody turns into themselves.
        if (x, y) != (-old_x, -old_y) or len(snake["body"]) == 1:
            snake["way"] = way

    def leave(self, player):
        self.snakes.pop(player, None)

    def step(self):
        taken = {tuple(field) for snake in self.snakes.values() for field in snake["body"]}
        for snake in self.snakes.values():
            (x, y), (by_x, by_y) = snake["body"][0], WAYS[snake["way"]]
            head = (x + by_x) % WIDTH, (y + by_y) % HEIGHT
            if head in taken:
                snake["body"], snake["length"] = [self.free_field()], 3
                continue
            snake["body"].insert(0, head)
            if head == self.apple:
                snake["length"] = min(snake["length"] + 1, MOST_LENGTH)
                self.apple = self.free_field()
            del snake["body"][snake["length"]:]

    def state(self, number):
        snakes = [{"n": snake["name"], "b": snake["body"]} for snake in self.snakes.values()]
        return {"number": number, "size": [WIDTH, HEIGHT], "apple": self.apple, "snakes": snakes}


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: snake.py URL")
    command = [os.environ.get("VISAVIS", "visavis"), "join", sys.argv[1], "--name", "Snake", "--stdio", "--reconnect"]
    device = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    game, connected, lock = Game(), set(), threading.Lock()

    def listen():
        for text in device.stdout:
            line = json.loads(text)
            with lock:
                if line.get("topic") == "snake/turn" and isinstance(line["data"], dict):
                    game.turn(line["from"], line["name"], line["data"].get("to"))
                elif line.get("event") == "connected":
                    connected.add(line["peer"])
                elif line.get("event") == "disconnected":
                    connected.discard(line["peer"])
                elif line.get("event") == "person-left":
                    game.leave(line["peer"])

    threading.Thread(target=listen, daemon=True).start()
    number, due = 0, time.monotonic()
    while device.poll() is None:
        number, due = number + 1, due + 1 / UPDATES_PER_SECOND
        with lock:
            if number % UPDATES_PER_STEP == 0:
                game.step()
            line = {"topic": "snake/state", "data": game.state(number), "reliable": False} if connected else None
        if line:
            print(json.dumps(line, separators=(",", ":")), file=device.stdin, flush=True)
        time.sleep(max(0, due - time.monotonic()))
    sys.exit(device.returncode)


if __name__ == "__main__":
    try:
        main()
    except (BrokenPipeError, KeyboardInterrupt):
        pass
