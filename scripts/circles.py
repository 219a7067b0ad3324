#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
"""No files call each other in a circle: who owns calls down, and is called back
through the operations it gave.  Reads the object files of a build."""

import glob
import os
import subprocess
import sys

BUILD = sys.argv[1] if len(sys.argv) > 1 else "build"


def room(path):
    return os.path.relpath(path, BUILD)[:-1] + "c"


# What each object file defines, and what it needs from others.
objects = [path for path in glob.glob(f"{BUILD}/src/*/*.o")
           if os.path.exists(room(path))]
files = {room(path): (set(), set()) for path in objects}
text = subprocess.run(["nm", "-A", *objects], capture_output=True, text=True,
                      check=True).stdout
for line in text.splitlines():
    path, _, rest = line.partition(":")
    kind, name = rest.split()[-2:]
    defined, needed = files[room(path)]
    if kind == "U":
        needed.add(name)
    elif kind.isupper():
        defined.add(name)

owner = {name: path for path, (defined, _) in files.items()
         for name in defined}
calls = {path: {owner[name] for name in needed if name in owner} - {path}
         for path, (_, needed) in files.items()}

# Who calls nobody of those left is in no circle; nor is whom nobody calls.
left = set(calls)
before = None
while left != before:
    before = set(left)
    left = {path for path in left if calls[path] & left}
    left = {path for path in left
            if any(path in calls[other] for other in left)}

for path in sorted(left):
    for other in sorted(calls[path] & left):
        names = sorted(files[path][1] & files[other][0])
        print(f"{path} calls {other} in a circle: {', '.join(names)}")
sys.exit(bool(left) or not files)
