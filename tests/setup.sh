#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
#
# What make does before there is anything to test: it says what is missing and
# leaves nothing, it installs the packages before it looks for them, and
# uninstall removes what install made.
set -eu
unset MAKEFLAGS MAKELEVEL MFLAGS CC WERROR T GNUMAKEFLAGS BUILD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
	echo "$*"
	exit 1
}

# A system without a compiler.
mkdir "$work/bin"
for tool in sh make sed grep mkdir rm dirname basename cat mv; do
	ln -s "$(command -v $tool)" "$work/bin/$tool"
done
! PATH=$work/bin make BUILD="$work/build" CC=gcc >"$work/said" 2>&1 ||
    fail "make works without a compiler"
grep -qx 'no gcc here: make deps installs what is needed' "$work/said" ||
    fail "make says: $(cat "$work/said")"
[ ! -e "$work/build" ] || fail "a failed probe leaves something behind"

# One without readline.
cat >"$work/bin/gcc" <<END
#!/bin/sh
case "\$*" in
*" -x c -") ! grep -q readline ;;
esac
END
chmod +x "$work/bin/gcc"
! PATH=$work/bin make BUILD="$work/build" CC=gcc >"$work/said" 2>&1 ||
    fail "make works without readline"
grep -qx 'no readline here: make deps installs what is needed' "$work/said" ||
    fail "make says: $(cat "$work/said")"
[ ! -e "$work/build" ] || fail "a failed probe leaves something behind"

# The packages come first, whatever runs beside.
make -n -j2 clean deps all BUILD="$work/build" >"$work/said" 2>&1
head -n 1 "$work/said" | grep -q deps.sh ||
    fail "before the packages: $(head -n 1 "$work/said")"

# OpenSSL is loaded for TLS alone, and a machine without it is told.
mkdir "$work/lib"
echo "no library" >"$work/lib/libssl.so.3"
status=0
LD_LIBRARY_PATH=$work/lib "${SOCKCHAT_BIN:?}" listen tls://127.0.0.1:0 \
    >"$work/said" 2>&1 </dev/null || status=$?
[ $status = 1 ] || fail "TLS without OpenSSL ends with $status"
grep -q 'cannot load OpenSSL, which TLS needs: .*libssl.so.3' "$work/said" ||
    fail "without OpenSSL: $(cat "$work/said")"
! LD_LIBRARY_PATH=$work/lib "$SOCKCHAT_BIN" listen --timeout=.1 127.0.0.1:0 \
    >"$work/said" 2>&1 </dev/null
grep -q 'listening on' "$work/said" ||
    fail "plain TCP needs OpenSSL: $(cat "$work/said")"

# A folder with a space in its name, and one that was there before.
mkdir -p "$work/root/a place/bin" "$work/notes"
for what in install uninstall; do
	BUILD=$work/notes sh scripts/install.sh $what "${SOCKCHAT_BIN:?}" \
	    "$work/root/a place" >"$work/$what"
done
[ -s "$work/install" ] || fail "install tells nothing"
for file in bash-completion/completions/sockchat zsh/site-functions/_sockchat \
    fish/vendor_completions.d/sockchat.fish; do
	grep -q "a place/share/$file" "$work/install" ||
	    fail "install leaves out $file"
done
left=$(cd "$work/root" && find . | sort | tr '\n' ' ')
[ "$left" = ". ./a place ./a place/bin " ] || fail "uninstall leaves: $left"
