# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
#
# What bash completes behind sockchat. The build fills it in from the tables of
# the program: completions/generate.c.

# Set $words to those up to the cursor. COMP_WORDS is cut at = and : as well.
_sockchat_read_words()
{
	local rest=${COMP_LINE:0:COMP_POINT} part joined i
	words=()
	for ((i = 0; i <= COMP_CWORD; i++)); do
		part=${COMP_WORDS[i]}
		joined=$rest
		rest=${rest#"${rest%%[![:space:]]*}"}
		[[ $i -eq COMP_CWORD || $rest != "$part"* ]] && part=$rest
		if [[ $i -gt 0 && $joined == "$rest" ]]; then
			words[${#words[@]} - 1]+=$part
		else
			words+=("$part")
		fi
		rest=${rest#"$part"}
	done
}

# What the option $1 takes: words in $list, and $kind of what else. False for a
# switch.
_sockchat_value()
{
	kind= list=
	case $1 in
@bash-values@	*) return 1 ;;
	esac
}

# Offer those of the words "$@" that begin with $current. Where bash cuts words
# it wants only what stands behind the last cut; $lead stands before $current.
_sockchat_offer()
{
	local word mark marks= before= typed=$lead$current
	for mark in = : @; do
		[[ $COMP_WORDBREAKS == *$mark* ]] && marks+=$mark
	done
	[[ -z $marks ]] || before=${typed%"${typed##*[$marks]}"}
	for word; do
		[[ $word == "$current"* ]] || continue
		word=$lead$word
		COMPREPLY+=("${word#"$before"}")
	done
	[[ ${#COMPREPLY[@]} -ne 1 || ${COMPREPLY[0]} != *[:=/@] ]] ||
	    compopt -o nospace
}

_sockchat_files()
{
	compopt -o default
}

# Their names are anything: they are quoted.
_sockchat_profiles()
{
	local file=${XDG_CONFIG_HOME:-$HOME/.config}/sockchat/config
	local name names=()
	while IFS= read -r name; do
		printf -v name %q "$name"
		names+=("$name")
	done < <(sed -n 's/^[[:space:]]*\[ *\([^] ]*\) *\].*/\1/p' \
	    "$file" 2>/dev/null)
	_sockchat_offer "${names[@]}"
}

# The formats of recordings, and behind one of them a file.
_sockchat_recordings()
{
	[[ -n $current ]] || list=
	_sockchat_offer $list
	[[ ${#COMPREPLY[@]} -gt 0 ]] || _sockchat_files
}

# An address begins by one of $list or a host.
_sockchat_hosts()
{
	local scheme=
	case $current in
	unix:*) _sockchat_files; return ;;
	*://*) scheme=${current%%://*}:// ;;
	esac
	_sockchat_offer $list $(compgen -P "$scheme" -A hostname \
	    -- "${current#"$scheme"}")
}

# Offer what $kind and $list say.
_sockchat_offer_value()
{
	case $kind in
	files) _sockchat_files ;;
	interfaces) _sockchat_offer $(cd /sys/class/net 2>/dev/null && echo *) ;;
	profiles) _sockchat_profiles ;;
	recordings) _sockchat_recordings ;;
	hosts) _sockchat_hosts ;;
	*) _sockchat_offer $list ;;
	esac
}

# Set $mode, $operands (how many stand behind it), $is_unix, $pending (an option
# whose value comes next) and $has_ended (behind --) from the words before the
# last one.
_sockchat_read_line()
{
	local i word
	for ((i = 1; i < ${#words[@]} - 1; i++)); do
		word=${words[i]}
		if [[ -n $pending ]]; then
			pending=
		elif [[ $has_ended || $word != -?* ]]; then
			[[ -n $mode ]] && ((operands++)) || mode=$word
		elif [[ $word == -- ]]; then
			has_ended=1
		elif [[ $word == --* ]]; then
			[[ $word == --unix ]] && is_unix=1
			_sockchat_value "$word" && pending=$word
		else
			[[ $word == -*U* ]] && is_unix=1
			[[ $word =~ ^-[^@bash-letters@]*([@bash-letters@])$ ]] &&
			    pending=-${BASH_REMATCH[1]}
		fi
	done
}

_sockchat_options()
{
	local both='@bash-both@'
	local connect='@bash-connect@'
	local listen='@bash-listen@'
	case $mode in
	connect) _sockchat_offer $both $connect ;;
	listen) _sockchat_offer $both $listen ;;
	*) _sockchat_offer $both $connect $listen ;;
	esac
}

_sockchat_operand()
{
	kind=hosts list=
	if [[ -z $mode ]]; then
		_sockchat_offer connect listen help
	elif [[ $is_unix ]]; then
		_sockchat_files
	elif [[ $operands -eq 0 && $mode == connect ]]; then
		list='@connect-endpoints@'
		_sockchat_hosts
	elif [[ $operands -eq 0 && $mode == listen ]]; then
		list='@listen-endpoints@'
		_sockchat_hosts
	elif [[ $operands -eq 1 && -n $current ]]; then
		_sockchat_offer $(compgen -A service -- "$current")
	fi
}

_sockchat()
{
	local words current kind list lead= mode= pending= is_unix= has_ended=
	local operands=0
	COMPREPLY=()
	_sockchat_read_words
	_sockchat_read_line
	current=${words[${#words[@]} - 1]}
	if [[ -n $pending ]]; then
		_sockchat_value "$pending"
		_sockchat_offer_value
	elif [[ -z $has_ended && $current == --*=* ]]; then
		lead=${current%%=*}=
		current=${current#*=}
		if _sockchat_value "$lead" || _sockchat_value "${lead%=}"; then
			_sockchat_offer_value
		fi
	elif [[ -z $has_ended && $current == -* ]]; then
		_sockchat_options
	else
		_sockchat_operand
	fi
}

complete -F _sockchat sockchat
