#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
#
# late.sh CC FILE...: print, as lines of C, the name of OpenSSL's library and the
# functions of it that these objects and archives call: src/late.c has a jump
# for each of them.
cc=$1
shift
ssl=$($cc -print-file-name=libssl.so)
crypto=$($cc -print-file-name=libcrypto.so)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
nm -u "$@" | awk '$1 == "U" { print $2 }' | LC_ALL=C sort -u >"$work/called"
nm -D --defined-only "$ssl" "$crypto" | awk '$2 == "T" { print $3 }' |
    sed 's/@.*//' | LC_ALL=C sort -u >"$work/there"
printf '#define LATE_LIBRARY "%s"\n' \
    "$(objdump -p "$ssl" | awk '$1 == "SONAME" { print $2 }')"
LC_ALL=C comm -12 "$work/called" "$work/there" | sed 's/.*/LATE(&)/'
