# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors

# A TLS server or client that does one thing, and prints what it saw, a line
# for each: tls_peer.py serve|call MODE [NAME=VALUE]...
#
#   cert, key   its certificate; ca: whom it trusts
#   min, max    versions, as TLSv1_2; ciphers, alpn (with commas), sni
#   port, path  where to call; unix=PATH: where to serve
#   count       how many connections a server takes, one after another
#
# The records that it sends go out through a gate:
#   cut=N       after N records comes FIN, or with rst=1 RST; with each=1 the
#               first connection is cut after no record, the next after one ...
#   flip=N      a bit of the N-th record (counted from 0) is another one
#   drop_end=1  its close_notify is not sent

import os
import select
import socket
import ssl
import struct
import sys
import threading
import time

KIND_ALERT, KIND_DATA = 21, 23


def say(*words):
    print(*words, flush=True)


def records_of(data):
    """The whole records at the beginning of data, and the rest."""
    records = []
    while len(data) >= 5:
        end = 5 + struct.unpack_from('>H', data, 3)[0]
        if len(data) < end:
            break
        records.append(data[:end])
        data = data[end:]
    return records, data


class Gate:
    """Stands between TLS and the network, and spoils what goes out."""

    def __init__(self, network, options, number):
        self.network, self.options = network, options
        self.inner, self.outer = socket.socketpair()
        self.cut = int(options['cut']) if 'cut' in options else None
        if 'each' in options:
            self.cut = number
        self.flip = int(options.get('flip', -1))
        self.threads = [threading.Thread(target=f, daemon=True)
                        for f in (self.pass_in, self.pass_out)]
        for thread in self.threads:
            thread.start()

    def pass_in(self):
        try:
            while data := self.network.recv(65536):
                self.outer.sendall(data)
            self.outer.shutdown(socket.SHUT_WR)
        except OSError:
            self.close_outer()

    def close_outer(self):
        try:
            self.outer.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def pass_out(self):
        rest, sent = b'', 0
        try:
            if self.cut == 0:
                time.sleep(.02)  # the other side speaks first
                return self.spoil()
            while data := self.outer.recv(65536):
                records, rest = records_of(rest + data)
                for record in records:
                    if sent == self.flip:
                        record = record[:-1] + bytes([record[-1] ^ 1])
                    self.network.sendall(record)
                    sent += 1
                    if sent == self.cut:
                        return self.spoil()
            self.network.shutdown(socket.SHUT_WR)
        except OSError:
            self.close_outer()

    def spoil(self):
        if 'rst' in self.options:
            self.network.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                    struct.pack('ii', 1, 0))
            # A thread that waits in recv() would keep it open.
            self.network.shutdown(socket.SHUT_RD)
            self.network.close()
        else:
            self.network.shutdown(socket.SHUT_WR)
        self.outer.shutdown(socket.SHUT_RDWR)


def context_of(is_server, options):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if is_server
                             else ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if 'min' in options or 'max' in options:
        context.set_ciphers('DEFAULT:@SECLEVEL=0')
    for name, attribute in (('min', 'minimum_version'),
                            ('max', 'maximum_version')):
        if name in options:
            setattr(context, attribute,
                    getattr(ssl.TLSVersion, options[name]))
    if 'ciphers' in options:
        context.set_ciphers(options['ciphers'])
    if 'cert' in options:
        context.load_cert_chain(options['cert'], options['key'])
    if 'ca' in options:
        context.load_verify_locations(options['ca'])
        context.verify_mode = ssl.CERT_REQUIRED
        context.check_hostname = not is_server
    if 'alpn' in options:
        context.set_alpn_protocols(options['alpn'].split(','))
    if is_server:
        context.sni_callback = lambda _s, name, _c: say('sni', name)
    return context


def end(tls):
    """Say goodbye and wait for the other's."""
    try:
        tls.unwrap()
        say('unwrapped')
    except OSError as error:
        say('no goodbye:', error)


def read_to_end(tls):
    """All that comes; says how it ended."""
    got = bytearray()
    try:
        while data := tls.recv(65536):
            got += data
        say('end proven')
    except ssl.SSLEOFError:
        say('end cut')
    except OSError as error:
        say('failed:', error)
    say('payload', len(got))
    return bytes(got)


def echo(tls):
    total = 0
    try:
        while data := tls.recv(65536):
            total += len(data)
            tls.sendall(data)
        say('end proven')
    except OSError as error:
        say('failed:', error)
    say('payload', total)
    end(tls)


def half(tls):
    """The answer comes after the other's end."""
    tls.sendall(b'answer to ' + read_to_end(tls))
    end(tls)


def count(tls):
    read_to_end(tls)
    end(tls)


def late(tls):
    """The answer comes a while after the request, whatever ends then."""
    request = tls.recv(65536)
    time.sleep(.6)
    tls.sendall(b'late answer to ' + request)
    end(tls)


def greet(tls):
    """Speaks first, then ends in order."""
    tls.sendall(b'greeting')
    end(tls)


def truncate(tls):
    """Ends without a goodbye, as Python programs do."""
    tls.sendall(b'greeting')
    tls.recv(65536)


def hello(tls):
    """Ends without a goodbye as soon as something has come."""
    tls.sendall(b'greeting')


def reset(tls, network):
    tls.sendall(b'greeting')
    tls.recv(65536)
    network.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                       struct.pack('ii', 1, 0))


def curt(tls):
    """Answers when the other's end has come, does not read that, and is gone.
    Its system holds the answer back until the session tickets, which went out
    just before, are acknowledged."""
    request = tls.recv(65536)
    select.select([tls], [], [])
    time.sleep(.02)
    tls.sendall(b'answer to ' + request)


def mute(tls):
    """Says nothing, and ends after the other side."""
    while tls.recv(65536):
        pass


MODES = {f.__name__: f for f in (echo, half, count, late, greet, truncate,
                                 hello, curt, mute)}


def converse(is_server, network, mode, options, number=0):
    context = context_of(is_server, options)
    needs_gate = any(name in options for name in ('cut', 'each', 'flip'))
    gate = Gate(network, options, number) if needs_gate else None
    try:
        tls = context.wrap_socket(
            gate.inner if gate else network, server_side=is_server,
            server_hostname=None if is_server else options.get('sni'),
            suppress_ragged_eofs=False)
    except OSError as error:
        say('handshake failed:', error)
        network.close()
        return
    say('secure', tls.version(), tls.cipher()[0],
        'alpn', tls.selected_alpn_protocol(),
        'peer', bool(tls.getpeercert(True)))
    try:
        if mode == 'reset':
            reset(tls, tls)
        else:
            MODES[mode](tls)
    except OSError as error:
        say('failed:', error)
    tls.close()
    if gate:
        for thread in gate.threads:
            thread.join(1)
    network.close()


def serve(mode, options):
    if 'unix' in options:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(options['unix'])
        listener.listen()
        say('Listening on 0')
    else:
        listener = socket.create_server(('127.0.0.1', 0), backlog=64)
        say('Listening on', listener.getsockname()[1])
    for number in range(int(options.get('count', 1))):
        converse(True, listener.accept()[0], mode, options, number)


def call(mode, options):
    for number in range(int(options.get('count', 1))):
        if 'path' in options:
            network = socket.socket(socket.AF_UNIX)
            network.connect(options['path'])
        else:
            network = socket.create_connection(
                ('127.0.0.1', int(options['port'])))
        converse(False, network, mode, options, number)


ROLES = {'serve': serve, 'call': call}
ROLES[sys.argv[1]](sys.argv[2], dict(word.split('=', 1)
                                     for word in sys.argv[3:]))
say('done')
os._exit(0)
