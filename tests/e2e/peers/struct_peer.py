#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
"""Python's own struct as the judge of ours: struct_peer.py SEED COUNT prints
random cases, a line each, and "end"; then it reads what was made of each.

    format FORMAT                     "yes" if it is one, else "no"
    values FORMAT \\t VALUES \\t HEX    HEX of the packed values, a tab, and the
                                      JSON of an entry with the payload HEX
"""

import json
import math
import random
import struct
import sys

INTEGERS = "bBhHiIlLqQnN"
REALS = {"e": ("<H", "<e"), "f": ("<I", "<f"), "d": ("<Q", "<d")}


def integer(sign, code):
    bits = 8 * struct.calcsize(sign + code)
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if code.islower() \
        else (0, (1 << bits) - 1)
    value = random.choice([low, high, 0, random.randint(low, high),
                           max(low, min(high, random.randint(-300, 300)))])
    return value, hex(value) if random.random() < .3 else str(value)


def real(code):
    bits, form = REALS[code]
    value = struct.unpack(form, random.randbytes(struct.calcsize(form)))[0]
    if random.random() < .3:  # one that has to be rounded
        value *= 1 + random.uniform(-1e-3, 1e-3)
    if random.random() < .1:  # and one in the middle of two halves
        value = random.randrange(1, 4096, 2) * 2.0 ** random.randint(-26, 3)
    if random.random() < .2 or math.isnan(value):  # "nan" is only one of them
        value = random.choice([0.0, -0.0, math.inf, -math.inf, math.nan, .1])
    try:
        struct.pack(form, value)
    except OverflowError:
        value = 1.5
    return value, repr(value)


def text(low, high):
    size = random.randint(low, high)
    if random.random() < .5:
        value = bytes(random.choices(b"abcXYZ019.-", k=size))
        return value, value.decode() or '""'
    value = random.randbytes(size)
    return value, '"%s"' % "".join(
        chr(c) if 32 <= c < 127 and chr(c) not in '"\\' else
        '\\"' if c == 34 else "\\x%02x" % c for c in value)


def value_of(sign, code, count):
    if code in INTEGERS:
        return integer(sign, code)
    if code in REALS:
        return real(code)
    if code == "?":
        value = random.random() < .5
        return value, random.choice(["1", "true"] if value else ["0", "false"])
    return text(*{"c": (1, 1), "s": (0, count),
                  "p": (0, min(count - 1, 255))}[code])


class Case:
    """A FORMAT with names, the same without, and values for it."""

    def __init__(self):
        self.sign = random.choice(["", "@", "=", "<", ">", "!"])
        native = self.sign in ("", "@")
        self.items, self.values, typed = [], [], []
        ours, plain, letters = "", "", "xcbB?hHiIlLqQefdsp" + "nN" * native
        for number in range(random.randint(0, 6)):
            code = random.choice(letters)
            most = 300 if code in "spx" else 12
            count = random.choice([1, 1, 1, 0, 2, 3, random.randint(0, most)])
            count += code == "p" and not count
            word = code if count == 1 and random.random() < .7 \
                else f"{count}{code}"
            has_value = code in "sp" or (count and code != "x")
            name = f"n{number}" if has_value and random.random() < .5 else ""
            plain += word
            ours += word + (f":{name} " if name else random.choice(["", " "]))
            if not has_value:
                continue
            self.items.append((name, 1 if code in "sp" else count))
            for _ in range(self.items[-1][1]):
                value, word = value_of(self.sign, code, count)
                self.values.append(value)
                typed.append(word)
        self.plain, self.rest = self.sign + plain, None
        self.packed = struct.pack(self.plain, *self.values)
        if random.random() < .3:
            ours += " *"
            self.rest, word = text(0, 20)
            typed.append(word)
            self.packed += self.rest
        self.ours, self.typed = self.sign + ours or "@", " ".join(typed)
        size = struct.calcsize(self.plain)
        self.payload = random.randbytes(random.choice(
            [size, size, size, size + 3, max(0, size - 1)]))

    def line(self):
        return f"values\t{self.ours}\t{self.typed}\t{self.payload.hex()}"

    def fields(self):
        """What the payload's fields are; None: it does not fit."""
        size = struct.calcsize(self.plain)
        if len(self.payload) < size or (
                self.rest is None and len(self.payload) > size):
            return None
        values = list(struct.unpack(self.plain, self.payload[:size]))
        fields = {}
        for number, (name, count) in enumerate(self.items, 1):
            taken, values = values[:count], values[count:]
            fields[name or f"field{number}"] = \
                taken[0] if count == 1 else taken
        if self.rest is not None:
            fields[f"field{len(self.items) + 1}"] = self.payload[size:]
        return fields

    def judge(self, answer):
        packed, entry = answer.split("\t")
        if bytes.fromhex(packed) != self.packed:
            raise ValueError(f"packed {packed}, not {self.packed.hex()}")
        entry, fields = json.loads(entry), self.fields()
        if (fields is None) != ("fields_error" in entry):
            raise ValueError(f"{entry}, not {fields}")
        if fields is not None and not same(entry["fields"], fields):
            raise ValueError(f"{entry['fields']}, not {fields}")


class Format:
    """A line that may be a FORMAT."""

    def __init__(self):
        self.text = random.choice(["", "@", "<", "!", "="]) + "".join(
            random.choices("xcbB?hHiIlLqQnNefdsp@=<>!0123 z", k=random.randint(
                0, 8)))
        self.text = self.text.lstrip()

    def line(self):
        return f"format\t{self.text}"

    def judge(self, answer):
        try:
            struct.calcsize(self.text)
            wanted = "yes"
        except struct.error:
            wanted = "no"
        if answer != wanted:
            raise ValueError(f"{answer}, not {wanted}")


def same(got, wanted):
    """Whether JSON has this value, of the same type."""
    if isinstance(wanted, dict):
        return list(got) == list(wanted) and all(
            same(got[name], wanted[name]) for name in got)
    if isinstance(wanted, list):
        return len(got) == len(wanted) and all(map(same, got, wanted))
    if isinstance(wanted, bytes):
        try:
            return got == wanted.decode()
        except UnicodeDecodeError:
            return got == {"hex": wanted.hex()}
    if isinstance(wanted, float) and not math.isfinite(wanted):
        return got == ("NaN" if math.isnan(wanted) else
                       "Infinity" if wanted > 0 else "-Infinity")
    if isinstance(wanted, float):
        return struct.pack("d", got) == struct.pack("d", wanted) and \
            isinstance(got, float)
    return type(got) is type(wanted) and got == wanted


def main():
    random.seed(int(sys.argv[1]))
    cases = [Case() if random.random() < .7 else Format()
             for _ in range(int(sys.argv[2]))]
    print(*(case.line() for case in cases), "end", sep="\n", flush=True)
    answers = sys.stdin.read().split("\n")
    for case, answer in zip(cases, answers):
        try:
            case.judge(answer)
        except (ValueError, KeyError) as error:
            sys.exit(f"seed {sys.argv[1]}: {case.line()}\n{error}")
    if len(answers) != len(cases) + 1:
        sys.exit(f"{len(answers)} answers")


main()
