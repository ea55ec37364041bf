// SPDX-License-Identifier: GPL-2.0-or-later
#include "repo/bundle.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/map.h"
#include "base/output.h"
#include "base/process.h"
#include "repo/trust.h"

#define BLOCK 512
#define BUNDLE_LIMIT ((size_t)4 << 30)
#define ENTRIES_LIMIT 200000
#define NAME_LIMIT 1024

/* The header of an archive member, POSIX.1-1988: texts, numbers in octal. */
struct header {
	char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type, link[100];
	char magic[6], version[2], user[32], group[32], major[8], minor[8], prefix[155], rest[12];
};
_Static_assert(sizeof(struct header) == BLOCK, "a tar header is one block");

static unsigned header_sum(const struct header *header)
{
	const uint8_t *bytes = (const uint8_t *)header;
	unsigned sum = 0;

	for (size_t i = 0; i < sizeof(*header); i++) {
		size_t place = i - offsetof(struct header, checksum);

		sum += place < sizeof(header->checksum) ? ' ' : bytes[i];
	}
	return sum;
}

static void add_member(struct buffer *into, char type, const char *name, const void *data,
		       size_t size)
{
	struct header header = { .magic = "ustar", .version = "00", .type = type };

	memcpy(header.name, name, strnlen(name, sizeof(header.name)));
	snprintf(header.mode, sizeof(header.mode), "%07o", 0644);
	snprintf(header.uid, sizeof(header.uid), "%07o", 0);
	snprintf(header.gid, sizeof(header.gid), "%07o", 0);
	snprintf(header.size, sizeof(header.size), "%011zo", size);
	snprintf(header.mtime, sizeof(header.mtime), "%011o", 0);
	memcpy(header.version, "00", 2);
	snprintf(header.checksum, sizeof(header.checksum), "%06o", header_sum(&header));
	header.checksum[7] = ' ';
	buffer_add(into, &header, sizeof(header));
	buffer_add(into, data, size);
	buffer_align(into, BLOCK);
}

static int write_member(const struct output *output, const char *name, const struct buffer *data,
			struct error *err)
{
	auto_buffer struct buffer member = BUFFER_INIT;

	if (strlen(name) >= sizeof(((struct header *)0)->name))
		add_member(&member, 'L', "././@LongLink", name, strlen(name) + 1);
	add_member(&member, '0', name, data->data, data->size);
	return output_write(output, member.data, member.size, err);
}

static int write_members(const struct output *output, const struct fetcher *fetcher,
			 const struct text_list *names, struct error *err)
{
	static const uint8_t end[2 * BLOCK];

	for (size_t i = 0; i < names->count; i++) {
		auto_buffer struct buffer data = BUFFER_INIT;

		if (interrupt_check(err) < 0 ||
		    fetch_file(fetcher, names->items[i], TARGET_LIMIT, &data, err) < 0 ||
		    write_member(output, names->items[i], &data, err) < 0)
			return -1;
	}
	return output_write(output, end, sizeof(end), err);
}

int bundle_write(const char *path, const struct fetcher *fetcher, const struct text_list *names,
		 struct error *err)
{
	auto_output struct output output = OUTPUT_INIT;

	if (output_open(path, &output, err) < 0)
		return -1;
	if (write_members(&output, fetcher, names, err) < 0)
		return error_context(err, "%s", path);
	return output_finish(&output, 0644, true, err);
}

struct member {
	const uint8_t *data; /* in the mapping */
	size_t size;
};

struct bundle {
	struct mapping file;
	struct map *members; /* name -> struct member, owned */
};

void bundle_free(struct bundle *bundle)
{
	if (!bundle)
		return;
	for (size_t i = 0; i < map_count(bundle->members); i++)
		free(map_value(bundle->members, i));
	map_free(bundle->members);
	mapping_clear(&bundle->file);
	free(bundle);
}

static bool octal(const char *text, size_t size, size_t *ret_value)
{
	size_t value = 0, i = 0;

	while (i < size && text[i] >= '0' && text[i] <= '7')
		value = value * 8 + (size_t)(text[i++] - '0');
	*ret_value = value;
	return i > 0 && i < size && (text[i] == 0 || text[i] == ' ');
}

/* The name of a member: from the 'L' entry before it, or prefix and name of its own header. */
static char *member_name(const struct header *header, char **steal_long_name)
{
	if (*steal_long_name)
		return steal_ptr(*steal_long_name);
	if (header->prefix[0])
		return xasprintf("%.155s/%.100s", header->prefix, header->name);
	return xstrndup(header->name, sizeof(header->name));
}

static int take_member(struct bundle *bundle, const struct header *header, struct member member,
		       char **long_name, struct error *err)
{
	if (header->type == 'L') {
		if (*long_name || member.size > NAME_LIMIT)
			return error_set(err, ERROR_INVALID, "a name that is too long");
		*long_name = xstrndup((const char *)member.data, member.size);
		return 0;
	}
	auto_free char *name = member_name(header, long_name);

	if (header->type == '5') /* a folder, as "tar cf" puts in */
		return 0;
	if (header->type != '0' && header->type != 0)
		return error_set(err, ERROR_INVALID, "a member that is no plain file");
	if (map_count(bundle->members) >= ENTRIES_LIMIT)
		return error_set(err, ERROR_INVALID, "more than %d files", ENTRIES_LIMIT);

	const char *plain = has_prefix(name, "./") ? name + 2 : name;

	if (map_has(bundle->members, plain))
		return error_set(err, ERROR_INVALID, "two files of one name");
	map_set(bundle->members, plain, xmemdup(&member, sizeof(member)));
	return 0;
}

static int read_members(struct bundle *bundle, const uint8_t *at, size_t size_of_all,
			struct error *err)
{
	size_t left = size_of_all;
	auto_free char *long_name = NULL;

	while (left >= BLOCK && at[0]) {
		const struct header *header = (const struct header *)at;
		size_t size, sum;

		if (memcmp(header->magic, "ustar", 5) ||
		    !octal(header->checksum, sizeof(header->checksum), &sum) ||
		    sum != header_sum(header) || !octal(header->size, sizeof(header->size), &size))
			return error_set(err, ERROR_INVALID, "not a tar archive at byte %zu",
					 size_of_all - left);
		left -= BLOCK;
		at += BLOCK;
		if (size > left)
			return error_set(err, ERROR_INVALID, "cut off");
		if (take_member(bundle, header, (struct member){ at, size }, &long_name, err) < 0)
			return -1;
		size = (size + BLOCK - 1) / BLOCK * BLOCK;
		size = size < left ? size : left;
		left -= size;
		at += size;
	}
	if (left < BLOCK) /* an archive ends with blocks of zeros */
		return error_set(err, ERROR_INVALID, "cut off");
	return 0;
}

int bundle_parse(const void *data, size_t size, struct bundle **ret_bundle, struct error *err)
{
	auto_bundle struct bundle *bundle = xcalloc(1, sizeof(*bundle));

	bundle->members = map_new();
	if (read_members(bundle, data, size, err) < 0)
		return -1;
	*ret_bundle = steal_ptr(bundle);
	return 0;
}

int bundle_open(const char *path, struct bundle **ret_bundle, struct error *err)
{
	auto_mapping struct mapping file = { 0 };

	if (mapping_open(path, BUNDLE_LIMIT, &file, err) < 0)
		return -1;
	if (bundle_parse(file.data, file.size, ret_bundle, err) < 0)
		return error_context(err, "%s is no bundle", path);
	(*ret_bundle)->file = file;
	file = (struct mapping){ 0 };
	return 0;
}

static int fetch_from_bundle(void *user, const char *name, size_t limit, struct buffer *into,
			     struct error *err)
{
	const struct bundle *bundle = user;
	const struct member *member = map_find(bundle->members, name);

	if (!member)
		return error_set(err, ERROR_NOT_FOUND, "the bundle has no %s", name);
	if (member->size > limit)
		return error_set(err, ERROR_INVALID, "%s: larger than the limit of %zu bytes", name,
				 limit);
	buffer_add(into, member->data, member->size);
	return 0;
}

struct fetcher fetcher_of_bundle(struct bundle *bundle)
{
	return (struct fetcher){ .fetch = fetch_from_bundle, .user = bundle };
}
