/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A writer of cpio archives in the "newc" form, the one that a kernel unpacks at boot
 * (Documentation/driver-api/early-userspace/buffer-format.rst). Everything belongs to root and
 * carries no time, so that the same entries make the same bytes.
 */
#ifndef SUTURE_LAB_CPIO_H
#define SUTURE_LAB_CPIO_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buffer.h"

struct cpio {
	struct buffer bytes; /* the archive so far */
	uint32_t last_inode;
};

struct cpio_entry {
	const char *path; /* without a leading slash; its folder must be in the archive already */
	mode_t mode; /* with the type: S_IFREG | 0755 */
	const void *data; /* contents; a symbolic link's target */
	size_t size; /* at most 4 GiB - 1, the format's limit: the caller has checked */
	uint32_t device_major, device_minor; /* of a device node */
};

void cpio_add(struct cpio *cpio, const struct cpio_entry *entry);
/* Writes the entry that says the archive ends. */
void cpio_finish(struct cpio *cpio);
void cpio_clear(struct cpio *cpio);

#define auto_cpio __attribute__((cleanup(cpio_clear)))

#endif
