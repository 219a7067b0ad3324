# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
"""What recordings cost while they are made, and how they are played: more rows
for loads.py."""

import atexit
import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time

from loads import BIN, CHAT, CONNECT, MIB, PATIENCE_S, SECONDS, Failed, Load, \
    bare, program, there
from servers import echo_loop, free_port, start, wait_for_listener

RECORDING_MIB = int(os.environ["RECORDING_MIB"])
STEPS = int(os.environ["STEPS"])
# A folder, in memory if there is one there.
FOLDER = tempfile.mkdtemp(
    prefix="sockchat-bench-",
    dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
atexit.register(shutil.rmtree, FOLDER, True)
RECORDING = f"{FOLDER}/recording"


# Recording


def recorded(name, command):
    """The command with a recording of this format, or of none."""
    more = ["--record-overwrite", "--record", f"{name}:{RECORDING}"]
    return command[:2] + more * bool(name) + command[2:]


def flood():
    tools = {f"sockchat{name and ' to '}{name}":
             program("chat", "flood", SECONDS,
                     *recorded(name, CHAT["sockchat"]))
             for name in ("", "text", "chat", "jsonl", "pcapng")}
    return Load("chat under a flood, recorded", tools, ("sockchat",))


def start_tcpdump():
    """One that writes what goes over the loopback from now on."""
    dump = subprocess.Popen(
        ["tcpdump", "-Z", "root", "-i", "lo", "-s", "0", "-w",
         RECORDING], stderr=subprocess.PIPE, text=True)
    said = ""
    while line := dump.stderr.readline():
        said += line
        if "listening on" in line:
            return dump
    raise Failed(said.strip())


def beside_tcpdump(run):
    def both():
        dump = start_tcpdump()
        try:
            return run()
        finally:
            dump.terminate()
            dump.communicate()
    return both


def kept(run):
    """And how much of it is in the file: tcpdump misses what is too fast."""
    def run_and_look():
        told = run()
        size = os.path.getsize(RECORDING) / (int(MIB) << 20)
        return told + [("recorded", value * min(size, 1), unit)
                       for figure, value, unit in told if figure == "moved"]
    return run_and_look


def pipe(mode):
    nc = CONNECT["nc"]
    commands = {f"sockchat to {name}": recorded(name, CONNECT["sockchat"])
                for name in ("raw", "jsonl", "pcapng")}
    commands["nc | tee"] = ["sh", "-c", f"{' '.join(nc)} | tee {RECORDING}"]
    tools = {n: program("bulk", mode.replace(" ", "-"), MIB, *c)
             for n, c in there(commands | {"nc": nc}).items()}
    if shutil.which("tcpdump") and "nc" in tools:
        tools["nc beside tcpdump"] = beside_tcpdump(tools.pop("nc"))
    return Load(f"{mode}, recorded", {n: kept(t) for n, t in tools.items()})


# Playing


@contextlib.contextmanager
def file_of(name, texts):
    """A file for so long: it may be one of a GiB, in memory."""
    path = f"{FOLDER}/{name}"
    with open(path, "w", encoding="ascii") as f:
        f.writelines(texts)
    yield path
    os.unlink(path)


def steps(count, line):
    """Questions that come back as they are."""
    yield "# sockchat conversation 1\n"
    for number in range(count // 2):
        text = line % number
        yield f'> "{text}\\n"\n< "{text}\\n"\n'


def ended(process, what):
    """Its largest memory in MiB, once it has ended well."""
    end = time.monotonic() + PATIENCE_S
    while not (waited := os.wait4(process.pid, os.WNOHANG))[0]:
        if time.monotonic() > end:
            process.kill()
            raise Failed(f"{what}: nothing in {PATIENCE_S} s")
        time.sleep(.001)
    process.returncode = os.waitstatus_to_exitcode(waited[1])
    if process.returncode:
        raise Failed(f"{what}: {process.stderr.read().strip()}")
    return waited[2].ru_maxrss / 1024


def replayed_echo():
    """So many steps against a loop that sends all back."""
    def play(path, port):
        begin = time.monotonic()
        ended(start([BIN, "connect", "--replay", path, "127.0.0.1", port]),
              "connect")
        return time.monotonic() - begin

    def run():
        with echo_loop() as port, \
                file_of("steps.chat", steps(STEPS, "step %07d")) as path:
            seconds = play(path, port)
        return [("round trips", STEPS / 2 / seconds / 1e3, "k/s")]
    trips = program("echo", "trips", "1", SECONDS, *bare("echo-epoll"))
    return Load(f"replay of {STEPS:,} steps", {
        "sockchat --replay": run,
        "bare epoll": lambda: [t for t in trips() if t[0] == "round trips"],
    }, ("bare epoll",))


def replayed_both():
    """A long file against itself: its memory says that it is not kept."""
    def play(path):
        port = free_port()
        begin = time.monotonic()
        server = start([BIN, "listen", "--replay", path, "127.0.0.1", port])
        wait_for_listener(port)
        client = start([BIN, "connect", "--replay", path, "127.0.0.1", port])
        memory = ended(client, "connect"), ended(server, "listen")
        seconds = time.monotonic() - begin
        return [("played", RECORDING_MIB / seconds, "MiB/s"),
                ("memory, connect", memory[0], "MiB"),
                ("memory, listen", memory[1], "MiB")]

    def run():
        texts = steps((RECORDING_MIB << 20) // 1008, "%07d " + "x" * 991)
        with file_of("long.chat", texts) as path:
            return play(path)
    return Load(f"replay of a recording of {RECORDING_MIB} MiB",
                {"sockchat": run}, (), True)


ENTRY = '{"seq":%d,"time":"2026-11-28T20:14:57.000000Z","session":1,' \
    '"kind":"message","dir":"in","peer":"127.0.0.1:9","len":101,' \
    f'"text":"{"x" * 100}\\n","complete":true}}\n'


def loaded():
    """The end of a long recording, before anything else."""
    def run_with(*option):
        with socket.create_server(("127.0.0.1", 0)) as s:
            s.settimeout(PATIENCE_S)
            begin = time.monotonic()
            tool = start([BIN, "connect", "--ui", "lines", *option,
                          "127.0.0.1", str(s.getsockname()[1])])
            s.accept()[0].close()
            memory = ended(tool, "connect")
        return time.monotonic() - begin, memory

    def run():
        count = (RECORDING_MIB << 20) // len(ENTRY % 1000000)
        with file_of("long.jsonl", map(ENTRY.__mod__, range(count))) as path:
            seconds, memory = run_with("--load", path)
        bare_s, bare_mib = run_with()
        return [("loaded in", seconds - bare_s, "s"),
                ("memory", memory - bare_mib, "MiB")]
    return Load(f"load of a recording of {RECORDING_MIB} MiB",
                {"sockchat": run}, (), True)


def all_loads():
    return [flood(), pipe("socket to pipe"), replayed_echo(), replayed_both(),
            loaded()]
