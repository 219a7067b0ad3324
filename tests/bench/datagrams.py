# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
"""Datagrams, to one socket of UDP that serves all who come: more rows for
loads.py."""

from loads import BIN, COUNTERS, ENTRIES, SECONDS, Load, bare, per_message, \
    program, there

HERE = "udp://127.0.0.1:PORT"
ECHO = {
    "sockchat --quiet": [BIN, "listen", "--echo", "--quiet", HERE],
    "sockchat to a file": [BIN, "listen", "--echo", HERE],
    "socat": ["socat", "-T2", "UDP4-LISTEN:PORT,bind=127.0.0.1,fork,reuseaddr",
              "PIPE"],
    "bare poll": bare("echo-datagrams"),
}
COUNTED = ("sockchat --quiet", "bare poll")
LISTEN = [BIN, "listen", "-k", "--recv-only", "--ui"]
LOG = {  # and whether it tells what was lost
    "sockchat lines": ("tells", LISTEN + ["lines", HERE]),
    "sockchat json": ("tells", LISTEN + ["json", HERE]),
    "socat": ("silent", ["socat", "-u", "UDP4-RECV:PORT,bind=127.0.0.1", "-"]),
    "bare log": ("silent", bare("log-datagrams")),
}
COUNT = str(min(int(ENTRIES), 100000))


def echo(peers, name):
    return Load(f"UDP echo, {name}",
                {n: program("echo", "trips", peers, SECONDS, *c, BENCH_UDP="1")
                 for n, c in there(ECHO).items()}, ("bare poll",))


def calls(peers):
    is_there, counter, parse, _ = COUNTERS["calls"]
    return Load(f"calls of a UDP echo, peers: {peers}",
                {n: per_message("calls", counter, parse, peers, c,
                                BENCH_UDP="1")
                 for n, c in ECHO.items() if is_there and n in COUNTED},
                ("bare poll",), True)


def log():
    tools = there({n: c for n, (_, c) in LOG.items()})
    return Load(f"{int(COUNT):,} datagrams of 100 bytes into a log",
                {n: program("datagrams", LOG[n][0], COUNT, *c, BENCH_UDP="1")
                 for n, c in tools.items()}, ("bare log",))


def all_loads():
    return [echo("1", "1 peer"), echo("64", "64 peers")] + \
        [calls(peers) for peers in ("1", "64")] + [log()]
