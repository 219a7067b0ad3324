#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
#
# An echo listener on a free port, and a chat with it; both end together.
# Without a terminal a short exchange is held and printed. A line before tells
# what to type and how to leave, a line after it what to try next.
set -eu

bin=${SOCKCHAT_BIN:-build/sockchat}
name=${bin#"$PWD"/}
log=$(mktemp)
"$bin" listen --echo --ui lines 0 </dev/null >"$log" 2>&1 &
listener=$!
trap 'kill $listener 2>/dev/null; wait $listener 2>/dev/null || :; rm -f "$log"' EXIT

port=
for _ in $(seq 100); do
	port=$(sed -n 's/.*127\.0\.0\.1:\([0-9]*\).*/\1/p' "$log" | head -n 1)
	[ -z "$port" ] && kill -0 $listener 2>/dev/null || break
	sleep 0.05
done
if [ -z "$port" ]; then
	cat "$log" >&2
	exit 1
fi

try_next() {
	echo "Next, run $name listen 9999 here and $name connect 127.0.0.1" \
	    "9999 in another terminal; $name --help tells more."
}

echo "A chat with an echo server: type a line and Enter, and it comes back;" \
    "F1 helps, /quit leaves."
if [ -t 0 ] && [ -t 1 ]; then
	status=0
	"$bin" connect 127.0.0.1 "$port" || status=$?
	try_next
	exit $status
fi

export LC_ALL=C.UTF-8
coproc "$bin" connect --ui lines 127.0.0.1 "$port"
chat=$COPROC_PID
exec 3<&"${COPROC[0]}" 4>&"${COPROC[1]}"

# until_line TEXT: print what happens up to the line with it
until_line() {
	while IFS= read -r -t 10 line <&3; do
		printf '%s\n' "$line"
		[[ $line != *"$1"* ]] || return 0
	done
	return 1
}

until_line 'connected to'
printf '안녕!\n' >&4
until_line '< '
printf '/view hex\n안녕!\n' >&4
until_line '< '
printf '/quit\n' >&4
cat <&3
wait $chat
try_next
