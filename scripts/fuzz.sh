#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
#
# fuzz.sh PROGRAM...: $FUZZ_SECONDS of each libFuzzer program, on all cores. What
# it finds new goes to $BUILD/corpus; the seeds in tests/fuzz/corpus/ROOM are only
# read.

fuzz() {
	local room=${1##*/fuzz_}
	local found=$BUILD/corpus/$room seeds=tests/fuzz/corpus/$room
	local log=$BUILD/fuzz_$room.log
	mkdir -p "$found"
	[ -d "$seeds" ] || seeds=
	if ! "$1" -max_total_time="${FUZZ_SECONDS:-10}" -timeout=10 \
	    -rss_limit_mb=1024 -artifact_prefix="$BUILD/$room-" \
	    "$found" $seeds >"$log" 2>&1; then
		printf '%s\nfuzz_%s: failed; the input is %s\n' \
		    "$(tail -n 60 "$log")" "$room" "$BUILD/$room-*"
		return 1
	fi
	printf 'fuzz_%-12s %s\n' "$room" "$(tail -n 1 "$log")"
}

export -f fuzz
printf '%s\n' "$@" | xargs -P "$(nproc)" -n 1 bash -c 'fuzz "$0"'
