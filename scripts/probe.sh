#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
#
# probe.sh CC... -- FLAG...: as lines of make, the flags this compiler knows and
# the libraries of the screen.  These are linked into the program where that can
# be: loading them costs more than all the rest of a pipe's start.
cc=
while [ "$1" != -- ]; do
	cc="$cc $1"
	shift
done
shift

knows() {
	echo 'int main(void) { return 0; }' |
	    $cc -Werror "$@" -x c - -o /dev/null 2>/dev/null
}

c= l=
for flag; do
	case $flag in
	-Wl,*) ask="" ;;
	*) ask="-c" ;;
	esac
	knows $flag $ask || continue
	case $flag in
	-Wl,*) l="$l $flag" ;;
	*) c="$c $flag" ;;
	esac
done
echo "PROBED_C :=$c"
echo "PROBED_L :=$l"

libs="-l:libreadline.a -l:libncursesw.a -l:libtinfo.a"
knows $libs || libs='$(SHARED)'
echo "TUI_LIBS ?= $libs"
