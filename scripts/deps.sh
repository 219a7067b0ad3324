#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
#
# Install what building and every make target need: Debian and Ubuntu by
# themselves, elsewhere the names of the packages for the build are told.
set -eu

build="make gcc libc6-dev libncurses-dev libreadline-dev"
check="netbase libcmocka-dev libvterm-dev python3 curl ncat netcat-openbsd socat tmux
    strace iproute2 procps valgrind git"
lint="clang libclang-rt-dev clang-format clang-tidy
    cppcheck mandoc"
coverage="gcovr"
picture="python3-pil fonts-dejavu-core fonts-nanum-coding gnuplot-nox"

if ! command -v apt-get >/dev/null; then
	cat >&2 <<'END'
This system has no apt-get. To build and to test:
  dnf     gcc make ncurses-devel readline-devel libcmocka-devel libvterm-devel
          python3 nmap-ncat netcat socat tmux strace valgrind
  pacman  base-devel ncurses readline cmocka libvterm python nmap
          openbsd-netcat socat tmux strace valgrind
  apk     build-base ncurses-dev readline-dev cmocka-dev libvterm-dev python3
          nmap-ncat netcat-openbsd socat tmux strace valgrind
  brew    ncurses readline cmocka libvterm python nmap socat tmux
END
	exit 1
fi

as_root=
[ "$(id -u)" -eq 0 ] || as_root=sudo

is_installed() {
	dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null |
	    grep -qx installed
}

missing=
for package in $build $check $lint $coverage $picture; do
	is_installed "$package" || missing="$missing $package"
done
if [ -n "$missing" ]; then
	$as_root apt-get update -qq
	$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
	    --no-install-recommends $missing
fi
echo "all is there"
