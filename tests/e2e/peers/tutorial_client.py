# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors

# The client that goes with it: one message without an end, one read.

import socket
import sys

HOST = '127.0.0.1'
PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 9999

client_socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client_socket.connect((HOST, PORT))
client_socket.sendall('안녕!'.encode())
data = client_socket.recv(1024)
print('Received', repr(data.decode()))
client_socket.close()
