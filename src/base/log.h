/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a person is told while something long runs. Library code does not print: it calls the
 * progress function that it was handed. cli shows it on a terminal.
 */
#ifndef SUTURE_BASE_LOG_H
#define SUTURE_BASE_LOG_H

#include <stdint.h>

struct progress {
	/* What is being done now ("unpacking the source"), how much of how much; total 0: unknown. */
	void (*step)(void *user, const char *what, uint64_t done, uint64_t total);
	/* Something to be said and kept: a warning or a note, one line. */
	void (*say)(void *user, const char *line);
	void *user;
};

/* All of them take NULL for nobody. */
void progress_step(const struct progress *progress, uint64_t done, uint64_t total,
		   const char *format, ...) __attribute__((format(printf, 4, 5)));
void progress_say(const struct progress *progress, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
