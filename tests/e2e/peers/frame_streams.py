#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
"""Streams of real-looking messages, in pieces of every size: whether SOCKCHAT,
the first word, shows these messages as JSON."""

import base64
import json
import socket
import struct
import subprocess
import sys


def prefixed(form, *payloads):
    return [struct.pack(form, len(p)) + p for p in payloads]


def varint(payload):
    """A string of .NET's BinaryWriter."""
    head, left = b"", len(payload)
    while left > 127:
        head, left = head + bytes([left & 127 | 128]), left >> 7
    return head + bytes([left]) + payload


def modbus(number, unit, pdu):
    return struct.pack(">HHHB", number, 0, len(pdu) + 1, unit) + pdu


def lsp(text, more=""):
    body = text.encode()
    return f"{more}Content-Length: {len(body)}\r\n\r\n".encode() + body


def pg(kind, body):
    return kind + struct.pack(">I", len(body) + 4) + body


PAYLOADS = [b"", b"hello\n", bytes(range(256)), b'{"a": "\n"}' * 30]
JSON = [b'{"id":1,"text":"a } \\" ]"}', b"[1,[2,{}]]", b'"\n"', b"{}", b"null"]
HTTP = b"HTTP/1.1 200 OK\r\nServer: x\r\n"
CHUNKED = HTTP + b"Transfer-Encoding: chunked\r\n\r\n"
STREAMS = {
    "u32": prefixed(">I", *PAYLOADS),
    "u32,le": prefixed("<I", *PAYLOADS),
    "u16": prefixed(">H", *PAYLOADS),
    "varint": [varint(p) for p in PAYLOADS],
    "between:\\x02,\\x03": [b"\2" + p + b"\3" for p in
                            (b"", b"W+00012.5kg\r\n", b"?\n")],
    "json": JSON,
    "headers": [
        lsp('{"jsonrpc":"2.0","id":1,"result":{"capabilities":{}}}'),
        lsp('{"text":"é\\n"}\r\n', "Content-Type: application/vscode-jsonrpc;"
            " charset=utf-8\r\n"), lsp("")],
    "modbus": [modbus(1, 17, b"\3\6\0\x0a\x0d\x0a\0\1"),
               modbus(2, 17, b"\x83\2"), modbus(0x0a0a, 10, b"\x10\0\1\0\x0a")],
    "mysql": [struct.pack("<I", len(p) | number << 24)[:4] + p for number, p in
              enumerate([b"\x0a8.0.36\0" + bytes(range(60)), b"\0\0\0\2\0\0\0",
                         b"\x01\x02", b""])],
    "mqtt": [b"\x20\2\0\0", b"\x30\x0a\0\3a/bx\ny\0z",
             b"\x30\xac\2\0\3a/b" + 295 * b"\n", b"\xd0\0"],
    "dns": prefixed(">H", b"\x0a\x0a\x81\x80\0\1\0\0\0\0\0\0\7example\3org\0"
                    b"\0\1\0\1", bytes(range(100))),
    "netstring": [b"5:hello,", b"0:,", b"12:a\n,b\n,c\n,d\n,,"],
    "postgres": [pg(b"R", b"\0\0\0\0"), pg(b"S", b"TimeZone\0Etc/UTC\0"),
                 pg(b"K", b"\0\0\x1e\x72\x98\x44\x80\x58"), pg(b"Z", b"I"),
                 pg(b"T", b"\0\1a\0" + 18 * b"\0"), pg(b"D", b"\0\1\0\0\0\1\n"),
                 pg(b"C", b"SELECT 1\0"), pg(b"1", b"")],
    "resp": [b"+OK\r\n", b"$4\r\na\r\nb\r\n", b"$-1\r\n",
             b"*2\r\n*1\r\n:1\r\n$0\r\n\r\n", b">2\r\n+a\r\n+b\r\n",
             b"|1\r\n+ttl\r\n:9\r\n%1\r\n+a\r\n~1\r\n#t\r\n", b"-ERR no\r\n"],
    "http": [HTTP + b"Content-Length: 5\r\n\r\na\r\nbc",
             CHUNKED + b"5;x=y\r\na\r\nbc\r\n000A\r\n0123456789\r\n0\r\n"
             b"Trailer: x\r\n\r\n",
             b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 204 No\r\n\r\n",
             b"\r\nPOST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n\r\n",
             CHUNKED + b"0\r\n\r\n", HTTP + b"\r\nuntil the end\r\n"],
}


def shown(sockchat, spec, pieces):
    """The messages that came in."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
        with subprocess.Popen(
                [sockchat, "connect", "--json", "--encode", "base64",
                 "--frame", spec, "127.0.0.1", port], text=True,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
            peer, _ = listener.accept()
            with peer:
                peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                for piece in pieces:
                    peer.sendall(piece)
            entries = [json.loads(line) for line in process.stdout]
    return [entry for entry in entries
            if entry["kind"] == "message" and entry["dir"] == "in"]


def check(sockchat, spec, size):
    messages = STREAMS[spec]
    stream = b"".join(messages)
    pieces = [stream[at:at + size] for at in range(0, len(stream), size)]
    entries = shown(sockchat, spec, pieces)
    came = [base64.b64decode(entry["base64"]) for entry in entries]
    if came != messages:
        sys.exit(f"{spec} in pieces of {size}: {came}, not {messages}")
    name = spec.partition(":")[0].partition(",")[0]
    for entry in entries:
        if entry["frame"] != name or not entry["complete"]:
            sys.exit(f"{spec} in pieces of {size}: {entry}")


for kind in STREAMS:
    for size in (1, 2, 3, 7, 1 << 20):
        check(sys.argv[1], kind, size)
