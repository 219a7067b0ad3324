#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
#
# probe.sh FILE CC... -- FLAG...: write to FILE, as lines of make, the flags that
# this compiler knows, the libraries of the screen, and those of the core.  These
# are linked into the program where that can be: loading them costs more than all
# the rest of a pipe's start.
file=$1
shift
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
# Some of readline's functions are ours (src/tui/guest.c): in a shared library they
# are overridden, of an archive's the linker has to be told that the first counts.
libs="-Wl,-z,muldefs -l:libreadline.a -l:libncursesw.a -l:libtinfo.a"
knows $libs || libs='$(SHARED)'
core=-l:libpcre2-8.a
knows $core || core=-lpcre2-8
names="-l:libidn2.a -l:libunistring.a"
knows $names || names=-lidn2

mkdir -p "$(dirname "$file")"
cat >"$file.new" <<END
PROBED_C :=$c
PROBED_L :=$l
TUI_LIBS ?= $libs
CORE_LIBS ?= $core $names -Wl,--as-needed -lssl -lcrypto
END
mv "$file.new" "$file"
