#!/usr/bin/env python3
"""A lamp that others switch on and off, and that says when it did.

    lamp.py URL

It announces a switch, does what `control/lamp` asks for, and acknowledges that; it tells everyone how it is whenever that changes, and
whoever comes. With LAMP_STATE=FILE it keeps its seat when it is started again.
"""

import json
import os
import subprocess
import sys


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: lamp.py URL")
    command = [os.environ.get("VISAVIS", "visavis"), "join", sys.argv[1], "--name", "Lamp", "--stdio", "--reconnect"]
    if "LAMP_STATE" in os.environ:
        command += ["--state", os.environ["LAMP_STATE"]]
    device = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    is_on = False

    def say(line):
        print(json.dumps(line), file=device.stdin, flush=True)

    def tell(to=None):
        line = {"topic": "telemetry/lamp", "data": {"on": is_on}}
        say(line if to is None else {**line, "to": to})

    def announce():
        say({"announce": [{"topic": "control/lamp", "label": "Lamp", "kind": "switch", "on": is_on}]})

    announce()
    for text in device.stdout:
        line = json.loads(text)
        if line.get("event") == "connected":
            tell(line["peer"])
        elif line.get("topic") == "control/lamp":
            wanted = line["data"].get("on") if isinstance(line["data"], dict) else None
            answer = {"ack": line.get("ack")}
            if isinstance(wanted, bool):
                is_on = wanted
                print("The lamp is", "on" if is_on else "off", flush=True)
                tell()
                announce()
            else:
                answer["error"] = "expected {\"on\": true} or {\"on\": false}"
            if "ack" in line:
                say({"topic": "control/lamp/ack", "data": answer, "to": line["from"]})
    sys.exit(device.wait())


if __name__ == "__main__":
    try:
        main()
    except (BrokenPipeError, KeyboardInterrupt):
        pass
