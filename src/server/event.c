// SPDX-License-Identifier: GPL-2.0-or-later
#include "server/event.h"

#include <string.h>

#include "server/database.h"

/* Printable, so that it can be shown; NULL passes. */
static bool is_plain(const char *text, size_t most)
{
	if (!text)
		return true;
	if (strlen(text) > most)
		return false;
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return false;
	return true;
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
		.kind = json_get_text(value, "kind", NULL),
		.time = json_get_int(value, "time", -1),
		.patch = json_get_text(value, "patch", NULL),
		.detail = json_get_text(value, "detail", NULL),
		.level = json_get_int(value, "level", -1),
	};

	if (!is_kind(event.kind))
		return error_set(err, ERROR_INVALID,
				 "an event's kind is of small letters and '-', at most %d",
				 EVENT_KIND_MOST);
	if (event.time < 0)
		return error_set(err, ERROR_INVALID, "an event's time is seconds of the epoch");
	if (!is_plain(event.patch, EVENT_TEXT_MOST) || !is_plain(event.detail, EVENT_TEXT_MOST))
		return error_set(err, ERROR_INVALID,
				 "an event's texts are of one line, at most %d bytes",
				 EVENT_TEXT_MOST);
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
	for (size_t i = 0; i < count; i++)
		if (parse_event(json_at(array, i), &ret_list->items[i], err) < 0)
			return -1;
	ret_list->count = count;
	return 0;
}

static int store_event(struct database *database, int64_t machine, const struct event *event,
		       int64_t now, struct error *err)
{
	auto_statement struct statement *insert = database_prepare(
		database,
		"INSERT INTO event (machine, received, time, kind, patch, level, detail)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
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
	statement_set_text(insert, 7, event->detail);
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
