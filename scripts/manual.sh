#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
#
# Whether the manual has exactly the options of --help, the commands of /help,
# each with the same arguments, the keys of the chat's help, /limits, and the
# codes of notes that the sources have.
set -eu

bin=${SOCKCHAT_BIN:-build/sockchat}
manual=man/sockchat.1
export XDG_CONFIG_HOME=/nowhere
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# items MACRO: the manual's list items that begin with it, as --help says it
items() {
	sed -n "s/^\.It \($1 .*\)/\1/p" "$manual" | sed -e 's/Fl Fl /--/g' \
	    -e 's/Fl /-/g' -e 's/ , /, /g' -e 's/Op Ar \(.*\)/[\1]/' \
	    -e 's/ Ns Op = Ns Ar \(.*\)/[=\1]/' \
	    -e 's/\(Ic\|Ar\|Cm\) //g' -e 's/ | /|/g'
}

"$bin" --help | sed -n 's/^  *\(-.*\)/\1/p' | sed 's/   *.*//' |
    tr 'A-Z' 'a-z' >"$work/options.program"
# -C and -N are other options than -c and -n.
items Fl | tr 'A-Z' 'a-z' >"$work/options.manual"
"$bin" --help | sed -n 's/^  *-\(.\),.*/\1/p' | sort >"$work/letters.program"
sed -n 's/^\.It Fl \(.\) .*/\1/p' "$manual" | sort >"$work/letters.manual"
printf '/help\n/quit\n' | "$bin" listen --ui lines 0 |
    sed -n 's/.* \* \(\/[a-z].*\): .*/\1/p' | sed 's/: .*//' |
    tr 'A-Z' 'a-z' >"$work/commands.program"
items Ic >"$work/commands.manual"
# words: one a line, without what joins them
words() {
	tr -s ' ,' '\n\n' | grep -vx or | sort
}

sed -n 's/^\t{ "\([^"]*\)", ".*/\1/p' src/tui/help.c | words \
    >"$work/keys.program"
sed -n '/^\.Ss The chat/,/^\.Ss Commands/s/^\.It //p' "$manual" | words \
    >"$work/keys.manual"
# A limit is told as "NAME: VALUE; WHAT".
printf '/limits\n/quit\n' | "$bin" listen --ui lines 0 |
    sed -n 's/.* \* \([a-z-]*\): [^;]*; .*/\1/p' \
    >"$work/limits.program"
sed -n '/^\.Sh LIMITS/,/^\.Sh EXIT/s/^\.It //p' "$manual" \
    >"$work/limits.manual"
# A note's code is a literal behind the one it is told to, or in a table.
cat src/*/*.c include/sockchat/framing.h | tr -s '\n\t ' ' ' | grep -oE \
    -e 'define FRAMING_[A-Z]+ "[^"]+"' \
    -e '(chat_note|tell_note|lane_tell_word|tell_hint|tell_file|tell_step|on_step|on_note|report_note|tell_process)\([^,]*, "[^"]+"' \
    -e 'HEALTH_(WORTH_KNOWING|TROUBLE), "[^"]+"' \
    -e '\.code = "[^"]+"' -e 'error_name\([^;]* : "[^"]*"' \
    -e '\{ (CLIENT|SERVER), "[^"]*", "[^"]*"' |
    sed 's/.*"\(.*\)"$/\1/' | sort -u >"$work/codes.program"
sed -n '/^\.Ss Codes/,/^\.Ss S/s/^\.Cm \(.*\) [.,]$/\1/p' \
    man/sockchat-entries.5 | words >"$work/codes.manual"

status=0
for what in options letters commands keys limits codes; do
	if [ ! -s "$work/$what.program" ]; then
		echo "the program tells no $what"
		status=1
	fi
	diff -u --label "program's $what" --label "manual's $what" \
	    "$work/$what.program" "$work/$what.manual" || status=1
done
exit $status
