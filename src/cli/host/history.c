// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <time.h>

#include "agent/history.h"
#include "base/json.h"
#include "base/memory.h"
#include "cli/host/commands.h"
#include "cli/host/show.h"

#define EVENTS_MOST 10000

static void print_event(const json_value *event)
{
	time_t seconds = (time_t)json_get_int(event, "time", 0);
	const char *name = json_get_text(event, "name", NULL);
	const char *text = json_get_text(event, "text", NULL);
	struct tm parts;
	char when[40] = "unknown time";

	if (localtime_r(&seconds, &parts))
		strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S %z", &parts);
	printf("%s  %-14s", when, json_get_text(event, "event", "?"));
	if (name) {
		printf(" level %jd (", (intmax_t)json_get_int(event, "level", 0));
		show_text(stdout, name);
		putchar(')');
	}
	if (text) {
		fputs(name ? ": " : " ", stdout);
		show_text(stdout, text);
	}
	putchar('\n');
}

int command_history(const struct args *args, struct error *err)
{
	auto_json json_value *events = NULL;
	uint64_t most;

	if (args_number(args, "lines", 50, 1, EVENTS_MOST, &most, err) < 0 ||
	    history_read(args_text(args, "sysroot"), 0, (size_t)most, &events, err) < 0)
		return -1;
	if (args_has(args, "json")) {
		auto_json json_value *value = json_new_object();

		json_set_value(value, "events", steal_ptr(events));
		print_json(value);
		return 0;
	}
	for (size_t i = 0; i < json_count(events); i++)
		print_event(json_at(events, i));
	if (!json_count(events))
		puts("nothing has happened here yet");
	return 0;
}
