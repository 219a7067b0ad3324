# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
"""What it costs to stand between a client and its target: more rows for
loads.py. In a command, PORT is where clients come and TARGET where they go."""

import shutil

from loads import BIN, COUNTERS, HERE, IDLE, MIB, PEMS, PROGRAMS, SECONDS, \
    Load, bare, per_message, program, there
from servers import echo_loop

FORWARD = [BIN, "listen", "--forward", "127.0.0.1:TARGET"]


def configured(name):
    return ["sh", f"{HERE}/forwarder.sh", name, "PORT", "TARGET", PEMS]


def relay(loop):
    return [f"{PROGRAMS}/bench_relays", loop, "PORT", "TARGET"]


# What only passes on, and what keeps a log as well.
TOOLS = {
    "sockchat --quiet": FORWARD + ["--quiet", "127.0.0.1", "PORT"],
    "nginx": configured("nginx"),
    "haproxy": configured("haproxy"),
    "socat": ["socat", "TCP-LISTEN:PORT,bind=127.0.0.1,fork,reuseaddr",
              "TCP:127.0.0.1:TARGET"],
    "ncat": ["ncat", "-lk", "-m", "10000", "127.0.0.1", "PORT", "-e",
             f"{shutil.which('nc.openbsd')} 127.0.0.1 TARGET"],
    "bare splice": relay("splice"),
    "bare copy": relay("copy"),
}
LOGGING = {
    "sockchat with a log": FORWARD + ["127.0.0.1", "PORT"],
    "bare log": relay("log"),
}
LOGGED_MIB = str(min(int(MIB), 64))
MANY = str(min(int(IDLE), 1000))
STUCK = ("ncat",)  # it and its nc wait for each other
SLOW = ("ncat",)  # with so many
BULK = {
    "forward, to the target": ("up", ()),
    "forward, to the client": ("down", ()),
    "forward, both ways": ("both", STUCK),
}
ECHOES = {
    "forward, 100 peers": ("trips", "100", ()),
    f"forward, {MANY} peers": ("trips", MANY, SLOW),
    f"forward, 10 peers beside {MANY} idle": ("idle", MANY, SLOW),
    "forward, connect, echo, close": ("churn", "20000", ()),
}
ADDED = {
    "median": "latency added",
    "99th percentile": "latency added, 99th p.",
}
COUNTED = ("sockchat --quiet", "nginx", "haproxy", "bare splice")


def there_of(tools, left_out=()):
    """Those that are installed; a script of ours starts the one it names."""
    return {n: c for n, c in there(tools).items()
            if n not in left_out and (c[0] != "sh" or shutil.which(c[2]))}


def through(measure):
    """measure() of a command that forwards to a loop that sends all back."""
    def measured(command):
        def run():
            with echo_loop() as port:
                return measure([word.replace("TARGET", port)
                                for word in command])
        return run
    return measured


def echo(load, peers):
    return through(lambda command: program("echo", load, peers, SECONDS,
                                           *command)())


def told(run):
    return {figure: value for figure, value, _ in run()}


def one_peer(command):
    """And how much longer it takes than straight to the target."""
    trips = program("echo", "trips", "1", SECONDS, *command)()
    direct = told(program("echo", "trips", "1", SECONDS, *bare("echo-epoll")))
    return trips + [(ADDED[figure], value - direct[figure], unit)
                    for figure, value, unit in trips if figure in ADDED]


def loads_of(tools, limit, mib, suffix=""):
    def load(name, measured, left_out=()):
        return Load(name + suffix,
                    {n: measured(c)
                     for n, c in there_of(tools, left_out).items()}, (limit,))

    def bulk(mode):
        return lambda command: program("forward", mode, mib, *command)
    return [
        load(name, bulk(mode), out) for name, (mode, out) in BULK.items()
    ] + [load("forward, 1 peer", through(one_peer))] + [
        load(name, echo(*row), out) for name, (*row, out) in ECHOES.items()
    ]


def calls(peers):
    is_there, counter, parse, _ = COUNTERS["calls"]
    tools = {n: c for n, c in there_of(TOOLS).items()
             if is_there and n in COUNTED}
    count = through(lambda command: per_message(
        "calls", counter, parse, peers, command)())
    return Load(f"calls of a forwarded echo, peers: {peers}",
                {n: count(c) for n, c in tools.items()}, ("bare splice",),
                True)


def all_loads():
    return loads_of(TOOLS, "bare splice", MIB) + \
        loads_of(LOGGING, "bare log", LOGGED_MIB, ", with a log") + \
        [calls(peers) for peers in ("1", "64")]
