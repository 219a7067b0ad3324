#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
"""Fail every call once, and from then on, in every script.

torture.py [SCRIPT...]            all calls of these scripts, or of all
torture.py SCRIPT CALL N [once|on] [ERRNO]
                                  one run again, with where the call came from

TORTURE_SECONDS=N takes a sample that lasts so long, TORTURE_SEED says which.
CALLS=alloc,send and MODES=once restrict it, and JOBS runs go side by side."""

import collections
import concurrent.futures
import dataclasses
import errno
import math
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
    build = os.environ.get("BUILD", "build")
    return (("" if build == "build" else f"BUILD={build} ") +
            "python3 tests/fault/torture.py " +
            " ".join(str(word) for word in job if word != ""))


def count_calls(names):
    """How many calls of each kind each script makes; it has to pass."""
    counts = {}
    jobs = [(name, "none", 0, "once", "") for name in names]
    for job, result in results_of(jobs, math.inf):
        if result.complaints:
            sys.exit(f"{job[0]} without a fault: {result.complaints}\n"
                     f"{result.errors.decode(errors='replace')}")
        counts[job[0]] = {call: calls for call, (calls, _) in
                          result.counts.items()}
        print(f"{job[0]}: " + ", ".join(
            f"{n} {call}" for call, n in counts[job[0]].items() if n),
            flush=True)
    return counts


def modes_of(error):
    modes = os.environ.get("MODES", "once,on").split(",")
    return [m for m in modes if m == "once" or error not in ONCE_ONLY]


def step_of(name, call):
    """OpenSSL allocates 14,000 times while it starts: every eighth fails."""
    return 8 if call == "alloc" and "tls" in name else 1


def jobs_of(name, counts):
    wanted = os.environ.get("CALLS")
    jobs = [(name, call, nth, mode, error)
            for call, n in counts.items()
            for error in ERRORS[call] for mode in modes_of(error)
            for nth in range(1, n + 1, step_of(name, call))]
    jobs += [(name, "chance", seed, "once", "")
             for seed in range(1, CHANCES + 1)]
    return [j for j in jobs if not wanted or j[1] in wanted.split(",")]


def tell_failure(job, result):
    print("FAILED " + "; ".join(result.complaints))
    print("    " + replay_of(job))


def tell_origin(result):
    for frame in (result.traces or [[]])[0][:12]:
        print("        " + frame.replace(ROOT + "/", ""))
    sys.stdout.flush()


def in_sample_order(jobs, seed):
    """Large groups are drawn from more often, but not as often as they are
    large; where a job stands does not depend on how many others there are."""
    sizes = collections.Counter(job[:2] for job in jobs)

    def place(job):
        return (random.Random(f"{seed} {job}").random() *
                math.sqrt(sizes[job[:2]]))
    return sorted(jobs, key=place)


def results_of(jobs, until):
    """Run them side by side; jobs with their results as they end."""
    workers = int(os.environ.get("JOBS") or os.cpu_count())
    left, running = iter(jobs), {}
    with concurrent.futures.ProcessPoolExecutor(workers) as pool:
        while True:
            while len(running) < 2 * workers and time.monotonic() < until:
                job = next(left, None)
                if job is None:
                    break
                running[pool.submit(run_one, job)] = job
            if not running:
                return
            ready, _ = concurrent.futures.wait(
                running, return_when=concurrent.futures.FIRST_COMPLETED)
            for future in ready:
                yield running.pop(future), future.result()


def torture(names):
    seconds = float(os.environ.get("TORTURE_SECONDS") or 0)
    seed = os.environ.get("TORTURE_SEED") or str(int(time.time()))
    until = time.monotonic() + seconds if seconds else math.inf
    counts = count_calls(names)
    jobs = [job for name in names for job in jobs_of(name, counts[name])]
    if seconds:
        jobs = in_sample_order(jobs, seed)
        print(f"{len(jobs)} runs; a sample of {seconds:.0f} seconds, "
              f"TORTURE_SEED={seed}", flush=True)
    done, failed, excused = collections.Counter(), [], 0
    for job, result in results_of(jobs, until):
        done[job[:2]] += 1
        excused += result.was_excused
        if result.complaints:
            failed.append((job, result))
            tell_failure(job, result)
            tell_origin(result)
    for name in names:
        print(f"{name}: " + ", ".join(
            f"{n} {call}" for (script, call), n in sorted(done.items())
            if script == name))
    if excused:
        print(f"{excused} ended within readline or curses, which do so "
              "without memory")
    for job, result in failed:  # once more, where they are looked for
        tell_failure(job, result)
    print(f"{done.total() - len(failed)} passed, {len(failed)} failed")
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


def set_sanitizer():
    """What a build with the sanitizers needs, for runs by hand."""
    os.environ.setdefault("ASAN_OPTIONS", "verify_asan_link_order=0")
    os.environ.setdefault("LSAN_OPTIONS", "print_suppressions=0:suppressions="
                          f"{ROOT}/tests/lsan.supp")


def main():
    set_sanitizer()
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
