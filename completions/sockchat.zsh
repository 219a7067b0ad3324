#compdef sockchat
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
#
# What zsh completes behind sockchat. The build fills it in from the tables of
# the program: completions/generate.c.

# Offer these words; no blank follows one that wants more.
_sockchat_words() {
	local -a open closed
	local ret=1
	open=(${(M)@:#*[:=/@]})
	closed=(${@:#*[:=/@]})
	(( $#open )) && compadd -S '' -a open && ret=0
	(( $#closed )) && compadd -a closed && ret=0
	return ret
}

_sockchat_files() {
	_files
}

_sockchat_interfaces() {
	_sockchat_words /sys/class/net/*(N:t)
}

_sockchat_profiles() {
	local config=${XDG_CONFIG_HOME:-$HOME/.config}/sockchat/config
	_sockchat_words ${(f)"$(sed -n \
	    's/^[[:space:]]*\[ *\([^] ]*\) *\].*/\1/p' $config 2>/dev/null)"}
}

# The formats of recordings, and behind one of them a file.
_sockchat_recordings() {
	local ret=1
	if ! compset -P '*:'; then
		_sockchat_words "$@" && ret=0
	fi
	_files && ret=0
	return ret
}

# An address begins by one of these words or a host.
_sockchat_hosts() {
	local ret=1
	if compset -P 'unix:'; then
		_files
		return
	fi
	if ! compset -P '*://'; then
		_sockchat_words "$@" && ret=0
	fi
	_hosts && ret=0
	return ret
}

_sockchat_address() {
	if (( $words[(I)(-U|--unix)] )); then
		_files
	elif [[ $1 == listen ]]; then
		_sockchat_hosts @listen-endpoints@
	else
		_sockchat_hosts @connect-endpoints@
	fi
}

_sockchat() {
	local mode=${words[(r)(connect|listen|help)]}
	local -a both connect listen operands
	both=(
@zsh-both@	)
	connect=(
@zsh-connect@	)
	listen=(
@zsh-listen@	)
	[[ $mode == listen ]] && connect=()
	[[ $mode == connect ]] && listen=()
	[[ $mode == help ]] ||
	    operands=("2:address: _sockchat_address $mode" '3:port:_ports')
	_arguments -s -S $both $connect $listen \
	    '1:mode:(connect listen help)' $operands
}

if [[ $funcstack[1] == _sockchat ]]; then
	_sockchat "$@"
else
	compdef _sockchat sockchat
fi
