#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
#
# Whether the manual has exactly the options of --help, the commands of /help,
# each with the same arguments, the keys of the chat's help, /limits, and the
# codes of notes that the sources have; whether options have the tasks and the
# order of --help, and commands are sorted within each task; whether the
# sections, options and commands that a page speaks of exist; whether it names
# every word that an option takes; and whether the program takes the options of
# each example.
set -eu

bin=$(realpath "${SOCKCHAT_BIN:-build/sockchat}")
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
    tr 'A-Z' 'a-z' | sort >"$work/options.program"
# -C and -N are other options than -c and -n.
items Fl | tr 'A-Z' 'a-z' | sort >"$work/options.manual"
"$bin" --help | sed -n 's/^  *-\(.\),.*/\1/p' | sort >"$work/letters.program"
sed -n 's/^\.It Fl \(.\) .*/\1/p' "$manual" | sort >"$work/letters.manual"
printf '/help\n/quit\n' | "$bin" listen --ui lines 0 |
    sed -n 's/.* \* \(\/[a-z].*\): .*/\1/p' | sed 's/: .*//' |
    tr 'A-Z' 'a-z' | sort >"$work/commands.program"
items Ic | sort >"$work/commands.manual"
# words: one a line, without what joins them
words() {
	tr -s ' ,' '\n\n' | grep -vx or | sort
}

sed -n 's/^\t{ "\([^"]*\)", ".*/\1/p' src/tui/help.c | words \
    >"$work/keys.program"
sed -n '/^\.Sh KEYS/,/^\.Sh COMMANDS/s/^\.It //p' "$manual" | words \
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
    -e '(chat_note|chat_answer|chat_moment|tell_row|tell_note|lane_tell_word|tell_hint|tell_file|tell_step|on_step|on_note|report_note|tell_process)\([^,]*, "[^"]+"' \
    -e 'HEALTH_(WORTH_KNOWING|TROUBLE), "[^"]+"' \
    -e '\.code = "[^"]+"' -e 'error_name\([^;]* : "[^"]*"' \
    -e '\{ (CLIENT|SERVER), "[^"]*", "[^"]*"' |
    sed 's/.*"\(.*\)"$/\1/' | sort -u >"$work/codes.program"
sed -n '/^\.Ss Codes/,/^\.Ss S/s/^\.Cm \(.*\) [.,]$/\1/p' \
    man/sockchat-entries.5 | words >"$work/codes.manual"

# names PAGE MACRO: what stands behind this macro there, without punctuation
names() {
	sed -n "s/^\.\($2\) //p" "$1" | sed -e 's/ [].,;:)]*$//' \
	    -e 's/^\\&//' | sort -u
}

for page in man/*.[15]; do
	names "$page" Sx >"$work/sections"
	names "$page" 'S[hs]' | comm -12 - "$work/sections" |
	    sed "s|^|$page: |" >>"$work/sections.program"
	sed "s|^|$page: |" "$work/sections" >>"$work/sections.manual"
done
# Whatever option or command a page speaks of, there is one.
sed -n '/^\./s/Fl Fl \([a-z0-9-]*\)/\n--\1\n/gp' man/*.[15] |
    grep -x -e '--[a-z0-9-]*' | sort -u >"$work/spoken.manual"
sed -n 's/^\.\(Ic\|Ql\) \(\/[a-z]*\)\( .*\)\?$/\2/p' man/*.[15] | sort -u |
    grep -vx -e / -e /exit -e /bye -e /q >>"$work/spoken.manual"
sed -e 's/^-., //' -e 's/[= []..*//' "$work/options.program" \
    "$work/commands.program" | sort -u >"$work/known"
grep -xF -f "$work/known" "$work/spoken.manual" >"$work/spoken.program"
# outline MACRO SECTION: its tasks, and the names of the items of each
outline() {
	sed -n "/^\.Sh $2/,/^\.Sh/p" "$manual" | sed -n \
	    -e 's/^\.Ss \(.*\)/\1:/p' -e "s/^\.It $1\([a-z0-9/-]*\).*/\1/p"
}

outline '.*Fl Fl ' OPTIONS >"$work/tasks.manual"
"$bin" --help | awk '/^[A-Z].*:$/ { task = $0 }
    /^ +(-., )?--/ {
        if (task) print task
        task = ""
        sub(/^ *(-., )?--/, ""); sub(/[^a-z0-9-].*/, ""); print
    }' >"$work/tasks.program"
outline 'Ic ' COMMANDS | awk '/:$/ { task++; next } { print task, $0 }' \
    >"$work/order.manual"
LC_ALL=C sort -k1,1n -k2,2 "$work/order.manual" >"$work/order.program"
# values: each option with each of the words that it takes
values() {
	sed -n 's/.*--\([a-z0-9-]*\)[ [].*/\1/p' "$work/options.program" |
	    while read -r name; do
		# in a folder for what is recorded there
		(cd "$work" && "$bin" connect "--$name=?" host 1 2>&1) \
		    </dev/null |
		    sed -n -e '/ is not an\? /d' -e 's/ or /, /' \
		        -e "s/.*'?' is not \([^:()]*\)$/\1/p" |
		    sed 's/, /\n/g' | grep -v ' ' | sed "s/^/$name /"
	done
}

values | sort >"$work/values.program"
awk '/^\.It .*Fl Fl / { sub(/.*Fl Fl /, ""); option = $1 }
    /^\.(It |Po |Pq )?Cm |^\.It .* Cm / {
        for (i = 2; i <= NF; i++) { sub(/^=/, "", $i); print option, $i }
    }
    /^on \| off|Cm on \| off/ { print option, "on"; print option, "off" }' \
    "$manual" | sort -u | comm -12 - "$work/values.program" \
    >"$work/values.manual"
# examples: the command lines that begin with sockchat, as a shell reads them
examples() {
	cat man/*.[15] | sed -n \
	    -e 's/^\.[DQ]l \(\$ \)\?sockchat \([cl][^[]*\)$/\2/p' \
	    -e 's/^\(\$ \)\?sockchat \([cl][^[]*\)$/\2/p' \
	    -e '/^instead of/,/^\.Ed/s/^.\{36\}\([cl].*\)/\1/p' |
	    sed -e '/\$(/d' -e "s/\\\\(aq/'/g" -e 's/\\(ti/~/g' -e 's/\\(dq/"/g' \
	        -e 's/\\-/-/g' -e 's/ [.,;:)]*$//' -e 's/ [|<>&].*//'
}

# The options of an example are right if the program goes on to read its
# configuration, which is missing here.
examples >"$work/examples.manual"
while IFS= read -r words; do
	eval "set -- $words"
	case $("$bin" "$@" --config /nowhere 2>&1 </dev/null) in
	*'cannot read /nowhere'*) echo "$words" ;;
	*) echo "the program does not take: sockchat $words" >&2 ;;
	esac
done <"$work/examples.manual" >"$work/examples.program"

status=0
for what in options letters commands keys limits codes sections \
    spoken tasks values order \
    examples; do
	if [ ! -s "$work/$what.program" ]; then
		echo "the program tells no $what"
		status=1
	fi
	diff -u --label "program's $what" --label "manual's $what" \
	    "$work/$what.program" "$work/$what.manual" || status=1
done
exit $status
