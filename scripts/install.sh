#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
#
# install.sh install|uninstall PROGRAM ROOT: put the program, its manual and what
# shells complete, which is built beside it, below ROOT, or remove them. The folders that install made are noted in
# $BUILD/folders; uninstall removes those of them that are empty.
set -eu
what=$1 program=$2 root=$3
completions=$(dirname "$program")/completions
made=$BUILD/folders

# make_folder PATH: with all above it that does not exist
make_folder() {
	[ ! -d "$1" ] || return 0
	make_folder "$(dirname "$1")"
	mkdir "$1"
	(cd "$1" && pwd) >>"$made"
}

install_file() {
	make_folder "$(dirname "$root/$3")"
	echo "$root/$3"
	install -m "$1" "$2" "$root/$3"
}

uninstall_file() {
	echo "rm $root/$3"
	rm -f "$root/$3"
}

${what}_file 755 "$program" bin/sockchat
${what}_file 644 man/sockchat.1 share/man/man1/sockchat.1
${what}_file 644 man/sockchat-chat.5 share/man/man5/sockchat-chat.5
${what}_file 644 man/sockchat-entries.5 share/man/man5/sockchat-entries.5
${what}_file 644 "$completions/sockchat.bash" \
    share/bash-completion/completions/sockchat
${what}_file 644 "$completions/sockchat.zsh" \
    share/zsh/site-functions/_sockchat
${what}_file 644 "$completions/sockchat.fish" \
    share/fish/vendor_completions.d/sockchat.fish

if [ "$what" = uninstall ] && [ -e "$made" ]; then
	sort -ru "$made" | while IFS= read -r folder; do
		rmdir "$folder" 2>/dev/null || [ ! -d "$folder" ] ||
		    echo "$folder"
	done >"$made.left"
	mv "$made.left" "$made"
fi
