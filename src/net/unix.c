/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Unix sockets (unix(7)): streams within this machine. */

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <poll.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <sockchat/diag.h>
#include <sockchat/file.h>

#include "proxy_header_over.h"
#include "socket.h"
#include "tls_transport.h"
#include "unix.h"

#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77 /* since Linux 6.5 */
#endif

/* A file that we have made: it goes with its listener, or the program. */
struct unix_file {
	struct unix_file *next;
	const struct transport *listener;
	dev_t device;
	ino_t inode;
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
};

static struct unix_file *files;

/* The file of a listener */

/* Another program may have put its own in the place of ours. */
static void remove_file(const struct unix_file *f)
{
	struct stat st;
	if (lstat(f->path, &st) == 0 && st.st_dev == f->device &&
	    st.st_ino == f->inode)
		unlink(f->path);
}

/* Called by a signal's handler, too. */
static void remove_files(void)
{
	for (const struct unix_file *f = files; f; f = f->next)
		remove_file(f);
}

/* -1 with errno. */
static int own_file(const struct transport *t, const char *path)
{
	struct unix_file *f = calloc(1, sizeof(*f));
	struct stat st;
	if (!f || lstat(path, &st)) {
		unlink(path);
		free(f);
		return -1;
	}
	f->next = files;
	f->listener = t;
	f->device = st.st_dev;
	f->inode = st.st_ino;
	memcpy(f->path, path, strlen(path) + 1);
	files = f;
	diag_set_last_words(DIAG_FILES, remove_files);
	return 0;
}

/* Before the socket is closed: while it is open nobody takes the file for a
 * stale one and replaces it. */
static void disown_file(const struct transport *t)
{
	for (struct unix_file **at = &files; *at; at = &(*at)->next) {
		struct unix_file *f = *at;
		if (f->listener != t)
			continue;
		remove_file(f);
		*at = f->next;
		free(f);
		return;
	}
}

/* Only one sockchat at a time may look whether a file is stale, replace it and
 * listen: of two that both find it stale the second would remove the first
 * one's.  The folder is what they have in common, and a lock on it leaves
 * nothing behind.  -1 if it cannot be had. */
static int lock_folder(const char *path)
{
	char folder[sizeof(((struct sockaddr_un *)0)->sun_path) + 2];
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) + 1 : 0;
	memcpy(folder, path, len);
	memcpy(folder + len, ".", 2);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || file_lock(fd))
		return fd;
	close(fd);
	return -1;
}

/* The socket has its mode from the first moment: by the umask, and where a
 * default access list of the folder takes its place, by the socket's own. */
static int bind_file(int fd, const struct address *a)
{
	mode_t former = umask(~a->mode & 0777);
	(void)fchmod(fd, a->mode);
	int failed = bind(fd, (const struct sockaddr *)&a->sa, a->len);
	umask(former);
	return failed;
}

/* Or urgent data (MSG_OOB) would be lost. */
static void keep_urgent(int fd)
{
	int on = 1;
	(void)setsockopt(fd, SOL_SOCKET, SO_OOBINLINE, &on, sizeof(on));
}

static struct transport *open_stream(const struct address *a,
                                     const struct socket_settings *s)
{
	struct transport *t = socket_open(&transport_unix, AF_UNIX, 0);
	if (t)
		socket_settings_apply(t, a, s);
	return t;
}

static struct transport *unix_connect(const struct address *peer,
                                      const struct socket_settings *s)
{
	struct transport *t = open_stream(peer, s);
	int failed;
	if (!t)
		return NULL;
	keep_urgent(t->fd);
	do
		failed = connect(t->fd, (const struct sockaddr *)&peer->sa,
		                 peer->len);
	while (failed && errno == EINTR);
	/* It may have gone on by itself meanwhile. */
	if (!failed || errno == EISCONN)
		return t;
	socket_close(t);
	return NULL;
}

/* Nobody has it: neither one that is bound and does not listen yet, nor one in
 * another network namespace, whom only a connection shows. */
static bool is_stale(const struct address *a, const struct stat *st)
{
	if (!S_ISSOCK(st->st_mode) || unix_diag_holder(st))
		return false;
	static const struct socket_settings none;
	struct transport *t = unix_connect(a, &none);
	if (t)
		socket_close(t);
	return !t && errno == ECONNREFUSED;
}

/* Make room for a socket where nobody listens any more.  -1 with errno. */
static int remove_stale(const struct address *a)
{
	struct stat before, now;
	const char *path = unix_path(a);
	if (lstat(path, &before) || !is_stale(a, &before) ||
	    lstat(path, &now) || before.st_dev != now.st_dev ||
	    before.st_ino != now.st_ino)
		return errno = EADDRINUSE, -1;
	return unlink(path);
}

static int take_path(const struct transport *t, const struct address *a,
                     bool may_replace)
{
	int failed = bind_file(t->fd, a);
	if (failed && errno == EADDRINUSE && may_replace)
		failed = remove_stale(a) || bind_file(t->fd, a);
	return failed || own_file(t, unix_path(a)) || socket_listen(t, NULL);
}

static int take_locked(const struct transport *t, const struct address *a)
{
	int lock = lock_folder(unix_path(a));
	int failed = take_path(t, a, lock >= 0), saved = errno;
	if (lock >= 0)
		close(lock);
	errno = saved;
	return failed;
}

/* The transport */

static void unix_close(struct transport *t, bool abort)
{
	int saved = errno;
	(void)abort; /* whether it is a reset is decided by what is unread */
	disown_file(t);
	errno = saved;
	socket_close(t);
}

static struct transport *unix_listen(const struct address *local,
                                     const struct socket_settings *s)
{
	struct transport *t = open_stream(local, s);
	if (t && (unix_path(local) ? take_locked(t, local)
	                           : socket_listen(t, local))) {
		unix_close(t, false);
		return NULL;
	}
	return t;
}

static bool is_named(const struct address *a)
{
	return a->len > offsetof(struct sockaddr_un, sun_path);
}

/* Most peers have no name of their own: they are called like the place where
 * they came. */
static struct transport *unix_accept(struct transport *t, struct address *peer)
{
	struct transport *accepted = socket_accept(t, peer);
	if (accepted)
		keep_urgent(accepted->fd);
	if (accepted && !is_named(peer))
		socket_local(t->fd, peer);
	return accepted;
}

static int unix_advance(struct transport *t)
{
	return socket_has_failed(t) ? -1 : 0;
}

static bool is_lost(bool writes)
{
	return errno == ECONNRESET || (writes && errno == EPIPE);
}

static ssize_t unix_read_to(struct transport *t, int pipe_fd, size_t len)
{
	ssize_t n = socket_splice(t->fd, pipe_fd, len);
	return socket_settle_joined(t, n, n < 0 && is_lost(false));
}

static ssize_t note_written(struct transport *t, ssize_t n)
{
	uint64_t *written = socket_extra(t);
	*written += n > 0 ? (uint64_t)n : 0;
	return n;
}

static ssize_t unix_write(struct transport *t, const void *bytes, size_t len)
{
	return note_written(t, socket_write(t, bytes, len));
}

static ssize_t unix_write_from(struct transport *t, int fd, bool is_pipe,
                               size_t len)
{
	ssize_t n = socket_send_from(t->fd, fd, is_pipe, len);
	n = socket_settle_joined(t, n, n < 0 && is_lost(true));
	return note_written(t, n);
}

/* The kernel counts the memory of what the peer has not read, which is more
 * than its bytes; sock_diag(7) knows those if the peer has been accepted. */
static ssize_t unix_pending(struct transport *t)
{
	const uint64_t *written = socket_extra(t);
	struct owner_peer peer;
	uint32_t count = socket_queue(t->fd, SIOCOUTQ);
	ssize_t unread = (ssize_t)(count < *written ? count : *written);
	if (count)
		unix_diag_peer(t->fd, &peer);
	if (count && peer.is_here && !peer.is_waiting)
		unread = (ssize_t)peer.unread;
	/* Asked last: a peer that closes empties the queue. */
	return socket_has_failed(t) ? -1 : unread;
}

/* Facts */

/* Its number may be another process's by now; the system knows, since Linux
 * 6.5. */
static bool is_creator_running(int fd)
{
	struct pollfd end = { .fd = -1, .events = POLLIN };
	socklen_t len = sizeof(end.fd);
	if (getsockopt(fd, SOL_SOCKET, SO_PEERPIDFD, &end.fd, &len))
		return errno == ENOPROTOOPT;
	bool is_running = poll(&end, 1, 0) == 0;
	close(end.fd);
	return is_running;
}

/* Who has connected, or called listen(): a descriptor may since have been
 * inherited or passed on.  True if it is stopped. */
static bool find_creator(int fd, char out[OWNER_TEXT_MAX])
{
	struct ucred cred;
	socklen_t len = sizeof(cred);
	return !getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) &&
	       owner_describe_process(
		   out, is_creator_running(fd) ? cred.pid : 0, cred.uid);
}

static void drop_unnamed(struct address *a)
{
	if (!is_named(a))
		a->len = 0;
}

static void look_at_far_end(const struct transport *t, struct owner_peer *far)
{
	struct address to;
	struct stat st;
	unix_diag_peer(t->fd, far);
	if (!far->is_waiting)
		return;
	far->unread = *(const uint64_t *)socket_extra(t);
	socket_peer(t->fd, &to);
	if (is_named(&to) && unix_path(&to) && !stat(unix_path(&to), &st))
		unix_diag_backlog(unix_diag_holder(&st), far);
}

static void unix_facts(const struct transport *t, unsigned wanted,
                       struct transport_facts *out)
{
	if (wanted & FACTS_LOCAL)
		socket_local(t->fd, &out->local);
	if (wanted & FACTS_UNREAD)
		out->unread = socket_queue(t->fd, SIOCINQ);
	if (wanted & FACTS_PEER)
		socket_peer(t->fd, &out->peer);
	if (wanted & (FACTS_FAR | FACTS_OWNER))
		look_at_far_end(t, &out->far);
	if (wanted & FACTS_OWNER) {
		out->relation = "created by ";
		out->far.is_stopped = find_creator(t->fd, out->owner);
	}
	out->has_socket = wanted & FACTS_SOCKET;
	if (out->has_socket)
		socket_settings_read(t, &out->socket);
	drop_unnamed(&out->local);
	drop_unnamed(&out->peer);
}

static const struct splice_ops unix_splice = {
	.read_to = unix_read_to,
	.write_from = unix_write_from,
};

const struct transport_ops transport_unix = {
	.secure = &transport_tls_unix,
	.header = &transport_header,
	.extra = sizeof(uint64_t), /* how many bytes were written */
	.connect = unix_connect,
	.listen = unix_listen,
	.accept = unix_accept,
	.apply = socket_settings_change,
	.advance = unix_advance,
	.read = socket_read,
	.peek = socket_peek,
	.write = unix_write,
	.shutdown = socket_shutdown,
	.pending = unix_pending,
	.facts = unix_facts,
	.explain = unix_explain,
	.close = unix_close,
	.splice = &unix_splice,
};
