// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "cli/server/commands.h"
#include "server/database.h"
#include "server/server.h"

#define DEFAULT_CONFIG "/etc/suture/server.conf"

static const struct {
	const char *option, *key;
} same[] = {
	{ "listen", "listen" },	    { "cert", "certificate" },	{ "key", "key" },
	{ "repo", "repository" },   { "database", "database" }, { "interval", "interval" },
};

static int set_pair(struct settings *settings, const char *pair, struct error *err)
{
	const char *equals = strchr(pair, '=');

	if (!equals)
		return error_set(err, ERROR_USAGE, "--set takes KEY=VALUE, not '%.60s'", pair);

	auto_free char *key = xstrndup(pair, (size_t)(equals - pair));

	return settings_set(settings, key, equals + 1, err);
}

static bool has_option(const struct args *args, const char *name)
{
	for (const struct option_row *row = args->command->options; row && row->name; row++)
		if (!strcmp(row->name, name))
			return args_has(args, name);
	return false;
}

int settings_of_args(const struct args *args, struct settings *settings, struct error *err)
{
	const char *path = args_text(args, "config");
	auto_text_list struct text_list pairs = { 0 };

	settings_init(settings);
	if (path || file_exists(DEFAULT_CONFIG))
		if (settings_read(path ? path : DEFAULT_CONFIG, settings, err) < 0)
			return -1;
	for (size_t i = 0; i < ARRAY_SIZE(same); i++)
		if (has_option(args, same[i].option) &&
		    settings_set(settings, same[i].key, args_text(args, same[i].option), err) < 0) {
			err->code = ERROR_USAGE;
			return -1;
		}
	args_all(args, "set", &pairs);
	for (size_t i = 0; i < pairs.count; i++)
		if (set_pair(settings, pairs.items[i], err) < 0)
			return error_context(err, "--set");
	return 0;
}

int command_run(const struct args *args, struct error *err)
{
	auto_settings struct settings settings = { 0 };

	if (settings_of_args(args, &settings, err) < 0 || settings_check(&settings, err) < 0)
		return -1;
	return server_run(&settings, err);
}

static int open_database(const struct args *args, bool may_make, struct database **ret_database,
			 struct error *err)
{
	auto_settings struct settings settings = { 0 };

	if (settings_of_args(args, &settings, err) < 0 || settings_check(&settings, err) < 0)
		return -1;
	if (!may_make && access(settings.database, F_OK) < 0 && errno == ENOENT)
		return error_set(err, ERROR_NOT_FOUND,
				 "there is no database %s: --database or the settings' 'database' say "
				 "where it is; 'suture-server token new' begins one", settings.database);
	return database_open(settings.database, (unsigned)settings.lock_wait, ret_database, err);
}

int database_of_args(const struct args *args, struct database **ret_database, struct error *err)
{
	return open_database(args, false, ret_database, err);
}

int database_to_begin(const struct args *args, struct database **ret_database, struct error *err)
{
	return open_database(args, true, ret_database, err);
}

void format_time(int64_t moment, char *into, size_t size)
{
	time_t seconds = (time_t)moment;
	struct tm time;

	if (!moment || !gmtime_r(&seconds, &time) ||
	    !strftime(into, size, "%Y-%m-%d %H:%M UTC", &time))
		snprintf(into, size, "-");
}
