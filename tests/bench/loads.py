# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
"""What is measured, and with which tools: a load is a row of all_loads().

Running a load with a tool gives figures: (name, value, unit). Most are told by
a program of ours, bench_NAME.c, which makes the load and checks what it gets.
"""

import os
import re
import resource
import shutil
import subprocess
import tempfile
from dataclasses import dataclass

BIN = os.environ["SOCKCHAT_BIN"]
PROGRAMS = os.environ["BENCH_PROGRAMS"]
MIB = os.environ["MIB"]
SECONDS = os.environ["SECONDS_EACH"]
ENTRIES = os.environ["ENTRIES"]
TIMES = os.environ["TIMES"]
IDLE = os.environ["IDLE"]
PEMS = os.environ["PEMS"]  # a folder with cert.pem and key.pem
HERE = os.path.dirname(os.path.abspath(__file__))
MESSAGES = int(os.environ["MESSAGES"])
LINES = 20000  # in a script of bench_core
PATIENCE_S = 120


class Failed(Exception):
    """A tool did not do what was asked; the others go on."""


@dataclass
class Load:
    """What is measured with tools that take turns.

    A figure stands beside that of the best peer, and of the best of the loops
    that are the limit."""
    name: str
    tools: dict  # name: function that runs it
    bare: tuple = ()  # the loops that are the limit
    counts: bool = False  # the same each time: one round is enough


def is_ours(tool):
    return tool.startswith(("sockchat", "bare "))


def more_is_better(unit):
    return unit.endswith("/s")


def is_peer(tool):
    return not is_ours(tool)


def ran(command, **more):
    """What it said; a Failed if that took too long, or went wrong."""
    try:
        told = subprocess.run(command, capture_output=True, text=True,
                              timeout=PATIENCE_S, check=False,
                              env=os.environ | more)
    except subprocess.TimeoutExpired as late:
        raise Failed(f"nothing in {PATIENCE_S} s") from late
    if told.returncode:
        raise Failed(told.stderr.strip())
    return told


def program(name, *words, **more):
    """Figures that the program of ours tells: a line each, with tabs."""
    def run():
        told = ran([f"{PROGRAMS}/bench_{name}", *words], **more)
        lines = (line.split("\t") for line in told.stdout.splitlines())
        return [(figure, float(value), unit) for figure, value, unit in lines]
    return run


def without(names, run):
    """Those figures aside, which say nothing about this tool."""
    return lambda: [told for told in run() if told[0] not in names]


CALLGRIND = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]


def instructions(text):
    return int(re.search(r"Collected : (\d+)", text)[1])


def calls(text):
    """The sum that strace -c writes: "100.00 0.1 12 3456 7 total"."""
    return int(re.search(r"^100\.00 +\S+ +\d+ +(\d+).* total$", text,
                         re.MULTILINE)[1])


def counted(script):
    """Instructions of a script of bench_core, for each of its lines."""
    def run():
        told = ran(CALLGRIND + [f"{PROGRAMS}/bench_core", script]).stderr
        return [("instructions", instructions(told) / LINES, "/line")]
    return run


def count_messages(counter, count, peers, command, **more):
    """What a counter writes to its LOG when so many have been echoed."""
    with tempfile.NamedTemporaryFile("r") as log:
        ran([f"{PROGRAMS}/bench_echo", "messages", peers, str(count)] +
            [word.replace("LOG", log.name) for word in counter] + command,
            **more)
        return log.read()


def per_message(figure, counter, parse, peers, command, **more):
    """Twice as many messages, less so many: a start does not count."""
    def run():
        few, many = (parse(count_messages(counter, n, peers, command, **more))
                     for n in (MESSAGES, 2 * MESSAGES))
        return [(figure, (many - few) / MESSAGES, "/message")]
    return run


# It cannot run what carries a sanitizer.
HAS_VALGRIND = shutil.which("valgrind") and not os.environ.get("SANITIZE")


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


def bare(loop):
    return [f"{PROGRAMS}/bench_loops", loop, "PORT"]


def chat(load):
    tools = {n: program("chat", load, SECONDS, *c)
             for n, c in there(CHAT | {"bare chat": bare("chat")}).items()}
    if "sockchat in tmux" in tools:  # its process is tmux's client
        tools["sockchat in tmux"] = without(("CPU", "memory"),
                                            tools["sockchat in tmux"])
    return tools


def flood():
    return chat("flood") | {"bare read": program("chat", "read", SECONDS)}


CONNECT = {
    "sockchat": [BIN, "connect", "127.0.0.1", "PORT"],
    "nc": ["nc.openbsd", "-N", "127.0.0.1", "PORT"],
    "ncat": ["ncat", "127.0.0.1", "PORT"],
    "socat": ["socat", "-t10", "-", "TCP:127.0.0.1:PORT"],
}
BULK = {
    "file to socket": ("send", "send-sendfile"),
    "pipe to socket": ("send-splice", "send"),
    "pages to socket": ("send", "send-splice"),
    "socket to file": ("receive",),
    "socket to pipe": ("receive", "receive-splice"),
    "socket to null": ("receive",),
    "both ways": ("both-ways",),
}


def bulk(mode, loops):
    limits = {f"bare {loop}": bare(loop) for loop in loops}
    return Load(mode, {name: program("bulk", mode.replace(" ", "-"), MIB, *c)
                       for name, c in there(CONNECT | limits).items()},
                tuple(limits))


ECHO = {
    "sockchat --quiet": [BIN, "listen", "--echo", "--quiet", "127.0.0.1",
                         "PORT"],
    "sockchat to a file": [BIN, "listen", "--echo", "127.0.0.1", "PORT"],
    "ncat": ["ncat", "-lk", "-m", "10000", "127.0.0.1", "PORT", "-e",
             "/bin/cat"],
    "socat": ["socat", "TCP-LISTEN:PORT,bind=127.0.0.1,fork,reuseaddr",
              "PIPE"],
    "Python threads": ["python3", f"{HERE}/threads.py", "PORT"],
} | {f"bare {loop}": bare(f"echo-{loop}")
     for loop in ("poll", "epoll", "epoll-in-poll")}
SHOWN = ("sockchat to a file",)
SLOW = ("ncat", "socat", "Python threads", "bare poll")  # with so many
STUCK = ("ncat",)  # it and its cat wait for each other
ECHOES = {
    "echo, 1 peer": ("trips", "1", SECONDS, ()),
    "echo, 10 peers": ("trips", "10", SECONDS, ()),
    "echo, 100 peers": ("trips", "100", SECONDS, ()),
    "echo, 1000 peers": ("trips", "1000", SECONDS, ("ncat",)),
    "echo, 10 peers beside 1000 idle": ("idle", "1000", SECONDS, ("ncat",)),
    f"echo, 10 peers beside {IDLE} idle": ("idle", IDLE, SECONDS, SLOW),
    "echo in bulk, 1 peer": ("bulk", "1", MIB, STUCK + SHOWN),
    "echo in bulk, 64 peers": ("bulk", "64", MIB, STUCK + SHOWN),
    "echo in bulk, 1 peer, shown": ("bulk", "1", "32", set(ECHO) - set(SHOWN)),
    "connect, echo, close": ("churn", "20000", SECONDS, ()),
}
COUNTERS = {
    "calls": (shutil.which("strace"),
              ["strace", "-I2", "-f", "-c", "-o", "LOG"], calls,
              ("sockchat --quiet", "ncat", "socat", "bare epoll",
               "bare epoll-in-poll")),
    "instructions": (HAS_VALGRIND, CALLGRIND + ["--log-file=LOG"],
                     instructions,
                     ("sockchat --quiet", "sockchat to a file",
                      "bare epoll-in-poll")),
}


def echo(name, load, peers, much, left_out, tools=None, **more):
    tools = tools or ECHO
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if load == "idle" and int(peers) + 100 > limit:
        name += f": not with {limit} descriptors, the limit here"
        left_out = tools
    return Load(name, {n: program("echo", load, peers, much, *c, **more)
                       for n, c in there(tools).items() if n not in left_out},
                ("bare epoll",))


CERT, KEY = f"{PEMS}/cert.pem", f"{PEMS}/key.pem"
TLS_CONNECT = {
    "sockchat": [BIN, "connect", "--tls-ca", CERT, "tls://127.0.0.1:PORT"],
    "openssl s_client": ["openssl", "s_client", "-quiet", "-connect",
                         "127.0.0.1:PORT"],
    "ncat --ssl": ["ncat", "--ssl", "--no-shutdown", "127.0.0.1", "PORT"],
    "socat OPENSSL": ["socat", "-t10", "-",
                      "OPENSSL:127.0.0.1:PORT,verify=0"],
}
TLS_LISTEN = {
    "sockchat --quiet": [BIN, "listen", "--echo", "--quiet", "--tls-cert",
                         CERT, "--tls-key", KEY, "tls://127.0.0.1:PORT"],
    "openssl s_server": ["openssl", "s_server", "-quiet", "-rev", "-accept",
                         "PORT", "-cert", CERT, "-key", KEY],
    "ncat --ssl": ["ncat", "-lk", "-m", "10000", "--ssl", "--ssl-cert", CERT,
                   "--ssl-key", KEY, "127.0.0.1", "PORT", "-e", "/bin/cat"],
    "socat OPENSSL": ["socat", "OPENSSL-LISTEN:PORT,bind=127.0.0.1,fork,"
                      f"reuseaddr,cert={CERT},key={KEY},verify=0", "PIPE"],
    "bare epoll": bare("echo-epoll"),
}
ONE = ("openssl s_server",)  # peer at a time, which gets lines in reverse
TLS_BULK = {"file to socket": "send", "socket to null": "receive"}
TLS_ECHOES = {
    "TLS handshakes": ("handshakes", "4", SECONDS, ()),
    "TLS echo, 1 peer": ("trips", "1", SECONDS, ONE),
    "TLS echo, 100 peers": ("trips", "100", SECONDS, ONE),
    f"TLS echo, 10 peers beside {IDLE} idle": (
        "idle", IDLE, SECONDS, ONE + ("ncat --ssl", "socat OPENSSL")),
    "TLS echo in bulk, 1 peer": ("bulk", "1", MIB, ONE + ("ncat --ssl",)),
}


def tls_bulk(mode, loop):
    commands = there(TLS_CONNECT | {f"bare {loop}": bare(loop)})
    return Load(f"TLS, {mode}",
                {n: program("bulk", mode.replace(" ", "-"), MIB, *c,
                            BENCH_TLS=PEMS) for n, c in commands.items()},
                (f"bare {loop}",))


def counts(figure, peers):
    is_there, counter, parse, tools = COUNTERS[figure]
    return Load(f"{figure} of an echo, peers: {peers}",
                {n: per_message(figure, counter, parse, peers, c)
                 for n, c in there(ECHO).items() if is_there and n in tools},
                ("bare epoll-in-poll",), True)


STORES = {
    "lines": "many lines in a read",
    "reads": "a read for each",
    "peers": "64 peers that answer in turn",
}
STARTS = {
    "connect": CONNECT | {"bare both-ways": bare("both-ways")},
    "answer": CONNECT | {"bare both-ways": bare("both-ways")},
    "version": {
        "sockchat": [BIN, "--version"],
        "nc": ["nc.openbsd", "-h"],
        "ncat": ["ncat", "--version"],
        "socat": ["socat", "-V"],
    },
}


def start(what, commands):
    return Load(f"start, {what}",
                {n: program("start", what, TIMES, *c)
                 for n, c in there(commands).items()}, ("bare both-ways",))


def all_loads():
    return [bulk(mode, loops) for mode, loops in BULK.items()] + [
        echo(name, *row) for name, row in ECHOES.items()
    ] + [tls_bulk(mode, loop) for mode, loop in TLS_BULK.items()] + [
        echo(name, *row, TLS_LISTEN, BENCH_TLS=PEMS)
        for name, row in TLS_ECHOES.items()
    ] + [
        counts(figure, peers) for figure in COUNTERS for peers in ("1", "64")
    ] + [start(what, commands) for what, commands in STARTS.items()] + [
        Load("chat under a flood of 100-byte lines", flood(), ("bare chat",)),
        Load("chat at 1 MiB/s of 100-byte lines", chat("steady"),
             ("bare chat",)),
        Load(f"chat with {int(ENTRIES):,} entries",
             {"sockchat": program("chat", "long", ENTRIES, *LONG)}),
        Load("chat at its start",
             {"sockchat": program("chat", "start", TIMES, *CHAT["sockchat"])}),
        Load("cut into messages, not kept",
             {"sockchat": program("frame", SECONDS)}),
    ] + [
        Load(f"an entry, {what}", {"sockchat": program("store", how, ENTRIES)})
        for how, what in STORES.items()
    ] + [
        Load(f"{int(ENTRIES):,} entries cut anew, from {a} to {b}",
             {"sockchat": program("store", "recut", a, b, ENTRIES)})
        for a, b in (("read", "line"), ("line", "read"), ("line", "auto"))
    ] + [
        Load(f"instructions to {what}", {"sockchat": counted(script)}, (),
             True)
        for script, what in SCRIPTS.items() if HAS_VALGRIND
    ]
