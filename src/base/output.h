/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file being written: beside its place under another name, moved there when it is finished, so that
 * nobody ever sees half of it and a failure leaves nothing behind.
 *
 * The place may have something in it already. A plain file is replaced. Into a character device or a
 * FIFO (/dev/null, /dev/stdout) is written as into a pipe: a rename would put a file in the device's
 * place, for all programs of the machine. A symbolic link is followed if root or the caller made it, and
 * refused otherwise (it may lie in wait in a folder that others can write). Anything else is refused.
 */
#ifndef SUTURE_BASE_OUTPUT_H
#define SUTURE_BASE_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"

struct output {
	int fd;
	char *path; /* where it goes, with links followed */
	char *temporary; /* NULL: written straight to `path` */
};
#define OUTPUT_INIT ((struct output){ .fd = -1 })

int output_open(const char *path, struct output *ret_output, struct error *err);
/* All of it, or an error. */
int output_write(const struct output *output, const void *data, size_t size, struct error *err);
/* Moves it to its place. Mode as for open(2), before umask; fsync where `durable`. */
int output_finish(struct output *output, mode_t mode, bool durable, struct error *err);
/* Removes what was not finished. */
void output_clear(struct output *output);
#define auto_output __attribute__((cleanup(output_clear)))

#endif
