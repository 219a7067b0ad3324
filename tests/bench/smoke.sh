#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
#
# The loads of `make bench` once, and hardly any of each: sockchat and our loops
# do what is asked of them. It measures nothing.
set -e
export ROUNDS=1 MIB=4 SECONDS_EACH=.05 ENTRIES=2000 TIMES=2 IDLE=500 MESSAGES=64
export STEPS=200 RECORDING_MIB=1
export TOOLS='^(sockchat|bare)' ONLY='^(?!instructions)'
export BENCH_JSON="${BUILD:-build}/smoke.json"
bash tests/bench/bench.sh
for script in cut find "lay out" json; do
	"${BUILD:-build}/tests/bench/bench_core" "$script"
done
