// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"

#define ENTRIES_LIMIT 1000000
#define BYTES_LIMIT ((int64_t)16 << 30)
#define BLOCK ((size_t)1 << 20)

struct unpacking {
	const char *path;
	struct archive *from;
	struct archive *to; /* NULL: only the names */
	char folder[PATH_MAX];
	unsigned strip;
	int64_t bytes;
	size_t entries;
};

static void unpacking_close(struct unpacking *unpacking)
{
	archive_read_free(unpacking->from);
	archive_write_free(unpacking->to);
}
#define auto_unpacking __attribute__((cleanup(unpacking_close)))

static int archive_failed(const struct unpacking *unpacking, struct archive *archive,
			  struct error *err)
{
	const char *why = archive_error_string(archive);

	return error_set(err, ERROR_INVALID, "cannot unpack %s: %s", unpacking->path,
			 why ? why : "libarchive does not say why");
}

static int open_archive(struct unpacking *unpacking, struct error *err)
{
	unpacking->from = archive_read_new();
	if (!unpacking->from)
		return error_set(err, ERROR_SYSTEM, "no memory to unpack %s", unpacking->path);
	archive_read_support_filter_all(unpacking->from);
	archive_read_support_format_tar(unpacking->from);
	archive_read_support_format_cpio(unpacking->from);
	if (archive_read_open_filename(unpacking->from, unpacking->path, BLOCK) != ARCHIVE_OK)
		return archive_failed(unpacking, unpacking->from, err);
	return 0;
}

/* The name without "./" before it and `strip` parts; NULL if nothing is left. */
static const char *strip_name(const char *name, unsigned strip)
{
	while (has_prefix(name, "./"))
		name += 2;
	for (; strip; strip--) {
		name = strchr(name, '/');
		if (!name)
			return NULL;
		name++;
	}
	return *name && strcmp(name, ".") ? name : NULL;
}

static bool is_safe(const char *name)
{
	if (!name || *name == '/' || strlen(name) >= PATH_MAX / 2)
		return false;
	for (const char *part = name; part; part = strchr(part, '/')) {
		part += *part == '/';
		if (!strncmp(part, "..", 2) && (part[2] == '/' || !part[2]))
			return false;
	}
	return true;
}

/* Points the entry below the folder. */
static int place_entry(const struct unpacking *unpacking, struct archive_entry *entry,
		       const char *name, struct error *err)
{
	const char *link = archive_entry_hardlink(entry);
	mode_t type = archive_entry_filetype(entry);
	auto_free char *path = path_join(unpacking->folder, name);

	if (!link && type != AE_IFREG && type != AE_IFDIR && type != AE_IFLNK)
		return error_set(err, ERROR_INVALID, "%s: %.200s is neither file, folder nor link",
				 unpacking->path, name);
	if (link) {
		const char *target = strip_name(link, unpacking->strip);

		if (!is_safe(target))
			return error_set(err, ERROR_INVALID, "%s: %.200s is a link out of it",
					 unpacking->path, name);

		auto_free char *moved = path_join(unpacking->folder, target);

		archive_entry_set_hardlink(entry, moved);
	}
	archive_entry_set_perm(entry, (archive_entry_perm(entry) & 0755) | S_IRUSR | S_IWUSR |
				      (type == AE_IFDIR ? S_IXUSR : 0));
	archive_entry_set_pathname(entry, path);
	return 0;
}

static int copy_data(struct unpacking *unpacking, struct error *err)
{
	for (;;) {
		const void *block;
		size_t size;
		int64_t offset;
		int result = archive_read_data_block(unpacking->from, &block, &size, &offset);

		if (result == ARCHIVE_EOF)
			return 0;
		if (result < ARCHIVE_WARN)
			return archive_failed(unpacking, unpacking->from, err);
		unpacking->bytes += (int64_t)size;
		if (unpacking->bytes > BYTES_LIMIT)
			return error_set(err, ERROR_INVALID, "%s unpacks to more than %lld bytes",
					 unpacking->path, (long long)BYTES_LIMIT);
		if (archive_write_data_block(unpacking->to, block, size, offset) < ARCHIVE_WARN)
			return archive_failed(unpacking, unpacking->to, err);
		if (interrupt_check(err) < 0)
			return -1;
	}
}

static int write_entry(struct unpacking *unpacking, struct archive_entry *entry, const char *name,
		       struct error *err)
{
	if (place_entry(unpacking, entry, name, err) < 0)
		return -1;
	if (archive_write_header(unpacking->to, entry) < ARCHIVE_WARN)
		return archive_failed(unpacking, unpacking->to, err);
	if (archive_entry_size(entry) > 0 && copy_data(unpacking, err) < 0)
		return -1;
	if (archive_write_finish_entry(unpacking->to) < ARCHIVE_WARN)
		return archive_failed(unpacking, unpacking->to, err);
	return 0;
}

/* Each entry goes to the disk, or its name into the list. */
static int read_entries(struct unpacking *unpacking, struct text_list *names, struct error *err)
{
	struct archive_entry *entry;
	int result;

	while ((result = archive_read_next_header(unpacking->from, &entry)) != ARCHIVE_EOF) {
		if (result < ARCHIVE_WARN)
			return archive_failed(unpacking, unpacking->from, err);
		if (++unpacking->entries > ENTRIES_LIMIT)
			return error_set(err, ERROR_INVALID, "%s has more than %d entries",
					 unpacking->path, ENTRIES_LIMIT);

		const char *whole = archive_entry_pathname(entry);
		const char *name = whole ? strip_name(whole, unpacking->strip) : NULL;

		if (!name || !strncmp(name, "pax_global_header", 17))
			continue;
		if (!is_safe(name))
			return error_set(err, ERROR_INVALID, "%s: the entry '%.200s' leads out of it",
					 unpacking->path, whole);
		if (names)
			text_list_add(names, name);
		else if (write_entry(unpacking, entry, name, err) < 0)
			return -1;
		if (interrupt_check(err) < 0)
			return -1;
	}
	return 0;
}

int unpack_names(const char *path, struct text_list *ret_names, struct error *err)
{
	auto_unpacking struct unpacking unpacking = { .path = path };

	return open_archive(&unpacking, err) < 0 ? -1 : read_entries(&unpacking, ret_names, err);
}

int unpack_archive(const char *path, const char *folder, unsigned strip, struct error *err)
{
	auto_unpacking struct unpacking unpacking = { .path = path, .strip = strip };

	/* Without links: what is unpacked must not go through any. */
	if (!realpath(folder, unpacking.folder))
		return error_errno(err, "cannot unpack to %s", folder);
	if (open_archive(&unpacking, err) < 0)
		return -1;
	unpacking.to = archive_write_disk_new();
	if (!unpacking.to)
		return error_set(err, ERROR_SYSTEM, "no memory to unpack %s", path);
	archive_write_disk_set_options(unpacking.to, ARCHIVE_EXTRACT_TIME |
						     ARCHIVE_EXTRACT_SECURE_SYMLINKS |
						     ARCHIVE_EXTRACT_SECURE_NODOTDOT);
	return read_entries(&unpacking, NULL, err);
}
