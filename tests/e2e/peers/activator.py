#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
"""A service manager, as small as can be: activator.py WORD... -- PROGRAM...

Opens a socket for each word, and becomes the program, which has them from
descriptor 3 on and in LISTEN_FDS.  "tcp" and "tcp6" listen at a free port of
the loopback address, "unix:PATH" there, and "udp" is bound to such a port;
"accept" waits for a connection and passes that.  What stands behind a + has
O_NONBLOCK.  "pid=N" and "fds=N" tell the program so in place of what is true,
and nothing if N is missing.

"units:FILE" takes the sockets of a .socket unit, the first in the text of FILE,
at free ports and in a folder that standard error names; and as the program the
ExecStart of the .service unit that follows, with PROGRAM in place of its first
word.

Standard error gets "activator: port 12345" for each port."""

import os
import re
import socket
import sys
import tempfile


def say(*words):
    # In one piece: print() writes word by word.
    os.write(2, " ".join(["activator:", *map(str, words)]).encode() + b"\n")


def listen(family, address, kind=socket.SOCK_STREAM):
    sock = socket.socket(family, kind)
    sock.bind(address)
    if kind == socket.SOCK_STREAM:
        sock.listen()
    if family != socket.AF_UNIX:
        say("port", sock.getsockname()[1])
    return sock


def open_socket(word):
    if word.startswith("unix:"):
        return listen(socket.AF_UNIX, word[5:])
    if word == "tcp6":
        return listen(socket.AF_INET6, ("::1", 0))
    if word == "udp":
        return listen(socket.AF_INET, ("127.0.0.1", 0), socket.SOCK_DGRAM)
    sock = listen(socket.AF_INET, ("127.0.0.1", 0))
    return sock.accept()[0] if word == "accept" else sock


def read_units(path):
    """The sockets, and the command line of the service."""
    text = open(path, encoding="utf-8").read().replace("\\-", "-")
    at = text.index("\n[Socket]\n")
    streams = re.findall(r"^ListenStream=(.*)", text[at:], re.M)
    folder = tempfile.mkdtemp(prefix="sockchat-units-")
    say("folder", folder)
    words = ["unix:" + folder + "/" + os.path.basename(s)
             if s.startswith("/") else "tcp" for s in streams]
    start = re.search(r"^ExecStart=(.*)", text[at:], re.M)
    return words, start.group(1).split()


def main():
    split = sys.argv.index("--")
    words, program = sys.argv[1:split], sys.argv[split + 1:]
    env, socks = dict(os.environ, LISTEN_PID=str(os.getpid())), []
    if words[0].startswith("units:"):
        words, start = read_units(words[0][6:])
        program += start[1:]
    env["LISTEN_FDS"] = str(sum("=" not in word for word in words))
    env["LISTEN_FDNAMES"] = "unknown"
    for word in words:
        name, is_set, value = word.partition("=")
        if is_set:
            env["LISTEN_" + name.upper()] = value
        else:
            socks.append(open_socket(word.lstrip("+")))
            # Others in the program's group have it, too.
            os.set_blocking(socks[-1].fileno(), not word.startswith("+"))
    for i, sock in enumerate(socks):
        os.dup2(sock.fileno(), 100 + i)
    for i in range(len(socks)):
        os.dup2(100 + i, 3 + i)
    os.closerange(3 + len(socks), 200)
    for name in [n for n in env if n.startswith("LISTEN_") and not env[n]]:
        del env[name]
    os.execvpe(program[0], program, env)


main()
