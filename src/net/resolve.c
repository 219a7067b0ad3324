/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The resolver: lookups in threads of their own. */

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sockchat/explain.h>
#include <sockchat/glyph.h>
#include <sockchat/resolve.h>

/* One question and its answer.  The thread that works on it may outlive whoever
 * asked, for getaddrinfo(3) can't be stopped: of the two, the one that leaves
 * last frees it. */
struct lookup {
	struct address address;   /* its name is asked for, or … */
	struct endpoint endpoint; /* … the addresses of this */
	struct resolve_settings settings;
	int eai, errnum;
	size_t count;
	struct address list[RESOLVE_MAX];
	char name[ENDPOINT_HOST_MAX];
	atomic_bool is_left;
	int done_fd; /* the thread's end of the pipe: closed when it is done */
};

struct resolve {
	struct loop *loop;
	struct lookup *lookup;
	struct watch watch; /* the pipe, while a thread works */
	struct later later; /* or the answer, when it was there at once */
	int pipe_fd;
	bool is_calling;
	resolve_fn *fn;
	resolve_name_fn *name_fn;
	void *user;
};

static void lookup_leave(struct lookup *l)
{
	if (atomic_exchange(&l->is_left, true))
		free(l);
}

static bool is_known(const struct lookup *l, const struct addrinfo *ai)
{
	for (size_t i = 0; i < l->count; i++)
		if (l->list[i].len == ai->ai_addrlen &&
		    memcmp(&l->list[i].sa, ai->ai_addr, ai->ai_addrlen) == 0)
			return true;
	return false;
}

static void add_address(struct lookup *l, const struct addrinfo *ai)
{
	struct address *a = &l->list[l->count];

	if (l->count == RESOLVE_MAX || is_known(l, ai) ||
	    ai->ai_addrlen > sizeof(a->sa))
		return;
	memcpy(&a->sa, ai->ai_addr, ai->ai_addrlen);
	a->len = ai->ai_addrlen;
	l->count++;
}

static void look_up_host(struct lookup *l, const char *host, int flags)
{
	const struct addrinfo hints = {
		.ai_flags = flags,
		.ai_family = l->settings.family,
		.ai_socktype = l->endpoint.scheme == ENDPOINT_UDP
		                   ? SOCK_DGRAM : SOCK_STREAM,
	};
	struct addrinfo *list = NULL;

	l->eai = getaddrinfo(host, l->endpoint.port, &hints, &list);
	l->errnum = errno;
	if (l->eai != 0)
		return;
	for (const struct addrinfo *ai = list; ai; ai = ai->ai_next)
		add_address(l, ai);
	freeaddrinfo(list);
}

/* Whether the name is known, but has no address of the family asked for: some
 * sources of names say only that there is none. */
static bool is_of_other_family(const struct lookup *l, const char *host)
{
	struct addrinfo *list = NULL;

	if (l->settings.family == AF_UNSPEC || l->eai != EAI_NONAME ||
	    getaddrinfo(host, NULL, NULL, &list) != 0)
		return false;
	freeaddrinfo(list);
	return true;
}

/* A name in another script than ours has a form in ASCII; without that, or when
 * nobody knows it, the system may know the name as it is (hosts(5)). */
static void look_up_named(struct lookup *l, int flags)
{
	char name[ENDPOINT_HOST_MAX];
	endpoint_ascii(&l->endpoint, name);
	look_up_host(l, name, flags);
	if (l->count || flags & AI_NUMERICHOST)
		return;
	if (is_of_other_family(l, name))
		l->eai = EAI_ADDRFAMILY;
	if (strcmp(name, l->endpoint.host) == 0)
		return;
	int eai = l->eai, errnum = l->errnum;
	look_up_host(l, l->endpoint.host, flags);
	if (l->count)
		return;
	l->eai = eai;
	l->errnum = errnum;
}

static void list_descriptors(struct lookup *l)
{
	unsigned first, count = endpoint_descriptors(&l->endpoint, &first);

	for (; l->count < count && l->count < RESOLVE_MAX; l->count++)
		address_set_fd(&l->list[l->count], (int)(first + l->count));
}

static void look_up(struct lookup *l, int flags)
{
	static const char *const loopback[] = { "127.0.0.1", "::1", NULL };
	static const char *const any[] = { "0.0.0.0", "::", NULL };
	const char *const *hosts = NULL;

	if (l->endpoint.scheme == ENDPOINT_UNIX) {
		address_set_unix(&l->list[0], l->endpoint.host);
		l->list[0].mode = l->settings.unix_mode;
		l->count = 1;
		return;
	}
	if (l->endpoint.scheme == ENDPOINT_FD) {
		list_descriptors(l);
		return;
	}
	if (l->settings.is_passive && l->endpoint.host[0] == '\0')
		hosts = loopback;
	else if (l->settings.is_passive && strcmp(l->endpoint.host, "*") == 0)
		hosts = any;
	if (!hosts)
		look_up_named(l, flags);
	for (; hosts && *hosts; hosts++)
		look_up_host(l, *hosts, flags);
}

static void look_up_name(struct lookup *l)
{
	const struct sockaddr *sa = (const struct sockaddr *)&l->address.sa;

	if (getnameinfo(sa, l->address.len, l->name, sizeof(l->name), NULL, 0,
	                NI_NAMEREQD))
		l->name[0] = '\0';
}

/* Without a descriptor libc cannot ask, and says that there is no such name. */
static void blame_descriptors(struct lookup *l)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (fd >= 0) {
		close(fd);
	} else if (errno == EMFILE || errno == ENFILE) {
		l->eai = EAI_SYSTEM;
		l->errnum = errno;
	}
}

static void *lookup_thread(void *arg)
{
	struct lookup *l = arg;
	int fd = l->done_fd;

	if (l->address.len)
		look_up_name(l);
	else
		look_up(l, l->settings.is_numeric ? AI_NUMERICHOST : 0);
	if (!l->address.len && !l->count)
		blame_descriptors(l);
	lookup_leave(l);
	close(fd);
	return NULL;
}

/* Start a thread that takes no signals.  Returns 0 or an errno. */
static int start_thread(struct lookup *l)
{
	sigset_t all, former;
	pthread_attr_t detached;
	pthread_t thread;
	int errnum = pthread_attr_init(&detached);

	if (errnum)
		return errnum;
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &former);
	errnum = pthread_create(&thread, &detached, lookup_thread, l);
	pthread_sigmask(SIG_SETMASK, &former, NULL);
	pthread_attr_destroy(&detached);
	return errnum;
}

static void resolve_free(struct resolve *r)
{
	watch_remove(&r->watch);
	later_cancel(&r->later);
	if (r->pipe_fd >= 0)
		close(r->pipe_fd);
	lookup_leave(r->lookup);
	free(r);
}

static void deliver_name(struct resolve *r)
{
	char safe[ENDPOINT_HOST_MAX];

	glyph_copy(safe, sizeof(safe), r->lookup->name, GLYPH_ASCII);
	r->is_calling = true;
	r->name_fn(r->user, safe);
	resolve_free(r);
}

static void deliver_addresses(struct resolve *r)
{
	const struct lookup *l = r->lookup;
	struct error e = { 0 };

	if (l->address.len) {
		deliver_name(r);
		return;
	}
	const char *zone = endpoint_bad_zone(&l->endpoint);
	if (zone)
		explain_zone(&e, l->endpoint.host, zone);
	else if (l->count == 0 && l->eai == EAI_NONAME &&
	         l->settings.is_numeric)
		explain_numeric(&e, l->endpoint.host);
	else if (l->count == 0)
		explain_resolve(&e, l->eai, l->errnum, l->endpoint.host,
		                l->endpoint.port);
	r->is_calling = true;
	r->fn(r->user, l->list, zone ? 0 : l->count, &e);
	resolve_free(r);
}

static void on_done(struct watch *w, unsigned ready)
{
	struct resolve *r = w->user;

	(void)ready;
	if (atomic_load(&r->lookup->is_left))
		deliver_addresses(r);
}

static void on_later(struct later *later)
{
	deliver_addresses(later->user);
}

/* True if there is a name to ask for. */
static bool needs_thread(const struct lookup *l)
{
	const char *port = l->endpoint.port;
	bool has_service = port[strspn(port, "0123456789")] != '\0';

	return l->count == 0 && l->eai == EAI_NONAME &&
	       (has_service || !l->settings.is_numeric) &&
	       !endpoint_bad_zone(&l->endpoint);
}

/* Returns 0 or an errno. */
static int start_lookup(struct resolve *r)
{
	int fds[2], errnum;

	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) < 0)
		return errno;
	r->pipe_fd = fds[0];
	r->lookup->done_fd = fds[1];
	atomic_store(&r->lookup->is_left, false);
	errnum = watch_add(r->loop, &r->watch, fds[0], LOOP_READ)
	             ? ENOMEM : start_thread(r->lookup);
	if (errnum) {
		atomic_store(&r->lookup->is_left, true);
		close(fds[1]);
	}
	return errnum;
}

static struct resolve *resolve_new(struct loop *l, void *user)
{
	struct resolve *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->lookup = calloc(1, sizeof(*r->lookup));
	if (!r->lookup) {
		free(r);
		return NULL;
	}
	atomic_init(&r->lookup->is_left, true); /* no thread yet */
	r->loop = l;
	r->pipe_fd = -1;
	r->watch.on_ready = on_done;
	r->watch.user = r;
	r->later.on_call = on_later;
	r->later.user = r;
	r->user = user;
	return r;
}

/* NULL with errno when the thread could not be started. */
static struct resolve *begin_lookup(struct resolve *r)
{
	int errnum = start_lookup(r);

	if (!errnum)
		return r;
	resolve_free(r);
	errno = errnum;
	return NULL;
}

struct resolve *resolve_start(struct loop *l, const struct endpoint *ep,
                              const struct resolve_settings *settings,
                              resolve_fn *fn, void *user)
{
	struct resolve *r = resolve_new(l, user);

	if (!r)
		return NULL;
	r->fn = fn;
	r->lookup->endpoint = *ep;
	r->lookup->settings = *settings;
	look_up(r->lookup, AI_NUMERICHOST | AI_NUMERICSERV);
	if (needs_thread(r->lookup))
		return begin_lookup(r);
	loop_later(l, &r->later);
	return r;
}

struct resolve *resolve_name(struct loop *l, const struct address *a,
                             resolve_name_fn *fn, void *user)
{
	struct resolve *r = resolve_new(l, user);

	if (!r)
		return NULL;
	r->name_fn = fn;
	r->lookup->address = *a;
	return begin_lookup(r);
}

void resolve_cancel(struct resolve *r)
{
	if (r && !r->is_calling)
		resolve_free(r);
}
