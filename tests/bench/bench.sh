#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
#
# sockchat beside nc, ncat and socat on this machine: bytes in bulk each way, and
# round trips with an echo listener. The tools take turns, $ROUNDS times; the
# medians and their ratio to nc are printed. Absolute numbers move from hour to
# hour, so only the ratios say something. $MIB is moved each time.
set -eu

export SOCKCHAT_BIN=${SOCKCHAT_BIN:-build/sockchat}
export ROUNDS=${ROUNDS:-5} MIB=${MIB:-512}
# A loopback of our own: no other traffic, and ports that are free.
if unshare -rn true 2>/dev/null; then
	exec unshare -rn sh -c 'ip link set lo up 2>/dev/null; exec python3 "$0"' \
	    "$(dirname "$0")/bench.py"
fi
exec python3 "$(dirname "$0")/bench.py"
