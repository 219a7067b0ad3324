# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
"""The ends of what the program reads and writes, and what it shows."""

import json
import os
import re
import socket


class Stream:
    """A descriptor of ours, read to its end, and what is to be written."""

    def __init__(self, fd, sock=None):
        self.fd, self.sock = fd, sock
        self.got, self.todo, self.sent = bytearray(), bytearray(), 0
        self.ended = self.is_reset = self.ends = False
        self.taken = None  # called with what comes
        os.set_blocking(fd, False)

    def send(self, data):
        self.todo += data if isinstance(data, bytes) else data.encode()

    def end(self):
        """Close our half as soon as all is written."""
        self.ends = True
        self.finish_out()

    def finish_out(self):
        if not self.ends or self.todo or self.fd < 0:
            return
        if self.sock:
            try:
                self.sock.shutdown(socket.SHUT_WR)
            except OSError:
                pass
        else:
            self.close()

    def close(self):
        if self.sock:
            self.sock.close()
        elif self.fd >= 0:
            os.close(self.fd)
        self.fd = -1

    def has_port(self):
        return self.fd >= 0 and self.sock.family == socket.AF_INET

    def has(self, text):
        return text.encode() in self.got

    def read(self):
        """True if something moved."""
        try:
            data = os.read(self.fd, 1 << 16)
        except BlockingIOError:
            return False
        except OSError:  # reset; or a terminal that nobody holds
            data, self.is_reset = b"", self.sock is not None
        self.got += data
        self.ended = not data
        return True

    def write(self):
        try:
            n = os.write(self.fd, self.todo)
        except BlockingIOError:
            return False
        except OSError:
            self.todo.clear()
            self.ends = True
            return False
        self.sent += n
        del self.todo[:n]
        self.finish_out()
        return True


class Datagrams(Stream):
    """A socket of UDP, whose peer is the first that comes, or has this port:
    each line that is sent is a datagram."""

    def __init__(self, port=None):
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.bind(("127.0.0.1", 0))
        super().__init__(sock.fileno(), sock)
        self.port, self.has_peer = str(sock.getsockname()[1]), bool(port)
        if port:
            sock.connect(("127.0.0.1", port))

    def has_port(self):
        return False  # among those of TCP

    def finish_out(self):
        pass  # it has no end

    def read(self):
        try:
            data, source = self.sock.recvfrom(1 << 16)
        except OSError:  # nothing; or nobody is there
            return False
        if not self.has_peer:
            self.sock.connect(source)
            self.has_peer = True
        self.got += data
        return True

    def write(self):
        n = self.todo.index(b"\n") + 1
        try:
            self.sock.send(self.todo[:n])
        except BlockingIOError:
            return False
        except OSError:
            n = len(self.todo)
        self.sent += n
        del self.todo[:n]
        return True


def shown_messages(output):
    """What was said in each direction of each session, in lines or JSON; what
    comes late may be shown in pieces."""
    said = {}
    for line in output.decode(errors="replace").splitlines():
        if line.startswith("{"):
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            key, text = ((entry.get("session"), entry.get("dir")),
                         entry.get("text", "") if
                         entry.get("kind") == "message" else "")
        else:
            found = re.match(r"[\d:]+ +(?:(\d+) )?([<>]) (.*)", line)
            key, text = ((found[1], found[2]), found[3]) if found else (0, "")
        said[key] = said.get(key, "") + text
    return said


class Listener:
    """A port of ours.  One that is not open refuses connections."""

    def __init__(self, is_open):
        self.sock = socket.socket()
        self.sock.bind(("127.0.0.1", 0))
        self.sock.setblocking(False)
        if is_open:
            self.sock.listen()
        self.port = str(self.sock.getsockname()[1])
