#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
#
# deps.sh deps|deps-dev: install the packages for building, the demo and the
# tests, or those for all the rest. The names are the same on Debian bookworm,
# trixie and sid and on Ubuntu; other systems get names to install by hand.
set -eu

packages="gcc libc6-dev libncurses-dev libreadline-dev libpcre2-dev
    libidn2-dev libunistring-dev libssl-dev libcmocka-dev libvterm-dev
    python3 netbase
    iproute2 procps curl ncat netcat-openbsd socat redis-server locales"
# Lint, fuzz, valgrind; coverage; benchmarks; pictures.
dev_packages="clang libclang-rt-dev clang-format clang-tidy cppcheck mandoc
    groff-base valgrind git gcovr tmux strace gnuplot-nox
    python3-pil fonts-dejavu-core fonts-nanum"

if ! command -v apt-get >/dev/null; then
	cat >&2 <<'END'
There is no apt-get here. To build and to test, install these:
  dnf     gcc make ncurses-devel readline-devel pcre2-devel libidn2-devel
          openssl-devel libcmocka-devel libvterm-devel python3 iproute
          procps-ng curl nmap-ncat netcat socat redis glibc-locale-source
  pacman  base-devel ncurses readline pcre2 libidn2 openssl cmocka libvterm
          python iproute2 procps-ng curl nmap openbsd-netcat socat redis
  apk     build-base bash ncurses-dev readline-dev pcre2-dev libidn2-dev
          openssl-dev cmocka-dev libvterm-dev python3 iproute2 procps curl
          nmap-ncat netcat-openbsd socat redis
END
	exit 1
fi

[ "$1" = deps ] || packages="$packages $dev_packages"

is_installed() {
	dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null |
	    grep -qx installed
}

missing=
for package in $packages; do
	is_installed "$package" || missing="$missing $package"
done
if [ -z "$missing" ]; then
	echo "all packages that $1 wants are installed"
	exit 0
fi

install="apt-get install --no-install-recommends$missing"
as_root=
if [ "$(id -u)" -ne 0 ]; then
	as_root=sudo
	if ! command -v sudo >/dev/null; then
		echo "Only root can install packages, and there is no sudo" \
		    "here. Ask an administrator to run this, then run make" \
		    "without $1:" >&2
		echo "  $install" >&2
		exit 1
	fi
fi

echo "installing:$missing"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! $as_root apt-get update -q >"$log" 2>&1 ||
    ! $as_root env DEBIAN_FRONTEND=noninteractive \
    $install -y -q >>"$log" 2>&1 </dev/null; then
	cat "$log" >&2
	echo "apt-get failed. What should be installed:" >&2
	echo "  $install" >&2
	exit 1
fi
