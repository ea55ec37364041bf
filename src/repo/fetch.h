/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a repository's files come from. Trust never lies in the place: a web server, a mirror, a
 * folder and a bundle are the same to everything that reads through this.
 */
#ifndef SUTURE_REPO_FETCH_H
#define SUTURE_REPO_FETCH_H

#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"

struct fetcher {
	/* Appends the file to *into. `name` is relative, such as "3.root.json" or
	 * "targets/stable/<build-id>/<sha256>.7-name.ko". A file of more than `limit` bytes is
	 * ERROR_INVALID as soon as that is known; an endless or dripping answer is the fetcher's to
	 * end. No such file: ERROR_NOT_FOUND. Not to be had just now: ERROR_TEMPORARY. */
	int (*fetch)(void *user, const char *name, size_t limit, struct buffer *into,
		     struct error *err);
	void *user;
};

/* Calls it, and does not rely on it to keep the limit. */
int fetch_file(const struct fetcher *fetcher, const char *name, size_t limit, struct buffer *into,
	       struct error *err);

/* A folder; the path must stay valid. Only regular files, so that a pipe cannot stop us. */
struct fetcher fetcher_of_folder(const char *path);

#endif
