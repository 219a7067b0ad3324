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
    python3 netbase iproute2 procps curl ncat netcat-openbsd socat redis-server
    locales openssl git nginx-light openssh-client openssh-server microsocks
    tinyproxy-bin python3-aiosmtpd mosquitto mosquitto-clients tshark
    nodejs bind9-dnsutils haproxy systemd bash zsh fish"
# Lint, fuzz, valgrind; coverage; benchmarks; pictures; pairs.
dev_packages="clang libclang-rt-dev clang-format clang-tidy cppcheck mandoc
    groff-base valgrind gcovr tmux strace gnuplot-nox
    libnginx-mod-stream tcpdump python3-pil fonts-dejavu-core
    fonts-nanum postgresql"

if ! command -v apt-get >/dev/null; then
	cat >&2 <<'END'
There is no apt-get here. To build and to test, install these:
  dnf     gcc make ncurses-devel readline-devel pcre2-devel libidn2-devel
          openssl-devel libcmocka-devel libvterm-devel python3 iproute
          procps-ng curl nmap-ncat netcat socat redis glibc-locale-source
          openssl git nginx openssh microsocks tinyproxy python3-aiosmtpd
          mosquitto wireshark-cli nodejs bind-utils haproxy systemd zsh fish
  pacman  base-devel ncurses readline pcre2 libidn2 openssl cmocka libvterm
          python iproute2 procps-ng curl nmap openbsd-netcat socat redis
          git nginx openssh microsocks tinyproxy python-aiosmtpd mosquitto
          wireshark-cli nodejs bind haproxy systemd zsh fish
  apk     build-base bash ncurses-dev readline-dev pcre2-dev libidn2-dev
          openssl-dev cmocka-dev libvterm-dev python3 iproute2 procps curl
          nmap-ncat netcat-openbsd socat redis openssl git nginx openssh
          microsocks tinyproxy py3-aiosmtpd mosquitto mosquitto-clients
          tshark nodejs bind-tools haproxy zsh fish
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

# Some packages are servers, and the tests start their own: this file answers
# Debian's question whether the system's may be started.
policy=/usr/sbin/policy-rc.d
log=$(mktemp)
clean_up() {
	[ -z "$policy" ] || $as_root rm -f "$policy"
	rm -f "$log"
}
trap clean_up EXIT
trap 'exit 1' HUP INT TERM
if [ -e "$policy" ]; then
	policy=
else
	printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >"$log"
	$as_root chmod 755 "$policy"
fi

echo "installing:$missing"
if ! $as_root apt-get update -q >"$log" 2>&1 ||
    ! $as_root env DEBIAN_FRONTEND=noninteractive \
    $install -y -q >>"$log" 2>&1 </dev/null; then
	cat "$log" >&2
	echo "apt-get failed. What should be installed:" >&2
	echo "  $install" >&2
	exit 1
fi
