#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
"""Real servers and their clients, with a sockchat that forwards between.

    pairs.py SOCKCHAT NAME|all

With "none" for SOCKCHAT nothing is between. Each pair runs with a log, with --json and with --quiet.  The messages of
--json have to be, byte for byte, what both ends saw."""

import contextlib
import functools
import glob
import hashlib
import os
import pwd
import random
import shutil
import signal
import socketserver
import ssl
import struct
import subprocess
import sys
import tempfile
import threading

from between import (Forwarder, Tap, connect, free_port, host_and_port, run,
                     server, started, wait_for)

BLOB = random.Random(18).randbytes(3_000_000)


def write(folder, name, content):
    path = os.path.join(folder, name)
    with open(path, "wb") as file:
        file.write(content if isinstance(content, bytes) else content.encode())
    return path


def expect(found, wanted):
    if found != wanted:
        sys.exit(f"{found[:300]!r} came, not {wanted[:300]!r}")


def expect_in(found, wanted):
    if wanted not in found:
        sys.exit(f"{wanted!r} is not in {found[:2000]!r}")


# Each server yields the endpoints that it serves, each client gets one.

@contextlib.contextmanager
def redis(folder):
    port, path = free_port(), os.path.join(folder, "redis.s")
    with server(f"127.0.0.1:{port}", "redis-server", "--port", str(port),
                "--unixsocket", path, "--save", "", "--dir", folder):
        yield f"127.0.0.1:{port}", f"unix:{path}"


def redis_where(endpoint):
    if endpoint.startswith("unix:"):
        return ["-s", endpoint.removeprefix("unix:")]
    return ["-p", str(host_and_port(endpoint)[1])]


def redis_client(endpoint, _):
    where = redis_where(endpoint)
    run("redis-cli", *where, "-x", "SET", "blob", input=BLOB)
    expect(run("redis-cli", *where, "--raw", "GET", "blob"), BLOB + b"\n")
    expect(run("redis-cli", *where, "STRLEN", "blob"), b"3000000\n")
    said = run("redis-benchmark", *where, "-n", "1000", "-c", "50", "-P", "4",
               "-q", "-t", "set,get,lpush", "-d", "100")
    expect_in(said, b"LPUSH: ")


NGINX = """daemon off; master_process off; pid nginx.pid; {user}
events {{ worker_connections 1000; }} http {{ access_log off;
client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp;
uwsgi_temp_path tmp; scgi_temp_path tmp; client_max_body_size 100m;
server {{ listen 127.0.0.1:{port}; listen unix:{folder}/nginx.s;
listen 127.0.0.1:{tls_port} ssl; ssl_certificate cert.pem;
ssl_certificate_key key.pem; root {folder}/www;
location /up {{ proxy_pass http://unix:{folder}/nginx.s:/blob;
proxy_method GET; proxy_pass_request_body off; }} }} }}
"""


def make_certificate(folder):
    run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
        "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=localhost",
        "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-days", "2",
        "-keyout", folder + "/key.pem", "-out", folder + "/cert.pem")


@contextlib.contextmanager
def nginx(folder):
    port, tls_port = free_port(), free_port()
    user = "user root;" if os.geteuid() == 0 else ""
    os.mkdir(folder + "/www")
    write(folder, "www/blob", BLOB)
    write(folder, "www/small", "hello\n")
    make_certificate(folder)
    write(folder, "nginx.conf", NGINX.format(
        user=user, port=port, tls_port=tls_port, folder=folder))
    with server(f"127.0.0.1:{port}", "/usr/sbin/nginx", "-e", "stderr", "-p",
                folder, "-c", "nginx.conf"):
        yield (f"127.0.0.1:{port}", f"unix:{folder}/nginx.s",
               f"tls://localhost:{tls_port}")


def curl(endpoint, folder, *words):
    if endpoint.startswith("unix:"):
        words = "--unix-socket", endpoint.removeprefix("unix:"), *words
        return run("curl", "-sS", *words, "http://localhost/blob")
    scheme, host = "http", endpoint
    if endpoint.startswith("tls://"):
        words = "--cacert", folder + "/cert.pem", *words
        scheme, host = "https", endpoint.removeprefix("tls://")
    return run("curl", "-sS", *words, f"{scheme}://{host}/blob")


def curl_client(endpoint, folder):
    expect(curl(endpoint, folder), BLOB)
    expect(curl(endpoint, folder, "-r", "1000-1999"), BLOB[1000:2000])
    expect_in(curl(endpoint, folder, "-I"), b"Content-Length: 3000000\r\n")
    if endpoint.startswith("unix:"):
        return
    scheme = "https" if endpoint.startswith("tls://") else "http"
    small = f"{scheme}://{endpoint.removeprefix('tls://')}/small"
    expect(run("curl", "-sS", "--cacert", folder + "/cert.pem", *40 * [small]),
           40 * b"hello\n")
    expect(run("curl", "-sS", "--cacert", folder + "/cert.pem", "--parallel",
               "--no-progress-meter", "--parallel-immediate", *30 * [small]),
           30 * b"hello\n")
    expect(run("curl", "-sS", "--cacert", folder + "/cert.pem", "-T",
               folder + "/www/blob", "-X", "POST", "-H", "Expect:",
               small.replace("small", "up")), BLOB)


@contextlib.contextmanager
def mosquitto(folder):
    port = free_port()
    conf = write(folder, "mosquitto.conf", f"allow_anonymous true\n"
                 f"{'user root' if os.geteuid() == 0 else ''}\n"
                 f"listener {port} 127.0.0.1\n"
                 f"listener 0 {folder}/mosquitto.s\n")
    with server(f"127.0.0.1:{port}", "/usr/sbin/mosquitto", "-c", conf):
        yield f"127.0.0.1:{port}", f"unix:{folder}/mosquitto.s"


def mosquitto_where(endpoint):
    if endpoint.startswith("unix:"):
        return ["--unix", endpoint.removeprefix("unix:")]
    host, port = host_and_port(endpoint)
    return ["-h", host, "-p", str(port)]


def mosquitto_client(endpoint, folder):
    where, said = mosquitto_where(endpoint), folder + "/subscribed"
    blob = write(folder, "message", BLOB[:200_000])
    run("mosquitto_pub", *where, "-t", "a/first", "-r", "-m", "1")
    with started("mosquitto_sub", *where, "-t", "a/#", "-q", "2", "-C", "12",
                 "-N", said=said) as subscriber:
        wait_for("the retained message", lambda: os.path.getsize(said))
        for _ in range(10):
            run("mosquitto_pub", *where, "-t", "a/b", "-q", "2", "-m", "2")
        run("mosquitto_pub", *where, "-t", "a/b", "-q", "2", "-f", blob)
        subscriber.wait(30)
    with open(said, "rb") as file:
        expect(file.read(), b"1" + 10 * b"2" + BLOB[:200_000])


GIT = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b",
       "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b",
       "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}


def git(folder, *words, **more):
    return run("git", "-C", folder, *words, env={**os.environ, **GIT, **more})


def make_repository(folder):
    git(folder, "init", "-q", "-b", "main", "--bare", "bare")
    git(folder, "init", "-q", "-b", "main", "work")
    for i in range(20):
        write(folder, f"work/{i}", BLOB[i * 40_000:(i + 1) * 40_000])
    git(folder + "/work", "add", ".")
    git(folder + "/work", "commit", "-qm", "all")
    git(folder + "/work", "push", "-q", "../bare", "main")


@contextlib.contextmanager
def git_daemon(folder):
    port = free_port()
    make_repository(folder)
    with server(f"127.0.0.1:{port}", "git", "daemon", "--export-all",
                "--enable=receive-pack", f"--base-path={folder}",
                "--listen=127.0.0.1", f"--port={port}", "--reuseaddr",
                env={**os.environ, **GIT}):
        yield (f"127.0.0.1:{port}",)


def use_repository(folder, url, **more):
    clone = tempfile.mkdtemp(dir=folder)
    git(folder, "clone", "-q", url, clone, **more)
    write(clone, "new", BLOB[-1_000_000:])
    git(clone, "add", ".")
    git(clone, "commit", "-qm", "new", "--allow-empty")
    git(clone, "push", "-q", "origin", "HEAD:main", **more)
    expect(git(clone, "rev-parse", "HEAD"),
           git(folder + "/bare", "rev-parse", "main"))
    git(clone, "fsck", "--strict")
    shutil.rmtree(clone)


def git_client(endpoint, folder):
    use_repository(folder, f"git://{endpoint}/bare")


SSHD = """HostKey {folder}/host
AuthorizedKeysFile {folder}/user.pub
StrictModes no
UsePAM no
PidFile none
ListenAddress 127.0.0.1:{port}
MaxStartups 100
Subsystem sftp internal-sftp
"""
SSH = """IdentityFile {folder}/user
IdentitiesOnly yes
UserKnownHostsFile /dev/null
StrictHostKeyChecking no
BatchMode yes
LogLevel ERROR
"""


@contextlib.contextmanager
def sshd(folder):
    port = free_port()
    if os.geteuid() == 0:
        os.makedirs("/run/sshd", exist_ok=True)
    for key in "host", "user":
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f",
            f"{folder}/{key}")
    make_repository(folder)
    write(folder, "ssh.conf", SSH.format(folder=folder))
    conf = write(folder, "sshd.conf", SSHD.format(folder=folder, port=port))
    with server(f"127.0.0.1:{port}", "/usr/sbin/sshd", "-D", "-e", "-f", conf):
        yield (f"127.0.0.1:{port}",)


def ssh_client(endpoint, folder):
    host, port = host_and_port(endpoint)
    user = pwd.getpwuid(os.geteuid()).pw_name
    there = f"{user}@{host}:{port}"
    ssh = "ssh", "-F", folder + "/ssh.conf"
    expect(run(*ssh, f"ssh://{there}", "cat", input=BLOB), BLOB)
    blob = write(folder, "blob", BLOB)
    run("scp", "-q", "-F", folder + "/ssh.conf", blob,
        f"scp://{there}/{folder}/copy")
    with open(folder + "/copy", "rb") as file:
        expect(file.read(), BLOB)
    use_repository(folder, f"ssh://{there}{folder}/bare",
                   GIT_SSH_COMMAND=" ".join(ssh))


class Threads(socketserver.ThreadingTCPServer):
    daemon_threads, request_queue_size = True, 128


@contextlib.contextmanager
def python_server(handle, _):
    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            handle(self.rfile, self.wfile)
    with Threads(("127.0.0.1", 0), Handler) as serving:
        thread = threading.Thread(target=serving.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield ("%s:%d" % serving.server_address,)
        finally:
            serving.shutdown()
            thread.join()


def serve_modbus(rfile, wfile):
    """Holding registers: 3 reads them, 16 writes them."""
    registers = 1000 * [0]
    while len(head := rfile.read(7)) == 7:
        number, _, length, unit = struct.unpack(">HHHB", head)
        pdu = rfile.read(length - 1)
        code, first, count = struct.unpack(">BHH", pdu[:5])
        if first + count > len(registers):
            answer = bytes([code | 128, 2])
        elif code == 3:
            answer = struct.pack(f">BB{count}H", 3, 2 * count,
                                 *registers[first:first + count])
        else:
            registers[first:first + count] = struct.unpack(
                f">{count}H", pdu[6:])
            answer = struct.pack(">BHH", 16, first, count)
        wfile.write(struct.pack(">HHHB", number, 0, len(answer) + 1, unit) +
                    answer)


def ask_modbus(sock, number, pdu):
    sock.sendall(struct.pack(">HHHB", number, 0, len(pdu) + 1, 17) + pdu)
    file = sock.makefile("rb", 0)
    back, _, length, unit = struct.unpack(">HHHB", file.read(7))
    expect((back, unit), (number, 17))
    return file.read(length - 1)


def modbus_client(endpoint, _):
    for start in range(3):
        with connect(endpoint) as sock:
            values = [(start + 7 * i) & 0xffff for i in range(100)]
            for number in range(50):
                packed = struct.pack(">100H", *values)
                expect(ask_modbus(sock, number, struct.pack(
                    ">BHHB", 16, number, 100, 200) + packed),
                    struct.pack(">BHH", 16, number, 100))
                expect(ask_modbus(sock, number, struct.pack(
                    ">BHH", 3, number, 100)), b"\x03\xc8" + packed)
            expect(ask_modbus(sock, 9, struct.pack(">BHH", 3, 999, 9)),
                   b"\x83\x02")


def read_headers(file):
    lines = []
    while (line := file.readline().decode().strip()):
        lines.append(line)
    return lines


def serve_rtsp(rfile, wfile):
    """A camera, whose pictures stand between the answers (RFC 2326, 10.12)."""
    while lines := read_headers(rfile):
        cseq = next(line for line in lines if line.startswith("CSeq:"))
        body = "v=0\r\ns=a camera\r\n" if lines[0][:8] == "DESCRIBE" else ""
        wfile.write(f"RTSP/1.0 200 OK\r\n{cseq}\r\nContent-Length: {len(body)}"
                    f"\r\n\r\n{body}".encode())
        if lines[0].startswith("PLAY"):
            for i in range(2000):
                size = 1 + i % 1400
                wfile.write(struct.pack(">cBH", b"$", 0, size) +
                            BLOB[i * size:(i + 1) * size])


def rtsp_client(endpoint, _):
    with connect(endpoint) as sock:
        file = sock.makefile("rb")
        for number, word in enumerate(("OPTIONS", "DESCRIBE", "SETUP", "PLAY")):
            sock.sendall(f"{word} rtsp://camera/1 RTSP/1.0\r\n"
                         f"CSeq: {number}\r\n\r\n".encode())
            lines = read_headers(file)
            expect(lines[:2], ["RTSP/1.0 200 OK", f"CSeq: {number}"])
            file.read(int(lines[2].split()[1]))
        for i in range(2000):
            size = 1 + i % 1400
            expect(file.read(4), struct.pack(">cBH", b"$", 0, size))
            expect(file.read(size), BLOB[i * size:(i + 1) * size])
        sock.sendall(b"TEARDOWN rtsp://camera/1 RTSP/1.0\r\nCSeq: 9\r\n\r\n")
        expect(read_headers(file)[1], "CSeq: 9")


@contextlib.contextmanager
def postgres(folder):
    """Which refuses to be root."""
    port, user = free_port(), []
    tools = max(glob.glob("/usr/lib/postgresql/*/bin"))
    data, sockets = folder + "/data", folder + "/sockets"
    os.mkdir(data)
    os.mkdir(sockets)
    if os.geteuid() == 0:
        user = ["setpriv", "--reuid", "nobody", "--regid", "nogroup",
                "--clear-groups"]
        for path in folder, data, sockets:
            shutil.chown(path, "nobody")
    run(*user, tools + "/initdb", "-D", data, "-U", "me", "-A", "trust",
        "--no-sync", cwd=data)
    with server(f"127.0.0.1:{port}", *user, tools + "/postgres", "-D", data,
                "-p", str(port), "-k", sockets, "-c", "fsync=off",
                last=signal.SIGINT, cwd=data):
        yield (f"127.0.0.1:{port}",
               f"unix:{sockets}/.s.PGSQL.{port}")


def psql(endpoint, command, **more):
    if endpoint.startswith("unix:"):
        path, port = endpoint.removeprefix("unix:").split("/.s.PGSQL.")
        where = ["-h", path, "-p", port]
    else:
        host, port = host_and_port(endpoint)
        where = ["-h", host, "-p", str(port)]
    return run("psql", "-X", *where, "-U", "me", "-d", "postgres", "-qAt",
               "-v", "ON_ERROR_STOP=1", "-c", command, **more)


def psql_client(endpoint, _):
    rows = b"".join(b"%d\t%s\n" % (i, hashlib.sha256(b"%d" % i).hexdigest(
        ).encode()) for i in range(20_000))
    psql(endpoint, "DROP TABLE IF EXISTS t; CREATE TABLE t (i int, x text)")
    psql(endpoint, "COPY t FROM STDIN", input=rows)
    expect(psql(endpoint, "SELECT count(*) FROM t"), b"20000\n")
    expect(psql(endpoint, "COPY (SELECT * FROM t ORDER BY i) TO STDOUT"), rows)


# A server, its client, and the frame of its messages, which is used as well.
PAIRS = {
    "redis": (redis, redis_client, "resp"),
    "curl": (nginx, curl_client, "http"),
    "mosquitto": (mosquitto, mosquitto_client, "mqtt"),
    "git": (git_daemon, git_client, None),
    "ssh": (sshd, ssh_client, None),
    "modbus": (functools.partial(python_server, serve_modbus), modbus_client,
               "modbus"),
    "rtsp": (functools.partial(python_server, serve_rtsp), rtsp_client,
             "idle:5ms"),
    "psql": (postgres, psql_client, "postgres"),
}


def is_tls(endpoint):
    return endpoint.startswith("tls://")


def compare(far, near, forwarder):
    """What the client's tap, the target's and the log have."""
    forwarder.wait_closed(len(near.pairs))
    for name, found in (("target", far.conversations()),
                        ("log", forwarder.conversations())):
        if found != near.conversations():
            sys.exit(f"the {name} of {forwarder.words} has other bytes than "
                     f"the client: see {forwarder.folder}")


def try_tapped(sockchat, folder, target, client, words):
    far = Tap(target)
    with far.running():
        forwarder = Forwarder(sockchat, folder, "json", far.endpoint,
                              words=words)
        with forwarder.running():
            near = Tap(forwarder.endpoint)
            with near.running():
                client(near.endpoint, folder)
            compare(far, near, forwarder)


def try_plain(sockchat, folder, row, client):
    way, kind, target = row
    words = []
    if is_tls(target):
        words += ["--tls-ca", folder + "/cert.pem"]
    if kind == "tls":
        words += ["--tls-cert", folder + "/cert.pem",
                  "--tls-key", folder + "/key.pem"]
    forwarder = Forwarder(sockchat, folder, way, target, kind, words)
    with forwarder.running():
        client(forwarder.endpoint, folder)


def rows(endpoints):
    """How sockchat is run, where it listens, and what it forwards to."""
    yield "quiet", "tcp", endpoints[-1]
    for endpoint in endpoints[1:]:
        kind = endpoint.partition(":")[0]
        yield "lines", "tcp", endpoint
        yield "quiet", kind, endpoints[0]
        yield "json", kind, endpoint


def try_pair(sockchat, name):
    open_server, client, frame = PAIRS[name]
    with tempfile.TemporaryDirectory(prefix="sockchat-pair-") as folder:
        with open_server(folder) as endpoints:
            if sockchat == "none":
                for endpoint in endpoints:
                    client(endpoint, folder)
                return
            for row in rows(endpoints):
                try_plain(sockchat, folder, row, client)
            try_tapped(sockchat, folder, endpoints[0], client, [])
            if frame:
                try_tapped(sockchat, folder, endpoints[0], client,
                           ["--frame", frame])


if __name__ == "__main__":
    SOCKCHAT, WANTED = os.path.abspath(sys.argv[1]), sys.argv[2]
    for NAME in PAIRS if WANTED == "all" else [WANTED]:
        try_pair(SOCKCHAT if sys.argv[1] != "none" else "none", NAME)
