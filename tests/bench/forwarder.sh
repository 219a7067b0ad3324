#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
#
# forwarder.sh nginx|haproxy PORT TARGET FOLDER: one of those that are told by a
# file what to forward, in one process with one thread, and in the foreground.
set -eu

port=$2 target=$3 file=$4/$1.conf
case $1 in
nginx)
	cat >"$file" <<END
load_module modules/ngx_stream_module.so;
daemon off;
master_process off;
pid $file.pid;
error_log stderr crit;
worker_rlimit_nofile 8200;
events { worker_connections 8000; }
stream {
	server {
		listen 127.0.0.1:$port backlog=4096;
		proxy_pass 127.0.0.1:$target;
	}
}
END
	exec nginx -c "$file" -e stderr
	;;
haproxy)
	cat >"$file" <<END
global
	nbthread 1
	maxconn 4000
defaults
	mode tcp
	option splice-auto
	timeout connect 5s
	timeout client 1m
	timeout server 1m
listen forward
	bind 127.0.0.1:$port backlog 4096
	server target 127.0.0.1:$target
END
	exec haproxy -db -f "$file"
	;;
esac
