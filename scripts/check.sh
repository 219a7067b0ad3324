#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
#
# check.sh PROGRAM...: run test programs side by side: three for two cores, for
# they mostly wait, or $JOBS. Those that took longest the last time are started
# first. Each prints its lines when it ends (check-one.sh); the last line is the
# sum, and the failures are named before it. With $NO_SKIP a skipped test is a
# failure. With $RETRY=N, up to N programs that failed beside others run once more,
# alone; those that pass then are named, with what they said first. What a
# sanitizer has found stays found.
here=$(dirname "$0")
export BUILD="${BUILD:-build}"

# noted PROGRAM: the beginning of the names of the files that are kept of it
noted() {
	case $1 in
	"$BUILD"/*) echo "$1" ;;
	*) echo "$BUILD/$1" ;;
	esac
}

# untold LOG: what it says, without the tests that passed
untold() {
	awk '/^\[ *OK *\]/ { run = ""; next }
	    run != "" { print run; run = "" }
	    /^\[ *RUN *\]/ { run = "    " $0; next }
	    { print "    " $0 }
	    END { if (run != "") print run }' "$1"
}

for program; do
	notes=$(noted "$program")
	mkdir -p "$(dirname "$notes")"
	rm -f "$notes.sum"
	seconds=$(cat "$notes.seconds" 2>/dev/null)
	echo "${seconds:-999} $program $notes"
done | sort -srn | cut -d ' ' -f 2- |
    xargs -r -P "${JOBS:-$((($(nproc) * 3 + 1) / 2))}" -n 2 sh "$here/check-one.sh"

has_passed() {
	grep -sqx '[0-9]* 0 [0-9]*' "$1.sum"
}

tries=${RETRY:-0}
for program; do
	notes=$(noted "$program")
	[ "$tries" -gt 0 ] && ! has_passed "$notes" &&
	    ! grep -qE 'Sanitizer|runtime error' "$notes.log" || continue
	tries=$((tries - 1))
	cp "$notes.log" "$notes.first.log"
	sh "$here/check-one.sh" "$program" "$notes"
	has_passed "$notes" || continue
	echo "passed at the second try: $program, see $notes.first.log:"
	untold "$notes.first.log" | head -n 30
done

for program; do
	notes=$(noted "$program")
	has_passed "$notes" && continue
	echo "failed: $program, see $notes.log:"
	untold "$notes.log" | head -n 30
done
# A program without a sum was killed together with what ran it.
for program; do
	cat "$(noted "$program").sum" 2>/dev/null || echo 0 1 0
done | awk -v no_skip="${NO_SKIP:-0}" '
	{ passed += $1; failed += $2; skipped += $3 }
	END {
		if (skipped)
			print skipped " skipped"
		print passed + 0 " passed, " failed + 0 " failed"
		exit failed || !(passed + skipped) || (no_skip && skipped)
	}'
