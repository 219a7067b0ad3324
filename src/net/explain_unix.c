/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Why a unix socket could not be had: the words, and what this machine knows of
 * the file.  Whatever is known is known for certain, for all is on this
 * machine. */

#include <errno.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <sockchat/explain.h>
#include <sockchat/owner.h>

#include "explain_here.h"
#include "unix.h"

/* What there is at a path. */
struct found {
	bool exists;
	struct stat st;
	char owner[OWNER_TEXT_MAX];  /* of the file: "user bob" */
	char holder[OWNER_TEXT_MAX]; /* who has the socket; "": nobody seen */
};

const char *unix_path(const struct address *a)
{
	const struct sockaddr_un *un = (const void *)&a->sa;
	return a->sa.ss_family == AF_UNIX && un->sun_path[0] ? un->sun_path
	                                                     : NULL;
}

typedef int look_fn(const char *path, struct stat *st);

/* connect() follows a symbolic link, as stat() does; bind() does not. */
static void look_at_file(struct found *f, const struct address *a, look_fn *fn)
{
	const char *path = unix_path(a);
	*f = (struct found){ .exists = false };
	f->exists = path && fn(path, &f->st) == 0;
	if (!f->exists)
		return;
	struct owner_socket s = {
		.uid = f->st.st_uid,
	};
	owner_describe(f->owner, &s);
	s.inode = S_ISSOCK(f->st.st_mode) ? unix_diag_holder(&f->st) : 0;
	if (s.inode)
		owner_describe(f->holder, &s);
}

/* What stands at the path in place of a socket; NULL: a socket does. */
static const char *name_type(const struct stat *st)
{
	switch (st->st_mode & S_IFMT) {
	case S_IFSOCK: return NULL;
	case S_IFREG: return "a regular file";
	case S_IFDIR: return "a folder";
	case S_IFLNK: return "a symbolic link";
	case S_IFIFO: return "a named pipe";
	default: return "a device";
	}
}

#define HINT_LIST "`ss -xl` lists the unix sockets that have a listener"

/* Connecting */

static const struct wording connect_words[] = {
	{ ECONNREFUSED, "connection refused", "nothing listens on ", "",
	  "start the server. " HINT_LIST },
	{ ENOENT, "no such socket", "", " does not exist",
	  "the server is not running, or its socket is elsewhere. " HINT_LIST },
	{ EACCES, "not permitted", "you may not connect to ", "",
	  "you need permission to enter each folder of its path" },
	{ EPROTOTYPE, "wrong type of socket", "", " is not a stream socket",
	  "it is for datagrams (SOCK_DGRAM) or packets (SOCK_SEQPACKET)" },
	{ 0, "", "can't connect to ", "", "" },
};

static void explain_not_socket(struct error *e, const char *where,
                               const char *type)
{
	error_set(e, "connection refused: %s is %s, not a socket", where, type);
	error_set_hint(e, "give the path of the socket that the server makes. "
	                  HINT_LIST);
	error_set_code(e, ECONNREFUSED);
}

static void explain_no_right(struct error *e, const struct found *f)
{
	error_set_hint(e, "it belongs to %s and has mode %04o: to connect you "
	                  "need permission to write to it", f->owner,
	               (unsigned)f->st.st_mode & 07777);
}

static void explain_no_accept(struct error *e, const struct found *f)
{
	error_set_hint(e, "%s does not accept connections there, and its queue "
	                  "is full. It may hang or be stopped",
	               *f->holder ? f->holder : "the server");
}

static void explain_no_connection(const struct failure *failure,
                                  struct error *e)
{
	struct found f;
	look_at_file(&f, failure->address, stat);
	const char *type = f.exists ? name_type(&f.st) : NULL;
	bool is_stale = f.exists && !*f.holder &&
	                failure->errnum == ECONNREFUSED;
	if (failure->timeout_ms) {
		explain_no_accept(e, &f);
		return;
	}
	explain_word(e, connect_words, failure->errnum, failure->where,
	             is_stale ? " (the file was left by a server that has "
	                        "ended)" : "");
	if (type && failure->errnum == ECONNREFUSED)
		explain_not_socket(e, failure->where, type);
	else if (failure->errnum == EACCES && f.exists)
		explain_no_right(e, &f);
}

/* Listening */

static const struct wording listen_words[] = {
	{ EADDRINUSE, "address in use", "", " already has a listener",
	  "stop it, or use another path or name. " HINT_LIST },
	{ ENOENT, "no such folder", "the folder of ", " does not exist",
	  "make it first: `mkdir -p`" },
	{ EACCES, "not permitted", "you may not create ", "",
	  "you need permission to write in its folder" },
	{ 0, "", "can't listen on ", "", "" },
};

static void explain_foreign(struct error *e, const char *where,
                            const char *type)
{
	error_set(e, "address in use: %s is %s, and we do not replace "
	             "it", where,
	          type);
	error_set_hint(e, "we only replace a socket that has no listener any "
	                  "more: use another path");
	error_set_code(e, EADDRINUSE);
}

/* It may be another user's, or of another network namespace. */
static void explain_unseen(struct error *e, const char *where,
                           const char *owner)
{
	error_set(e, "address in use: %s is a socket of %s, and we do not "
	             "replace it",
	          where, owner);
	error_set_hint(e, "a program that we cannot see may listen on it: use "
	                  "another path");
	error_set_code(e, EADDRINUSE);
}

/* A stale file that could not be replaced. */
static void explain_kept(struct error *e, int errnum, const char *where,
                         const char *owner)
{
	error_set(e, "address in use: %s was left by a server that has ended, "
	             "and we cannot remove it", where);
	error_set_hint(e, "it belongs to %s: remove it, or use another path",
	               owner);
	error_set_code(e, errnum);
}

static void explain_no_listener(const struct failure *failure, struct error *e)
{
	struct found f;
	look_at_file(&f, failure->address, lstat);
	const char *type = f.exists ? name_type(&f.st) : NULL;
	explain_word(e, listen_words, failure->errnum, failure->where, "");
	if (type)
		explain_foreign(e, failure->where, type);
	else if (*f.holder)
		error_set_hint(e, "%s holds it: stop that, or use another "
		                  "path", f.holder);
	else if (f.exists && failure->errnum == EADDRINUSE)
		explain_unseen(e, failure->where, f.owner);
	else if (f.exists)
		explain_kept(e, failure->errnum, failure->where, f.owner);
}

/* Later */

static const char *find_reset_hint(const struct explain_break *b, int errnum)
{
	if (b->has_peer_ended)
		return "it had already closed: nobody read what was sent "
		       "afterwards";
	if (errnum == EPIPE)
		return "it had stopped reading (shutdown), or closed: nothing "
		       "more can be sent to it";
	if (!b->bytes_out && !b->is_accepted)
		return "the server stopped listening before it accepted the "
		       "connection";
	return "the program there closed or crashed before it had read all "
	       "that was sent. A unix socket reports that as a reset";
}

void unix_explain(const struct failure *f, struct error *e)
{
	if (f->kind == FAILED_TO_CONNECT)
		explain_no_connection(f, e);
	else if (f->kind == FAILED_TO_LISTEN)
		explain_no_listener(f, e);
	else if (f->errnum == ECONNRESET || f->errnum == EPIPE)
		error_set_hint(e, "%s", find_reset_hint(f->story, f->errnum));
	e->is_found = f->kind != FAILED_LATER;
}
