/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files and folders. Reading always has a limit; writing is atomic (a temporary file beside the
 * target, renamed over it), so nobody ever sees half a file.
 */
#ifndef SUTURE_BASE_FILE_H
#define SUTURE_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buffer.h"
#include "base/error.h"

static inline void auto_close_cleanup(int *fd);
#define auto_close __attribute__((cleanup(auto_close_cleanup)))

/* Reads a whole file, or a pseudo-file of unknown size, of at most `limit` bytes. Appends to *into;
 * larger is ERROR_INVALID. */
int file_read(const char *path, size_t limit, struct buffer *into, struct error *err);
int file_read_fd(int fd, size_t limit, struct buffer *into, struct error *err);
/* Atomic, with fsync where `durable`; output.h says what it replaces. Mode as for open(2), before
 * umask. */
int file_write(const char *path, const void *data, size_t size, mode_t mode, bool durable,
	       struct error *err);
int file_write_text(const char *path, const char *text, struct error *err);
/* Copies contents and mode bits, atomically; sparse or reflink where the file system can. */
int file_copy(const char *from, const char *to, struct error *err);
bool file_exists(const char *path);
bool is_directory(const char *path);

/* mkdir -p */
int directory_make(const char *path, struct error *err);
/* rm -r; a path that is not there is success. Never follows a symbolic link. */
int directory_remove(const char *path, struct error *err);
/* Makes a folder "<parent>/.tmp-<pid>-XXXXXX"; caller frees *ret_path and removes the folder. */
int directory_make_temporary(const char *parent, char **ret_path, struct error *err);
/* Names in the folder, sorted, without "." and "..". */
struct text_list;
int directory_list(const char *path, struct text_list *ret_names, struct error *err);

/* An exclusive lock on a file that is made if need be; held until the descriptor is closed, in any
 * way. `wait` false: ERROR_TEMPORARY if somebody holds it. */
int file_lock(const char *path, bool wait, int *ret_fd, struct error *err);

/* A path printed from a format; caller frees. */
char *path_join(const char *folder, const char *name);
const char *path_base(const char *path);

/* A file mapped read-only. Caller must call mapping_clear(). */
struct mapping {
	const uint8_t *data;
	size_t size;
};
int mapping_open(const char *path, size_t limit, struct mapping *ret_mapping, struct error *err);
void mapping_clear(struct mapping *mapping);
#define auto_mapping __attribute__((cleanup(mapping_clear)))

#include <unistd.h>
static inline void auto_close_cleanup(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

#endif
