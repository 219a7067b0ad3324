# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors

# Servers of which tests/recordings has conversations.  They answer the same
# each time: no dates, no versions, no random numbers.
#
#   recorded_server.py http|imap|ftp|rtsp|binary|echo
#   recorded_server.py smtp|tls CERT KEY      smtp needs aiosmtpd
#   recorded_server.py slice PORT             passes on to PORT byte by byte
#
# It prints its port, serves one client after another, and never ends.

import http.server
import signal
import socket
import ssl
import struct
import sys
import threading


class Lines:
    """A server of lines: what it says to each, and whether it then ends."""

    def __init__(self, greeting, answers):
        self.greeting, self.answers = greeting, answers

    def answer(self, line):
        for begin, answer in self.answers.items():
            if line.upper().startswith(begin):
                return answer
        return "500 what?\r\n"

    def serve(self, sock):
        file = sock.makefile("rwb", 0)
        file.write(self.greeting.encode())
        for line in file:
            answer = self.answer(line.decode())
            file.write(answer.encode())
            if "bye" in answer.lower():
                break


IMAP = Lines("* OK IMAP4rev1 ready\r\n", {
    "A1 ": "* CAPABILITY IMAP4rev1 IDLE\r\na1 OK done\r\n",
    "A2 ": "a2 OK logged in\r\n",
    "A3 ": "* 2 EXISTS\r\n* 0 RECENT\r\n* FLAGS (\\Seen \\Deleted)\r\n"
           "a3 OK [READ-WRITE] selected\r\n",
    "A4 ": "* 1 FETCH (BODY[TEXT] {22}\r\nDear \"you\",\r\n$5 ${no}\r\n)\r\n"
           "a4 OK fetched\r\n",
    "A5 ": "* BYE\r\na5 OK\r\n",
})
FTP = Lines("220-Welcome.\r\n220 Ready.\r\n", {
    "USER": "331 Password please.\r\n",
    "PASS": "230 Logged in.\r\n",
    "PWD": "257 \"/\" is where you are.\r\n",
    "FEAT": "211-Features:\r\n SIZE\r\n MDTM\r\n211 End\r\n",
    "PASV": "227 Entering Passive Mode (127,0,0,1,200,10).\r\n",
    "SIZE": "550 No such file.\r\n",
    "QUIT": "221 Bye.\r\n",
})

SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=a camera\r\nt=0 0\r\n" \
    "m=video 0 RTP/AVP 96\r\na=control:track1\r\n"
RTSP = {
    "OPTIONS": ("Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n", ""),
    "DESCRIBE": ("Content-Type: application/sdp\r\n", SDP),
    "SETUP": ("Session: 12345678;timeout=60\r\n"
              "Transport: RTP/AVP/TCP;interleaved=0-1\r\n", ""),
    "PLAY": ("Session: 12345678\r\nRange: npt=0.000-\r\n", ""),
    "TEARDOWN": ("Session: 12345678\r\n", ""),
}


def interleaved(channel, data):
    """RTP in between: RFC 2326, 10.12."""
    return struct.pack(">cBH", b"$", channel, len(data)) + data


def serve_rtsp(sock):
    file = sock.makefile("rwb", 0)
    while request := file.readline().decode().split():
        headers = {}
        while ": " in (line := file.readline().decode().strip()):
            name, value = line.split(": ", 1)
            headers[name.lower()] = value
        lines, body = RTSP[request[0]]
        if body:
            lines += f"Content-Length: {len(body)}\r\n"
        file.write(f"RTSP/1.0 200 OK\r\nCSeq: {headers['cseq']}\r\n{lines}"
                   f"\r\n{body}".encode())
        if request[0] == "PLAY":
            for number in range(3):
                file.write(interleaved(0, struct.pack(
                    ">BBHII", 128, 96, number, 3600 * number, 7) +
                    bytes(range(40))))


def serve_binary(sock):
    """Messages with a length of two bytes: what they have, upside down."""
    file = sock.makefile("rwb", 0)
    while len(head := file.read(2)) == 2:
        body = file.read(*struct.unpack(">H", head))
        file.write(head + body[::-1])


class Http(http.server.BaseHTTPRequestHandler):
    protocol_version, server_version, sys_version = "HTTP/1.1", "test", ""

    def date_time_string(self, timestamp=None):
        return "Sat, 28 Nov 2026 20:14:57 GMT"

    def log_message(self, *args):
        pass

    def answer(self, body, kind="text/plain", headers=()):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_GET(self):
        if self.path == "/image":
            self.answer(bytes(range(256)), "image/png")
        else:
            self.answer(b"hello ${world}\n", headers=[("X-Price", "$5")])

    do_HEAD = do_GET

    def do_POST(self):
        self.answer(self.rfile.read(int(self.headers["Content-Length"])))


def serve_http(sock):
    Http(sock, sock.getpeername(), None)


def secured(serve, cert, key):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)

    def serve_tls(sock):
        tls = context.wrap_socket(sock, server_side=True)
        serve(tls)
        try:
            tls.unwrap()
        except OSError:
            pass  # it does not wait for our end
    return serve_tls


def echo(sock):
    while data := sock.recv(4096):
        sock.sendall(data)


def pass_bytes(source, target):
    while data := source.recv(65536):
        for at in range(len(data)):
            target.sendall(data[at:at + 1])
    target.shutdown(socket.SHUT_WR)


def slicing(port):
    def serve(sock):
        target = socket.create_connection(("127.0.0.1", int(port)))
        for end in sock, target:
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        back = threading.Thread(target=pass_bytes, args=(target, sock))
        back.start()
        pass_bytes(sock, target)
        back.join()
        target.close()
    return serve


def serve_smtp(cert, key):
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import SMTP
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)

    class Mail:
        async def handle_DATA(self, _server, _session, _envelope):
            return "250 taken"

    class Server(Controller):
        def factory(self):
            return SMTP(self.handler, hostname="mail.example", ident="test",
                        tls_context=context, require_starttls=True)

        def _trigger_server(self):
            # The original calls the port that was given, which is 0.
            where = self.server.sockets[0].getsockname()
            socket.create_connection(where).close()

    controller = Server(Mail(), hostname="127.0.0.1", port=0)
    controller.start()
    print("Listening on", controller.server.sockets[0].getsockname()[1],
          flush=True)
    signal.pause()  # the controller's thread serves


def serve_one_after_another(serve):
    listener = socket.create_server(("127.0.0.1", 0))
    print("Listening on", listener.getsockname()[1], flush=True)
    while True:
        sock = listener.accept()[0]
        try:
            serve(sock)
        except OSError:
            pass  # it is the client's to tell
        sock.close()


KINDS = {
    "http": lambda: serve_http, "imap": lambda: IMAP.serve,
    "ftp": lambda: FTP.serve, "rtsp": lambda: serve_rtsp,
    "binary": lambda: serve_binary, "echo": lambda: echo, "slice": slicing,
    "tls": lambda cert, key: secured(echo, cert, key),
}
if sys.argv[1] == "smtp":
    serve_smtp(*sys.argv[2:])
else:
    serve_one_after_another(KINDS[sys.argv[1]](*sys.argv[2:]))
