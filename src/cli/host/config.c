// SPDX-License-Identifier: GPL-2.0-or-later
/* suture config get|set|unset: /etc/suture/suture.conf by its keys. */
#include <stdio.h>
#include <string.h>

#include "agent/config.h"
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/host/commands.h"
#include "cli/host/service.h"

static int find_key(const char *word, enum config_key *ret_key, struct error *err)
{
	*ret_key = config_find(word);
	if (*ret_key != CONFIG_KEY_COUNT)
		return 0;
	return error_set(err, ERROR_NOT_FOUND,
			 "there is no key '%.64s'; 'suture config get' lists them", word);
}

static void write_key(const struct config *config, enum config_key key, json_value *into)
{
	json_value *row = json_set_object(into, config_rows[key].name);

	json_set_text(row, "value", config_text(config, key));
	json_set_bool(row, "given", config->values[key] != NULL);
	json_set_text(row, "help", config_rows[key].help);
}

/* As it would stand in suture.conf; defaults as comments. */
static void print_key(const struct config *config, enum config_key key)
{
	const char *value = config_text(config, key);

	printf("# %s\n%s%s =%s%s\n", config_rows[key].help, config->values[key] ? "" : "#",
	       config_rows[key].name, value ? " " : "", value ? value : "");
}

int command_config_get(const struct args *args, struct error *err)
{
	auto_config struct config config = { 0 };
	enum config_key only = CONFIG_KEY_COUNT;
	auto_json json_value *value = json_new_object();

	if ((args->count && find_key(args->words[0], &only, err) < 0) ||
	    config_read(args_text(args, "sysroot"), &config, err) < 0)
		return -1;
	for (enum config_key key = 0; key < CONFIG_KEY_COUNT; key++) {
		if (only != CONFIG_KEY_COUNT && key != only)
			continue;
		if (args_has(args, "json"))
			write_key(&config, key, value);
		else if (only == CONFIG_KEY_COUNT)
			print_key(&config, key);
		else if (config_text(&config, key))
			puts(config_text(&config, key));
	}
	if (args_has(args, "json"))
		print_json(value);
	return 0;
}

/* What is trusted is more than a line in a file. */
static int check_may_change(enum config_key key, struct error *err)
{
	if (key != CONFIG_ROOT)
		return 0;
	return error_set(err, ERROR_POLICY,
			 "root_fingerprint is not changed like this, because another root means to "
			 "forget what was trusted before: 'suture enable --repo URL "
			 "--root-fingerprint H' does both");
}

static int change(const struct args *args, const char *value, struct error *err)
{
	const char *root = args_text(args, "sysroot");
	auto_config struct config before = { 0 };
	auto_close int lock = -1;
	struct error broken;
	enum config_key key;

	if (service_begin_change(args, &lock, err) < 0 || find_key(args->words[0], &key, err) < 0 ||
	    check_may_change(key, err) < 0 || (value && config_check_value(key, value, err) < 0))
		return -1;
	/* One that makes no sense as it is may be what this mends: config_set() looks at what comes out. */
	if (config_read(root, &before, &broken) == 0 &&
	    !before.values[key] == !value && (!value || !strcmp(before.values[key], value)))
		return error_set(err, ERROR_NOTHING, "%s is %s already", config_rows[key].name,
				 value ? value : "unset");
	if (config_set(root, key, value, err) < 0)
		return -1;
	printf("%s is %s from the next run on\n", config_rows[key].name, value ? value : "unset");
	return 0;
}

int command_config_set(const struct args *args, struct error *err)
{
	return change(args, args->words[1], err);
}

int command_config_unset(const struct args *args, struct error *err)
{
	return change(args, NULL, err);
}
