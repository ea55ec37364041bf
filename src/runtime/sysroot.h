/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where /proc, /sys, /boot and /lib/modules are read from: the running machine, or a folder that
 * `suture capture` made from one. Every path of src/runtime goes through here, so that all that is
 * said of a live machine can be said of a captured tree as well, and tested with one.
 *
 * Paths are absolute, as on the machine. Below a captured tree they are resolved inside it (symbolic
 * links too: openat2(2), RESOLVE_IN_ROOT), because a tree may come from anybody.
 */
#ifndef SUTURE_RUNTIME_SYSROOT_H
#define SUTURE_RUNTIME_SYSROOT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/text.h"

struct sysroot {
	int fd; /* the folder */
	bool live; /* the running machine itself: may be written to */
};

/* NULL or "/": the running machine. Caller must call sysroot_close(). */
int sysroot_open(const char *folder, struct sysroot *ret_root, struct error *err);
void sysroot_close(struct sysroot *root);
#define auto_sysroot __attribute__((cleanup(sysroot_close)))

/* Appends at most `limit` bytes. The path is the format's, here and below. */
int sysroot_read(const struct sysroot *root, size_t limit, struct buffer *into, struct error *err,
		 const char *format, ...) __attribute__((format(printf, 5, 6)));
/* A small file's text (64 KiB) without the newline at its end, or NULL if it cannot be read: most
 * facts are there or not, and what their absence means only the caller knows. Caller frees. */
char *sysroot_text(const struct sysroot *root, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* A small file that holds one decimal number; `otherwise` if it is absent or anything else. */
long long sysroot_number(const struct sysroot *root, long long otherwise, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
bool sysroot_exists(const struct sysroot *root, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
bool sysroot_is_directory(const struct sysroot *root, const char *path);
/* Names in a folder, sorted. At most 1 << 20. */
int sysroot_list(const struct sysroot *root, struct text_list *ret_names, struct error *err,
		 const char *format, ...) __attribute__((format(printf, 4, 5)));
/* A descriptor for reading. */
int sysroot_open_file(const struct sysroot *root, int *ret_fd, struct error *err,
		      const char *format, ...) __attribute__((format(printf, 4, 5)));
/* Writes to a file of the kernel's (no creation, one write(2), as sysfs wants it); refused below a
 * captured tree. */
int sysroot_write(const struct sysroot *root, const char *text, struct error *err,
		  const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
