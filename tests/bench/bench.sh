#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
#
# sockchat beside the tools that are there and beside loops that do nothing
# else. They take turns, $ROUNDS times; medians, ranges and ratios are printed,
# and written to $BENCH_JSON, a line of JSON each. Absolute numbers move from
# hour to hour, so only the ratios say something.
#
#   ROUNDS=5 ONLY=chat make bench    loads with "chat" in their name
#
# $MIB is moved each time in bulk, others last $SECONDS_EACH; a long transcript
# has $ENTRIES, a start is repeated $TIMES, $IDLE peers are quiet, $MESSAGES are
# counted, recordings that are played have $STEPS or $RECORDING_MIB. $TOOLS says
# which to run; it and $ONLY are regular expressions.
set -eu

build=$(realpath "${BUILD:-build}")
export SOCKCHAT_BIN=${SOCKCHAT_BIN:-$build/sockchat}
export BENCH_PROGRAMS=${BENCH_PROGRAMS:-$build/tests/bench}
export BENCH_JSON=${BENCH_JSON:-$build/bench.json}
export ROUNDS=${ROUNDS:-5} MIB=${MIB:-384} SECONDS_EACH=${SECONDS_EACH:-.5}
export ENTRIES=${ENTRIES:-1000000} TIMES=${TIMES:-21}
export IDLE=${IDLE:-10000} MESSAGES=${MESSAGES:-1280}
export STEPS=${STEPS:-100000} RECORDING_MIB=${RECORDING_MIB:-1024}
# Nothing of the user's: no configuration, no history to be loaded or kept.
export HOME=$build/bench-home
unset XDG_CONFIG_HOME XDG_STATE_HOME INPUTRC
mkdir -p "$HOME"
# Who serves over TLS; all have the same kind of key.
export PEMS=$HOME
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 \
    -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 \
    -keyout "$PEMS/key.pem" -out "$PEMS/cert.pem" 2>/dev/null
# A loopback of our own: no other traffic, ports that are free, and a congestion
# control that does not pace. tcpdump needs a root who is one outside too.
for how in -n -rn; do
	unshare "$how" true 2>/dev/null || continue
	exec unshare "$how" sh -c 'ip link set lo up 2>/dev/null
	cd /proc/sys/net/ipv4
	echo reno >tcp_congestion_control
	echo "1024 65535" >ip_local_port_range
	cd "$OLDPWD"
	exec python3 "$0"' "$(dirname "$0")/bench.py"
done
exec python3 "$(dirname "$0")/bench.py"
