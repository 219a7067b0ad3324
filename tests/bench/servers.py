# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
"""Processes that a load needs beside its tool."""

import contextlib
import os
import socket
import subprocess
import time

from loads import PATIENCE_S, Failed, bare


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as s:
        return str(s.getsockname()[1])


def start(command):
    return subprocess.Popen(command, stdin=subprocess.DEVNULL,
                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                            text=True)


def wait_for_listener(port):
    """Without a connection, which would be taken for the one that counts."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        with open("/proc/net/tcp", encoding="ascii") as f:
            if f":{int(port):04X} 00000000:0000 0A" in f.read():
                return
        time.sleep(.001)
    raise Failed(f"nobody listens on {port}")


@contextlib.contextmanager
def echo_loop():
    """The port of one of ours, which sends all back for so long. Its core is
    that of whoever makes the load, where there are two."""
    port = free_port()
    server = start([word.replace("PORT", port) for word in bare("echo-epoll")])
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(server.pid, cores[1:2] or cores)
    try:
        wait_for_listener(port)
        yield port
    finally:
        server.kill()
        server.communicate()
