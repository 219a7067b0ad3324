/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Bytes and files in the order in which they leave. */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sockchat/file.h>
#include <sockchat/glyph.h>
#include <sockchat/number.h>
#include <sockchat/outq.h>
#include <sockchat/queue.h>

#define SHARE_MIN  ((size_t)4 << 10)  /* all peers get on that much */
#define PULL_BELOW ((size_t)64 << 10) /* bytes in memory: read on */
#define TICK_NS    (100 * MS_NS)      /* between two looks at the progress */
#define NOTE_MAX   512

/* The files, each with the bytes that follow it, and how far the first is. */
struct files {
	struct queued_file {
		struct feed_file file; /* a descriptor of its own */
		struct outq after;
	} list[QUEUE_FILES_MAX];
	size_t count;
	bool has_begun; /* reading it */
	bool has_ended; /* all of it has been read */
	uint64_t taken;    /* bytes that have been read */
	struct outq piece; /* those of them that have not left */
	struct progress progress;
	struct timer tick;
};

struct queue {
	struct loop *loop;
	struct queues *all;
	size_t counted; /* of our memory, in all->used */
	bool has_messages;
	const struct queue_ops *ops;
	void *user;
	struct outq bytes;   /* they leave first */
	struct files *files; /* NULL: there are none */
};

/* A file to be sent: only a regular one has an end that is known */

/* What a file is that is not regular; NULL for one that is. */
static const char *name_kind(mode_t mode)
{
	return S_ISREG(mode)    ? NULL
	       : S_ISDIR(mode)  ? "a directory"
	       : S_ISFIFO(mode) ? "a FIFO"
	       : S_ISSOCK(mode) ? "a socket"
	                        : "a device";
}

/* Opening a device may do something, so the path is looked at before. */
static int open_regular(struct feed_file *f, const char *path,
                        struct error *e)
{
	struct stat st = { .st_size = 0 };
	char safe[128];
	const char *kind = stat(path, &st) ? NULL : name_kind(st.st_mode);
	glyph_copy(safe, sizeof(safe), path, GLYPH_ANY_WIDTH);
	f->fd = kind ? -1 : file_open(path, 0);
	f->total = (uint64_t)st.st_size;
	f->piece = 0;
	if (!kind && f->fd < 0)
		return error_set_errno(e, errno, "cannot open %s", safe);
	if (!kind)
		return 0;
	error_set(e, "cannot send %s: it is %s, not a regular file", safe,
	          kind);
	error_set_hint(e, "to send what can be read from it, use a pipe: "
	                  "sockchat connect HOST PORT <PATH");
	return -1;
}

int feed_open(struct feed_file *f, const char *path, struct error *e)
{
	struct bytes full = { 0 };
	if (file_append_path(&full, path, strlen(path)))
		return error_set_errno(e, ENOMEM, "cannot open the file");
	const char *meant = bytes_text(&full), *slash = strrchr(meant, '/');
	glyph_copy(f->name, sizeof(f->name), slash ? slash + 1 : meant,
	           GLYPH_ANY_WIDTH);
	int failed = open_regular(f, meant, e);
	bytes_finish(&full);
	return failed;
}

/* How much may wait */

size_t queues_room(const struct queues *all)
{
	return all->used < all->max ? all->max - all->used : 0;
}

/* A queue may be as long as what is left for all.  So the longest queues stop
 * first, and all together hardly reach the ceiling. */
size_t queues_share(const struct queues *all)
{
	size_t room = queues_room(all);
	if (room > QUEUE_SHARE_MAX)
		return QUEUE_SHARE_MAX;
	return room > SHARE_MIN ? room : SHARE_MIN;
}

static void count_memory(struct queue *q)
{
	const struct files *f = q->files;
	size_t now = q->bytes.memory;
	if (f)
		now += f->piece.memory;
	for (size_t i = 0; f && i < f->count; i++)
		now += f->list[i].after.memory;
	q->all->used += now - q->counted;
	q->counted = now;
}

/* Life */

struct queue *queue_new(struct loop *l, struct queues *all, bool has_messages,
                        const struct queue_ops *ops, void *user)
{
	struct queue *q = calloc(1, sizeof(*q));
	if (q)
		*q = (struct queue){ .loop = l, .all = all, .ops = ops,
				     .user = user,
				     .has_messages = has_messages };
	return q;
}

/* Forget the first file: what has been read of it and what follows it are plain
 * bytes now. */
static void drop_first_file(struct queue *q)
{
	struct files *f = q->files;
	outq_join(&q->bytes, &f->piece);
	outq_join(&q->bytes, &f->list[0].after);
	close(f->list[0].file.fd);
	memmove(f->list, f->list + 1, --f->count * sizeof(*f->list));
	f->has_begun = f->has_ended = false;
	f->taken = 0;
	if (f->count)
		return;
	timer_stop(&f->tick);
	free(f);
	q->files = NULL;
}

void queue_free(struct queue *q)
{
	if (!q)
		return;
	while (q->files)
		drop_first_file(q);
	outq_finish(&q->bytes);
	count_memory(q);
	free(q);
}

int queue_append(struct queue *q, const void *bytes, size_t len)
{
	struct files *f = q->files;
	struct outq *to = f ? &f->list[f->count - 1].after : &q->bytes;
	int failed = q->has_messages ? outq_append_message(to, bytes, len)
	                             : outq_append(to, bytes, len);
	count_memory(q);
	return failed;
}

/* What is known of files */

/* How many bytes of the first file have left. */
static uint64_t gone_bytes(const struct files *f)
{
	return f->taken - f->piece.len;
}

static uint64_t file_rest(const struct files *f, size_t i)
{
	uint64_t total = f->list[i].file.total;
	if (i > 0)
		return total;
	if (f->has_ended || f->taken > total)
		total = f->taken;
	return total - gone_bytes(f);
}

size_t queue_len(const struct queue *q)
{
	size_t sum = q ? q->bytes.len : 0;
	for (size_t i = 0; queue_has_file(q) && i < q->files->count; i++)
		sum += q->files->list[i].after.len;
	return sum;
}

size_t queue_load(const struct queue *q)
{
	return q && q->has_messages ? q->counted : queue_len(q);
}

bool queue_is_empty(const struct queue *q)
{
	return !q || (!q->bytes.len && !q->bytes.count && !q->files);
}

size_t queue_before_file(const struct queue *q)
{
	return q ? q->bytes.len : 0;
}

uint64_t queue_file_rest(const struct queue *q)
{
	uint64_t sum = 0;
	for (size_t i = 0; queue_has_file(q) && i < q->files->count; i++)
		sum += file_rest(q->files, i);
	return sum;
}

bool queue_has_file(const struct queue *q)
{
	return q && q->files;
}

bool queue_file_waits(const struct queue *q)
{
	return queue_has_file(q) &&
	       (q->files->count > 1 || !q->files->has_begun);
}

const char *queue_file(const struct queue *q, struct progress_facts *facts)
{
	const struct files *f = q ? q->files : NULL;
	if (!f)
		return NULL;
	*facts = (struct progress_facts){ .total = f->list[0].file.total,
					  .left_s = -1 };
	if (f->has_begun) {
		progress_facts(&f->progress, loop_now_ns(q->loop), facts);
		facts->done = gone_bytes(f);
	}
	return f->list[0].file.name;
}

/* What is told of files */

__attribute__((format(printf, 3, 4))) static void
tell_file(struct queue *q, const char *code, const char *format, ...)
{
	char text[NOTE_MAX];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	q->ops->on_note(q->user, code, text);
}

__attribute__((format(printf, 3, 4))) static void
tell_lost(struct queue *q, int errnum, const char *format, ...)
{
	char text[NOTE_MAX];
	struct error e;
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	error_set(&e, "%s", text);
	error_set_code(&e, errnum);
	q->ops->on_lost(q->user, &e);
}

static void tell_file_end(struct queue *q)
{
	const struct files *f = q->files;
	const struct feed_file *file = &f->list[0].file;
	int64_t ns = loop_now_ns(q->loop) - f->progress.start_ns;
	double seconds = (double)ns / 1e9;
	char rate[16], how[64] = "", had[64] = "";
	if (f->taken < file->total) {
		tell_lost(q, ENODATA, "%s has become shorter: %" PRIu64
		          " of the %" PRIu64 " bytes that it had were sent",
		          file->name, f->taken, file->total);
		return;
	}
	if (ns >= TICK_NS) {
		number_format_size(rate,
		                   (uint64_t)((double)f->taken / seconds));
		snprintf(how, sizeof(how), " in %.1f s, %s/s", seconds, rate);
	}
	if (f->taken > file->total)
		snprintf(had, sizeof(had), "; it had %" PRIu64 " bytes when "
		         "it was opened", file->total);
	tell_file(q, "file-sent", "sent %s: %" PRIu64 " bytes%s%s", file->name,
	          f->taken, how, had);
}

void queue_lose_files(struct queue *q)
{
	const struct files *f = q->files;
	for (size_t i = 0; f && i < f->count; i++)
		tell_lost(q, ENOTCONN, "%s was not sent whole: %" PRIu64
		          " of %" PRIu64 " bytes had not left",
		          f->list[i].file.name, file_rest(f, i),
		          f->list[i].file.total);
}

/* Files come and go */

static void on_progress_time(struct timer *t)
{
	struct queue *q = t->user;
	int64_t now_ns = loop_now_ns(q->loop);
	if (q->files->has_begun)
		progress_set(&q->files->progress, gone_bytes(q->files),
		             now_ns);
	timer_start(q->loop, t, TICK_NS);
}

static struct files *make_files(struct queue *q)
{
	struct files *f = calloc(1, sizeof(*f));
	if (!f)
		return NULL;
	f->tick = (struct timer){ .on_time = on_progress_time, .user = q };
	timer_start(q->loop, &f->tick, TICK_NS);
	return f;
}

int queue_add_file(struct queue *q, const struct feed_file *file)
{
	if (q->files && q->files->count == QUEUE_FILES_MAX)
		return errno = ENOBUFS, -1;
	int fd = fcntl(file->fd, F_DUPFD_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	if (!q->files && !(q->files = make_files(q))) {
		close(fd);
		return errno = ENOMEM, -1;
	}
	struct queued_file *last = &q->files->list[q->files->count++];
	*last = (struct queued_file){ .file = *file };
	last->file.fd = fd;
	return 0;
}

void queue_stop_files(struct queue *q)
{
	const struct files *f = q->files;
	for (size_t i = 0; f && i < f->count; i++)
		tell_file(q, "file-stopped", "stopped %s after %" PRIu64
		          " of %" PRIu64 " bytes", f->list[i].file.name,
		          i ? 0 : f->taken, f->list[i].file.total);
	while (q->files)
		drop_first_file(q);
}

/* How many bytes leave before more of the first file does. */
static size_t held_bytes(const struct queue *q)
{
	return q->bytes.len + q->files->piece.len;
}

static void begin_file(struct queue *q)
{
	struct files *f = q->files;
	char size[16];
	f->has_begun = true;
	progress_init(&f->progress, f->list[0].file.total,
	              loop_now_ns(q->loop));
	number_format_size(size, f->list[0].file.total);
	q->ops->on_file(q->user);
	tell_file(q, "file-sending", "sending %s (%s)", f->list[0].file.name,
	          size);
}

/* -1 when the file cannot be read. */
static int read_piece(struct queue *q, size_t len)
{
	struct files *f = q->files;
	const struct feed_file *file = &f->list[0].file;
	off_t at = (off_t)f->taken;
	ssize_t n = q->has_messages
	                ? outq_fill_message(&f->piece, file->fd, file->piece,
	                                    at)
	                : outq_fill(&f->piece, file->fd, len, at);
	if (n < 0)
		return -1;
	f->taken += (uint64_t)n;
	f->has_ended = n == 0;
	return 0;
}

/* Read a piece of the first file if little is in memory. */
static void pull_file(struct queue *q)
{
	const struct files *f = q->files;
	const struct feed_file *file = &f->list[0].file;
	size_t share = queues_share(q->all);
	if (held_bytes(q) >= (share < PULL_BELOW ? share : PULL_BELOW))
		return;
	if (!f->has_begun)
		begin_file(q);
	while (!f->has_ended && held_bytes(q) < share)
		if (read_piece(q, share - held_bytes(q))) {
			tell_lost(q, errno, "cannot read %s after %" PRIu64
			          " of %" PRIu64 " bytes: %s", file->name,
			          f->taken, file->total, strerror(errno));
			drop_first_file(q);
			return;
		}
}

/* Out */

/* Whether this message is gone: one that cannot be sent is told. */
static bool write_message(struct link *l, const void *bytes, size_t len)
{
	return link_write(l, bytes, len) >= 0 ||
	       (errno != EAGAIN && !l->broken);
}

/* As write_run(), where each block is a message. */
static size_t write_messages(struct outq *run, struct link *l, size_t max)
{
	const void *front;
	size_t sum = 0, len;
	while (sum < max && (front = outq_message(run, &len)) &&
	       write_message(l, front, len)) {
		outq_drop_message(run);
		sum += len;
	}
	return sum;
}

/* Write up to `max` bytes of one run.  Returns how many were written. */
static size_t write_run(struct queue *q, struct outq *run, struct link *l,
                        size_t max)
{
	size_t sum = 0, all;
	if (q->has_messages)
		return write_messages(run, l, max);
	while (sum < max && run->len) {
		const void *front = outq_front(run, &all);
		size_t len = all < max - sum ? all : max - sum;
		ssize_t n = link_write(l, front, len);
		if (n < 0)
			break;
		q->ops->on_written(q->user, front, (size_t)n, all);
		outq_consume(run, (size_t)n);
		sum += (size_t)n;
		if ((size_t)n < len)
			break;
	}
	return sum;
}

size_t queue_write(struct queue *q, struct link *l, size_t max)
{
	if (q->files)
		pull_file(q);
	size_t sum = write_run(q, &q->bytes, l, max);
	struct files *f = q->files;
	if (f && !q->bytes.len && !q->bytes.count)
		sum += write_run(q, &f->piece, l, max - sum);
	if (f && f->has_ended && !l->broken && !f->piece.len) {
		tell_file_end(q);
		drop_first_file(q);
	}
	count_memory(q);
	return sum;
}
