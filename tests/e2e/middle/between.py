# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
"""Programs for tests of `sockchat listen --forward`: servers, a sockchat
between them and their clients, and taps that keep what both ends saw.

An endpoint is "127.0.0.1:PORT", "unix:PATH", or either behind "tls://"."""

import asyncio
import base64
import collections
import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import threading
import time

DEADLINE = 50
CHECKER = os.path.join(os.path.dirname(__file__), "..", "peers",
                       "check_entries.py")


def wait_for(what, condition):
    """What the condition returns as soon as that is true."""
    late = time.monotonic() + DEADLINE
    while not (result := condition()):
        if time.monotonic() > late:
            raise TimeoutError("waited for " + what)
        time.sleep(0.01)
    return result


def free_port():
    """For programs that cannot tell which port they got."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def host_and_port(endpoint):
    host, port = endpoint.removeprefix("tls://").rsplit(":", 1)
    return host, int(port)


def connect(endpoint):
    if endpoint.startswith("unix:"):
        sock = socket.socket(socket.AF_UNIX)
        sock.connect(endpoint.removeprefix("unix:"))
    else:
        sock = socket.create_connection(host_and_port(endpoint))
    sock.settimeout(DEADLINE)
    return sock


def is_served(endpoint):
    try:
        connect(endpoint.removeprefix("tls://")).close()
    except OSError:
        return False
    return True


def is_listening(endpoint):
    """The same without a connection."""
    port = f":{host_and_port(endpoint)[1]:04X} 00000000:0000 0A"
    with open("/proc/net/tcp", encoding="ascii") as table:
        return port in table.read()


def run(*words, **more):
    """The output of a client, which has to succeed."""
    done = subprocess.run(words, stdout=subprocess.PIPE, timeout=DEADLINE,
                          stderr=subprocess.STDOUT, check=False, **more)
    if done.returncode:
        raise RuntimeError(f"{words} ended with {done.returncode}: "
                           f"{done.stdout[-2000:]}")
    return done.stdout


@contextlib.contextmanager
def started(*words, said="/dev/null", last=signal.SIGTERM, **more):
    """A program that ends with the block, or with us."""
    more = {"stdin": subprocess.DEVNULL, "stderr": subprocess.STDOUT, **more}
    with open(said, "wb") as out, subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", *words], stdout=out,
            **more) as process:
        try:
            yield process
        finally:
            process.send_signal(last)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                raise


@contextlib.contextmanager
def server(endpoint, *words, **more):
    """A server that is ready."""
    with started(*words, **more) as process:
        wait_for(words[0], lambda: is_served(endpoint) or
                 process.poll() is not None)
        if process.returncode is not None:
            raise RuntimeError(f"{words} ended")
        yield process


class Forwarder:
    """A sockchat before `target`; `way` is lines, json or quiet, and `kind`
    where it listens: tcp, unix or tls."""

    def __init__(self, sockchat, folder, way, target, kind="tcp", words=()):
        self.way, self.kind = way, kind
        self.folder = tempfile.mkdtemp(dir=folder)
        self.socket = self.path(".s.PGSQL.5432")  # as psql wants it
        self.words = [sockchat, "listen", "--forward", target, *words]
        self.words += {"lines": [], "json": ["--json"], "quiet": ["--quiet"]}[
            way]
        self.endpoint = self.process = None

    def path(self, name):
        return os.path.join(self.folder, name)

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def operand(self):
        """A quiet one cannot say which port it got: it is given one."""
        if self.kind == "unix":
            return "unix:" + self.socket
        return f"127.0.0.1:{free_port() if self.way == 'quiet' else 0}"

    def start(self, stack):
        if self.kind == "tls":
            self.words.append("--tls")
        self.words.append(self.operand())
        err = stack.enter_context(open(self.path("err"), "wb"))
        self.process = stack.enter_context(started(
            *self.words, said=self.path("out"), stderr=err))

    def has_started(self):
        """Where it listens, as soon as it does."""
        if self.process.poll() is not None:
            raise RuntimeError(f"{self.words}: {self.read('err')}")
        if self.kind == "unix":
            return os.path.exists(self.socket) and self.words[-1]
        if self.way == "quiet":
            return is_listening(self.words[-1]) and self.words[-1]
        said = re.search(rb"listening on (127.0.0.1:\d+)", self.read("out"))
        return said and said[1].decode()

    def wait_until_it_listens(self):
        self.endpoint = wait_for("sockchat to listen", self.has_started)
        if self.kind == "tls":
            self.endpoint = "tls://" + self.endpoint

    @contextlib.contextmanager
    def running(self):
        with contextlib.ExitStack() as stack:
            self.start(stack)
            self.wait_until_it_listens()
            yield self
        self.check_end()

    def check_end(self):
        said = self.read("err")
        if self.process.returncode != -signal.SIGTERM or said:
            raise RuntimeError(f"sockchat {self.words} ended with "
                               f"{self.process.returncode}: {said[-2000:]}")

    def entries(self):
        """What --json printed: each line is as sockchat-entries(5) says."""
        run("python3", CHECKER, input=self.read("out"))
        return [json.loads(line) for line in self.read("out").splitlines()]

    def conversations(self):
        """What the log says of each pair: what went in and out of it."""
        pairs = collections.defaultdict(lambda: {"in": b"", "out": b""})
        for entry in self.entries():
            if entry["kind"] == "message":
                pairs[entry["session"]][entry["dir"]] += content(entry)
        return sorted((pair["in"], pair["out"]) for pair in pairs.values())

    def wait_closed(self, count):
        """Until so many pairs have been closed."""
        return wait_for(f"{count} closed pairs", lambda: self.read(
            "out").count(b'"state":"closed"') >= count)


def content(entry):
    if "base64" in entry:
        return base64.b64decode(entry["base64"])
    return entry["text"].encode()


class Tap:
    """Passes each connection on to `target`, and keeps its bytes.  It lives
    in a thread."""

    def __init__(self, target):
        self.target, self.pairs = target, []
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)

    async def serve(self, reader, writer):
        if self.target.startswith("unix:"):
            opening = asyncio.open_unix_connection(self.target[5:])
        else:
            opening = asyncio.open_connection(*host_and_port(self.target))
        far_reader, far_writer = await opening
        # The event loop would let the task's memory go while it waits.
        kept = {"in": bytearray(), "out": bytearray(), "done": False,
                "task": asyncio.current_task()}
        self.pairs.append(kept)
        await asyncio.gather(self.pump(reader, far_writer, kept["out"]),
                             self.pump(far_reader, writer, kept["in"]))
        writer.close()
        far_writer.close()
        kept["done"] = True

    @staticmethod
    async def pump(reader, writer, kept):
        try:
            while data := await reader.read(65536):
                kept += data
                writer.write(data)
                await writer.drain()
            writer.write_eof()
        except OSError:
            writer.transport.abort()

    @contextlib.contextmanager
    def running(self):
        self.thread.start()
        listening = asyncio.run_coroutine_threadsafe(asyncio.start_server(
            self.serve, "127.0.0.1", 0, backlog=1024), self.loop).result()
        self.endpoint = "%s:%d" % listening.sockets[0].getsockname()
        try:
            yield self
            wait_for("the ends of all connections",
                     lambda: all(pair["done"] for pair in self.pairs))
        finally:
            self.loop.call_soon_threadsafe(listening.close)
            self.loop.call_soon_threadsafe(self.loop.stop)
            self.thread.join()

    def conversations(self):
        return sorted((bytes(pair["in"]), bytes(pair["out"]))
                      for pair in self.pairs)
