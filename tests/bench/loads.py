# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
"""What is measured, and with which tools: a load is a row of all_loads().

Running a load with a tool gives figures: (name, value, unit). Most are told by
a program of ours, bench_NAME.c, which makes the load and checks what it gets.
"""

import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass

BIN = os.environ["SOCKCHAT_BIN"]
PROGRAMS = os.environ["BENCH_PROGRAMS"]
SIZE = int(os.environ["MIB"]) << 20
SECONDS = os.environ["SECONDS_EACH"]
TRIPS = 20000
LINES = 20000  # in a script of bench_core
CHUNK = memoryview(bytearray(1 << 20))


class Failed(Exception):
    """A tool did not do what was asked; the others go on."""


@dataclass
class Load:
    name: str
    beside: str  # the tool that the others are compared to
    tools: dict  # name: function that runs it


def program(name, *words):
    """Figures that the program of ours tells: a line each, with tabs."""
    def run():
        told = subprocess.run([f"{PROGRAMS}/bench_{name}", *words],
                              capture_output=True, text=True, check=False)
        if told.returncode:
            raise Failed(told.stderr.strip())
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
        told = subprocess.run(command, capture_output=True, text=True,
                              check=False)
        count = re.search(r"Collected : (\d+)", told.stderr)
        if told.returncode or not count:
            raise Failed(told.stderr.strip())
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
    return tools | {"read() alone": program("chat", "read", SECONDS)}


# Bulk and echo.

CONNECT = {
    "sockchat": [BIN, "connect", "127.0.0.1", "PORT"],
    "nc": ["nc.openbsd", "-N", "127.0.0.1", "PORT"],
    "ncat": ["ncat", "127.0.0.1", "PORT"],
    "socat": ["socat", "-t10", "-", "TCP:127.0.0.1:PORT"],
}
ECHO = {
    "sockchat": [BIN, "listen", "--echo", "PORT"],
    "ncat": ["ncat", "-lk", "127.0.0.1", "PORT", "-e", "/bin/cat"],
    "socat": ["socat", "TCP-LISTEN:PORT,bind=127.0.0.1,fork,reuseaddr",
              "PIPE"],
}


def with_port(command, port):
    return [word.replace("PORT", str(port)) for word in command]


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
    """The figure of a tool with a server that does `serve`."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        began = time.monotonic()
        tool = subprocess.Popen(with_port(command, port),
                                stderr=subprocess.DEVNULL, **descriptors)
        peer, _ = server.accept()
        with peer:
            moved = serve(peer)
        tool.wait()
    if moved is not None and moved != SIZE:
        raise Failed(f"{SIZE - moved} bytes were lost")
    rate = SIZE / (time.monotonic() - began) / (1 << 30)
    return [("moved", rate, "GiB/s")]


def send_file(command):
    with tempfile.NamedTemporaryFile(dir="/dev/shm") as data:
        os.truncate(data.name, SIZE)
        with open(data.name, "rb") as source:
            return with_peer(command, drain, stdin=source,
                             stdout=subprocess.DEVNULL)


def send_pipe(command):
    with subprocess.Popen(["head", f"-c{SIZE}", "/dev/zero"],
                          stdout=subprocess.PIPE) as source:
        return with_peer(command, drain, stdin=source.stdout,
                         stdout=subprocess.DEVNULL)


def receive(command):
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE,
                          stdout=subprocess.DEVNULL) as cat:
        return with_peer(command, fill, stdin=subprocess.DEVNULL,
                         stdout=cat.stdin)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def dial(port):
    for _ in range(200):
        try:
            return socket.create_connection(("127.0.0.1", port))
        except ConnectionRefusedError:
            time.sleep(0.02)
    raise Failed("the echo listener does not listen")


def round_trips(command):
    port = free_port()
    tool = subprocess.Popen(with_port(command, port),
                            stdin=subprocess.DEVNULL,
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
            taken = time.monotonic() - began
            return [("round trips", TRIPS / taken / 1000, "k/s")]
    finally:
        tool.terminate()
        tool.wait()


def each(function, commands):
    return {n: lambda c=c: function(c) for n, c in there(commands).items()}


def all_loads():
    return [
        Load("file to socket", "nc", each(send_file, CONNECT)),
        Load("pipe to socket", "nc", each(send_pipe, CONNECT)),
        Load("socket to pipe", "nc", each(receive, CONNECT)),
        Load("echo of 64 bytes", "socat", each(round_trips, ECHO)),
        Load("chat under a flood of 100-byte lines", "nc", flood()),
        Load("chat with a million entries", "sockchat",
             {"sockchat": program("chat", "long", "1000000", *LONG)}),
        Load("chat at its start", "sockchat",
             {"sockchat": program("chat", "start", "10", *CHAT["sockchat"])}),
    ] + [Load(f"instructions to {what}", "", {"sockchat": counted(script)})
         for script, what in SCRIPTS.items() if shutil.which("valgrind")]
