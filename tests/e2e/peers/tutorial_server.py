# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors

# The echo server of every tutorial, with its mistakes.

import socket
import sys

HOST = '127.0.0.1'
PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 9999

server_socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server_socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server_socket.bind((HOST, PORT))
server_socket.listen()
print('Listening on', server_socket.getsockname()[1], flush=True)

client_socket, addr = server_socket.accept()
print('Connected by', addr, flush=True)

while True:
    data = client_socket.recv(1024)
    if not data:
        break
    print('Received from', addr, data.decode(), flush=True)
    client_socket.sendall(data)

client_socket.close()
server_socket.close()
