#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
#
# All that can be said about the tree without running a test. Every step runs;
# the last line tells how many failed.
export cc=${CC:-gcc}
export flags="-std=c11 -D_GNU_SOURCE -Iinclude"
# How many states of a function are followed: clang's own 225000 take six times
# as long, which is too long for each change; TIDY_NODES=225000 make lint.
export nodes=${TIDY_NODES:-20000}
failed=0

step() {
	local name=$1 out
	shift
	if out=$("$@" 2>&1); then
		echo "$name: passed"
	else
		printf '%s\n%s: FAILED\n' "$out" "$name"
		failed=$((failed + 1))
	fi
}

# each FUNCTION FILE...: for each file, on all cores; what is said of one that
# fails comes in one piece
each() {
	local function=$1
	shift
	export -f "${function?}"
	printf '%s\n' "$@" | xargs -P "$(nproc)" -n 1 bash -c '
		out=$('"$function"' "$0" 2>&1) || { echo "$out"; exit 1; }'
}

header_alone() {
	echo "#include \"$1\"" | $cc $flags -I. -Wall -Wextra -Werror \
	    -fsyntax-only -x c -
}

scripts_parse() {
	local s status=0
	for s in scripts/*.sh tests/*.sh tests/*/*.sh \
	    "${BUILD:-build}"/completions/*.bash .ci/run; do
		[ ! -e "$s" ] || bash -n "$s" || status=1
	done
	return $status
}

starts_programs_in_one_place() {
	! nm -D --undefined-only "${SOCKCHAT_BIN:-build/sockchat}" |
	    grep -E ' (fork|vfork|exec[lv]|system|popen)' &&
	! grep -l 'posix_spawnp\? *(' src/*/*.c | grep -v '^src/io/child.c$'
}

tidy() {
	clang-tidy --quiet "$1" -- $flags \
	    -Xclang -analyzer-config -Xclang "max-nodes=$nodes"
}

# In the C locale, too, groff has every character of the manual.
groff_ascii() {
	local out
	out=$(groff -mdoc -Tascii -ww -z man/*.[15] 2>&1)
	echo "$out"
	[ -z "$out" ]
}

step storeys python3 scripts/storeys.py
step circles python3 scripts/circles.py \
    "$(dirname "${SOCKCHAT_BIN:-build/sockchat}")"
step house python3 scripts/house.py
step headers each header_alone include/sockchat/*.h src/*/*.h \
    tests/*.h tests/*/*.h
step scripts scripts_parse
step manual sh scripts/manual.sh
step mandoc mandoc -Tlint -Wwarning man/*.[15]
step groff groff_ascii
step programs starts_programs_in_one_place
# It does not see that die() never returns, nor what glyph_copy() fills, nor that
# a pointer to a function may have attributes.
step cppcheck cppcheck -q -j "$(nproc)" --std=c11 --error-exitcode=1 \
    --inline-suppr --enable=warning,portability --suppress=missingInclude \
    --suppress=uninitvar --suppress=ctuuninitvar \
    --suppress=normalCheckLevelMaxBranches \
    "-Ddie(...)=abort()" "-D__attribute__(x)=" -D_GNU_SOURCE -Iinclude src
# src/late.c is assembly, and its list is made by the build.
step clang-tidy each tidy src/main.c src/*/*.c completions/*.c

echo "$failed failed"
[ $failed -eq 0 ]
