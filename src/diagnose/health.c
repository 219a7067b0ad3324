/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Counters of the last minute, and the sentence that they give.  Between two
 * marks a counter grows evenly. */

#include <stdio.h>

#include <sockchat/bytes.h>
#include <sockchat/health.h>
#include <sockchat/number.h>

#define NEW_NS      (2 * SECOND_NS)
#define QUIET_NS    (60 * SECOND_NS)
#define PATIENCE_MS 1000 /* what takes less is nobody's fault */

/* History */

static uint64_t value_of(const struct facts *f, enum health_counter counter)
{
	const uint64_t values[] = { f->in, f->out, f->tcp.retransmits };
	return values[counter];
}

/* Begin to note another session.  If it has just been opened, its counters were
 * 0 then. */
static void begin_health(struct health *h, const struct facts *f)
{
	bool is_new = f->opened.mono_ns &&
	              f->now.mono_ns - f->opened.mono_ns < NEW_NS;
	*h = (struct health){ .number = f->number };
	for (int i = 0; is_new && i < HEALTH_COUNTERS; i++)
		rate_note(&h->counters[i], f->opened.mono_ns, 0);
}

void stall_note(struct stall *s, bool waits, uint64_t taken, int64_t now_ns)
{
	if (!waits)
		s->since_ns = 0;
	else if (!s->since_ns || s->taken != taken)
		s->since_ns = now_ns;
	s->taken = taken;
}

bool health_look(struct health *h, const struct facts *f)
{
	bool goes_on = false;
	if (h->number != f->number)
		begin_health(h, f);
	stall_note(&h->stall, f->tcp.unacked > 0, f->tcp.acked,
	           f->now.mono_ns);
	for (int i = 0; i < HEALTH_COUNTERS; i++)
		goes_on |= rate_note(&h->counters[i], f->now.mono_ns,
		                     value_of(f, (enum health_counter)i));
	return goes_on || h->stall.since_ns || f->queued;
}

/* Whether the counter stands where it was noted last. */
static bool stands(const struct rate *r, uint64_t value)
{
	return r->count && r->marks[r->count - 1].value == value;
}

bool health_is_known(const struct health *h, uint32_t number, uint64_t in,
                     uint64_t out)
{
	return h->number == number && stands(&h->counters[HEALTH_IN], in) &&
	       stands(&h->counters[HEALTH_OUT], out);
}

/* What the counter was at that time, as far as it is known. */
static uint64_t value_at(const struct health *h, const struct facts *f,
                         enum health_counter counter, int64_t ns)
{
	return rate_value_at(&h->counters[counter], f->now.mono_ns,
	                     value_of(f, counter), ns);
}

uint64_t health_growth(const struct health *h, const struct facts *f,
                       enum health_counter counter, int64_t span_ns)
{
	if (h->number != f->number || !h->counters[counter].count)
		return 0;
	return value_of(f, counter) -
	       value_at(h, f, counter, f->now.mono_ns - span_ns);
}

uint64_t health_rate(const struct health *h, const struct facts *f,
                     enum health_counter counter)
{
	return health_growth(h, f, counter, RATE_SPAN_NS) /
	       (uint64_t)(RATE_SPAN_NS / SECOND_NS);
}

/* The parts end at round times, so that they do not flicker. */
void health_parts(const struct health *h, const struct facts *f,
                  enum health_counter counter, uint64_t *parts, size_t count)
{
	int64_t step = HEALTH_SPAN_NS / (int64_t)(count ? count : 1);
	int64_t now = f->now.mono_ns;
	int64_t ns = now - now % step + step - step * (int64_t)count;
	bool is_known = h->number == f->number && h->counters[counter].count;
	uint64_t before = value_at(h, f, counter, ns);
	for (size_t i = 0; i < count; i++) {
		uint64_t after = value_at(h, f, counter, ns += step);
		parts[i] = is_known ? after - before : 0;
		before = after;
	}
}

/* The sentence */

const char *health_format_span(char out[32], int64_t ns)
{
	long long s = (long long)(ns / SECOND_NS);
	if (s < 60)
		snprintf(out, 32, "%lld s", s > 0 ? s : 0);
	else if (s < 3600)
		snprintf(out, 32, "%lld min", s / 60);
	else if (s < 48 * 3600)
		snprintf(out, 32, "%lld h %lld min", s / 3600, s / 60 % 60);
	else
		snprintf(out, 32, "%lld days", s / (24 * 3600));
	return out;
}

enum tcp_state health_state(const struct facts *f)
{
	static const enum tcp_state states[] = {
		[HALVES_OPEN] = TCP_STATE_ESTABLISHED,
		[HALVES_IN_CLOSED] = TCP_STATE_CLOSE_WAIT,
		[HALVES_OUT_CLOSED] = TCP_STATE_FIN_WAIT_2,
		[HALVES_CLOSED] = TCP_STATE_CLOSED,
	};
	if (f->phase == ENTRY_CONNECTING)
		return TCP_STATE_SYN_SENT;
	if (f->phase == ENTRY_RESOLVING || f->phase == ENTRY_CLOSED)
		return TCP_STATE_CLOSED;
	return f->has_tcp ? f->tcp.state : states[f->halves];
}

/* The peer's socket */

static void describe_backlog(char out[HEALTH_TEXT_MAX],
                             const struct owner_peer *far)
{
	text_add(out, HEALTH_TEXT_MAX, "not accepted yet");
	if (far->waiting)
		text_add(out, HEALTH_TEXT_MAX,
		         ", %u wait%s in its backlog of %u%s", far->waiting,
		         far->waiting == 1 ? "s" : "", far->backlog,
		         far->waiting > far->backlog ? ", which is full" : "");
}

bool health_format_far(char out[HEALTH_TEXT_MAX], const struct facts *f)
{
	const struct owner_peer *far = &f->far;
	*out = '\0';
	if (f->is_gone)
		text_add(out, HEALTH_TEXT_MAX,
		         "the peer is gone: no program reads what you send");
	else if (f->has_messages && far->is_here)
		text_add(out, HEALTH_TEXT_MAX, "a program has that port");
	else if (far->is_waiting)
		describe_backlog(out, far);
	else if (far->unread)
		text_add(out, HEALTH_TEXT_MAX, "%s%zu byte%s lie%s unread",
		         f->is_accepted ? "" : "accepted, but ", far->unread,
		         plural(far->unread), far->unread == 1 ? "s" : "");
	else if (far->is_here)
		text_add(out, HEALTH_TEXT_MAX, "%s",
		         f->out ? "it has read all of it" : "accepted");
	return *out;
}

struct verdict {
	char *out; /* HEALTH_TEXT_MAX */
	const struct health *h;
	const struct facts *f;
};

/* Write the sentence.  False: it does not hold. */
typedef bool rule_fn(const struct verdict *v);

/* "PREFIX for 12 s" */
static bool say_since(const struct verdict *v, const char *prefix,
                      int64_t since_ns)
{
	char span[32];
	health_format_span(span, v->f->now.mono_ns - since_ns);
	snprintf(v->out, HEALTH_TEXT_MAX, "%s for %s", prefix, span);
	return true;
}

static bool is_opening(const struct verdict *v)
{
	int64_t since = v->f->since.mono_ns;
	if (v->f->phase == ENTRY_RESOLVING)
		return say_since(v, "looking up the name", since);
	if (v->f->phase == ENTRY_HANDSHAKING)
		return say_since(v, "TLS handshake", since);
	say_since(v, "connecting", since);
	text_add(v->out, HEALTH_TEXT_MAX, ", no answer yet");
	return v->f->phase == ENTRY_CONNECTING;
}

static bool is_closed(const struct verdict *v)
{
	char span[32];
	health_format_span(span, v->f->now.mono_ns - v->f->since.mono_ns);
	snprintf(v->out, HEALTH_TEXT_MAX, "closed %s ago", span);
	return v->f->phase == ENTRY_CLOSED;
}

/* "no answer for 5 s: ", once that is worth a word. */
static bool say_silence(const struct verdict *v, const char *tail)
{
	char span[32];
	int64_t silent_ns = v->f->now.mono_ns - v->f->asked_ns;
	*v->out = '\0';
	if (!v->f->asked_ns || silent_ns < HEALTH_ANSWER_NS)
		return false;
	snprintf(v->out, HEALTH_TEXT_MAX, "no answer for %s%s",
	         health_format_span(span, silent_ns), tail);
	return true;
}

static void say_far(const struct verdict *v)
{
	char far[HEALTH_TEXT_MAX];
	health_format_far(far, v->f);
	text_add(v->out, HEALTH_TEXT_MAX, "%s", far);
}

static bool is_gone(const struct verdict *v)
{
	*v->out = '\0';
	say_far(v);
	return v->f->is_gone;
}

static bool is_not_accepted(const struct verdict *v)
{
	(void)say_silence(v, ": ");
	say_far(v);
	return v->f->far.is_waiting;
}

/* A peer that reads has its last bytes read by now; one that has read nothing
 * at all, while we sent on, does not read either. */
static bool is_left_unread(const struct verdict *v)
{
	const struct facts *f = v->f;
	int64_t rest_ns = f->now.mono_ns - f->out_ns;
	bool asks = say_silence(v, ": ");
	say_far(v);
	return f->far.unread && (rest_ns >= PATIENCE_MS * MS_NS ||
	                         (asks && f->far.unread >= f->out));
}

static bool is_silent(const struct verdict *v)
{
	const struct facts *f = v->f;
	bool is_silent = say_silence(v, f->far.is_here ? ", " : "");
	if (is_silent)
		say_far(v);
	return is_silent;
}

static bool is_unanswered(const struct verdict *v)
{
	bool is_known = v->h->number == v->f->number && v->h->stall.since_ns;
	int64_t since = is_known ? v->h->stall.since_ns : v->f->out_ns;
	uint32_t times = v->f->tcp.retrying;
	if (!times || !v->f->tcp.unacked)
		return false;
	say_since(v, "no answer from the peer's system", since);
	text_add(v->out, HEALTH_TEXT_MAX, ": sent again %u time%s", times,
	         plural(times));
	return true;
}

/* While the peer's window is closed, what we have written is not sent. */
static bool is_unread(const struct verdict *v)
{
	const struct facts *f = v->f;
	char size[16];
	int64_t since = f->has_tcp ? f->now.mono_ns -
	                                 f->tcp.last_sent_ms * MS_NS
	                           : f->out_ns;
	bool waits = f->has_tcp ? f->tcp.unsent > 0
	                        : f->queued && !f->is_slowed;
	if (!waits || f->now.mono_ns - since < PATIENCE_MS * MS_NS)
		return false;
	number_format_size(size, f->queued + f->tcp.unsent);
	say_since(v, "peer not reading", since);
	text_add(v->out, HEALTH_TEXT_MAX, ", %s waiting for it", size);
	return true;
}

static bool has_retransmits(const struct verdict *v)
{
	uint64_t count = health_growth(v->h, v->f, HEALTH_RETRANSMITS,
	                               HEALTH_SPAN_NS);
	snprintf(v->out, HEALTH_TEXT_MAX,
	         "%llu retransmit%s in the last minute",
	         (unsigned long long)count, plural(count));
	return count > 0;
}

static bool is_paused(const struct verdict *v)
{
	char size[16];
	uint32_t unread = v->f->tcp.unread;
	number_format_size(size, unread);
	snprintf(v->out, HEALTH_TEXT_MAX,
	         "paused by us (/resume continues)%s%s%s", unread ? ", " : "",
	         unread ? size : "", unread ? " of the peer unread" : "");
	return v->f->is_paused;
}

static bool is_sending(const struct verdict *v)
{
	char size[16], rate[16];
	uint64_t left = v->f->queued + v->f->tcp.unsent;
	number_format_size(size, left);
	number_format_size(rate, health_rate(v->h, v->f, HEALTH_OUT));
	snprintf(v->out, HEALTH_TEXT_MAX, "sending at %s/s, %s to go", rate,
	         size);
	return left > 0;
}

static bool say_finished(const struct verdict *v, const char *who,
                         const char *other)
{
	char span[32];
	health_format_span(span, v->f->now.mono_ns - v->f->since.mono_ns);
	snprintf(v->out, HEALTH_TEXT_MAX,
	         "%s finished sending %s ago; %s still can", who, span, other);
	return true;
}

static bool is_half_closed(const struct verdict *v)
{
	static const char *const texts[] = {
		[TCP_STATE_FIN_WAIT_1] = "our FIN not acknowledged",
		[TCP_STATE_CLOSING] =
		    "both have finished, our FIN not acknowledged",
		[TCP_STATE_LAST_ACK] =
		    "both have finished, our FIN not acknowledged",
	};
	enum tcp_state state = health_state(v->f);
	if (state == TCP_STATE_FIN_WAIT_2)
		return say_finished(v, "this side", "the peer");
	if (state == TCP_STATE_CLOSE_WAIT)
		return say_finished(v, "the peer", "this side");
	return state < sizeof(texts) / sizeof(*texts) && texts[state] &&
	       say_since(v, texts[state], v->f->since.mono_ns);
}

/* In datagrams nothing but an answer tells that anybody is there. */
static bool is_unheard(const struct verdict *v)
{
	const struct facts *f = v->f;
	snprintf(v->out, HEALTH_TEXT_MAX, "%s: ",
	         f->out_messages ? "nothing has come back yet"
	                         : "nothing sent yet");
	say_far(v);
	if (!f->far.is_here)
		text_add(v->out, HEALTH_TEXT_MAX, "nobody may be there");
	return f->has_messages && !f->in_messages;
}

static bool is_quiet(const struct verdict *v)
{
	int64_t last = v->f->opened.mono_ns;
	last = v->f->in_ns > last ? v->f->in_ns : last;
	last = v->f->out_ns > last ? v->f->out_ns : last;
	return v->f->now.mono_ns - last >= QUIET_NS &&
	       say_since(v, "healthy, quiet", last);
}

static bool is_healthy(const struct verdict *v)
{
	snprintf(v->out, HEALTH_TEXT_MAX, "healthy");
	return true;
}

#define HINT_NO_RECV                                                           \
	"the program there does not call recv(): it is busy, hangs, or is "    \
	"stopped"

/* The first rule that holds gives the sentence. */
static const struct {
	rule_fn *holds;
	enum health_mood mood;
	const char *code, *hint;
} rules[] = {
	{ is_closed, HEALTH_WORTH_KNOWING, "", "" },
	{ is_opening, HEALTH_WORTH_KNOWING, "", "" },
	{ is_gone, HEALTH_WORTH_KNOWING, "peer-gone", "" },
	{ is_not_accepted, HEALTH_TROUBLE, "not-accepted",
	  "the server listens, but does not call accept(): it serves somebody "
	  "else, hangs, or is stopped" },
	{ is_unanswered, HEALTH_TROUBLE, "not-acknowledged",
	  "the host may be down, or something on the way drops what is sent "
	  "to it" },
	{ is_unread, HEALTH_TROUBLE, "not-read", HINT_NO_RECV },
	{ is_left_unread, HEALTH_TROUBLE, "not-read", HINT_NO_RECV },
	{ has_retransmits, HEALTH_TROUBLE, "", "" },
	{ is_paused, HEALTH_WORTH_KNOWING, "", "" },
	{ is_sending, HEALTH_FINE, "", "" },
	{ is_half_closed, HEALTH_WORTH_KNOWING, "", "" },
	{ is_silent, HEALTH_WORTH_KNOWING, "", "" },
	{ is_unheard, HEALTH_FINE, "", "" },
	{ is_quiet, HEALTH_FINE, "", "" },
	{ is_healthy, HEALTH_FINE, "", "" },
};

void health_verdict(struct health_verdict *out, const struct health *h,
                    const struct facts *f)
{
	const struct verdict v = { out->text, h, f };
	size_t i = 0;
	while (!rules[i].holds(&v))
		i++;
	out->mood = rules[i].mood;
	out->code = rules[i].code;
	out->hint = rules[i].hint;
}
