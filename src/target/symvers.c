// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/symvers.h"

#include <string.h>

#include "base/file.h"
#include "base/map.h"
#include "base/text.h"

#define SYMVERS_LIMIT ((size_t)64 << 20)
#define FIELDS 5

struct symvers {
	struct buffer text; /* the file, cut into fields; the exports point into it */
	struct arena *arena;
	struct map *exports; /* name → struct export */
};

/* Cuts the line at its tabs. */
static bool split_fields(char *line, char *fields[static FIELDS])
{
	size_t count = 0;

	for (;;) {
		char *tab = strchr(line, '\t');

		if (count == FIELDS)
			return false;
		fields[count++] = line;
		if (!tab)
			return count == FIELDS;
		*tab = 0;
		line = tab + 1;
	}
}

/* "drivers/md/dm-mod" is the module that the kernel calls "dm_mod". */
static const char *owner_name(char *path)
{
	char *slash = strrchr(path, '/');
	char *name = slash ? slash + 1 : path;

	for (char *c = name; *c; c++)
		if (*c == '-')
			*c = '_';
	return name;
}

static bool is_gpl(const char *kind, bool *ret_gpl)
{
	*ret_gpl = !strcmp(kind, "EXPORT_SYMBOL_GPL");
	return *ret_gpl || !strcmp(kind, "EXPORT_SYMBOL");
}

static int parse_line(struct symvers *symvers, char *line, struct error *err)
{
	char *fields[FIELDS];
	uint64_t crc;
	bool gpl;

	if (!split_fields(line, fields))
		return error_set(err, ERROR_INVALID, "it has not %d fields", FIELDS);
	if (text_to_u64(fields[0], &crc, err) < 0)
		return -1;
	if (crc > UINT32_MAX)
		return error_set(err, ERROR_INVALID, "the checksum %.32s is too large", fields[0]);
	if (!fields[1][0] || !fields[2][0])
		return error_set(err, ERROR_INVALID, "a name is missing");
	if (!is_gpl(fields[3], &gpl))
		return error_set(err, ERROR_INVALID, "'%.32s' is no kind of export that is known",
				 fields[3]);

	struct export *export = arena_alloc(symvers->arena, sizeof(*export));

	*export = (struct export){
		.name = fields[1], .owner = owner_name(fields[2]), .namespace = fields[4],
		.crc = (uint32_t)crc, .gpl_only = gpl,
	};
	if (map_set(symvers->exports, export->name, export))
		return error_set(err, ERROR_INVALID, "%.64s is exported twice", export->name);
	return 0;
}

static int parse_lines(struct symvers *symvers, struct error *err)
{
	char *line = (char *)symvers->text.data;
	size_t number = 0;

	if (symvers->text.size && strlen(line) != symvers->text.size)
		return error_set(err, ERROR_INVALID, "a zero byte is inside");
	while (line && *line) {
		char *end = strchr(line, '\n');

		number++;
		if (!end)
			return error_set(err, ERROR_INVALID, "line %zu is cut off", number);
		*end = 0;
		if (parse_line(symvers, line, err) < 0)
			return error_context(err, "line %zu", number);
		line = end + 1;
	}
	if (number == 0)
		return error_set(err, ERROR_INVALID, "empty file");
	return 0;
}

int symvers_read(const char *path, struct symvers **ret_symvers, struct error *err)
{
	auto_symvers struct symvers *symvers = xcalloc(1, sizeof(*symvers));

	symvers->arena = arena_new();
	symvers->exports = map_new();
	if (file_read(path, SYMVERS_LIMIT, &symvers->text, err) < 0)
		return error_context(err, "cannot read the list of exports");
	if (parse_lines(symvers, err) < 0)
		return error_context(err, "%s", path);
	*ret_symvers = steal_ptr(symvers);
	return 0;
}

void symvers_free(struct symvers *symvers)
{
	if (!symvers)
		return;
	map_free(symvers->exports);
	arena_free(symvers->arena);
	buffer_clear(&symvers->text);
	free(symvers);
}

const struct export *symvers_find(const struct symvers *symvers, const char *name)
{
	return map_find(symvers->exports, name);
}
