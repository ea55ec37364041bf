// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/cpio.h"

#include <string.h>

/* Header and name together, and the contents, are padded to four bytes each. */
#define CPIO_ALIGN 4

static void add_entry(struct cpio *cpio, const struct cpio_entry *entry, uint32_t inode)
{
	const uint32_t fields[] = {
		inode,
		entry->mode,
		0, /* user */
		0, /* group */
		1, /* links */
		0, /* time of modification */
		(uint32_t)entry->size,
		0, /* major and minor of the device that holds the file */
		0,
		entry->device_major,
		entry->device_minor,
		(uint32_t)strlen(entry->path) + 1,
		0, /* checksum: not used in this form */
	};

	buffer_add_text(&cpio->bytes, "070701");
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		buffer_printf(&cpio->bytes, "%08X", fields[i]);
	buffer_add(&cpio->bytes, entry->path, strlen(entry->path) + 1);
	buffer_align(&cpio->bytes, CPIO_ALIGN);
	if (entry->size)
		buffer_add(&cpio->bytes, entry->data, entry->size);
	buffer_align(&cpio->bytes, CPIO_ALIGN);
}

void cpio_add(struct cpio *cpio, const struct cpio_entry *entry)
{
	add_entry(cpio, entry, ++cpio->last_inode);
}

void cpio_finish(struct cpio *cpio)
{
	add_entry(cpio, &(struct cpio_entry){ .path = "TRAILER!!!" }, 0);
}

void cpio_clear(struct cpio *cpio)
{
	buffer_clear(&cpio->bytes);
}
