# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors

# A server that says something and closes, with what it was sent unread: its
# system resets the connection.

import socket

server = socket.create_server(('127.0.0.1', 0))
print('Listening on', server.getsockname()[1], flush=True)
peer, _ = server.accept()
peer.recv(1)
peer.recv(1, socket.MSG_PEEK)  # waits for what stays unread
peer.sendall(b'421 too many connections, good bye\n')
peer.close()
