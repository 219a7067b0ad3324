# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors

# Peers that expect another protocol than a chat.  protocols.py tls PORT is a
# client; protocols.py http|redis is a server and prints its port.

import http.server
import socketserver
import ssl
import socket
import sys


def tls(port):
    context = ssl.create_default_context()
    context.set_alpn_protocols(['h2', 'http/1.1'])
    plain = socket.create_connection(('127.0.0.1', port))
    try:
        context.wrap_socket(plain, server_hostname='example.org')
    except OSError:
        pass


class Redis(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            words = line.decode().split()
            if words and words[0].upper() == 'PING':
                self.wfile.write(b'+PONG\r\n')
            else:
                self.wfile.write(b"-ERR unknown command '%s', with args "
                                 b"beginning with: \r\n" %
                                 ''.join(words[:1]).encode())


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


if sys.argv[1] == 'tls':
    tls(int(sys.argv[2]))
else:
    kinds = {'http': Quiet, 'redis': Redis}
    with socketserver.TCPServer(('127.0.0.1', 0),
                                kinds[sys.argv[1]]) as server:
        print('Listening on', server.server_address[1], flush=True)
        server.serve_forever()
