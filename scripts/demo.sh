#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
#
# A chat with a guide: a listener on a free port that answers by rules and tells
# what to try next. Beside it runs the server that decodes each recv(). All end
# with the chat. Without a terminal a short exchange is held and printed.
set -eu

bin=${SOCKCHAT_BIN:-build/sockchat}
name=${bin#"$PWD"/}
work=$(mktemp -d)
ours=
trap 'kill $ours 2>/dev/null; wait 2>/dev/null || :; rm -rf "$work"' EXIT

# port_in FILE EXPRESSION: print the port that a program tells
port_in() {
	for _ in $(seq 200); do
		port=$(sed -n "s/$2\([0-9][0-9]*\).*/\1/p" "$1" | head -n 1)
		[ -z "$port" ] || break
		sleep 0.05
	done
	[ -n "$port" ] || cat "$1" >&2
	echo "$port"
}

python3 tests/e2e/peers/tutorial_server.py 0 >"$work/fragile" 2>&1 &
ours=$!
fragile=$(port_in "$work/fragile" 'Listening on ')
[ -n "$fragile" ]

cat >"$work/guide.rules" <<END
on /^(?:안녕|hello)/
  > "안녕!\n"
  > "2. F2 shows the same bytes in hex, F2 again both, then text.\n"
  > "   F5 shows how well the connection works. Then type: 3\n"
on /^3/
  > "3. Make the network slow: type /fault latency=1s and then: 4\n"
on /^4/
  > "4. That took a second each way. Type /fault off to stop it.\n"
  > "   F7 and Up select messages, to copy, compare or save them\n"
  > "   or to send them again; Esc leaves. Then type: 5\n"
on /^5/
  > "5. /save demo.chat saves this talk. It can be played again, as\n"
  > "   a test: sockchat connect --replay demo.chat HOST PORT\n"
  > "   Then type: 6\n"
on /^6/
  > "6. Last, a server that crashes when a letter comes in two\n"
  > "   pieces. Type /close and then /connect 127.0.0.1 $fragile\n"
  > "   Type /drip 1 to send byte by byte, then 안녕! Read what you\n"
  > "   are told. F1 is the help, /quit leaves.\n"
on /^.+/
  > "I know 안녕!, hello, and the numbers 3 to 6.\n"
END
cat >"$work/greeting" <<END
Welcome! This server is sockchat too, and guides you.
1. Type 안녕! (or hello) and Enter: ✓✓ says that it arrived.
END
"$bin" listen -k --ui lines --rules "$work/guide.rules" 127.0.0.1:0 \
    <"$work/greeting" >"$work/guide" 2>&1 &
ours="$ours $!"
port=$(port_in "$work/guide" '.*127\.0\.0\.1:')
[ -n "$port" ]

try_next() {
	echo "Next, run $name listen 9999 here and $name connect 127.0.0.1" \
	    "9999 in another terminal; docs/examples.md has six worked" \
	    "examples, and $name --help tells more."
}

echo "A tour of two minutes: type 안녕! and press Enter. The server" \
    "answers, and says what to try next. F1 is the help, /quit leaves."
if [ -t 0 ] && [ -t 1 ]; then
	# The tour breaks a connection on purpose, which is status 1.
	status=0
	"$bin" connect 127.0.0.1 "$port" || status=$?
	try_next
	[ $status -eq 1 ] || exit $status
	exit 0
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

until_line '< 1.'
printf '안녕!\n' >&4
until_line 'type: 3'
printf '/view hex\nhello\n' >&4
until_line '< '
printf '/quit\n' >&4
cat <&3
wait $chat
try_next
