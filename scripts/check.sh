#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
#
# check.sh PROGRAM...: run cmocka programs one after another (a script is one
# test), show how each closed and all of what a failing one said; the last line
# is the sum.
# $RUN stands before each program (valgrind); $TEST_TIMEOUT is in seconds.

passed=0
failed=0
skipped=0

# sum MARK FILE: the numbers in cmocka's closing lines "[  MARK  ] N test(s)"
sum() {
	sed -n "s/^\[ *$1 *\] \([0-9][0-9]*\) test(s).*/\1/p" "$2" |
	    awk '{ n += $1 } END { print n + 0 }'
}

for program; do
	log=${BUILD:-build}/$(basename "$program").log
	timeout -k 5 "${TEST_TIMEOUT:-180}" $RUN "$program" >"$log" 2>&1 \
	    </dev/null
	status=$?
	case $program-$status in
	*.sh-0) echo "[  PASSED  ] 1 test(s)." >>"$log" ;;
	esac
	good=$(sum PASSED "$log")
	bad=$(sum FAILED "$log")
	skip=$(sum SKIPPED "$log")
	# A crash, a timeout or a sanitizer's word after the last test.
	if [ $status -ne 0 ] && [ "$bad" -eq 0 ]; then
		bad=1
		cat "$log"
		echo "$(basename "$program"): ended with status $status"
	elif [ $((good + bad + skip)) -eq 0 ]; then
		bad=1
		echo "$(basename "$program"): ran no tests"
	elif [ "$bad" -ne 0 ]; then
		cat "$log"
	fi
	printf '%-28s %s passed, %s failed' "$(basename "$program")" \
	    "$good" "$bad"
	[ "$skip" -eq 0 ] || printf ', %s skipped' "$skip"
	echo
	passed=$((passed + good))
	failed=$((failed + bad))
	skipped=$((skipped + skip))
done

[ $skipped -eq 0 ] || echo "$skipped skipped"
echo "$passed passed, $failed failed"
[ $failed -eq 0 ] && [ $passed -ne 0 ]
