// SPDX-License-Identifier: GPL-2.0-or-later
#include "repo/store.h"

#include <errno.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "repo/moment.h"

#define CLOCK_LIMIT 1024

static char *store_path(const char *folder, const char *role)
{
	return xasprintf("%s/%s.json", folder, role);
}

int store_read(const char *folder, const char *role, size_t limit, struct buffer *into,
	       struct error *err)
{
	auto_free char *path = store_path(folder, role);

	return file_read(path, limit, into, err);
}

int store_write(const char *folder, const char *role, const struct buffer *data, struct error *err)
{
	auto_free char *path = store_path(folder, role);

	return file_write(path, data->data, data->size, 0644, true, err);
}

int store_remove(const char *folder, const char *role, struct error *err)
{
	auto_free char *path = store_path(folder, role);

	if (unlink(path) < 0 && errno != ENOENT)
		return error_errno(err, "cannot remove %s", path);
	return 0;
}

void store_read_clock(const char *folder, struct store_clock *ret_clock)
{
	auto_free char *path = store_path(folder, "clock");
	auto_json json_value *value = NULL;
	struct store_clock clock = { 0 };
	struct error ignored;

	*ret_clock = (struct store_clock){ 0 };
	if (json_read(path, CLOCK_LIMIT, &value, &ignored) < 0 ||
	    moment_parse(json_get_text(value, "checked", NULL), &clock.checked, &ignored) < 0)
		return;
	clock.version = json_get_int(value, "version", 0);
	/* A store of before this was kept. */
	if (moment_parse(json_get_text(value, "heard", NULL), &clock.heard, &ignored) < 0)
		clock.heard = clock.checked;
	*ret_clock = clock;
}

static void set_moment(json_value *value, const char *key, int64_t moment)
{
	char text[MOMENT_SIZE];

	moment_write(moment, text);
	json_set_text(value, key, text);
}

int store_write_clock(const char *folder, const struct store_clock *clock, struct error *err)
{
	auto_free char *path = store_path(folder, "clock");
	auto_json json_value *value = json_new_object();
	auto_buffer struct buffer text = BUFFER_INIT;

	set_moment(value, "checked", clock->checked);
	set_moment(value, "heard", clock->heard);
	json_set_int(value, "version", clock->version);
	json_write(value, &text);
	return file_write(path, text.data, text.size, 0644, true, err);
}
