# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
"""One run of the program between peers, with one call that fails.

A script is a generator: it starts the program, talks to it, and yields what it
waits for, a function that becomes true.  While it waits the engine moves bytes
on all streams.  A wait ends early when the program ends; the engine gives up
when nothing has moved for QUIET seconds, or when the program has used so much
processor time without moving anything."""

import fcntl
import functools
import json
import os
import pty
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import termios
import time

from streams import Datagrams, Listener, Stream, shown_messages
from tls_stream import TlsStream, certificate

QUIET = 5.0     # nothing has moved for so long: it hangs
SAID = 0.7      # the same when it has said that something failed
CEILING = 60.0  # one run, whatever it does
# What a sentence has in it that says that something failed.
SAID_ERROR = re.compile(
    rb" ! |\"kind\":\"error\"|cannot|memory|fail|lost|not sent|missing here|"
    rb"refused|reset by|by a reset|connection reset|broken off|unproven|"
    rb"unreachable|unavailable|out of |[Tt]oo many")
# What is said in the pipe when all is well.
NOTICE = re.compile(
    rb"sockchat: (listening on|you are in a container|connection from|hint: |"
    rb"only this machine|no --tls-cert: |to trust it: |resolving|"
    rb"connecting|connected to|the peer |first )")
# What is said when a file of the command line cannot be read: exit 2.
UNREADABLE = re.compile(rb"/config: |--tls-[a-z-]+: |cannot (load|read) ")
ROW = struct.Struct("24sII")


class Gone(Exception):
    """The program has ended in the middle of a script."""


class Hang(Exception):
    """Nothing moves any more."""


def is_foreign(frames):
    """Within the program these libraries have no line numbers."""
    for frame in frames:
        if "??:?" in frame or re.search(r"lib(readline|ncurses|tinfo)",
                                        frame):
            return True
        if ".c:" in frame:
            return False
    return False


class Fault:
    """Which call fails: the environment of the preloaded library."""

    def __init__(self, call, nth, mode="once", errno=None, seed=0):
        self.call, self.nth, self.mode = call, nth, mode
        self.errno, self.seed = errno, seed

    def environment(self):
        if self.call == "chance":
            return {"FAULT_SEED": str(self.nth), "FAULT_EINTR": "20",
                    "FAULT_SHORT": "30", "FAULT_REFUSE": "20"}
        return {"FAULT_CALL": self.call, "FAULT_NTH": str(self.nth),
                "FAULT_ON": "1" if self.mode == "on" else "0",
                "FAULT_ERRNO": str(self.errno or 0)}


class Run:
    def __init__(self, binary, library, fault):
        self.binary, self.preloaded, self.fault = binary, library, fault
        self.home = tempfile.mkdtemp(prefix="sockchat-torture-")
        self.report = os.path.join(self.home, "report")
        self.trace = os.path.join(self.home, "trace")
        self.streams, self.listeners, self.peers = [], [], []
        self.process = self.stdin = self.stdout = self.stderr = None
        self.terminal = self.modes = None
        self.sees_processes = False
        self.is_server = False  # it may go on when peers were lost
        self.speaks_tls = False  # with the peers to come
        self.sent_signal = self.idle_sockets = 0
        self.checks = []  # functions that give a complaint or None
        self.moved = self.began = time.monotonic()
        self.cpu = self.queued = 0.0
        self.shown, self.shown_len = "", 0
        self.complaints = []
        self.was_excused = False

    # Scripts use these.

    def stream(self, fd, sock=None):
        s = Stream(fd, sock)
        self.streams.append(s)
        return s

    def listen(self, is_open=True):
        listener = Listener(is_open)
        self.listeners.append(listener)
        return listener

    def environment(self):
        env = dict(os.environ, HOME=self.home, INPUTRC="/dev/null",
                   XDG_STATE_HOME=self.home + "/state",
                   XDG_CONFIG_HOME=self.home + "/config",
                   LANG="C.UTF-8", TERM="xterm-256color",
                   LD_PRELOAD=self.preloaded, FAULT_REPORT=self.report,
                   FAULT_TRACE=self.trace)
        for name in ("COLUMNS", "LINES", "LC_ALL", "NO_COLOR"):
            env.pop(name, None)
        env.update(self.fault.environment())
        if self.is_server:  # its peers are few, and it waits as for many
            env["SOCKCHAT_LOOP"] = "epoll"
        if not self.sees_processes:
            env["FAULT_NO_PROCESSES"] = "1"
        return env

    def start(self, *words, given=None, taken=None):
        """With pipes; or files in place of standard input and output."""
        self.process = subprocess.Popen(
            [self.binary, *words],
            stdin=open(given, "rb") if given else subprocess.PIPE,
            stdout=open(taken, "wb") if taken else subprocess.PIPE,
            stderr=subprocess.PIPE, env=self.environment(), cwd=self.home)
        self.process.stdin = self.process.stdin or open(os.devnull, "wb")
        self.process.stdout = self.process.stdout or open(os.devnull, "rb")
        self.stdin, self.stdout, self.stderr = (
            self.stream(os.dup(f.fileno())) for f in
            (self.process.stdin, self.process.stdout, self.process.stderr))
        for f in (self.process.stdin, self.process.stdout,
                  self.process.stderr):
            f.close()

    def start_on_terminal(self, *words):
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ,
                    struct.pack("HHHH", 24, 80, 0, 0))
        self.modes = termios.tcgetattr(slave)
        self.process = subprocess.Popen(
            [self.binary, *words], stdin=slave, stdout=slave, stderr=slave,
            env=self.environment(), cwd=self.home, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        self.slave = slave
        self.terminal = self.stdin = self.stdout = self.stream(master)
        self.stderr = Stream(os.open("/dev/null", os.O_RDONLY))

    def use_tls(self):
        """Its peers speak TLS from now on."""
        self.speaks_tls = True
        return self.certificate()

    def certificate(self):
        """The path of one, with its key, for both sides."""
        path = self.home + "/pem"
        with open(path, "wb") as f:
            f.write(certificate())
        return path

    def connect(self, port):
        return self.add_peer(socket.create_connection(("127.0.0.1", port)),
                             True)

    def connect_unix(self):
        """To a listener at the path "s": yield from it."""
        yield lambda: b"listening on unix:s " in self.stderr.got
        sock = socket.socket(socket.AF_UNIX)
        sock.connect(self.home + "/s")
        return self.add_peer(sock, True)

    def add_peer(self, sock, is_client=False):
        kind = functools.partial(TlsStream, is_client=is_client,
                                 pem=self.home + "/pem")
        peer = (kind if self.speaks_tls else Stream)(sock.fileno(), sock)
        self.streams.append(peer)
        self.peers.append(peer)
        return peer

    def datagrams(self, port=None):
        """A peer over UDP, who waits for somebody or has one."""
        peer = Datagrams(port)
        self.streams.append(peer)
        self.peers.append(peer)
        return peer

    def accepted(self, listener):
        """Wait for the program's connection: yield from it."""
        yield lambda: select.select([listener.sock], [], [], 0)[0]
        return self.add_peer(listener.sock.accept()[0])

    def secure(self, plain):
        """The same connection, which speaks TLS from now on."""
        self.streams.remove(plain)
        self.peers.remove(plain)
        self.speaks_tls = True
        return self.add_peer(plain.sock)

    def port(self):
        """Wait until it has said where it listens: yield from it."""
        found = []

        def has_said():
            for s in (self.stderr, self.stdout):
                at = re.search(rb"listening on 127\.0\.0\.1:(\d+)\D", s.got)
                if at:
                    found[:] = [int(at[1])]
            return found
        yield has_said
        self.idle_sockets = self.sockets()
        return found[0]

    def sockets(self):
        """How many it has; a pipe that it keeps for later is no leak."""
        folder = f"/proc/{self.process.pid}/fd"

        def is_socket(fd):
            try:
                return os.readlink(f"{folder}/{fd}").startswith("socket:")
            except OSError:  # it has just been closed
                return False
        try:
            return sum(map(is_socket, os.listdir(folder)))
        except OSError:  # the program has ended
            return 0

    def expect_no_leak(self):
        """Its peers have gone, and their sockets: yield from it."""
        yield from self.soft(
            lambda: self.sockets() <= self.idle_sockets, 3.0)
        extra = self.sockets() - self.idle_sockets
        if extra > 0:
            self.complain(f"LEAK of {extra} sockets")

    def expect(self, what, stream, data):
        """All these bytes have to be there, and nothing else; a listener that
        said what failed has not got to everybody."""
        def check():
            if self.is_server and self.has_said_error():
                return None
            if bytes(stream.got) != data:
                return (f"{what}: {len(stream.got)} of {len(data)} bytes" if
                        len(stream.got) != len(data) else
                        f"{what}: other bytes than were sent")
        self.checks.append(check)

    def expect_shown(self, texts, encoding="utf-8"):
        """Each of these has to be on standard output once, in a message; or
        its bytes, when there was no memory for the locale."""
        def check():
            if self.is_server and self.has_said_error():
                return None
            shown = "\n".join(shown_messages(bytes(self.stdout.got)).values())
            for text in texts:
                escaped = "".join(f"\\x{b:02x}" for b in
                                  text.encode(encoding))
                n = shown.count(text) + shown.count(escaped)
                if n != 1:
                    return f"standard output: {text!r} is there {n} times"
        self.checks.append(check)

    def shows(self, *texts):
        """Whether all these are in messages on standard output."""
        if self.shown_len != len(self.stdout.got):
            self.shown_len = len(self.stdout.got)
            self.shown = "\n".join(
                shown_messages(bytes(self.stdout.got)).values())
        return all(text in self.shown for text in texts)

    def expect_json(self):
        def check():
            for line in bytes(self.stdout.got).splitlines():
                try:
                    json.loads(line)
                except ValueError:
                    return f"not JSON: {line!r}"
        self.checks.append(check)

    def signal(self, number):
        if self.process.poll() is None:
            self.sent_signal = number
            self.process.send_signal(number)

    # The engine.

    def has_ended(self):
        return self.process is not None and self.process.poll() is not None

    def used_cpu(self):
        try:
            with open(f"/proc/{self.process.pid}/stat") as f:
                fields = f.read().rsplit(")", 1)[1].split()
            return (int(fields[11]) + int(fields[12])) / 100
        except OSError:
            return 0.0

    def queued_cpu(self):
        """How long it could have gone on, but others had the processors."""
        try:
            with open(f"/proc/{self.process.pid}/schedstat") as f:
                return int(f.read().split()[1]) / 1e9
        except (OSError, IndexError):
            return 0.0

    def turn(self, seconds):
        """Move what can be moved; true if something was."""
        poller = select.poll()
        by_fd = {}
        for s in self.streams:
            if s.fd < 0:
                continue
            reads = s is not self.stdin or self.terminal
            events = (select.POLLIN if reads and not s.ended else 0) | (
                select.POLLOUT if s.todo else 0)
            if events:
                by_fd[s.fd] = s
                poller.register(s.fd, events)
        for listener in self.listeners:
            poller.register(listener.sock.fileno(), select.POLLIN)
        has_moved = False
        for fd, events in poller.poll(seconds * 1000):
            s = by_fd.get(fd)
            if s is None:
                continue
            if events & ~select.POLLOUT and (s is not self.stdin or
                                             self.terminal):
                has_moved |= s.read()
            if s.todo and s.fd >= 0:
                has_moved |= s.write()
        if has_moved:
            self.moved, self.cpu = time.monotonic(), self.used_cpu()
            self.queued = self.queued_cpu()
        return has_moved

    def is_quiet(self, seconds):
        now = time.monotonic()
        if now - self.began > CEILING:
            return True
        used = self.used_cpu() - self.cpu
        queued = self.queued_cpu() - self.queued
        idle = now - self.moved
        # Either it sleeps, or it has had that much of the processor: OpenSSL
        # takes its time also to end without memory.  One that waits for a
        # processor does not sleep.
        return used > max(seconds, QUIET) or (
            idle > seconds and used + queued < idle / 4) or (
            idle - queued > 4 * seconds)

    def wait(self, condition, seconds=QUIET, needs_process=True):
        """Pump until it is true; false if it has become quiet before."""
        self.moved = time.monotonic()
        self.cpu = self.used_cpu() if self.process else 0.0
        self.queued = self.queued_cpu() if self.process else 0.0
        while not condition():
            if needs_process and self.has_ended():
                while self.turn(0):
                    pass
                if condition():
                    return True
                raise Gone()
            patience = min(seconds, SAID) if (
                needs_process and self.has_said_error()) else seconds
            if not self.turn(.02) and self.is_quiet(patience):
                return False
        return True

    def soft(self, condition, seconds=1.0):
        """Wait, and go on without it: yield from it."""
        began = time.monotonic()
        yield lambda: condition() or (
            time.monotonic() - max(began, self.moved) > seconds)

    def has_said_error(self):
        return bool(SAID_ERROR.search(self.stderr.got + self.stdout.got))

    def unaccepted(self):
        """Our connections that the program has never taken."""
        ours = {p.sock.getsockname()[1] for p in self.peers if p.has_port()}
        with open("/proc/net/tcp") as f:
            rows = [line.split() for line in f.readlines()[1:]]
        return {int(r[2].split(":")[1], 16) for r in rows
                if int(r[2].split(":")[1], 16) in ours and r[9] == "0"
                and r[3] in ("01", "08")}

    def play(self, script):
        try:
            self.play_steps(script(self))
            if not self.sent_signal:
                self.stop_playing()
        except Hang:
            self.complain("HANG: " + self.state_of_streams())
            return
        except Gone:
            pass
        self.end()

    def play_steps(self, steps):
        try:
            for condition in steps:
                if self.wait(condition):
                    continue
                if self.terminal:
                    return  # whoever looks at the screen leaves it
                if self.is_server and self.is_free_of_peers():
                    # It goes on without the peers that could not be.
                    self.signal(signal.SIGTERM)
                    return
                if not self.has_said_error():
                    raise Hang()
                return  # what it could not do will never come
        except OSError:
            if self.process is None:
                raise
            return  # a peer of ours cannot do what it should

    def stop_playing(self):
        if self.terminal:
            self.leave_terminal()
        for s in self.peers + [self.stdin]:
            if s is not self.terminal and s.fd >= 0 and not s.ends:
                s.end()

    def leave_terminal(self):
        """However deaf it has become, one of these is obeyed; the first keys
        go on after Ctrl-S where that stops the terminal, and leave a mode."""
        for keys in ("\x11\x07\r", "/quit\r", "\x03\x03", "\x04", "\x04"):
            self.stdin.send(keys)
            if self.wait(self.has_ended, SAID):
                return
        self.signal(signal.SIGTERM)

    def is_free_of_peers(self):
        live = {p.sock.getsockname()[1] for p in self.peers
                if p.has_port() and not p.ended}
        return live <= self.unaccepted()

    def end(self):
        """It has to end by itself now."""
        try:
            if self.wait(self.has_ended, needs_process=False):
                return
            if (self.is_server and not self.sent_signal and
                    self.is_free_of_peers()):
                self.signal(signal.SIGTERM)
                if self.wait(self.has_ended, 7.0, needs_process=False):
                    return
        except Gone:
            return
        self.complain("HANG at the end: " + self.state_of_streams())

    def state_of_streams(self):
        names = [("stdin", self.stdin), ("stdout", self.stdout)] + [
            (f"peer {i + 1}", p) for i, p in enumerate(self.peers)]
        used = self.used_cpu() - self.cpu
        return f"{used:.1f} s of processor time, " + ", ".join(
            f"{name} got {len(s.got)} sent {s.sent} left {len(s.todo)}"
            f"{' ended' if s.ended else ''}" for name, s in names if s)

    def complain(self, text):
        self.complaints.append(text)

    def traces(self):
        """Where the first failing call came from, and the last: their frames,
        the innermost first."""
        try:
            with open(self.trace, encoding="utf-8") as f:
                return [self.frames(text.splitlines())
                        for text in f.read().split("--\n")]
        except OSError:
            return []

    def frames(self, lines):
        frames = []
        for line in lines:
            at = re.match(r"(.*)\(\+(0x[0-9a-f]+)\)", line)
            if at and os.path.basename(at[1]) == os.path.basename(
                    self.binary):
                line = subprocess.run(
                    ["addr2line", "-Cpfise", at[1], at[2]],
                    capture_output=True, text=True, check=False).stdout
            if self.preloaded not in line:
                frames += line.rstrip().splitlines()
        return frames

    def is_in_foreign_library(self):
        """The first call or the last was made by readline or curses, which do
        not survive a lack of memory."""
        return any(is_foreign(frames) for frames in self.traces())

    # The verdict.

    def drain(self):
        while self.turn(0):
            pass

    def counts(self):
        try:
            with open(self.report, "rb") as f:
                data = f.read()
        except OSError:
            return {}, -1
        counts = {}
        for at in range(0, len(data) - 8, ROW.size):
            name, calls, hits = ROW.unpack_from(data, at)
            counts[name.rstrip(b"\0").decode()] = (calls, hits)
        return counts, struct.unpack_from("i", data, len(data) - 8)[0]

    def judge(self, is_harmless):
        """Complaints about how it ended."""
        if self.process is None:
            return
        if not self.has_ended():
            self.process.kill()
            self.process.wait()
            self.drain()
            return
        self.drain()
        status = self.process.returncode
        errors = bytes(self.stderr.got + self.stdout.got)
        for mark in (b"Sanitizer", b"runtime error:", b"==ERROR"):
            if mark in errors:
                self.complain("SANITIZER")
                break
        # Ctrl-C may be a signal there; a terminal that fails has hung up.
        if self.terminal and -status in (signal.SIGINT, signal.SIGHUP):
            self.sent_signal = -status
        if (self.fault.call == "alloc" and self.is_in_foreign_library() and
                status not in (0, -self.sent_signal)):
            self.was_excused = True
        elif status < 0 and -status != self.sent_signal:
            self.complain(f"CRASH: signal {-status}")
        elif status in (0, -self.sent_signal):
            self.judge_bytes(status)
        elif is_harmless and not self.terminal:
            self.complain(f"exit {status} for a fault that harms nothing")
        elif status == 1 or (status == 2 and UNREADABLE.search(errors)):
            self.judge_sentence()
        else:
            self.complain(f"exit {status}")
        # Where nothing can be written nothing can be given back.
        if self.terminal and (self.fault.call, self.fault.mode) != (
                "write", "on"):
            self.judge_terminal()

    def judge_bytes(self, status):
        for check in self.checks:
            complaint = check()
            if complaint:
                self.complain(f"LOST with status {status}: {complaint}")

    def judge_sentence(self):
        _, fd = self.counts()
        # A fault on standard error itself cannot be told there.
        is_mute = self.fault.call == "stream" or (
            self.fault.call == "write" and
            (fd == 2 or self.fault.mode == "on"))
        has_said = self.has_said_error() or any(
            not NOTICE.match(line) for line in self.stderr.got.splitlines())
        if not is_mute and not self.terminal and not has_said:
            self.complain("exit 1 without a word of what failed")

    def judge_terminal(self):
        now = termios.tcgetattr(self.slave)
        if now != self.modes:
            self.complain("TERMINAL: other modes than before")
        got = bytes(self.terminal.got)
        wrong = []
        for mode in (b"1049", b"2004", b"1000", b"1002", b"1003", b"1006",
                     b"1004", b"1"):
            last = None
            for found in re.finditer(rb"\x1b\[\?([0-9;]+)([hl])", got):
                if mode in found[1].split(b";"):
                    last = found[2]
            if last == b"h":
                wrong.append(mode.decode())
        cursor = re.findall(rb"\x1b\[\?25([hl])", got)
        if cursor and cursor[-1] == b"l":
            wrong.append("hidden cursor")
        if wrong:
            self.complain("TERMINAL: left on: " + " ".join(wrong))

    def close(self):
        for s in self.streams:
            s.close()
        for listener in self.listeners:
            listener.sock.close()
        if self.terminal:
            os.close(self.slave)
        if self.stderr and self.stderr.fd >= 0:
            self.stderr.close()
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.home, ignore_errors=True)
