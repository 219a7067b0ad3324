# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors

# Both ends of a sockchat in the middle: forward_ends.py NEAR FAR FOLDER
# [OPTION]... starts it between a client and a target, each of them tcp, unix,
# tls12 or tls13, and plays each order in which the two can end.  The folder has
# the certificate of both (server.pem, server.key) and its issuer's (root.pem).
# What has gone wrong is printed, with all that sockchat has said.

import os
import re
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import time
from os.path import join

VERSIONS = {'tls12': ssl.TLSVersion.TLSv1_2, 'tls13': ssl.TLSVersion.TLSv1_3}
DEADLINE = 60


def reset(sock):
    """Close with RST; a unix socket does so with bytes unread."""
    if sock.family != socket.AF_UNIX:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                        struct.pack('ii', 1, 0))
    sock.close()


class Plain:
    """One end of a connection."""

    def __init__(self, sock):
        self.sock = sock
        self.got = b''
        sock.settimeout(DEADLINE)

    def send(self, data):
        self.sock.sendall(data)

    def end(self):
        self.sock.shutdown(socket.SHUT_WR)

    def pull(self):
        """More bytes, or how it ended."""
        try:
            data = self.sock.recv(65536)
        except ConnectionResetError:
            return 'reset'
        self.got += data
        return None if data else 'end'

    def expect(self, data):
        how = None
        while len(self.got) < len(data) and not how:
            how = self.pull()
        assert self.got == data, (self.got, how)
        self.got = b''

    def how_it_ends(self):
        how = None
        while not how:
            how = self.pull()
        assert not self.got, self.got
        return how

    def close(self):
        self.sock.close()

    def reset(self):
        reset(self.sock)


class Secure(Plain):
    """TLS whose records pass through memory, so that each end is seen."""

    def __init__(self, sock, context, is_server):
        super().__init__(sock)
        self.raw, self.out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(
            self.raw, self.out, is_server,
            None if is_server else 'localhost')

    def flush(self):
        self.sock.sendall(self.out.read())

    def shake_hands(self):
        while True:
            try:
                self.tls.do_handshake()
                return self.flush()
            except ssl.SSLWantReadError:
                self.flush()
                data = self.sock.recv(65536)
                assert data, 'no handshake'
                self.raw.write(data)

    def send(self, data):
        self.tls.write(data)
        self.flush()

    def end(self):
        try:
            self.tls.unwrap()
        except ssl.SSLError:
            pass
        self.flush()

    def end_bare(self):
        self.sock.shutdown(socket.SHUT_WR)

    def pull(self):
        while True:
            try:
                data = self.tls.read(65536)
                self.got += data
                return None if data else 'end'
            except ssl.SSLWantReadError:
                pass
            except ssl.SSLZeroReturnError:
                return 'end'
            try:
                data = self.sock.recv(65536)
            except ConnectionResetError:
                return 'reset'
            if not data:
                return 'bare'
            self.raw.write(data)


class Middle:
    """sockchat, between our two ends."""

    def __init__(self, near, far, certs, options):
        self.near, self.far, self.certs = near, far, certs
        self.dir = tempfile.TemporaryDirectory()
        self.text = b''
        self.listen()
        words = [os.environ['SOCKCHAT_BIN'], 'listen', '--config', '',
                 '--forward', self.target_name(), '-v'] + options
        if near in VERSIONS:
            words += ['--tls', '--tls-cert', join(certs, 'server.pem'),
                      '--tls-key', join(certs, 'server.key')]
        if far in VERSIONS:
            words += ['--tls-ca', join(certs, 'root.pem')]
        words += ['unix:' + self.path('near')] if near == 'unix' else [
            '127.0.0.1', '0']
        self.proc = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT)
        self.await_text(b'listening on')
        port = re.search(rb'listening on 127.0.0.1:(\d+)', self.text)
        self.port = port and int(port.group(1))

    def path(self, name):
        return join(self.dir.name, name)

    def listen(self):
        if self.far == 'unix':
            self.listener = socket.socket(socket.AF_UNIX)
            self.listener.bind(self.path('far'))
            self.listener.listen()
        else:
            self.listener = socket.create_server(('127.0.0.1', 0))
        self.listener.settimeout(DEADLINE)

    def target_name(self):
        if self.far == 'unix':
            return 'unix:' + self.path('far')
        return '%s://127.0.0.1:%d' % (
            'tls' if self.far in VERSIONS else 'tcp',
            self.listener.getsockname()[1])

    def await_text(self, text, count=1):
        """Wait until sockchat has printed it."""
        limit = time.monotonic() + DEADLINE
        while self.text.count(text) < count and time.monotonic() < limit:
            data = os.read(self.proc.stdout.fileno(), 65536)
            if not data:
                break
            self.text += data
        assert self.text.count(text) >= count, (text, self.text)

    def context(self, version, is_server):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if is_server
                                 else ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = context.maximum_version = VERSIONS[version]
        if is_server:
            context.load_cert_chain(join(self.certs, 'server.pem'),
                                    join(self.certs, 'server.key'))
        else:
            context.load_verify_locations(join(self.certs, 'root.pem'))
        return context

    def end_of(self, kind, sock, is_server):
        if kind not in VERSIONS:
            return Plain(sock)
        end = Secure(sock, self.context(kind, is_server), is_server)
        end.shake_hands()
        return end

    def connect(self):
        if self.near == 'unix':
            sock = socket.socket(socket.AF_UNIX)
            sock.connect(self.path('near'))
        else:
            sock = socket.create_connection(('127.0.0.1', self.port))
        client = self.end_of(self.near, sock, False)
        return client, self.end_of(self.far, self.listener.accept()[0], True)

    def stop(self):
        self.proc.terminate()
        self.text += self.proc.stdout.read()
        self.proc.wait(DEADLINE)


def talk(client, target):
    client.send(b'question')
    target.expect(b'question')
    target.send(b'answer')
    client.expect(b'answer')


def ends_first(first, other):
    """One ends its half; the other answers, and ends too."""
    first.send(b'all')
    first.end()
    other.expect(b'all')
    if not isinstance(other, Secure) or other.tls.version() != 'TLSv1.2':
        assert other.how_it_ends() == 'end'
    other.send(b'late answer')
    first.expect(b'late answer')
    other.end()
    assert first.how_it_ends() == 'end'
    assert other.how_it_ends() == 'end'


def client_first(client, target):
    ends_first(client, target)


def target_first(client, target):
    ends_first(target, client)


def kept_end(first, other):
    """What TLS 1.2 keeps back goes out when the other side is silent."""
    first.send(b'all')
    first.end()
    other.expect(b'all')
    assert other.how_it_ends() == 'end'
    other.end()
    assert first.how_it_ends() == 'end'


def client_waits(client, target):
    kept_end(client, target)


def target_waits(client, target):
    kept_end(target, client)


def bare(first, other):
    """An end that proves nothing stays one."""
    first.send(b'all')
    (first.end_bare if isinstance(first, Secure) else first.end)()
    other.expect(b'all')
    is_bare = isinstance(first, Secure) and isinstance(other, Secure)
    assert other.how_it_ends() == ('bare' if is_bare else 'end')
    other.end()
    first.how_it_ends()


def client_bare(client, target):
    bare(client, target)


def target_bare(client, target):
    bare(target, client)


def goes(first, other):
    """One closes at once; the other hears its last words."""
    first.send(b'last words')
    first.end()
    first.close()
    other.expect(b'last words')
    assert other.how_it_ends() == 'end'


def client_goes(client, target):
    goes(client, target)


def target_goes(client, target):
    goes(target, client)


def is_unix(end):
    return end.sock.family == socket.AF_UNIX


def resets(first, other):
    """A reset follows what came before it; a unix socket cannot have one."""
    first.send(b'last words')
    other.expect(b'last words')
    if is_unix(first):
        other.send(b'not read')
        time.sleep(.2)
    first.reset()
    how = other.how_it_ends()
    assert how in (('end', 'bare') if is_unix(other) else ('reset',)), how


def client_resets(client, target):
    resets(client, target)


def target_resets(client, target):
    resets(target, client)


ORDERS = [client_first, target_first, client_waits, target_waits, client_bare,
          target_bare, client_goes, target_goes, client_resets, target_resets]


def play(middle, order):
    """What went wrong, or None."""
    client, target = middle.connect()
    try:
        talk(client, target)
        order(client, target)
    except (AssertionError, OSError) as error:
        return '%s: %s %s' % (order.__name__, type(error).__name__, error)
    finally:
        client.close()
        target.close()


def main():
    near, far, certs = sys.argv[1:4]
    middle = Middle(near, far, certs, sys.argv[4:])
    failures = [play(middle, order) for order in ORDERS]
    middle.await_text(b'connection closed', len(ORDERS))
    middle.stop()
    failures = [f for f in failures if f]
    if failures:
        print(*failures, middle.text.decode(), sep='\n')
    sys.exit(bool(failures))


main()
