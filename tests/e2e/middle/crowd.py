#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
"""Many clients at once, and many after each other, through a sockchat that
forwards.

    crowd.py SOCKCHAT at-once COUNT
    crowd.py SOCKCHAT in-turn COUNT"""

import asyncio
import contextlib
import hashlib
import os
import random
import resource
import struct
import sys
import tempfile
import threading

from between import DEADLINE, Forwarder, connect, host_and_port, wait_for

HEAD = struct.Struct(">QII")  # a seed, the bytes out, the bytes in


async def read_hash(reader):
    digest = hashlib.sha256()
    while data := await reader.read(65536):
        digest.update(data)
    return digest.digest()


async def serve(reader, writer):
    """Greet; send the bytes that the head asks for; when all have come, tell
    what they were."""
    writer.write(b"!")
    head = await reader.readexactly(HEAD.size)
    seed, _, size = HEAD.unpack(head)
    writer.write(random.Random(seed).randbytes(size))
    writer.write(await read_hash(reader))
    await writer.drain()
    writer.close()


async def ask(endpoint, greeted, seed):
    """Returns what came and what was sent."""
    chance = random.Random(seed)
    out, back = (int(2 ** chance.uniform(0, 17)) for _ in range(2))
    reader, writer = await asyncio.open_connection(*host_and_port(endpoint))
    assert await reader.readexactly(1) == b"!"
    await greeted()
    head, sent = HEAD.pack(seed, out, back), chance.randbytes(out)
    writer.write(head + sent)
    writer.write_eof()
    got = await reader.readexactly(back)
    assert got == random.Random(seed).randbytes(back), f"seed {seed}: in"
    found = await reader.read()
    assert found == hashlib.sha256(sent).digest(), f"seed {seed}: out"
    writer.close()
    return b"!" + got + found, head + sent


async def ask_at_once(endpoint, count):
    """Nobody begins before all have been greeted."""
    everybody, left = asyncio.Event(), count

    async def greeted():
        nonlocal left
        left -= 1
        if not left:
            everybody.set()
        await everybody.wait()
    base = int.from_bytes(os.urandom(4), "big")
    return await asyncio.wait_for(asyncio.gather(
        *(ask(endpoint, greeted, base + i) for i in range(count))), DEADLINE)


@contextlib.contextmanager
def target():
    """The server, in a thread of its own."""
    loop = asyncio.new_event_loop()
    kept = set()

    async def keep(reader, writer):
        kept.add(task := asyncio.current_task())
        await serve(reader, writer)
        kept.remove(task)
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    listening = asyncio.run_coroutine_threadsafe(asyncio.start_server(
        keep, "127.0.0.1", 0, backlog=1024), loop).result()
    try:
        yield "%s:%d" % listening.sockets[0].getsockname()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


def descriptors(forwarder):
    return len(os.listdir(f"/proc/{forwarder.process.pid}/fd"))


def memory_kib(forwarder):
    with open(f"/proc/{forwarder.process.pid}/status", encoding="ascii") as f:
        return next(int(line.split()[1]) for line in f
                    if line.startswith("VmRSS"))


def wait_for_descriptors(forwarder, count):
    wait_for(f"{count} descriptors", lambda: descriptors(forwarder) <= count)


def at_once(forwarder, count):
    """Only epoll's descriptor and the pipe of splice(2) may be left."""
    had = descriptors(forwarder)
    asked = asyncio.run(ask_at_once(forwarder.endpoint, count))
    wait_for_descriptors(forwarder, had + 3)
    if forwarder.way == "json":
        forwarder.wait_closed(count)
        if forwarder.conversations() != sorted(asked):
            sys.exit(f"the log of {forwarder.folder} has other bytes")


def ask_one(endpoint, i):
    with connect(endpoint) as sock:
        sock.sendall(HEAD.pack(i, 1, 10) + b"x")
        sock.shutdown(1)
        assert len(sock.makefile("rb").read()) == 1 + 10 + 32


def in_turn(forwarder, count):
    """Half as many before them fill what is kept anyway."""
    for i in range(count // 2):
        ask_one(forwarder.endpoint, i)
    had, began = descriptors(forwarder), memory_kib(forwarder)
    for i in range(count):
        ask_one(forwarder.endpoint, i)
    wait_for_descriptors(forwarder, had)
    grown = memory_kib(forwarder) - began
    assert grown < 1024, f"{count} clients left {grown} KiB behind"


def try_way(sockchat, how, count, way):
    with tempfile.TemporaryDirectory(prefix="sockchat-crowd-") as folder:
        with target() as endpoint:
            forwarder = Forwarder(sockchat, folder, way, endpoint,
                                  words=["--scrollback", "1M"])
            with forwarder.running():
                how(forwarder, count)


if __name__ == "__main__":
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    # AddressSanitizer would keep what was freed.
    os.environ["ASAN_OPTIONS"] = (
        os.environ.get("ASAN_OPTIONS", "") +
        ":quarantine_size_mb=0:thread_local_quarantine_size_kb=0")
    for name in "quiet", "json":
        try_way(os.path.abspath(sys.argv[1]),
                {"at-once": at_once, "in-turn": in_turn}[sys.argv[2]],
                int(sys.argv[3]), name)
