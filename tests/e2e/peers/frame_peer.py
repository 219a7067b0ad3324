#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
"""A server whose messages have a frame: frame_peer.py KIND/BYTES sends those of
a row below, so many bytes at once (0: a message), and ends."""

import socket
import struct
import sys
import time

TEXTS = [b"hello", b"how are you today?", b"fine, thanks", b"bye"]


def varint(number):
    out = b""
    while number > 127:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


def publish(text):
    body = struct.pack(">H", 7) + b"a/topic" + text
    return b"\x30" + varint(len(body)) + body


KINDS = {
    "big": [struct.pack(">I", len(t)) + t for t in TEXTS],
    "little": [struct.pack("<I", len(t)) + t for t in TEXTS],
    "short": [struct.pack("!H%ds" % len(t), len(t), t) for t in TEXTS],
    "binary": [struct.pack("<I", 8 * n) + struct.pack("<%dd" % n, *range(n))
               for n in (3, 1, 7, 2, 5, 4)],
    "dotnet": [varint(len(t)) + t for t in [b"long " * 40] + TEXTS],
    "mqtt": [b"\x20\x02\0\0", b"\x90\x03\0\1\0"] +
            [publish(t) for t in TEXTS],
    "scales": [b"\x02+00%d.250kg\x03" % n for n in range(4)],
    "json": [b'{"n":%d,"t":"%s"}' % (n, t) for n, t in enumerate(TEXTS)],
    # and what has none that we know
    "lines": [t + b"\n" for t in TEXTS],
    "records": [struct.pack("<IHHd", n, 4, n % 3, n / 7) for n in range(40)],
    "doubles": [struct.pack(">d", n) for n in range(60)],
}

kind, size = sys.argv[1].split("/")
server = socket.create_server(("127.0.0.1", 0))
print("Listening on", server.getsockname()[1], flush=True)
peer = server.accept()[0]
peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
stream, size = b"".join(KINDS[kind]), int(size)
pieces = [stream[i:i + size] for i in range(0, len(stream), size)] \
    if size else KINDS[kind]
for piece in pieces:
    peer.sendall(piece)
    time.sleep(.002)  # so that most pieces are reads of their own
peer.shutdown(socket.SHUT_WR)
while peer.recv(4096):
    pass
