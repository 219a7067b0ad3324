#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
"""The measuring part of bench.sh."""

import os
import shutil
import socket
import statistics
import subprocess
import tempfile
import time

BIN = os.environ["SOCKCHAT_BIN"]
ROUNDS = int(os.environ["ROUNDS"])
SIZE = int(os.environ["MIB"]) << 20
TRIPS = 20000
CHUNK = memoryview(bytearray(1 << 20))

CONNECT = {
    "sockchat": lambda port: [BIN, "connect", "127.0.0.1", port],
    "nc": lambda port: ["nc.openbsd", "-N", "127.0.0.1", port],
    "ncat": lambda port: ["ncat", "127.0.0.1", port],
    "socat": lambda port: ["socat", "-t10", "-", "TCP:127.0.0.1:" + port],
}
ECHO = {
    "sockchat": lambda port: [BIN, "listen", "--echo", port],
    "ncat": lambda port: ["ncat", "-lk", "127.0.0.1", port, "-e", "/bin/cat"],
    "socat": lambda port: ["socat",
                           f"TCP-LISTEN:{port},bind=127.0.0.1,fork,reuseaddr",
                           "PIPE"],
}


def drain(peer):
    total = 0
    while True:
        n = peer.recv_into(CHUNK)
        if not n:
            return total
        total += n


def fill(peer):
    for _ in range(SIZE >> 20):
        peer.sendall(CHUNK)
    peer.shutdown(socket.SHUT_WR)
    drain(peer)


def with_peer(command, serve, **descriptors):
    """Seconds that the tool takes with a server that does `serve`."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        began = time.monotonic()
        tool = subprocess.Popen(command(port), stderr=subprocess.DEVNULL,
                                **descriptors)
        peer, _ = server.accept()
        with peer:
            moved = serve(peer)
        tool.wait()
    if moved is not None and moved != SIZE:
        raise SystemExit(f"{command(port)[0]} lost {SIZE - moved} bytes")
    return time.monotonic() - began


def send_file(command, path):
    with open(path, "rb") as source:
        return with_peer(command, drain, stdin=source,
                         stdout=subprocess.DEVNULL)


def send_pipe(command, path):
    with subprocess.Popen(["cat", path], stdout=subprocess.PIPE) as cat:
        return with_peer(command, drain, stdin=cat.stdout,
                         stdout=subprocess.DEVNULL)


def receive(command, _):
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE,
                          stdout=subprocess.DEVNULL) as cat:
        return with_peer(command, fill, stdin=subprocess.DEVNULL,
                         stdout=cat.stdin)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return str(server.getsockname()[1])


def dial(port):
    for _ in range(200):
        try:
            return socket.create_connection(("127.0.0.1", int(port)))
        except ConnectionRefusedError:
            time.sleep(0.02)
    raise SystemExit("the echo listener does not listen")


def round_trips(command, _):
    port = free_port()
    tool = subprocess.Popen(command(port), stdin=subprocess.DEVNULL,
                            stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)
    try:
        with dial(port) as peer:
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            began = time.monotonic()
            for _ in range(TRIPS):
                peer.sendall(b"x" * 64)
                left = 64
                while left:
                    left -= len(peer.recv(left))
            return time.monotonic() - began
    finally:
        tool.terminate()
        tool.wait()


def compare(title, tools, measure, path, amount, unit):
    taken = {name: [] for name in tools}
    for _ in range(ROUNDS):
        for name, command in tools.items():
            taken[name].append(measure(command, path))
    rates = {name: amount / statistics.median(t) for name, t in taken.items()}
    other = "nc" if "nc" in rates else "socat"
    for name, rate in rates.items():
        print(f"{title:<22}{name:<10}{rate:10.2f} {unit:<8}"
              f"{rate / rates[other]:6.2f} x {other}", flush=True)


def is_there(command):
    return shutil.which(command("0")[0]) is not None


def main():
    connect = {n: c for n, c in CONNECT.items() if is_there(c)}
    echo = {n: c for n, c in ECHO.items() if is_there(c)}
    gib = SIZE / (1 << 30)
    with tempfile.NamedTemporaryFile(dir="/dev/shm") as data:
        for _ in range(SIZE >> 20):
            data.write(CHUNK)
        data.flush()
        compare("file to socket", connect, send_file, data.name, gib, "GiB/s")
        compare("pipe to socket", connect, send_pipe, data.name, gib, "GiB/s")
        compare("socket to pipe", connect, receive, data.name, gib, "GiB/s")
        compare("64-byte round trips", echo, round_trips, None, TRIPS / 1000,
                "k/s")


main()
