/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The settings of a socket: one table for what is asked for, and for what the
 * system has. */

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#include <sockchat/glyph.h>
#include <sockchat/multicast.h>
#include <sockchat/socket_settings.h>
#include <sockchat/transport.h>

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24 /* since Linux 4.2 */
#endif

struct place {
	int level, name;
};

/* Which kinds of sockets have it, by their traits, and where it is kept.  What
 * the system would have is `unset`, or cannot be had again (UNKNOWN). */
struct setting {
	unsigned traits;
	struct place v4, v6;
	int unset;
};

#define UNKNOWN (-2)

#define ALIKE(level, name) { level, name }, { level, name }

static const struct setting settings[] = {
	[SOCKET_KEEPALIVE] = { TRANSPORT_TCP,
	                       ALIKE(SOL_SOCKET, SO_KEEPALIVE), 0 },
	[SOCKET_KEEP_IDLE] = { TRANSPORT_TCP, ALIKE(IPPROTO_TCP, TCP_KEEPIDLE),
	                       UNKNOWN },
	[SOCKET_KEEP_INTERVAL] = { TRANSPORT_TCP,
	                           ALIKE(IPPROTO_TCP, TCP_KEEPINTVL), UNKNOWN },
	[SOCKET_KEEP_COUNT] = { TRANSPORT_TCP, ALIKE(IPPROTO_TCP, TCP_KEEPCNT),
	                        UNKNOWN },
	[SOCKET_NODELAY] = { TRANSPORT_TCP, ALIKE(IPPROTO_TCP, TCP_NODELAY),
	                     0 },
	[SOCKET_TTL] = { TRANSPORT_IP, { IPPROTO_IP, IP_TTL },
	                 { IPPROTO_IPV6, IPV6_UNICAST_HOPS }, -1 },
	[SOCKET_TOS] = { TRANSPORT_IP, { IPPROTO_IP, IP_TOS },
	                 { IPPROTO_IPV6, IPV6_TCLASS }, 0 },
	[SOCKET_SNDBUF] = { 0, ALIKE(SOL_SOCKET, SO_SNDBUF), UNKNOWN },
	[SOCKET_RCVBUF] = { 0, ALIKE(SOL_SOCKET, SO_RCVBUF), UNKNOWN },
	[SOCKET_BROADCAST] = { TRANSPORT_MESSAGES,
	                       ALIKE(SOL_SOCKET, SO_BROADCAST), 0 },
	[SOCKET_USER_TIMEOUT] = { TRANSPORT_TCP,
	                          ALIKE(IPPROTO_TCP, TCP_USER_TIMEOUT), 0 },
};
_Static_assert(sizeof(settings) / sizeof(settings[0]) == SOCKET_SETTINGS,
               "each setting has its place");

static const struct place *place_of(const struct setting *s,
                                    const struct address *a)
{
	return address_is_v6(a) ? &s->v6 : &s->v4;
}

static bool has_setting(const struct transport *t, const struct setting *s)
{
	return (t->ops->traits & s->traits) == s->traits;
}

static void note_refused(const struct socket_settings *s,
                         enum socket_setting which)
{
	if (s->refused)
		s->refused->errnum[which] = errno;
}

static void set_value(const struct transport *t, const struct address *a,
                      const struct socket_settings *s,
                      enum socket_setting which, int value)
{
	const struct place *p = place_of(&settings[which], a);
	if (has_setting(t, &settings[which]) &&
	    setsockopt(t->fd, p->level, p->name, &value, sizeof(value)))
		note_refused(s, which);
}

void socket_settings_apply(const struct transport *t, const struct address *a,
                           const struct socket_settings *s)
{
	for (int i = 0; i < SOCKET_SETTINGS; i++)
		if (s->values[i])
			set_value(t, a, s, (enum socket_setting)i,
			          s->values[i]);
}

static void find_own(const struct transport *t, struct address *out)
{
	out->len = sizeof(out->sa);
	if (getsockname(t->fd, (struct sockaddr *)&out->sa, &out->len))
		out->len = 0;
}

void socket_settings_change(struct transport *t,
                            const struct socket_settings *s)
{
	struct address own;
	find_own(t, &own);
	for (int i = 0; i < SOCKET_SETTINGS; i++) {
		int value = s->values[i] ? s->values[i] : settings[i].unset;
		if (value != UNKNOWN)
			set_value(t, &own, s, (enum socket_setting)i, value);
	}
}

const struct address *socket_source_for(const struct socket_settings *s,
                                        int family)
{
	for (size_t i = 0; i < 2; i++)
		if (s->sources[i].len && s->sources[i].sa.ss_family == family)
			return &s->sources[i];
	return NULL;
}

static int turn_on(const struct transport *t, int level, int name)
{
	const int on = 1;
	return setsockopt(t->fd, level, name, &on, sizeof(on));
}

int socket_settings_bind_device(const struct transport *t,
                                const struct socket_settings *s)
{
	if (!*s->device ||
	    !setsockopt(t->fd, SOL_SOCKET, SO_BINDTODEVICE, s->device,
	                (socklen_t)strlen(s->device) + 1))
		return 0;
	note_refused(s, SOCKET_DEVICE);
	return -1;
}

/* With a port of its own TCP may take one whose former connections are in
 * TIME-WAIT, and leaves that of the other family alone.  Without one the system
 * finds a port that suits the peer, when it connects. */
static void prepare_bind(const struct transport *t, bool has_port)
{
	(void)turn_on(t, IPPROTO_IPV6, IPV6_V6ONLY); /* not of IPv4 */
	if (!has_port)
		(void)turn_on(t, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT);
	else if (t->ops->traits & TRANSPORT_TCP)
		(void)turn_on(t, SOL_SOCKET, SO_REUSEADDR);
}

static int bind_source(const struct transport *t, const struct address *peer,
                       const struct socket_settings *s)
{
	static const unsigned char any[sizeof(struct in6_addr)];
	const struct address *source = socket_source_for(s, peer->sa.ss_family);
	struct address own;
	if (!source && !s->port)
		return 0;
	if (source)
		own = *source;
	else
		address_set_host(&own, peer->sa.ss_family, any);
	/* the system would take these, and go out from another address */
	if (address_is_group(&own) || address_is_broadcast(&own))
		return errno = EADDRNOTAVAIL, -1;
	address_set_port(&own, s->port);
	prepare_bind(t, s->port != 0);
	return bind(t->fd, (const struct sockaddr *)&own.sa, own.len);
}

int socket_settings_bind(const struct transport *t, const struct address *peer,
                         const struct socket_settings *s)
{
	if (socket_settings_bind_device(t, s))
		return -1;
	if (!bind_source(t, peer, s))
		return 0;
	note_refused(s, SOCKET_SOURCE);
	return -1;
}

static int read_value(const struct transport *t, const struct place *p)
{
	int value;
	socklen_t len = sizeof(value);
	return getsockopt(t->fd, p->level, p->name, &value, &len) ? -1 : value;
}

static void read_device(const struct transport *t, char out[IF_NAMESIZE])
{
	char name[IF_NAMESIZE] = "";
	socklen_t len = sizeof(name);
	if (getsockopt(t->fd, SOL_SOCKET, SO_BINDTODEVICE, name, &len))
		*name = '\0';
	name[IF_NAMESIZE - 1] = '\0';
	glyph_copy(out, IF_NAMESIZE, name, GLYPH_ASCII);
}

void socket_settings_read(const struct transport *t, struct socket_values *out)
{
	struct address own;
	find_own(t, &own);
	for (int i = 0; i < SOCKET_SETTINGS; i++)
		out->of[i] = has_setting(t, &settings[i])
		                 ? read_value(t, place_of(&settings[i], &own))
		                 : -1;
	read_device(t, out->device);
}
