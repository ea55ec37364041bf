// SPDX-License-Identifier: GPL-2.0-or-later
#include "server/event.h"

#include <stdbool.h>
#include <string.h>

#include "base/memory.h"
#include "server/database.h"

void event_list_clear(struct event_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->items[i].patch);
		free(list->items[i].name);
		free(list->items[i].text);
	}
	list->count = 0;
}

/* Made printable rather than refused: a machine would send the same again for ever. */
static char *copy_plain(const json_value *value, const char *key)
{
	const char *text = json_get_text(value, key, NULL);
	char *copy = text ? xstrndup(text, EVENT_TEXT_MOST) : NULL;

	for (char *next = copy; next && *next; next++)
		if ((unsigned char)*next < ' ' || *next == 0x7f)
			*next = '?';
	return copy;
}

static bool is_kind(const char *text)
{
	size_t length = text ? strlen(text) : 0;

	return length && length <= EVENT_KIND_MOST &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyz-") == length;
}

static int parse_event(const json_value *value, struct event *ret_event, struct error *err)
{
	struct event event = {
		.kind = json_get_text(value, "event", NULL),
		.time = json_get_int(value, "time", -1),
		.seq = json_get_int(value, "seq", 0),
		.level = json_get_int(value, "level", -1),
	};

	if (!is_kind(event.kind))
		return error_set(err, ERROR_INVALID,
				 "\"event\" is a word of small letters and '-', at most %d",
				 EVENT_KIND_MOST);
	if (event.time < 0 || event.seq < 0)
		return error_set(err, ERROR_INVALID,
				 "an event's \"time\" is seconds of the epoch, \"seq\" its number");
	event.patch = copy_plain(value, "patch");
	event.name = copy_plain(value, "name");
	event.text = copy_plain(value, "text");
	*ret_event = event;
	return 0;
}

int event_list_parse(const json_value *value, struct event_list *ret_list, struct error *err)
{
	const json_value *array = json_get(value, "events");
	size_t count = json_count(array);

	if (!json_is_array(array) || !count || count > API_EVENTS_LIMIT)
		return error_set(err, ERROR_INVALID, "\"events\" is a list of 1 to %d",
				 API_EVENTS_LIMIT);
	for (ret_list->count = 0; ret_list->count < count; ret_list->count++)
		if (parse_event(json_at(array, ret_list->count),
				&ret_list->items[ret_list->count], err) < 0)
			return -1;
	return 0;
}

static int store_event(struct database *database, int64_t machine, const struct event *event,
		       int64_t now, struct error *err)
{
	auto_statement struct statement *insert = database_prepare(
		database,
		"INSERT OR IGNORE INTO event (machine, received, time, kind, patch, level, text, seq,"
		" name) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
		err);

	if (!insert)
		return -1;
	statement_set_int(insert, 1, machine);
	statement_set_int(insert, 2, now);
	statement_set_int(insert, 3, event->time);
	statement_set_text(insert, 4, event->kind);
	statement_set_text(insert, 5, event->patch);
	if (event->level >= 0)
		statement_set_int(insert, 6, event->level);
	statement_set_text(insert, 7, event->text);
	if (event->seq)
		statement_set_int(insert, 8, event->seq);
	statement_set_text(insert, 9, event->name);
	return statement_run(insert, err);
}

int event_list_store(struct database *database, int64_t machine, const struct event_list *list,
		     int64_t now, struct error *err)
{
	for (size_t i = 0; i < list->count; i++)
		if (store_event(database, machine, &list->items[i], now, err) < 0)
			return -1;

	struct statement *drop = database_prepare(
		database,
		"DELETE FROM event WHERE machine = ?1 AND number <= (SELECT number FROM event"
		" WHERE machine = ?1 ORDER BY number DESC LIMIT 1 OFFSET ?2)",
		err);

	if (!drop)
		return -1;
	statement_set_int(drop, 1, machine);
	statement_set_int(drop, 2, EVENTS_KEPT);
	return statement_run(drop, err);
}
