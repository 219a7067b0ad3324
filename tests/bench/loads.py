# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
"""What is measured, and with which tools: a load is a row of all_loads().

Running a load with a tool gives figures: (name, value, unit). Most are told by
a program of ours, bench_NAME.c, which makes the load and checks what it gets.
"""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass

BIN = os.environ["SOCKCHAT_BIN"]
PROGRAMS = os.environ["BENCH_PROGRAMS"]
MIB = os.environ["MIB"]
SECONDS = os.environ["SECONDS_EACH"]
HERE = os.path.dirname(os.path.abspath(__file__))
LINES = 20000  # in a script of bench_core
PATIENCE_S = 120


class Failed(Exception):
    """A tool did not do what was asked; the others go on."""


@dataclass
class Load:
    """What is measured with tools that take turns.

    A figure stands beside that of the best peer, and of the bare loop."""
    name: str
    tools: dict  # name: function that runs it
    bare: str = ""  # which of the bare loops is the limit


def is_ours(tool):
    return tool.startswith(("sockchat", "bare "))


def more_is_better(unit):
    return unit.endswith("/s")


def is_peer(tool):
    return not is_ours(tool)


def ran(command):
    """What it said; a Failed if that took too long, or went wrong."""
    try:
        told = subprocess.run(command, capture_output=True, text=True,
                              timeout=PATIENCE_S, check=False)
    except subprocess.TimeoutExpired as late:
        raise Failed(f"nothing in {PATIENCE_S} s") from late
    if told.returncode:
        raise Failed(told.stderr.strip())
    return told


def program(name, *words):
    """Figures that the program of ours tells: a line each, with tabs."""
    def run():
        told = ran([f"{PROGRAMS}/bench_{name}", *words])
        lines = (line.split("\t") for line in told.stdout.splitlines())
        return [(figure, float(value), unit) for figure, value, unit in lines]
    return run


def without(names, run):
    """Those figures aside, which say nothing about this tool."""
    return lambda: [told for told in run() if told[0] not in names]


def counted(script):
    """Instructions of a script of bench_core, for each of its lines."""
    def run():
        command = ["valgrind", "--tool=callgrind",
                   "--callgrind-out-file=/dev/null",
                   f"{PROGRAMS}/bench_core", script]
        count = re.search(r"Collected : (\d+)", ran(command).stderr)
        if not count:
            raise Failed("valgrind told no count")
        return [("instructions", int(count[1]) / LINES, "a line")]
    return run


def there(commands):
    """Those that are installed; the tool is the first word."""
    return {n: c for n, c in commands.items() if shutil.which(c[0])}


CHAT = {
    "sockchat": [BIN, "connect", "127.0.0.1", "PORT"],
    "nc": ["nc.openbsd", "127.0.0.1", "PORT"],
    "ncat": ["ncat", "127.0.0.1", "PORT"],
    "socat": ["socat", "-", "TCP:127.0.0.1:PORT"],
    "sockchat in tmux": [
        "tmux", "-L", "sockchat-bench", "-f", "/dev/null", "new-session",
        f"{BIN} connect 127.0.0.1 PORT", ";", "set", "destroy-unattached",
        "on"],
}
SCRIPTS = {
    "cut": "cut and keep a line of 100 bytes",
    "find": "search it, kept before",
    "lay out": "lay it out, kept before",
    "json": "write it as JSON, kept before",
}
LONG = [BIN, "connect", "--scrollback=256M", "127.0.0.1", "PORT"]


def flood():
    tools = {n: program("chat", "flood", SECONDS, *c)
             for n, c in there(CHAT).items()}
    if "sockchat in tmux" in tools:  # its process is tmux's client
        tools["sockchat in tmux"] = without(("CPU", "memory"),
                                            tools["sockchat in tmux"])
    return tools | {"bare read": program("chat", "read", SECONDS)}


def bare(loop):
    return [f"{PROGRAMS}/bench_loops", loop, "PORT"]


CONNECT = {
    "sockchat": [BIN, "connect", "127.0.0.1", "PORT"],
    "nc": ["nc.openbsd", "-N", "127.0.0.1", "PORT"],
    "ncat": ["ncat", "127.0.0.1", "PORT"],
    "socat": ["socat", "-t10", "-", "TCP:127.0.0.1:PORT"],
}
BULK = {  # the last loop is what the row is about
    "file to socket": ("send", "send-sendfile"),
    "pipe to socket": ("send-splice", "send"),
    "pages to socket": ("send", "send-splice"),
    "socket to file": ("receive",),
    "socket to pipe": ("receive", "receive-splice"),
    "socket to null": ("receive",),
    "both ways": ("both-ways",),
}


def bulk(mode, loops):
    commands = CONNECT | {f"bare {loop}": bare(loop) for loop in loops}
    return Load(mode, {name: program("bulk", mode.replace(" ", "-"), MIB, *c)
                       for name, c in there(commands).items()},
                f"bare {loops[-1]}")


def all_loads():
    return [bulk(mode, loops) for mode, loops in BULK.items()] + [
        Load("chat under a flood of 100-byte lines", flood(), "bare read"),
        Load("chat with a million entries",
             {"sockchat": program("chat", "long", "1000000", *LONG)}),
        Load("chat at its start",
             {"sockchat": program("chat", "start", "10", *CHAT["sockchat"])}),
    ] + [Load(f"instructions to {what}", {"sockchat": counted(script)})
         for script, what in SCRIPTS.items() if shutil.which("valgrind")]
