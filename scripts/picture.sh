#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
#
# The README's pictures: the real program in a real terminal. docs/chat.png is a
# conversation with the echo server everybody starts with, docs/info.png the
# panel of F5, docs/held.png a message that is held between a client and a server.
# With a name, that one alone.
set -eu

bin=${SOCKCHAT_BIN:-build/sockchat}
python=/usr/bin/python3 # it has Debian's python3-pil
work=$(mktemp -d)
export XDG_STATE_HOME=$work XDG_CONFIG_HOME=$work TZ=UTC LC_ALL=C.UTF-8
ours=
tmux() {
	command tmux -S "$work/tmux" -f /dev/null "$@"
}
trap 'set +e; exec 2>/dev/null; tmux kill-server; kill $ours; rm -rf "$work"' \
    EXIT

# wait_for TEXT: until it stands on the screen
wait_for() {
	for _ in $(seq 200); do
		! tmux capture-pane -p | grep -qF -- "$1" || return 0
		sleep 0.05
	done
	tmux capture-pane -p >&2
	return 1
}

# type_line TEXT, then wait until ANSWER stands on the screen
type_line() {
	tmux send-keys -l -- "$1"
	tmux send-keys Enter
	wait_for "$2"
}

# open_chat ROWS WORD...: sockchat on a screen of 80 columns
open_chat() {
	local rows=$1
	shift
	tmux new-session -d -x 80 -y "$rows" "$bin" "$@"
	tmux set -g status off
}

# take NAME: docs/NAME.png
take() {
	mkdir -p docs
	tmux capture-pane -e -N -p | $python scripts/picture.py "docs/$1.png"
	tmux capture-pane -p
	tmux kill-server
}

# The port 9999, if it is free, is the one of every tutorial.
start_server() {
	for port in 9999 0; do
		: >"$work/server"
		$python tests/e2e/peers/tutorial_server.py $port \
		    >"$work/server" 2>/dev/null &
		server=$!
		for _ in $(seq 100); do
			[ ! -s "$work/server" ] || break 2
			kill -0 $server 2>/dev/null || break
			sleep 0.1
		done
	done
	ours="$ours $server"
	port=$(sed -n 's/^Listening on //p' "$work/server")
}

talk() {
	wait_for ' connected to'
	type_line '안녕!' '< 안녕!'
	type_line '오늘 날씨 어때?' '< 오늘 날씨 어때?'
}

chat() {
	start_server
	open_chat 20 connect 127.0.0.1 "$port"
	talk
	wait_for 'hint: '
	tmux send-keys F2 F2
	wait_for '| mixed'
	tmux send-keys '또 만나요'
	wait_for '> 또 만나요'
	take chat
}

info() {
	start_server
	open_chat 24 connect 127.0.0.1 "$port"
	talk
	wait_for 'python3'
	tmux send-keys F5
	wait_for 'round trip'
	take info
}

held() {
	start_server
	open_chat 14 listen --forward "127.0.0.1:$port" 127.0.0.1:0
	wait_for 'connect the client to'
	door=$(tmux capture-pane -p |
	    sed -n 's/.*listening on 127\.0\.0\.1:\([0-9]*\) (.*/\1/p')
	tmux send-keys '/clear' Enter
	mkfifo "$work/client"
	"$bin" connect 127.0.0.1 "$door" <"$work/client" >"$work/said" 2>&1 &
	ours="$ours $!"
	exec 4>"$work/client"
	echo '{"item": "사과", "price": 1200}' >&4
	wait_for '< {"item"'
	type_line '/hold out' 'hold is now out'
	echo '{"item": "수박", "price": 18000}' >&4
	wait_for '‖1'
	type_line '/edit' 'edit 1>'
	take held
}

for picture in ${1:-chat info held}; do
	$picture
done
