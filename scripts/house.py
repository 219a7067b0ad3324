#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
"""The rules of the house that a line shows: HACKING.md lists them.  And every
room is on the map in ARCHITECTURE.md."""

import glob
import re
import sys

BANNED = re.compile(r"(?<![\w.>])(strcpy|stpcpy|strcat|strncpy|strncat|"
                    r"v?sprintf|gets|[sf]?scanf|ato[ifl]|atoll|strtok|"
                    r"alloca|select|system|popen|fork|vfork|exec[lv]\w*|"
                    r"tmpnam|mktemp|rand)\s*\(")
# A macro of cmocka 2, and one that it deprecates: see cmocka_more.h.
CMOCKA = re.compile(r"(?<![\w.>])(stop|assert_(?:not_)?in_range)\s*\(")
# The one file that turns text into numbers.
NUMBER = re.compile(r"\bstrto(l|ul|ll|ull|d|imax|umax)\s*\(")
# Who may end the program when nobody can do anything: what starts it, and what
# readline calls, which has no way back.
MAY_DIE = {"src/main.c": None, "src/tui/guest.c": {"xrealloc"}}
DIES = re.compile(r"^\t.*\bdie\s*\(")
FUNCTION = re.compile(r"^\w[^;=]*?\b(\w+)\([^;]*$")
LATER = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
# A header with more prototypes than this is several doors.
DOOR_MAX = 18

failed = False


def complain(path, number, text):
    global failed
    failed = True
    print(f"{path}:{number}: {text}")


def check_line(path, number, line):
    code = re.sub(r'"(\\.|[^"\\])*"|/\*.*?\*/|//.*', "", line)
    if path.startswith("src/"):
        for match in BANNED.finditer(code):
            complain(path, number, f"{match.group(1)}() is not used here")
        if NUMBER.search(code) and not path.endswith("/number.c"):
            complain(path, number, "numbers are parsed in number.c alone")
    for match in CMOCKA.finditer(code if path.startswith("tests/") else ""):
        complain(path, number, f"cmocka 2 wants another name than "
                               f"{match.group(1)}()")
    if LATER.search(line):
        complain(path, number, "unfinished work is not kept in comments")
    if len(line.expandtabs(8)) > 80:
        complain(path, number, "more than 80 columns")
    if line != line.rstrip():
        complain(path, number, "blanks at the end of the line")
    if re.match(r"\s*typedef (struct|enum|union)\b(?!.*_fn\()", line):
        complain(path, number, "a struct is called a struct")


# What makes sockets and pipes of the system in a unit test.
REAL = re.compile(r"(?<![\w.>])(socket|socketpair|connect|pipe2?|tcp_pair|"
                  r"add_socket|add_pipe)\(|\"tcp_pair\.h\"")


def check_unit(path, lines):
    """Unit tests have no sockets, or their first comment says so."""
    head = "\n".join(lines[:lines.index("", 3)])
    for number, line in enumerate(lines, 1):
        if REAL.search(line) and not re.search(r"\breal\b", head):
            complain(path, number, "a socket or a pipe: the first comment "
                                   "has to say that it is real")


def check_deaths(path, lines):
    """After the start nothing calls die(): the room above gets -1 or NULL."""
    inside, allowed = "", MAY_DIE.get(path, set())
    for number, line in enumerate(lines, 1):
        match = FUNCTION.match(line)
        inside = match.group(1) if match else inside
        if DIES.search(line) and inside != "die" and not (
                allowed is None or inside in allowed):
            complain(path, number, f"{inside}() may not call die()")


def prototypes(text):
    """The declarations of functions in a header's text."""
    for what in (r"(?s)/\*.*?\*/", r"(?m)^#(.*\\\n)*.*$",
                 r"(?s)__attribute__.*?(?=;)"):
        text = re.sub(what, "", text)
    inner = 1
    while inner:
        text, inner = re.subn(r"\{[^{}]*\}", "", text)
    return [part for part in text.split(";")
            if re.search(r"\w\s*\(", part) and "typedef" not in part]


def check_door(path, lines):
    count = len(prototypes("\n".join(lines)))
    if count > DOOR_MAX:
        complain(path, 1, f"{count} prototypes: these are several doors")


def rooms_on_map():
    """The rooms on the map, by storey; a row may go on with the last one."""
    rooms, storey = {}, ""
    text = open("ARCHITECTURE.md", encoding="utf-8").read()
    for begins, names in re.findall(r"^\| (\w*) ?\| (.*?) \|", text,
                                    re.MULTILINE):
        storey = begins or storey
        rooms.setdefault(storey, []).extend(re.findall(r"`(\w+)`", names))
    return rooms


def check_map():
    rooms = rooms_on_map()
    for source in sorted(glob.glob("src/*/*.c")):
        _, storey, name = source[:-2].split("/")
        if not any(f"{name}_".startswith(f"{room}_")
                   for room in rooms.get(storey, [])):
            complain("ARCHITECTURE.md", 1, f"{source} is not on the map")


check_map()
files = sorted(glob.glob("src/**/*.[ch]", recursive=True) +
               glob.glob("include/*/*.h") + glob.glob("completions/*.c") +
               glob.glob("tests/*/*.[ch]"))
for path in files:
    lines = open(path, encoding="utf-8").read().split("\n")
    if "SPDX-License-Identifier: GPL-3.0-or-later" not in lines[0]:
        complain(path, 1, "does not begin with its licence")
    if path.startswith("src/") and len(lines) > 600:
        print(f"{path}: {len(lines)} lines: two purposes?")
    if path.startswith("src/"):
        check_deaths(path, lines)
    if path.endswith(".h") and not path.startswith("tests/"):
        check_door(path, lines)
    if path.startswith("tests/unit/test_"):
        check_unit(path, lines)
    for number, line in enumerate(lines, 1):
        check_line(path, number, line)

sys.exit(failed)
