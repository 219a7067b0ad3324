#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
#
# probe.sh CC... -- FLAG...: the flags this compiler knows, as two lines of make.
cc=
while [ "$1" != -- ]; do
	cc="$cc $1"
	shift
done
shift

c= l=
for flag; do
	case $flag in
	-Wl,*) ask="" ;;
	*) ask="-c" ;;
	esac
	echo 'int main(void) { return 0; }' |
	    $cc -Werror $flag $ask -x c - -o /dev/null 2>/dev/null || continue
	case $flag in
	-Wl,*) l="$l $flag" ;;
	*) c="$c $flag" ;;
	esac
done
echo "PROBED_C :=$c"
echo "PROBED_L :=$l"
