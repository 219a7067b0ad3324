#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
#
# check-one.sh PROGRAM NOTES: run one cmocka program, or a script that is one
# test. Print a line with its numbers; before it, why it ended without them, and
# why tests were skipped. An end with status 77 skips the whole program.
# What it said is kept in NOTES.log, its numbers in NOTES.sum and NOTES.seconds.
# $RUN stands before the program (valgrind); $TEST_TIMEOUT is in seconds.
program=$1
notes=$2
log=$notes.log
name=${program#"$BUILD"/}
name=${name#tests/}

# sum MARK: the numbers in cmocka's closing lines "[  MARK  ] N test(s)", which
# have the group's name before N since 1.1.7.
sum() {
	sed -n "s/^\[ *$1 *\] \(.*: \)*\([0-9][0-9]*\) test(s).*/\2/p" "$log" |
	    awk '{ n += $1 } END { print n + 0 }'
}

case $name in
e2e/*) ASAN_OPTIONS=$ASAN_OPTIONS${E2E_ASAN_OPTIONS:+:$E2E_ASAN_OPTIONS} ;;
esac

began=$(date +%s)
timeout -k 5 "${TEST_TIMEOUT:-300}" $RUN "$program" >"$log" 2>&1 </dev/null
status=$?
seconds=$(($(date +%s) - began))
case $name-$status in
*.sh-0) echo "[  PASSED  ] 1 test(s)." >>"$log" ;;
esac
good=$(sum PASSED)
bad=$(sum FAILED)
skip=$(sum SKIPPED)

reason=
if [ $status -eq 77 ] && [ $((good + bad + skip)) -eq 0 ]; then
	skip=1
# A crash, a timeout or a sanitizer's word after the last test.
elif [ $status -ne 0 ] && [ "$bad" -eq 0 ]; then
	bad=1
	reason="$name: ended with status $status"
elif [ $((good + bad + skip)) -eq 0 ]; then
	bad=1
	reason="$name: ran no tests"
fi
echo "$good $bad $skip" >"$notes.sum"
echo $seconds >"$notes.seconds"

# Only one at a time prints.
exec 9>"$BUILD/check.lock"
flock 9
[ -z "$reason" ] || echo "$reason" | tee -a "$log"
[ "$skip" -eq 0 ] || sed -n "s|^skipped: |$name: skipped: |p" "$log"
printf '%-28s %s passed, %s failed' "$name" "$good" "$bad"
[ "$skip" -eq 0 ] || printf ', %s skipped' "$skip"
printf ', %s s\n' $seconds
