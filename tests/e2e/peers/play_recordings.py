# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
"""Plays tests/recordings/NAME.chat, a conversation of a real protocol:

    play_recordings.py SOCKCHAT FOLDER HOW NAME

FOLDER has certificates, and room for files.  HOW is

    server     against its server again; what is recorded meanwhile is the same
    both       one of us against another
    bytes      the same, and each byte comes by itself
    changed    the same, with a byte of each step changed, one after another: the
               step is found
"""

import concurrent.futures
import contextlib
import os
import re
import socket
import subprocess
import sys
import tempfile
import time

BIN, FOLDER, HOW = sys.argv[1:4]
HERE = os.path.dirname(os.path.abspath(__file__))
PATIENCE_S = 60
AT_ONCE = 8  # they wait most of the time
CERT = [f"{FOLDER}/server.pem", f"{FOLDER}/server.key"]
TRUST = ["--tls-ca", f"{FOLDER}/root.pem"]
SERVE = ["--tls-cert", CERT[0], "--tls-key", CERT[1]]


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as s:
        return s.getsockname()[1]


def await_listener(port, process):
    """Without a connection, which would be taken for the one that counts."""
    end = time.monotonic() + PATIENCE_S
    listens = f"0100007F:{port:04X} 00000000:0000 0A"
    while time.monotonic() < end and process.poll() is None:
        with open("/proc/net/tcp", encoding="ascii") as f:
            if listens in f.read():
                return
        time.sleep(.005)
    sys.exit(f"{process.args}: nobody listens on {port}")


@contextlib.contextmanager
def started(command, port):
    """A program that serves there until it is stopped."""
    with subprocess.Popen(command, stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as process:
        try:
            await_listener(port, process)
            yield port
        finally:
            process.kill()


@contextlib.contextmanager
def python(*words):
    """A server that prints its port; Debian's own Python has aiosmtpd."""
    with subprocess.Popen(
            ["/usr/bin/python3", f"{HERE}/recorded_server.py", *words],
            stdout=subprocess.PIPE, text=True) as process:
        try:
            yield int(process.stdout.readline().split()[-1])
        finally:
            process.kill()


def redis():
    port = free_port()
    return started(["redis-server", "--port", str(port), "--bind",
                    "127.0.0.1", "--save", "", "--dir", FOLDER], port)


def mosquitto():
    port = free_port()
    with open(f"{FOLDER}/mosquitto.conf", "w", encoding="ascii") as f:
        f.write(f"user root\nallow_anonymous true\nlistener {port} "
                "127.0.0.1\n")
    return started(["/usr/sbin/mosquitto", "-c", f.name], port)


SERVERS = {"redis": redis, "mqtt": mosquitto}
WITH_CERTIFICATES = ("smtp", "tls")


def server(name):
    if name in SERVERS:
        return SERVERS[name]()
    kind = {"tutorial": "echo"}.get(name, name)
    return python(kind, *(CERT if kind in WITH_CERTIFICATES else ()))


def name_of(path):
    return os.path.basename(path).removesuffix(".chat")


def where(path, port):
    """The file's endpoint at another port."""
    scheme = "tls://" if name_of(path) == "tls" else ""
    return f"{scheme}127.0.0.1:{port}"


def play(path, port, *more):
    """The connecting side."""
    return [BIN, "connect", *TRUST * (name_of(path) in WITH_CERTIFICATES),
            "--replay", path, *more, where(path, port)]


def lines(path):
    with open(path, encoding="utf-8") as f:
        return f.read().split("\n")


def steps(path):
    """What is not a comment, without where it was, and when."""
    return [re.sub(r"^\+[0-9.]+ ", "", line) for line in lines(path)
            if not line.startswith(("#", "connect "))]


def frame(path):
    """How what came was cut."""
    specs = [line.split(" ", 1)[1] for line in lines(path)
             if line.startswith("frame ")]
    return ["--frame-in", specs[0]] if specs else []


def run(command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, check=False,
                          timeout=PATIENCE_S)
    return done.returncode, done.stdout + done.stderr


def expect_good(command):
    status, said = run(command)
    if status:
        sys.exit(f"{command}: {status}\n{said}")


def play_server(path):
    again = f"{FOLDER}/{name_of(path)}.chat"
    with server(name_of(path)) as port:
        expect_good(play(path, port, *frame(path), "--record-overwrite",
                         "--record", again))
        if steps(again) != steps(path):
            sys.exit(f"{path} has become {''.join(lines(again))}")
        expect_good(play(again, port))


@contextlib.contextmanager
def listening(path):
    """The other side, and its port."""
    command = [BIN, "listen",
               *SERVE * (name_of(path) in WITH_CERTIFICATES), "--replay",
               path, where(path, 0)]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True) as process:
        try:
            line = process.stdout.readline()
            yield int(re.search(r"listening on .*:(\d+)", line)[1]), process
        finally:
            process.kill()


def ended(process):
    said = process.communicate(timeout=PATIENCE_S)[0]
    return process.returncode, said


def play_both(path, between=contextlib.nullcontext):
    with listening(path) as (port, process), between(port) as port:
        expect_good(play(path, port))
        status, said = ended(process)
    if status:
        sys.exit(f"{path}, the listening side: {status}\n{said}")


def play_bytes(path):
    play_both(path, lambda port: python("slice", str(port)))


# Bytes of a step, in its line or in one that goes on with it.
BYTES = re.compile(r'^((?:\+[0-9.]+ )?(?:[<>]|  ?) ?(?:hex )?"'
                   r'(?:[^"\\]|\\x..|\\.)*?)([0-9a-f])')


def changes(path):
    """(line number of the step, its mark, the file with another byte in it)"""
    text, step = lines(path), 0
    for number, line in enumerate(text, 1):
        if line and line[0] in "<>+":
            step = number
        found = BYTES.search(line)
        if not found:
            continue
        other = "1" if found[2] == "0" else "0"
        changed = line[:found.start(2)] + other + line[found.end(2):]
        yield step, text[step - 1].split(" hex ")[0].split('"')[0], "\n".join(
            text[:number - 1] + [changed] + text[number:])


def find_change(path, changed):
    """None, or what went wrong."""
    number, mark, text = changed
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        other = f"{folder}/{name_of(path)}.chat"
        with open(other, "w", encoding="utf-8") as f:
            f.write(text)
        with listening(path) as (port, process):
            status, said = run(play(other, port))
            theirs, they_said = ended(process)
    failed, told = (theirs, they_said) if ">" in mark else (status, said)
    if failed == 1 and f".chat:{number}:" in told:
        return None
    return f"{path}:{number} was changed\n{said}\n{they_said}"


def play_changed(path):
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(pool.map(lambda c: find_change(path, c), changes(path)))
    wrong = [why for why in found if why]
    if wrong or len(found) < 4:
        sys.exit(wrong[0] if wrong else f"{path}: too few steps")


def main():
    path = f"tests/recordings/{sys.argv[4]}.chat"
    {"server": play_server, "both": play_both, "bytes": play_bytes,
     "changed": play_changed}[HOW](path)


main()
