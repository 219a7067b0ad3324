#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
"""plot.py BENCH.JSON PNG: what `make bench` found, as times the best peer."""

import json
import subprocess
import sys

ROWS = [  # load, figure, label; longer is better, whatever the unit
    ("file to socket", "moved", "file to socket"),
    ("pipe to socket", "moved", "pipe to socket"),
    ("pages to socket", "moved", "pages of a pipe to socket"),
    ("socket to file", "moved", "socket to file"),
    ("socket to pipe", "moved", "socket to pipe"),
    ("socket to null", "moved", "socket to /dev/null"),
    ("both ways", "moved", "both ways at once"),
    ("both ways", "CPU", "the same, CPU"),
    ("echo, 1 peer", "round trips", "echo, 1 peer"),
    ("echo, 10 peers", "round trips", "echo, 10 peers"),
    ("echo, 100 peers", "round trips", "echo, 100 peers"),
    ("echo, 1000 peers", "round trips", "echo, 1000 peers"),
    ("echo, 10 peers beside 1000 idle", "round trips",
     "echo, 10 peers, 1000 idle"),
    ("echo, 10 peers beside 1000 idle", "memory of a quiet peer",
     "memory of a quiet peer"),
    ("echo in bulk, 1 peer", "sent back", "echo in bulk, 1 peer"),
    ("echo in bulk, 64 peers", "sent back", "echo in bulk, 64 peers"),
    ("connect, echo, close", "came and went", "connect, echo, close"),
    ("TLS, file to socket", "moved", "TLS, file to socket"),
    ("TLS, socket to null", "moved", "TLS, socket to /dev/null"),
    ("TLS handshakes", "handshakes", "TLS handshakes"),
    ("TLS echo, 100 peers", "round trips", "TLS echo, 100 peers"),
    ("calls of an echo, peers: 1", "calls", "system calls of an echo"),
    ("forward, to the target", "moved", "forwarded, client to target"),
    ("forward, to the client", "moved", "forwarded, target to client"),
    ("forward, both ways", "moved", "forwarded, both ways at once"),
    ("forward, 1 peer", "round trips", "forwarded echo, 1 peer"),
    ("forward, 100 peers", "round trips", "forwarded echo, 100 peers"),
    ("forward, 1000 peers", "round trips", "forwarded echo, 1000 peers"),
    ("forward, 10 peers beside 1000 idle", "memory of a quiet peer",
     "memory of a quiet pair"),
    ("forward, connect, echo, close", "came and went",
     "forwarded connect, echo, close"),
    ("start, connect", "until it has connected", "start to connection"),
    ("start, answer", "until a line is answered", "start to an answer"),
    ("chat under a flood of 100-byte lines", "taken", "chat, lines taken"),
]
OURS = ("sockchat", "sockchat --quiet")
SHOWN = "sockchat to a file"
HEAD = """
set terminal pngcairo size 960,{height} font "DejaVu Sans,10"
set output "{png}"
set logscale x
set xrange [0.25:220]
set yrange [0:{top}]
set xtics ("1/4" .25, "1/2" .5, "1" 1, "2" 2, "5" 5, "10" 10, "20" 20, \\
           "50" 50) scale 0
set ytics scale 0
set grid xtics lc rgb "#e4e4e4" lt 1
set border 0
set lmargin 31
set xlabel "times as good as the best other tool (named at the right)"
set arrow from 1,0 to 1,{top} nohead lc rgb "#404040" back
set key above width -6 maxrows 1 samplen 1
"""
PLOTS = [
    '"$sockchat" using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder '
    'lc rgb "#3465a4" title "sockchat (echo with --quiet)"',
    '"$shown" using 1:2 with points pt 7 ps 1 lc rgb "#fcaf3e" '
    'title "the same, transcript to a file"',
    '"$peers" using 1:2 with points pt 7 ps 0.8 lc rgb "#a0a0a0" '
    'title "other tools"',
    '"$bare" using 1:2 with points pt 9 ps 1.3 lc rgb "#cc0000" '
    'title "a bare loop"',
    '"$names" using 1:2:3 with labels right font ",9" '
    'textcolor rgb "#606060" notitle',
]


def read(path):
    """{(load, figure): {tool: row}}"""
    found = {}
    with open(path, encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            tools = found.setdefault((row["load"], row["figure"]), {})
            tools[row["tool"]] = row
    return found


def goodness(row, beside):
    """How many times as good as that it is."""
    a, b = row["median"], beside["median"]
    if not row["more_is_better"]:
        a, b = b, a
    return a / b if b > 0 and a > 0 else None


def marks(tools, y):
    """(data block, its line) of each tool."""
    best = next(row["peer"] for row in tools.values() if "peer" in row)
    limit = next((row["bare"] for row in tools.values() if "bare" in row), "")
    yield "names", f'200 {y} "{best}"'
    for tool, row in tools.items():
        value = goodness(row, tools[best])
        if not value:
            continue
        if tool in OURS:
            yield "sockchat", (f"1 {y} {min(1, value)} {max(1, value)} "
                               f"{y - .3} {y + .3}")
        elif tool == SHOWN:
            yield "shown", f"{value} {y}"
        elif tool == limit:
            yield "bare", f"{value} {y}"
        elif not tool.startswith(("bare", "sockchat")) and tool != best:
            yield "peers", f"{max(value, .26)} {y}"


def main(path, png):
    found = read(path)
    rows = [(found[load, figure], label) for load, figure, label in ROWS
            if any("peer" in row for row in
                   found.get((load, figure), {}).values())]
    blocks = {name: [] for name in
              ("sockchat", "shown", "peers", "bare", "names")}
    labels = []
    for y, (tools, label) in enumerate(reversed(rows), 1):
        labels.append(f'"{label}" {y}')
        for block, line in marks(tools, y):
            blocks[block].append(line)
    script = "".join("${} << END\n{}\nEND\n".format(name, "\n".join(lines))
                     for name, lines in blocks.items())
    script += HEAD.format(height=130 + 24 * len(rows), png=png,
                          top=len(rows) + 1)
    script += f"set ytics ({', '.join(labels)})\n"
    shown = [p for p in PLOTS if blocks[p.split('"')[1][1:]]]
    script += "plot " + ", ".join(shown).replace('"$', "$").replace(
        '" using', " using") + "\n"
    subprocess.run(["gnuplot"], input=script, text=True, check=True)


main(*sys.argv[1:])
