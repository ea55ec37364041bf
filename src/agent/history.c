// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/history.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "agent/life.h"
#include "agent/place.h"
#include "base/file.h"
#include "base/memory.h"

#define HISTORY_LIMIT ((size_t)1 << 20)
#define READ_LIMIT (2 * HISTORY_LIMIT)

static int read_lines(const char *path, struct buffer *text, struct error *err)
{
	auto_close int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat info;

	if (fd < 0)
		return error_errno(err, "cannot read %s", path);
	if (fstat(fd, &info) < 0 || !S_ISREG(info.st_mode))
		return error_set(err, ERROR_INVALID, "%s: not a regular file", path);
	return file_read_fd(fd, READ_LIMIT, text, err);
}

/* Calls for every whole line that is an event. */
static void walk_events(const struct buffer *text,
			void (*visit)(void *user, json_value *event, const char *line, size_t size),
			void *user)
{
	const char *line = buffer_text(text), *end;

	for (; (end = strchr(line, '\n')); line = end + 1) {
		auto_json json_value *event = NULL;
		struct error ignored;

		if (json_parse(line, (size_t)(end - line), &event, &ignored) == 0 &&
		    json_get_int(event, "seq", 0) > 0)
			visit(user, event, line, (size_t)(end - line) + 1);
	}
}

static void take_sequence(void *user, json_value *event, const char *line, size_t size)
{
	int64_t *last = user;

	(void)line;
	(void)size;
	if (json_get_int(event, "seq", 0) > *last)
		*last = json_get_int(event, "seq", 0);
}

static void write_event(const char *event, const struct life *life, const char *text, int64_t seq,
			struct buffer *into)
{
	auto_json json_value *value = json_new_object();

	json_set_int(value, "seq", seq);
	json_set_int(value, "time", time(NULL));
	json_set_text(value, "event", event);
	json_set_text(value, "patch", life ? life->sha256 : NULL);
	json_set_text(value, "name", life ? life->name : NULL);
	if (life)
		json_set_int(value, "level", life->level);
	json_set_text(value, "text", text);
	json_write_compact(value, into);
	buffer_add_char(into, '\n');
}

/* Replacing the whole file would be simpler, and cost a megabyte of writing for each line. */
static int append(const char *path, const struct buffer *line, bool begin_line, struct error *err)
{
	auto_close int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
	auto_buffer struct buffer text = BUFFER_INIT;

	if (fd < 0)
		return error_errno(err, "cannot write %s", path);
	if (begin_line)
		buffer_add_char(&text, '\n');
	buffer_add(&text, line->data, line->size);
	if (write(fd, text.data, text.size) != (ssize_t)text.size || fsync(fd) < 0)
		return error_errno(err, "cannot write %s", path);
	return 0;
}

/* The younger half of the lines, and the new one. */
static int shorten(const char *path, const struct buffer *old, const struct buffer *line,
		   struct error *err)
{
	const char *half = strchr(buffer_text(old) + old->size / 2, '\n');
	auto_buffer struct buffer text = BUFFER_INIT;

	buffer_add_text(&text, half ? half + 1 : "");
	if (text.size && text.data[text.size - 1] != '\n')
		buffer_add_char(&text, '\n');
	buffer_add(&text, line->data, line->size);
	return state_write_text(path, buffer_text(&text), 0644, err);
}

int history_add(const char *root, const char *event, const struct life *life, const char *text,
		struct error *err)
{
	auto_free char *path = place_path(root, PLACE_HISTORY);
	auto_free char *folder = place_path(root, PLACE_AGENT);
	auto_buffer struct buffer old = BUFFER_INIT;
	auto_buffer struct buffer line = BUFFER_INIT;
	int64_t last = 0;

	if (read_lines(path, &old, err) < 0 && err->code != ERROR_NOT_FOUND)
		return -1;
	walk_events(&old, take_sequence, &last);
	write_event(event, life, text, last + 1, &line);
	if (old.size + line.size > HISTORY_LIMIT)
		return shorten(path, &old, &line, err);
	if (!is_directory(folder) && directory_make(folder, err) < 0)
		return -1;
	return append(path, &line, old.size && old.data[old.size - 1] != '\n', err);
}

struct selection {
	json_value *events;
	int64_t after;
	size_t most;
};

static void select_event(void *user, json_value *event, const char *line, size_t size)
{
	struct selection *selection = user;

	(void)line;
	(void)size;
	if (json_get_int(event, "seq", 0) <= selection->after)
		return;
	json_add_value(selection->events, json_clone(event));
	if (json_count(selection->events) > selection->most)
		json_remove_at(selection->events, 0);
}

int history_read(const char *root, int64_t after, size_t most, json_value **ret_events,
		 struct error *err)
{
	auto_free char *path = place_path(root, PLACE_HISTORY);
	auto_buffer struct buffer text = BUFFER_INIT;
	auto_json json_value *events = json_new_array();
	struct selection selection = { .events = events, .after = after, .most = most };

	if (read_lines(path, &text, err) < 0 && err->code != ERROR_NOT_FOUND)
		return -1;
	walk_events(&text, select_event, &selection);
	*ret_events = steal_ptr(events);
	return 0;
}
