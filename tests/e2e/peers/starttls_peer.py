# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors

# Mail programs that change to TLS in mid-conversation:
#
#   starttls_peer.py smtp|imap|inject CERT KEY
#       a server, which prints its port and each command with "plain" or "tls";
#       inject sends a forged line right behind its consent
#   starttls_peer.py aiosmtpd CERT KEY
#       the server of that name
#   starttls_peer.py smtplib PORT CA
#       a client

import smtplib
import signal
import socket
import ssl
import sys


def say(*words):
    print(*words, flush=True)


def server_context(cert, key):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context


def consent_smtp(command):
    """What is answered, and whether TLS begins then."""
    word = command.upper()
    if word.startswith('EHLO'):
        return '250-mail.example\r\n250 STARTTLS\r\n', False
    if word == 'STARTTLS':
        return '220 go ahead\r\n', True
    if word == 'QUIT':
        return '221 bye\r\n', False
    return f'250 heard {command}\r\n', False


def consent_imap(command):
    tag, _, word = command.partition(' ')
    if word.upper() == 'CAPABILITY':
        return f'* CAPABILITY IMAP4rev1 STARTTLS\r\n{tag} OK\r\n', False
    if word.upper() == 'STARTTLS':
        return f'{tag} OK begin TLS now\r\n', True
    return f'{tag} OK heard {word}\r\n', False


def inject(command):
    answer, begins = consent_smtp(command)
    return answer + ('250 forged\r\n' if begins else ''), begins


SERVERS = {'smtp': ('220 mail.example ESMTP', consent_smtp),
           'imap': ('* OK IMAP4rev1 ready', consent_imap),
           'inject': ('220 mail.example ESMTP', inject)}


def serve(kind, cert, key):
    greeting, answer_to = SERVERS[kind]
    listener = socket.create_server(('127.0.0.1', 0))
    say('Listening on', listener.getsockname()[1])
    sock, state = listener.accept()[0], 'plain'
    sock.sendall(greeting.encode() + b'\r\n')
    got = b''
    while data := sock.recv(65536):
        got += data
        while b'\n' in got:
            line, got = got.split(b'\n', 1)
            command = line.decode(errors='replace').rstrip('\r')
            say(state, command)
            answer, begins = answer_to(command)
            sock.sendall(answer.encode())
            if begins:
                sock = server_context(cert, key).wrap_socket(
                    sock, server_side=True)
                state = 'tls'
    if state == 'tls':
        sock.unwrap()
    say('end')


def serve_aiosmtpd(cert, key):
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import SMTP

    class Mail:
        async def handle_DATA(self, _server, session, envelope):
            say('tls' if session.ssl else 'plain',
                envelope.content.decode().strip())
            return '250 taken'

    class Server(Controller):
        def factory(self):
            return SMTP(self.handler, hostname='mail.example',
                        tls_context=server_context(cert, key),
                        require_starttls=True)

        def _trigger_server(self):
            # The original calls the port that was given, which is 0.
            where = self.server.sockets[0].getsockname()
            socket.create_connection(where).close()

    controller = Server(Mail(), hostname='127.0.0.1', port=0)
    controller.start()
    say('Listening on', controller.server.sockets[0].getsockname()[1])
    signal.pause()  # the controller's thread serves


def call_smtplib(port, ca):
    context = ssl.create_default_context(cafile=ca)
    client = smtplib.SMTP('localhost', port)
    say(client.ehlo()[0])
    say(client.starttls(context=context)[0])
    say(client.noop())
    client.quit()


if sys.argv[1] == 'smtplib':
    call_smtplib(int(sys.argv[2]), sys.argv[3])
elif sys.argv[1] == 'aiosmtpd':
    serve_aiosmtpd(*sys.argv[2:])
else:
    serve(*sys.argv[1:])
