#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
"""Whether every room uses headers of its own storey and of those below only,
a header in src/ is seen in its own folder alone, and so are curses and
readline in src/tui."""

import glob
import os
import re
import sys

BELOW = {"base": 0, "io": 1, "net": 2, "frame": 3, "options": 4,
         "transcript": 5, "diagnose": 6, "session": 7, "chat": 8, "command": 9,
         "record": 10, "front": 11, "tui": 12}
TUI_ONLY = re.compile(r"^(n?curses|term|readline)\b")
# Headers without a .c file of their name.
HEADERS = {"halves": "net", "facts": "diagnose", "frontend": "chat",
           "lead": "chat", "player": "record"}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')

failed = False


def complain(path, number, text):
    global failed
    failed = True
    print(f"{path}:{number}: {text}")


def room_of_header(name):
    stem = os.path.splitext(os.path.basename(name))[0]
    for path in glob.glob(f"src/*/{stem}.c"):
        return path.split("/")[1]
    return HEADERS.get(stem)


def room_of_file(path):
    if path.startswith("include/"):
        return room_of_header(path)
    return path.split("/")[1]


for path in sorted(glob.glob("src/*/*.[ch]") + glob.glob("include/*/*.h")):
    room = room_of_file(path)
    if room is None:
        complain(path, 1, "no file src/*/ of this name: which room is it?")
        continue
    for number, line in enumerate(open(path, encoding="utf-8"), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        kind, name = match.groups()
        if name.startswith("sockchat/"):
            other = room_of_header(name)
        elif kind == '"':
            if "/" in name:
                complain(path, number, f"{name} is for its own folder alone")
            continue
        else:
            if TUI_ONLY.match(name) and room != "tui":
                complain(path, number, f"{name} is for src/tui alone")
            continue
        if other is None:
            complain(path, number, f"whose header is {name}?")
        elif BELOW[other] > BELOW[room] or (
                BELOW[other] == BELOW[room] and other != room):
            complain(path, number, f"{room} looks up: {name} is of {other}")

sys.exit(failed)
