# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
"""check_loaded.py RECORDING SAVED: of the second file, the entries that are
old are those of the first, in their order.  What only a live connection can
know (acknowledgements, timing) does not count."""

import json
import sys

FORGOTTEN = ("seq", "old", "ack_ms", "timing")


def entries(path, old):
    found = []
    with open(path, encoding="utf-8") as file:
        for line in file:
            e = json.loads(line)
            if e.get("old", False) != old or e["kind"] == "ack":
                continue
            if e.get("code") == "day":
                continue
            if e["kind"] == "message":
                e.pop("state", None)
            found.append({k: v for k, v in e.items() if k not in FORGOTTEN})
    return found


recorded, saved = entries(sys.argv[1], False), entries(sys.argv[2], True)
for before, after in zip(recorded, saved):
    if before != after:
        sys.exit(f"{before}\nbecame\n{after}")
if len(recorded) != len(saved) or not recorded:
    sys.exit(f"{len(recorded)} entries became {len(saved)}")
