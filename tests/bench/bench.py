#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
"""Runs the loads of loads.py in turns and prints what came of it; fails if
sockchat or a loop of ours did."""

import json
import os
import re
import statistics
import sys

import datagrams
import forwarding
import loads
import recordings

ROUNDS = int(os.environ["ROUNDS"])
ONLY = re.compile(os.environ.get("ONLY", ""))
TOOLS = re.compile(os.environ.get("TOOLS", ""))
JSON = os.environ["BENCH_JSON"]


def measure(load, failed):
    """{figure: (unit, {tool: [values]})}, the tools taking turns.

    One that fails is left out of what is still to be run."""
    figures = {}
    tools = {n: run for n, run in load.tools.items() if TOOLS.search(n)}
    for _ in range(1 if load.counts else ROUNDS):
        for tool, run in list(tools.items()):
            try:
                told = run()
            except loads.Failed as why:
                print(f"  {tool} FAILED: {why}", flush=True)
                failed.append(tool)
                del tools[tool]
                continue
            for figure, value, unit in told:
                of_tools = figures.setdefault(figure, (unit, {}))[1]
                of_tools.setdefault(tool, []).append(value)
    return figures


def best_of(tools, medians, unit):
    best = max if loads.more_is_better(unit) else min
    return best((t for t in tools if t in medians), key=medians.get,
                default=None)


def row_of(load, figure, unit, tool, values, medians):
    row = {
        "load": load.name, "figure": figure, "tool": tool, "unit": unit,
        "median": medians[tool], "min": min(values), "max": max(values),
        "rounds": len(values), "more_is_better": loads.more_is_better(unit),
    }
    if unit in ("x", "of them"):  # is a ratio already, or part of a whole
        return row
    peers = [t for t in medians if loads.is_peer(t)]
    for name, others in ("peer", peers), ("bare", load.bare):
        beside = best_of(others, medians, unit)
        if medians.get(beside) and tool != beside:
            row |= {name: beside,
                    f"to_{name}": medians[tool] / medians[beside]}
    return row


def digits(value):
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def show(row, first):
    ratios = "  ".join(f"{row['to_' + name]:7.2f} x {row[name]:<14}"
                       for name in ("peer", "bare") if name in row)
    span = f"({digits(row['min'])} to {digits(row['max'])})"
    print(f"  {row['figure'] if first else '':<26}{row['tool']:<21}"
          f"{digits(row['median']):>8} {row['unit']:<9}{span:<20}{ratios}"
          .rstrip(), flush=True)


def write(load, figure, unit, tools, out):
    medians = {t: statistics.median(v) for t, v in tools.items()}
    for i, (tool, values) in enumerate(tools.items()):
        row = row_of(load, figure, unit, tool, values, medians)
        show(row, i == 0)
        print(json.dumps(row), file=out, flush=True)


def main():
    failed = []
    with open(JSON, "w", encoding="utf-8") as out:
        for load in sum((part.all_loads() for part in
                         (loads, datagrams, recordings, forwarding)), []):
            if not ONLY.search(load.name):
                continue
            print(load.name, flush=True)
            for figure, (unit, tools) in measure(load, failed).items():
                write(load, figure, unit, tools, out)
    return any(loads.is_ours(tool) for tool in failed)


sys.exit(main())
