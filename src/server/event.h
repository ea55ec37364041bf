/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Health events: what happened to a machine's patch, sent when it happens. */
#ifndef SUTURE_SERVER_EVENT_H
#define SUTURE_SERVER_EVENT_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/json.h"
#include "model/api.h"

struct database;

#define EVENT_KIND_MOST 40
#define EVENT_TEXT_MOST 1000 /* bytes; what is longer is cut */
#define EVENTS_KEPT 200 /* of one machine; older ones go */

struct event {
	const char *kind; /* borrowed from the JSON */
	int64_t time;
	int64_t seq; /* the machine's own number; 0: none */
	char *patch, *name, *text; /* one printable line, or NULL; owned */
	int64_t level; /* -1: none */
};

struct event_list {
	struct event items[API_EVENTS_LIMIT];
	size_t count;
};

void event_list_clear(struct event_list *list);
/* Hostile input is fine: what cannot be shown in a text becomes '?'. The list borrows from the
 * value. On failure it is to be cleared as well. */
int event_list_parse(const json_value *value, struct event_list *ret_list, struct error *err);
/* Within the caller's transaction. `machine`: number of its row. */
int event_list_store(struct database *database, int64_t machine, const struct event_list *list,
		     int64_t now, struct error *err);

#endif
