// SPDX-License-Identifier: GPL-2.0-or-later
#include "server/machine.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/server/commands.h"
#include "server/database.h"

#define SILENT_MOST 36500

static void print_machine(void *user, const json_value *machine)
{
	auto_free char *protection = text_printable(json_get_text(machine, "protection", "-"), false);
	auto_free char *release = text_printable(json_get_text(machine, "release", "-"), false);
	char seen[32];

	(void)user;
	format_time(json_get_int(machine, "seen", 0), seen, sizeof(seen));
	printf("%-36s %-9s %-11s %-20s  %s\n", json_get_text(machine, "id", ""),
	       json_get_text(machine, "ring", ""),
	       json_get_int(machine, "revoked", 0) ? "revoked" : protection, seen, release);
}

/* One at a time: a fleet need not fit in memory. */
static void print_machine_json(void *user, const json_value *machine)
{
	auto_buffer struct buffer text = BUFFER_INIT;
	bool *later = user;

	json_write_compact(machine, &text);
	printf("%s\n  %s", *later ? "," : "", buffer_text(&text));
	*later = true;
}

int command_machine_list(const struct args *args, struct error *err)
{
	auto_database struct database *database = NULL;
	struct machine_filter filter = { .ring = args_text(args, "ring"),
					 .with_revoked = args_has(args, "revoked") };
	bool later = false;
	uint64_t days;
	int result;

	if (args_number(args, "silent", 0, 1, SILENT_MOST, &days, err) < 0 ||
	    machine_check_ring(filter.ring, err) < 0)
		return -1;
	if (days)
		filter.silent_since = time(NULL) - (int64_t)days * 86400;
	if (database_of_args(args, &database, err) < 0)
		return -1;
	if (!args_has(args, "json")) {
		printf("%-36s %-9s %-11s %-20s  %s\n", "ID", "RING", "PROTECTION", "SEEN",
		       "KERNEL");
		return machine_list(database, &filter, print_machine, NULL, err);
	}
	printf("[");
	result = machine_list(database, &filter, print_machine_json, &later, err);
	printf("%s]\n", later ? "\n" : "");
	return result;
}

int command_machine_revoke(const struct args *args, struct error *err)
{
	auto_database struct database *database = NULL;

	if (database_of_args(args, &database, err) < 0)
		return -1;
	return machine_revoke(database, args->words[0], time(NULL), err);
}

int command_machine_forget(const struct args *args, struct error *err)
{
	auto_database struct database *database = NULL;

	if (database_of_args(args, &database, err) < 0)
		return -1;
	return machine_forget(database, args->words[0], err);
}

int command_machine_set(const struct args *args, struct error *err)
{
	auto_database struct database *database = NULL;
	const char *ring = args_text(args, "ring"), *pin = args_text(args, "pin");
	uint64_t level = 0;

	if (!ring && !pin)
		return error_set(err, ERROR_USAGE, "--ring or --pin says what to set");
	if (pin && strcmp(pin, "none") &&
	    args_number(args, "pin", 0, 1, 1000000, &level, err) < 0)
		return -1;
	if (database_of_args(args, &database, err) < 0)
		return -1;
	return machine_set(database, args->words[0], ring,
			   !pin		     ? -2
			   : level ? (int64_t)level
				   : -1,
			   err);
}
