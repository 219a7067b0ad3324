#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
"""Headers of the PROXY protocol, from peers of ours and through haproxy.

    headers.py SOCKCHAT NAME FOLDER

FOLDER has the certificates of tests/e2e/certs.h."""

import contextlib
import json
import os
import re
import socket
import ssl
import subprocess
import sys
import tempfile
import time

from between import (DEADLINE, connect, free_port, is_listening, run, started,
                     wait_for)

SOCKCHAT, NAME, CERTS = sys.argv[1:]
SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
CLIENT = "203.0.113.7"


def v1(port):
    return b"PROXY TCP4 %s 198.51.100.1 %d 443\r\n" % (CLIENT.encode(), port)


def v2(port):
    block = socket.inet_aton(CLIENT) + socket.inet_aton("198.51.100.1")
    block += port.to_bytes(2, "big") + b"\1\xbb" + b"\1\0\2h2\4\0\3abc"
    return SIGNATURE + b"\x21\x11" + len(block).to_bytes(2, "big") + block


def read_header(sock):
    """The words of a version 1 header, which ends at its LF."""
    line = b""
    while not line.endswith(b"\n"):
        byte = sock.recv(1)
        assert byte, line
        line += byte
    return line.decode().split()


class Listener:
    """A sockchat that listens, and what it says as JSON."""

    def __init__(self, folder, *words, at="127.0.0.1:0"):
        self.said = os.path.join(folder, "said")
        self.words = [SOCKCHAT, "listen", "--json", *words, at]
        self.endpoint = at

    def entries(self):
        with open(self.said, "rb") as file:
            lines = file.read().splitlines(True)
        return [json.loads(line) for line in lines if line.endswith(b"\n")]

    def find(self, **wanted):
        return [entry for entry in self.entries()
                if wanted.items() <= entry.items()]

    def wait(self, **wanted):
        return wait_for(f"an entry with {wanted}", lambda: self.find(**wanted))

    @contextlib.contextmanager
    def running(self):
        with started(*self.words, said=self.said):
            local = self.wait(state="listening")[0]["local"]
            if not self.endpoint.startswith("unix:"):
                self.endpoint = local
            yield self
        with open(self.said, "rb") as file:
            run("python3", os.path.join(os.path.dirname(__file__), "..",
                "peers", "check_entries.py"), stdin=file)


@contextlib.contextmanager
def haproxy(folder, backend, *, bind="", send="", check=""):
    """One that listens on a port, which it passes on to `backend`."""
    port = free_port()
    path = os.path.join(folder, f"haproxy.{port}")
    backend = backend.replace("unix:", "unix@")
    with open(path, "w", encoding="ascii") as file:
        file.write(f"""
global
	nbthread 1
defaults
	mode tcp
	timeout connect 9s
	timeout client 1m
	timeout server 1m
	timeout check 9s
listen passing
	bind 127.0.0.1:{port} {bind}
	server target {backend} {send} {check}
""")
    with started("haproxy", "-db", "-f", path,
                 said=os.path.join(folder, "haproxy.log")):
        wait_for("haproxy", lambda: is_listening(f"127.0.0.1:{port}"))
        yield f"127.0.0.1:{port}"


def echo(sock, text):
    sock.sendall(text)
    came = b""
    while len(came) < len(text):
        more = sock.recv(len(text))
        assert more, came
        came += more
    assert came == text, came


def name_of(sock):
    return "%s:%d" % sock.getsockname()


def cut(folder):
    """At every byte, many at once; what stands behind is the conversation."""
    with Listener(folder, "--echo", "--proxy-protocol").running() as listener:
        silent, rest = connect(listener.endpoint), []
        for header in (v1, v2):
            for at in range(len(header(1000)) + 1):
                port = 1000 + len(rest)
                sock = connect(listener.endpoint)
                sock.sendall(header(port)[:at])
                rest.append((port, sock, header(port)[at:]))
        with connect(listener.endpoint) as last:
            last.sendall(v1(1))
            echo(last, b"the first parts have been read\n")
        for port, sock, more in rest:
            sock.sendall(more + b"hello %d\n" % port)
        for port, sock, more in rest:
            assert sock.recv(100) == b"hello %d\n" % port
            sock.shutdown(socket.SHUT_WR)
            assert sock.recv(1) == b""
        wait_for("all ends", lambda: len(listener.find(
            state="closed")) > len(rest))
        opened = {entry["peer"]: entry["proxy"]
                  for entry in listener.find(state="open")}
        heard = {entry["peer"]: entry["text"]
                 for entry in listener.find(kind="message", dir="in")}
        for port, sock, more in rest:
            assert opened[f"{CLIENT}:{port}"] == name_of(sock), opened
            assert heard[f"{CLIENT}:{port}"] == f"hello {port}\n", heard
            sock.close()
        assert name_of(silent) not in opened
        silent.close()


HOSTILE = [
    (b"GET / HTTP/1.1\r\n\r\n", "no PROXY header: it began with \"GET / HTTP"),
    (b"\x16\3\1\2\0\1\0", 'began with "^V^C^A^B^@^A^@"'),
    (b"PROXY TCP4 1.2.3.4 5.6.7.8 1 2\n", "LF alone"),
    (b"PROXY TCP4 1.2.3.4 5.6.7.8 1 65536\r\n", "not a valid port"),
    (b"PROXY TCP4 ::1 ::1 1 2\r\n", "not a valid IPv4 address"),
    (b"PROXY TCP6 1.2.3.4 5.6.7.8 1 2\r\n", "not a valid IPv6 address"),
    (b"PROXY " + b"x" * 200, "within 107 bytes"),
    (b"PROXY TCP4 1.2.3.4 5.6.7.8 1 2 3\r\n", "line continues"),
    (SIGNATURE + b"\x31\x11\0\x0c" + bytes(12), "version 3"),
    (SIGNATURE + b"\x2f\x11\0\x0c" + bytes(12), "command 15"),
    (SIGNATURE + b"\x21\xff\0\x0c" + bytes(12), "family"),
    (SIGNATURE + b"\x21\x11\0\0", "addresses need 12 bytes"),
    (SIGNATURE + b"\x21\x11\xff\xff" + bytes(12) + b"\1\xff\xff" +
     bytes(65520), "cut short"),
    (b"", "sent no PROXY header, and has ended"),
    (b"PROXY TCP4", "10 bytes of a PROXY header, and has ended"),
    (SIGNATURE + b"\x21\x11\xff\xff" + bytes(1000), "1016 bytes of a"),
]


def hostile(folder):
    """They are sent away with a reason, and nobody else notices."""
    with Listener(folder, "--echo", "--proxy-protocol").running() as listener:
        good = connect(listener.endpoint)
        good.sendall(v2(5))
        for i, (header, why) in enumerate(HOSTILE):
            sock = connect(listener.endpoint)
            sock.sendall(header)
            if "ended" in why or "of a" in why:
                sock.shutdown(socket.SHUT_WR)
            try:
                assert sock.recv(1) == b""
            except ConnectionResetError:
                pass
            errors = wait_for(f"an error for {header[:40]}", lambda: [
                e for e in listener.find(code="PROXY_HEADER")
                if why in e["text"] and name_of(sock) in e["text"]])
            assert errors[0]["kind"] == "error"
            if i % 7 == 6:  # more of them in a second are only counted
                wait_for("a second", lambda t=time.monotonic() + 1.1:
                         time.monotonic() > t)
            echo(good, b"%d\n" % i)


def in_front(folder, send, version):
    """haproxy in front of us: its client is the peer."""
    with Listener(folder, "--echo", "-v", "--proxy-protocol"
                  ).running() as listener, \
            haproxy(folder, listener.endpoint, send=send) as proxy, \
            connect(proxy) as sock:
        echo(sock, b"hello\n")
        peer = name_of(sock)
        opened = listener.wait(state="open", peer=peer)[0]
        assert opened["proxy"].startswith("127.0.0.1:"), opened
        assert f"from {peer} through the proxy" in opened["text"], opened
        wait_for("its process", lambda: any(  # told at once, or later
            "the proxy is haproxy" in entry.get("hint", "") + entry["text"]
            for entry in listener.entries()))
        said = listener.wait(code="header-received")[0]["text"]
        assert said.startswith(f"PROXY header: version {version}, for {peer} "
                               f"at {proxy}"), said


def version_1(folder):
    in_front(folder, "send-proxy", 1)


def version_2(folder):
    in_front(folder, "send-proxy-v2 proxy-v2-options crc32c,unique-id", 2)


def health_check(folder):
    """A check has no client: it has the address of its connection."""
    with Listener(folder, "--echo", "-v", "--proxy-protocol"
                  ).running() as listener, \
            haproxy(folder, listener.endpoint, send="send-proxy-v2",
                    check="check inter 100ms"):
        listener.wait(code="header-received",
                      text="PROXY header: version 2, for nobody (LOCAL)")
        checks = listener.wait(state="open")
        assert "proxy" not in checks[0], checks


def over_unix(folder):
    path = "unix:" + os.path.join(folder, "s")
    with Listener(folder, "--echo", "--proxy-protocol", at=path
                  ).running() as listener, \
            haproxy(folder, path, send="send-proxy") as proxy, \
            connect(proxy) as sock:
        echo(sock, b"hello\n")
        opened = listener.wait(state="open", peer=name_of(sock))[0]
        assert opened["proxy"] == path, opened


def tls(folder):
    """The header comes before TLS, also where plain clients come too."""
    context = ssl.create_default_context(
        cafile=os.path.join(CERTS, "root.pem"))
    for word in "--tls", "--tls-auto":
        with Listener(folder, "--echo", "--proxy-protocol", word,
                      "--tls-cert", os.path.join(CERTS, "server.pem"),
                      "--tls-key", os.path.join(CERTS, "server.key")
                      ).running() as listener, \
                haproxy(folder, listener.endpoint,
                        send="send-proxy-v2") as proxy:
            with connect(proxy) as plain, context.wrap_socket(
                    plain, server_hostname="127.0.0.1") as sock:
                echo(sock, b"secret\n")
                opened = listener.wait(state="open", peer=name_of(sock))[0]
                assert " over TLS through the proxy " in opened["text"]
            if word == "--tls-auto":
                with connect(proxy) as sock:
                    echo(sock, b"plain\n")
                    listener.wait(state="open", peer=name_of(sock))


@contextlib.contextmanager
def behind(folder):
    """A haproxy that takes headers and sends them on, and its server."""
    with socket.create_server(("127.0.0.1", 0)) as place:
        place.settimeout(DEADLINE)
        with haproxy(folder, name_of(place), bind="accept-proxy",
                     send="send-proxy") as proxy:
            yield proxy, place


def sent(folder):
    """haproxy takes the header that we send for ourselves."""
    for how in "", "=2":
        with behind(folder) as (proxy, place):
            words = [SOCKCHAT, "connect", "-v", "--proxy-protocol" + how,
                     proxy]
            with subprocess.Popen(words, stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE) as process:
                sock = place.accept()[0]
                header = read_header(sock)
                sock.sendall(b"answer")
                sock.close()
                out, err = process.communicate(b"", DEADLINE)
            assert process.returncode == 0 and out == b"answer", (out, err)
            ours = re.search(rb"connected to \S+ from (\S+):(\d+)", err)
            assert header == ["PROXY", "TCP4", ours[1].decode(), "127.0.0.1",
                              ours[2].decode(), proxy[10:]], (header, err)
            assert b"sending a PROXY header: version %d" % (
                2 if how else 1) in err, err


def sent_before_tls(_):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.path.join(CERTS, "server.pem"),
                            os.path.join(CERTS, "server.key"))
    with socket.create_server(("127.0.0.1", 0)) as place:
        place.settimeout(DEADLINE)
        words = [SOCKCHAT, "connect", "--tls", "--tls-ca",
                 os.path.join(CERTS, "root.pem"), "--proxy-protocol",
                 name_of(place)]
        with subprocess.Popen(words, stdin=subprocess.PIPE,
                              stdout=subprocess.DEVNULL) as process:
            plain = place.accept()[0]
            assert read_header(plain)[1] == "TCP4"
            with context.wrap_socket(plain, server_side=True) as sock:
                process.stdin.write(b"secret")
                process.stdin.close()
                assert sock.recv(6) == b"secret"
                sock.sendall(b"answer")
                sock.unwrap()
            assert process.wait(DEADLINE) == 0


def forwarded(folder):
    """The target hears of the client, through all that is between."""
    for how in "", "=2", "=in,out,2":
        with behind(folder) as (target, place), \
                Listener(folder, "--proxy-protocol" + how, "--forward",
                         target).running() as listener, \
                haproxy(folder, listener.endpoint,
                        send="send-proxy-v2") as proxy, \
                connect(proxy) as client:
            client.sendall(b"hello")
            sock = place.accept()[0]
            assert read_header(sock) == [
                "PROXY", "TCP4", "127.0.0.1", "127.0.0.1",
                str(client.getsockname()[1]), proxy[10:]]
            assert sock.recv(5) == b"hello"
            sock.sendall(b"answer")
            assert client.recv(6) == b"answer"
            opened = listener.wait(state="open", client=name_of(client))[0]
            assert opened["peer"] == target and opened["proxy"], opened
            sock.close()


def one_way(folder):
    """in alone reads, out alone sends."""
    with socket.create_server(("127.0.0.1", 0)) as place:
        place.settimeout(DEADLINE)
        for how, first in ("in", None), ("out", "TCP4"), ("out,2", None):
            with Listener(folder, "--proxy-protocol=" + how, "--forward",
                          name_of(place)).running() as listener, \
                    connect(listener.endpoint) as client:
                client.sendall((v1(7) if how == "in" else b"") + b"hello")
                sock = place.accept()[0]
                if first:
                    assert read_header(sock) == [
                        "PROXY", first, "127.0.0.1", "127.0.0.1",
                        str(client.getsockname()[1]),
                        listener.endpoint[10:]]
                elif how != "in":
                    head = sock.recv(28, socket.MSG_WAITALL)
                    assert head[:16] == SIGNATURE + b"\x21\x11\0\x0c"
                    assert head[24:26] == client.getsockname()[1].to_bytes(
                        2, "big")
                assert sock.recv(5, socket.MSG_WAITALL) == b"hello"
                client.close()
                assert sock.recv(1) == b""
                sock.close()


def given(folder):
    """Also on the connection that inetd gives us: it alone is served."""
    said = os.path.join(folder, "said")
    for header, status in (v1(7), 0), (b"GET / HTTP/1.0\r\n", 1):
        with socket.create_server(("127.0.0.1", 0)) as place, \
                connect(name_of(place)) as client:
            client.sendall(header + b"hello\n")
            client.shutdown(socket.SHUT_WR)
            with place.accept()[0] as sock, open(said, "wb") as out:
                done = subprocess.run(
                    [SOCKCHAT, "listen", "--json", "--echo",
                     "--proxy-protocol", f"fd:{sock.fileno()}"],
                    stdin=subprocess.DEVNULL, stdout=out, timeout=DEADLINE,
                    pass_fds=[sock.fileno()], check=False)
            assert done.returncode == status, done
            assert (b'"peer":"203.0.113.7:7"' in read(said)) == (not status)


def recorded(folder):
    """Packets have the header, the conversation does not."""
    chat, packets, raw = (os.path.join(folder, "r." + name)
                          for name in ("chat", "pcapng", "raw"))
    for way in (["--echo", "--json"], ["--ui", "pipe"]):
        words = [SOCKCHAT, "listen", "--proxy-protocol", *way]
        for path in chat, packets, raw:
            words += ["--record", path]
        port = free_port()
        with started(*words, f"127.0.0.1:{port}"):
            wait_for("us", lambda p=port: is_listening(f"127.0.0.1:{p}"))
            with connect(f"127.0.0.1:{port}") as sock:
                sock.sendall(v1(7) + b"hello\n")
                if "--echo" in way:
                    assert sock.recv(6) == b"hello\n"
                sock.shutdown(socket.SHUT_WR)
                assert sock.recv(6) == b""
                wait_for("the recording", lambda: b"fin" in read(chat))
        assert b'"hello\\n"' in read(chat) and b"PROXY" not in read(chat)
        assert read(raw) == b"hello\n", read(raw)
        shown = run("tshark", "-r", packets, "-q", "-z",
                    "follow,tcp,ascii,0")
        assert b"PROXY TCP4 203.0.113.7" in shown, shown
        assert b"through the proxy" in read(packets)
        for path in chat, packets, raw:
            os.remove(path)


def read(path):
    with open(path, "rb") as file:
        return file.read()


with tempfile.TemporaryDirectory() as made:
    {row.__name__: row for row in (
        cut, hostile, version_1, version_2, health_check, over_unix, tls, sent,
        sent_before_tls, forwarded, one_way, given, recorded)}[NAME](made)
