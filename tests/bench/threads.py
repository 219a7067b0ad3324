# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
"""An echo server as people write it in Python: a thread for each peer."""

import socketserver
import sys


class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        while data := self.request.recv(65536):
            self.request.sendall(data)


socketserver.ThreadingTCPServer.allow_reuse_address = True
socketserver.ThreadingTCPServer.daemon_threads = True
socketserver.ThreadingTCPServer.request_queue_size = 128
socketserver.ThreadingTCPServer(("127.0.0.1", int(sys.argv[1])),
                                Echo).serve_forever()
