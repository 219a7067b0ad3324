#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
"""Runs the loads of loads.py in turns and prints what came of it."""

import json
import os
import statistics
import sys

import loads

ROUNDS = int(os.environ["ROUNDS"])
ONLY = os.environ.get("ONLY", "")
JSON = os.environ["BENCH_JSON"]


def measure(load):
    """{figure: (unit, {tool: [values]})}, the tools taking turns."""
    figures = {}
    for _ in range(ROUNDS):
        for tool, run in load.tools.items():
            try:
                told = run()
            except loads.Failed as failed:
                print(f"{load.name}, {tool}: {failed}", file=sys.stderr)
                continue
            for figure, value, unit in told:
                tools = figures.setdefault(figure, (unit, {}))[1]
                tools.setdefault(tool, []).append(value)
    return figures


def show(load, figure, unit, tools, out):
    medians = {tool: statistics.median(v) for tool, v in tools.items()}
    beside = medians.get(load.beside)
    for tool, values in tools.items():
        row = {
            "load": load.name, "figure": figure, "tool": tool, "unit": unit,
            "median": medians[tool], "min": min(values), "max": max(values),
            "rounds": len(values),
        }
        ratio = ""
        if beside and tool != load.beside:
            row |= {"ratio": medians[tool] / beside, "beside": load.beside}
            ratio = f"{row['ratio']:.2f} x {load.beside}"
        span = f"{row['min']:.4g} to {row['max']:.4g}"
        print(f"  {figure:<24}{tool:<16}{row['median']:>9.4g} {unit:<8}"
              f"{span:<22}{ratio}".rstrip(), flush=True)
        print(json.dumps(row), file=out, flush=True)


def main():
    with open(JSON, "w", encoding="utf-8") as out:
        for load in loads.all_loads():
            if ONLY not in load.name:
                continue
            print(load.name, flush=True)
            for figure, (unit, tools) in measure(load).items():
                show(load, figure, unit, tools, out)


main()
