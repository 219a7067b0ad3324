#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
#
# docs/chat.png: the real program in a real terminal, in conversation with the
# echo server everybody starts with.
set -eu

bin=${SOCKCHAT_BIN:-build/sockchat}
python=/usr/bin/python3 # it has Debian's python3-pil
work=$(mktemp -d)
export XDG_STATE_HOME=$work XDG_CONFIG_HOME=$work TZ=UTC LC_ALL=C.UTF-8
tmux() {
	command tmux -S "$work/tmux" -f /dev/null "$@"
}
trap 'set +e; exec 2>/dev/null; tmux kill-server; kill $server; rm -rf "$work"' EXIT

for port in 9999 0; do
	$python tests/e2e/peers/tutorial_server.py $port >"$work/server" \
	    2>/dev/null &
	server=$!
	for _ in $(seq 50); do
		[ ! -s "$work/server" ] || break 2
		kill -0 $server 2>/dev/null || break
		sleep 0.1
	done
done
port=$(sed -n 's/^Listening on //p' "$work/server")

# wait_for TEXT: until it stands on the screen
wait_for() {
	for _ in $(seq 100); do
		! tmux capture-pane -p | grep -qF -- "$1" || return 0
		sleep 0.05
	done
	tmux capture-pane -p >&2
	return 1
}

tmux new-session -d -x 80 -y 20 "$bin" connect 127.0.0.1 "$port"
tmux set -g status off
wait_for '* connected'
tmux send-keys '안녕!' Enter
wait_for '< 안녕!'
tmux send-keys '/send \x1b[31mred?\x1b[0m\r\n' Enter
wait_for '< ^[[31mred?'
tmux send-keys '/drip 1' Enter
wait_for 'in pieces'
tmux send-keys '안녕! One byte at a time?' Enter
wait_for '* connection closed'
tmux send-keys '/connect 127.0.0.1 99'
wait_for '/connect 127.0.0.1 99'
mkdir -p docs
tmux capture-pane -e -N -p | $python scripts/picture.py docs/chat.png
tmux capture-pane -p
