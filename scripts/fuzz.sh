#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
#
# fuzz.sh PROGRAM...: $FUZZ_SECONDS of each libFuzzer program. What it finds new
# goes to $BUILD/corpus; the seeds in tests/fuzz/corpus/ROOM are only read.
set -eu

for program; do
	room=$(basename "$program" | sed 's/^fuzz_//')
	found=$BUILD/corpus/$room
	seeds=tests/fuzz/corpus/$room
	log=$BUILD/fuzz_$room.log
	mkdir -p "$found"
	[ -d "$seeds" ] || seeds=
	if ! "$program" -max_total_time="${FUZZ_SECONDS:-10}" -timeout=10 \
	    -rss_limit_mb=1024 -artifact_prefix="$BUILD/$room-" \
	    "$found" $seeds >"$log" 2>&1; then
		tail -n 60 "$log"
		echo "fuzz_$room: failed; the input is $BUILD/$room-*"
		exit 1
	fi
	printf 'fuzz_%-12s %s\n' "$room" "$(tail -n 1 "$log")"
done
