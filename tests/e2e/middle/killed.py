#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
"""kill -9 of a client or a target in each state of their connections, with a
sockchat that forwards between.

    killed.py SOCKCHAT"""

import contextlib
import os
import signal
import socket
import sys
import tempfile

from between import DEADLINE, Forwarder, connect, wait_for


class Pair:
    """Sockets of a client and of a target with a sockchat between."""

    def __init__(self, forwarder, listener):
        self.forwarder, self.listener = forwarder, listener
        self.client = connect(forwarder.endpoint)
        self.target = listener.accept()[0]
        self.target.settimeout(DEADLINE)

    def close(self):
        self.client.close()
        self.target.close()


def kill(sock):
    """Give the socket to a process of its own, and kill that."""
    pid = os.fork()
    if not pid:
        signal.pause()
    sock.close()
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def flood(sock):
    """Send until nothing fits for a while.  Returns how many bytes went."""
    count = 0
    sock.settimeout(0.2)
    with contextlib.suppress(TimeoutError):
        while True:
            count += sock.send(65536 * b"x")
    sock.settimeout(DEADLINE)
    return count


def read_all(sock):
    """What comes up to the end, and whether that is a reset."""
    count = 0
    try:
        while data := sock.recv(1 << 20):
            count += len(data)
    except ConnectionResetError:
        return count, "reset"
    return count, "end"


def expect(found, wanted):
    if found != wanted:
        raise AssertionError(f"{found}, not {wanted}")


def expect_all(sock, count):
    expect(read_all(sock), (count, "end"))


def pass_on(source, target, data):
    source.sendall(data)
    expect(target.recv(100), data)


# Each test kills one end, and says what the other end then sees.

def an_idle_client(pair):
    pass_on(pair.client, pair.target, b"hello")
    kill(pair.client)
    expect_all(pair.target, 0)


def an_idle_target(pair):
    pass_on(pair.target, pair.client, b"hello")
    kill(pair.target)
    expect_all(pair.client, 0)


def a_client_that_has_ended(pair):
    pair.client.shutdown(socket.SHUT_WR)
    expect_all(pair.target, 0)
    kill(pair.client)
    # Its system answers what still comes with a reset.
    wait_for("a reset", lambda: is_reset(pair.target))


def a_target_that_has_ended(pair):
    pair.target.shutdown(socket.SHUT_WR)
    expect_all(pair.client, 0)
    kill(pair.target)
    wait_for("a reset", lambda: is_reset(pair.client))


def is_reset(sock):
    try:
        sock.send(b"x")
    except (ConnectionResetError, BrokenPipeError):
        return True
    return False


def a_client_after_the_end_of_the_target(pair):
    pair.target.shutdown(socket.SHUT_WR)
    expect_all(pair.client, 0)
    pass_on(pair.client, pair.target, b"still here")
    kill(pair.client)
    expect_all(pair.target, 0)


def a_target_after_the_end_of_the_client(pair):
    pair.client.shutdown(socket.SHUT_WR)
    expect_all(pair.target, 0)
    pass_on(pair.target, pair.client, b"still here")
    kill(pair.target)
    expect_all(pair.client, 0)


def a_client_that_has_sent_much(pair):
    """Its system still delivers all that it took."""
    count = flood(pair.client)
    kill(pair.client)
    expect_all(pair.target, count)


def a_target_that_has_sent_much(pair):
    count = flood(pair.target)
    kill(pair.target)
    expect_all(pair.client, count)


def a_client_with_bytes_unread(pair):
    """Its system resets the connection."""
    flood(pair.target)
    kill(pair.client)
    expect(read_all(pair.target), (0, "reset"))


def a_target_with_bytes_unread(pair):
    flood(pair.client)
    kill(pair.target)
    expect(read_all(pair.client), (0, "reset"))


def a_client_while_both_send(pair):
    """The reset comes behind what was sent before."""
    pass_on(pair.client, pair.target, b"hello")
    pair.target.sendall(b"y")
    wait_for("a byte", lambda: pair.client.recv(1, socket.MSG_PEEK))
    pair.client.sendall(1000 * b"x")
    kill(pair.client)
    found, _ = read_all(pair.target)
    expect(found, 1000)


def a_target_while_both_send(pair):
    pass_on(pair.target, pair.client, b"hello")
    pair.client.sendall(b"y")
    wait_for("a byte", lambda: pair.target.recv(1, socket.MSG_PEEK))
    pair.target.sendall(1000 * b"x")
    kill(pair.target)
    found, _ = read_all(pair.client)
    expect(found, 1000)


OPEN = (an_idle_client, an_idle_target, a_client_that_has_ended,
        a_target_that_has_ended, a_client_after_the_end_of_the_target,
        a_target_after_the_end_of_the_client, a_client_that_has_sent_much,
        a_target_that_has_sent_much, a_client_with_bytes_unread,
        a_target_with_bytes_unread, a_client_while_both_send,
        a_target_while_both_send)


def descriptors(forwarder):
    return len(os.listdir(f"/proc/{forwarder.process.pid}/fd"))


def try_one(forwarder, listener, test, had):
    pair = Pair(forwarder, listener)
    try:
        test(pair)
    except (AssertionError, OSError) as error:
        raise RuntimeError(f"{test.__name__} ({forwarder.way}, "
                           f"{forwarder.folder}): {error}") from error
    pair.close()
    wait_for(f"the end of the pair after {test.__name__}",
             lambda: descriptors(forwarder) <= had)


def try_way(sockchat, way):
    listener = socket.create_server(("127.0.0.1", 0))
    with tempfile.TemporaryDirectory(prefix="sockchat-killed-") as folder:
        forwarder = Forwarder(sockchat, folder, way,
                              "%s:%d" % listener.getsockname())
        with forwarder.running():
            first = Pair(forwarder, listener)
            # The pair's two go, splice(2) may need two for ever.
            had = descriptors(forwarder)
            first.close()
            for test in OPEN:
                try_one(forwarder, listener, test, had)
    listener.close()


@contextlib.contextmanager
def full_listener():
    """One that has no room: whoever connects waits."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        fillers = []
        while True:
            sock = socket.socket()
            sock.settimeout(0.1)
            fillers.append(sock)
            try:
                sock.connect(listener.getsockname())
            except TimeoutError:
                break
        try:
            yield listener, fillers
        finally:
            for sock in fillers:
                sock.close()


def is_dialling(listener, fillers):
    """Whether somebody else than the fillers has sent a SYN."""
    port = f":{listener.getsockname()[1]:04X} 02"
    ours = {f":{sock.getsockname()[1]:04X} " for sock in fillers}
    with open("/proc/net/tcp", encoding="ascii") as table:
        return any(port in line and not any(our in line for our in ours)
                   for line in table)


def connecting(sockchat, folder, end):
    """`end` is called when sockchat waits for the target to answer."""
    with full_listener() as (listener, fillers):
        forwarder = Forwarder(sockchat, folder, "lines",
                              "%s:%d" % listener.getsockname())
        with forwarder.running():
            client = connect(forwarder.endpoint)
            client.sendall(b"hello")
            wait_for("a SYN", lambda: is_dialling(listener, fillers))
            end(client, listener, fillers)
            client.close()


def a_client_while_the_target_is_dialled(client, listener, fillers):
    """What it said is still delivered."""
    kill(client)
    for sock in fillers:
        sock.close()
    listener.settimeout(DEADLINE)
    while True:
        sock = listener.accept()[0]
        sock.settimeout(DEADLINE)
        if data := sock.recv(100):
            break
        sock.close()
    expect(data, b"hello")
    expect_all(sock, 0)
    sock.close()


def a_target_while_it_is_dialled(client, listener, fillers):
    kill(listener)
    for sock in fillers:
        sock.close()
    expect(read_all(client), (0, "reset"))


if __name__ == "__main__":
    SOCKCHAT = os.path.abspath(sys.argv[1])
    for WAY in "lines", "json", "quiet":
        try_way(SOCKCHAT, WAY)
    with tempfile.TemporaryDirectory(prefix="sockchat-killed-") as FOLDER:
        connecting(SOCKCHAT, FOLDER, a_client_while_the_target_is_dialled)
        connecting(SOCKCHAT, FOLDER, a_target_while_it_is_dialled)
