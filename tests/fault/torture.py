#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
"""Fail every call once, and from then on, in every script.

torture.py [SCRIPT...]            all calls of these scripts, or of all
torture.py SCRIPT CALL N [once|on] [ERRNO]
                                  one run again, with where the call came from

TORTURE_SECONDS=N takes a sample that lasts so long, TORTURE_SEED says which.
CALLS=alloc,send and MODES=once restrict it, and JOBS runs go side by side."""

import concurrent.futures
import dataclasses
import errno
import os
import random
import sys
import time

import harness
import scripts

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, os.environ.get("BUILD", "build"))
BINARY = os.environ.get("SOCKCHAT_BIN", BUILD + "/sockchat")
LIBRARY = os.environ.get("SOCKCHAT_FAULT", BUILD + "/tests/fault/fault.so")

# How each call fails; a program that is right gets over the harmless ones.
ERRORS = {
    "alloc": ["ENOMEM"],
    "read": ["EIO", "EINTR"],
    "write": ["ENOSPC", "EINTR"],
    "send": ["ENOBUFS", "ECONNRESET", "EAGAIN"],
    "recv": ["ENOMEM", "ECONNRESET", "EINTR"],
    "splice": ["ENOMEM", "EINVAL", "EINTR"],
    "sendfile": ["ENOMEM", "EINVAL", "EINTR"],
    "epoll_ctl": ["ENOMEM"],
    "epoll_wait": ["EINVAL", "EINTR"],
    "poll": ["ENOMEM", "EINTR"],
    "accept": ["EMFILE", "ECONNABORTED", "EINTR"],
    "connect": ["ENETUNREACH", "EAGAIN"],
    "socket": ["EMFILE"],
    "open": ["EMFILE", "EACCES"],
    "pipe": ["EMFILE"],
    "resolve": ["ENOMEM"],
    "close": ["EIO", "EINTR"],
    "dup": ["EMFILE"],
    "sockopt": ["ENOPROTOOPT"],
    "stream": ["ENOSPC"],
}
HARMLESS = {("read", "EINTR"), ("write", "EINTR"), ("send", "EAGAIN"),
            ("recv", "EINTR"), ("splice", "EINVAL"), ("splice", "EINTR"),
            ("sendfile", "EINVAL"), ("sendfile", "EINTR"),
            ("epoll_wait", "EINTR"), ("poll", "EINTR"), ("accept", "EINTR"),
            ("accept", "ECONNABORTED"), ("close", "EINTR")}
# Again and again these are no fault but the end of all time.
ONCE_ONLY = {"EINTR", "EAGAIN", "ECONNABORTED"}
CHANCES = 20  # seeds of interrupted and short calls


@dataclasses.dataclass
class Result:
    complaints: list
    was_excused: bool  # readline or curses had no memory
    counts: dict       # calls and hits by the call's name
    errors: bytes      # standard error
    traces: list       # where the first call came from, and the last

    def hits(self, call):
        return self.counts.get(call, (0, 0))[1]


def run_one(job, is_replay=False):
    """What there is to say about one run."""
    name, call, nth, mode, error = job
    number = getattr(errno, error) if error else 0
    fault = harness.Fault(call, nth, mode, number)
    run = harness.Run(BINARY, LIBRARY, fault)
    try:
        run.play(scripts.SCRIPTS[name])
        run.judge(call == "chance" or nth == 0 or (call, error) in HARMLESS)
        counts, _ = run.counts()
        return Result(run.complaints, run.was_excused, counts,
                      bytes(run.stderr.got) if run.stderr else b"",
                      run.traces() if run.complaints or is_replay else [])
    finally:
        run.close()


def replay_of(job):
    return ("python3 tests/fault/torture.py " +
            " ".join(str(word) for word in job if word != ""))


def count_calls(name):
    """How many calls of each kind a script makes; it has to pass."""
    most = {}
    for _ in range(2):
        result = run_one((name, "none", 0, "once", ""))
        if result.complaints:
            sys.exit(f"{name} without a fault: {result.complaints}\n"
                     f"{result.errors.decode(errors='replace')}")
        for call, (calls, _) in result.counts.items():
            most[call] = max(most.get(call, 0), calls)
    return most


def modes_of(error):
    modes = os.environ.get("MODES", "once,on").split(",")
    return [m for m in modes if m == "once" or error not in ONCE_ONLY]


def jobs_of(name):
    counts = count_calls(name)
    wanted = os.environ.get("CALLS")
    print(f"{name}: " + ", ".join(f"{n} {call}" for call, n in
                                  counts.items() if n), flush=True)
    jobs = [(name, call, nth, mode, error)
            for call, n in counts.items()
            for error in ERRORS[call] for mode in modes_of(error)
            for nth in range(1, n + 1)]
    jobs += [(name, "chance", seed, "once", "")
             for seed in range(1, CHANCES + 1)]
    return [j for j in jobs if not wanted or j[1] in wanted.split(",")]


def tell_failure(job, result):
    print("FAILED " + "; ".join(result.complaints))
    print("    " + replay_of(job))
    for frame in (result.traces or [[]])[0][:12]:
        print("        " + frame.replace(ROOT + "/", ""))
    sys.stdout.flush()


def torture(names):
    seconds = float(os.environ.get("TORTURE_SECONDS") or 0)
    seed = int(os.environ.get("TORTURE_SEED") or time.time())
    began = time.monotonic()
    jobs = [job for name in names for job in jobs_of(name)]
    if seconds:
        random.Random(seed).shuffle(jobs)
        print(f"{len(jobs)} runs; a sample of {seconds:.0f} seconds, "
              f"TORTURE_SEED={seed}", flush=True)
    workers = int(os.environ.get("JOBS") or os.cpu_count())
    done, failed, excused, left = {}, 0, 0, iter(jobs)
    with concurrent.futures.ProcessPoolExecutor(workers) as pool:
        running = {}
        while True:
            while len(running) < 2 * workers:
                job = next(left, None)
                if job is None or (seconds and
                                   time.monotonic() - began > seconds):
                    break
                running[pool.submit(run_one, job)] = job
            if not running:
                break
            ready, _ = concurrent.futures.wait(
                running, return_when=concurrent.futures.FIRST_COMPLETED)
            for future in ready:
                job = running.pop(future)
                result = future.result()
                key = job[0], job[1]
                done[key] = done.get(key, 0) + 1
                excused += result.was_excused
                if result.complaints:
                    failed += 1
                    tell_failure(job, result)
    for name in names:
        print(f"{name}: " + ", ".join(
            f"{n} {call}" for (script, call), n in done.items()
            if script == name))
    if excused:
        print(f"{excused} ended within readline or curses, which do so "
              "without memory")
    print(f"{sum(done.values()) - failed} passed, {failed} failed")
    return bool(failed)


def replay(words):
    name, call, nth = words[0], words[1], int(words[2])
    mode = words[3] if len(words) > 3 else "once"
    error = words[4] if len(words) > 4 else (ERRORS.get(call) or [""])[0]
    result = run_one((name, call, nth, mode, error), True)
    print(result.errors.decode(errors="replace"), end="")
    print(f"{result.hits(call)} calls failed")
    for which, frames in zip(("first", "last"), result.traces):
        print(f"the {which} came from")
        for frame in frames:
            print("    " + frame.replace(ROOT + "/", ""))
    print("; ".join(result.complaints) or
          ("excused" if result.was_excused else "passed"))
    return bool(result.complaints)


def main():
    words = sys.argv[1:]
    if len(words) > 2 and words[2].isdigit():
        return replay(words)
    for word in words:
        if word not in scripts.SCRIPTS:
            sys.exit(f"no script is named {word}: " +
                     " ".join(scripts.SCRIPTS))
    return torture(words or list(scripts.SCRIPTS))


if __name__ == "__main__":
    sys.exit(main())
