// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/author/overwrite.h"

#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"

#define FILE_LIMIT ((size_t)256 << 20)
#define MANIFEST_LIMIT ((size_t)64 << 20)

/* Every module that suture makes has "suture.patch=" and more in .modinfo. */
static bool is_our_module(const char *path)
{
	auto_mapping struct mapping file = { 0 };
	struct error ignored;

	return mapping_open(path, FILE_LIMIT, &file, &ignored) == 0 && file.size > 4 &&
	       !memcmp(file.data, "\177ELF", 4) && memmem(file.data, file.size, "\0suture.", 8);
}

/* A manifest, or the report of a build that was refused. */
static bool is_our_manifest(const char *path)
{
	auto_json json_value *value = NULL;
	struct error ignored;

	return json_read(path, MANIFEST_LIMIT, &value, &ignored) == 0 && json_get(value, "format") &&
	       json_get(value, "kernel");
}

int overwrite_check(const char *path, struct error *err)
{
	struct stat status;
	bool ours;

	if (stat(path, &status) < 0 || !S_ISREG(status.st_mode) || status.st_size == 0)
		return 0;
	ours = has_suffix(path, ".ko") ? is_our_module(path) : is_our_manifest(path);
	if (ours)
		return 0;
	return error_set(err, ERROR_FAILED, "%s is there already, and suture did not make it: choose another "
			 "name, or say --force", path);
}
