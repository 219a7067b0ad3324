#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
#
# needs.sh CC HEADER...: whether this compiler makes programs and has these
# headers. A sentence tells what is missing, and what installs it.
cc=$1
shift

fail() {
	echo "no $1 here: make $2 installs what is needed" >&2
	exit 1
}

goal=deps
case $cc in
clang*) goal=deps-dev ;;
esac
command -v ${cc%% *} >/dev/null || fail "${cc%% *}" $goal
printf '#include <stdio.h>\nint main(void) { return 0; }\n' |
    $cc -x c - -o /dev/null 2>/dev/null || fail "C library" $goal
for header; do
	echo "#include <$header>" |
	    $cc -E -DPCRE2_CODE_UNIT_WIDTH=8 -x c - >/dev/null 2>&1 ||
	    fail "$(echo "$header" | sed 's,/.*,,; s,[.]h$,,')" deps
done
