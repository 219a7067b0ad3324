# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
"""The end of a connection that speaks TLS, and the certificate for it."""

import functools
import ssl
import subprocess

from streams import Stream


@functools.cache
def certificate():
    """A certificate for 127.0.0.1 and its key, in one text."""
    return subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
         "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
         "/CN=torture", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", "-", "-out", "-"],
        check=True, capture_output=True).stdout


def context_for(is_client, pem):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT if is_client
                             else ssl.PROTOCOL_TLS_SERVER)
    if is_client:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    else:
        context.load_cert_chain(pem)
    return context


class TlsStream(Stream):
    """As a Stream: `got` and what is sent are the bytes of the user, `todo`
    is what has to go out for them."""

    def __init__(self, fd, sock, is_client, pem):
        super().__init__(fd, sock)
        self.plain = bytearray()
        self.is_open = self.has_said_bye = False
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context_for(is_client, pem).wrap_bio(
            self.incoming, self.outgoing, server_side=not is_client)
        self.move()

    def send(self, data):
        self.plain += data if isinstance(data, bytes) else data.encode()
        self.move()

    def end(self):
        self.ends = True
        self.move()
        self.finish_out()

    def finish_out(self):
        if self.has_said_bye:
            super().finish_out()

    def read(self):
        mine, self.got = self.got, bytearray()
        has_moved = super().read()
        cipher, self.got = self.got, mine
        has_ended, self.ended = self.ended, False
        if has_ended:
            self.incoming.write_eof()
        else:
            self.incoming.write(cipher)
        self.move()
        self.ended |= has_ended
        return has_moved

    def move(self):
        """Take what has come, and turn what is to be said into records."""
        try:
            self.advance()
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError:  # spoilt: nothing more can come or go
            self.ended = self.ends = self.has_said_bye = True
            self.plain.clear()
        self.todo += self.outgoing.read()

    def advance(self):
        if not self.is_open:
            self.tls.do_handshake()
            self.is_open = True
        if self.plain:
            self.tls.write(self.plain)
            self.plain.clear()
        self.hear()
        if self.ends and not self.has_said_bye:
            self.has_said_bye = True
            self.tls.unwrap()

    def hear(self):
        try:
            while not self.ended:
                data = self.tls.read(1 << 16)
                self.got += data
                self.ended = not data
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLZeroReturnError:
            self.ended = True
