# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
#
# What fish completes behind sockchat. The build fills it in from the tables of
# the program: completions/generate.c.

function __sockchat_interfaces
    for path in /sys/class/net/*
        string replace -r '.*/' '' $path
    end
end

function __sockchat_profiles
    set -l folder $XDG_CONFIG_HOME
    test -n "$folder"; or set folder ~/.config
    sed -n 's/^[[:space:]]*\[ *\([^] ]*\) *\].*/\1/p' \
        $folder/sockchat/config 2>/dev/null
end

# A format of recordings may stand before a file.
function __sockchat_recordings
    set -l format (string match -r '^[a-z]+:' -- (commandline -ct))
    set -l path (string replace -r '^[a-z]+:' '' -- (commandline -ct))
    string replace -r '^' "$format" (__fish_complete_path $path)
end

function __sockchat_hosts
    set -l scheme (string match -r '^[a-z]+://' -- (commandline -ct))
    string replace -r '^' "$scheme" (__fish_print_hostnames)
end

# The words that are no options, nor their values: "sockchat", the mode, …
function __sockchat_operands
    set -l is_value 0
    for word in (commandline -opc)
        if test $is_value = 1
            set is_value 0
        else if string match -qr '^--?.' -- $word
            string match -qr '^(@fish-valued@)$' -- $word; and set is_value 1
        else
            echo $word
        end
    end
end

# Whether the address comes next, of this mode.
function __sockchat_wants_address
    set -l operands (__sockchat_operands)
    test (count $operands) = 2; and test "$operands[2]" = "$argv[1]"
end

# Whether it is a path: behind unix: or --unix.
function __sockchat_wants_path
    set -l operands (__sockchat_operands)
    test (count $operands) = 2; or return 1
    string match -q 'unix:*' -- (commandline -ct)
    or contains -- -U (commandline -opc)
    or contains -- --unix (commandline -opc)
end

complete -c sockchat -f
complete -c sockchat -n 'test (count (__sockchat_operands)) = 1' \
    -a 'connect\t"talk to a server" listen\t"be the server" help'
complete -c sockchat -n '__sockchat_wants_address connect' \
    -a '@connect-endpoints@ (__sockchat_hosts)'
complete -c sockchat -n '__sockchat_wants_address listen' \
    -a '@listen-endpoints@ (__sockchat_hosts)'
complete -c sockchat -n __sockchat_wants_path -F
@fish-options@
