/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A repository to read from: a folder or a bundle. */
#ifndef SUTURE_CLI_AUTHOR_REPO_SOURCE_H
#define SUTURE_CLI_AUTHOR_REPO_SOURCE_H

#include "repo/bundle.h"
#include "repo/fetch.h"

struct source {
	struct fetcher fetcher;
	struct bundle *bundle; /* owned, or NULL */
};

int source_open(const char *path, struct source *source, struct error *err);
void source_clear(struct source *source);
#define auto_source __attribute__((cleanup(source_clear)))

#endif
