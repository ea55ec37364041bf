/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A repository to read from: a folder, a bundle or a web server. */
#ifndef SUTURE_CLI_PUBLISH_REPO_SOURCE_H
#define SUTURE_CLI_PUBLISH_REPO_SOURCE_H

#include "agent/http.h"
#include "cli/command.h"
#include "repo/bundle.h"
#include "repo/fetch.h"

struct source {
	struct fetcher fetcher;
	struct bundle *bundle; /* owned, or NULL */
	struct http *http; /* the same */
};

#define SOURCE_OPTIONS                                                                 \
	{ .name = "ca", .argument = "FILE",                                            \
	  .help = "https: trust these certificates instead of the system's" },         \
	{ .name = "timeout", .argument = "SECONDS",                                    \
	  .help = "http: the longest time for one file (default 300)" }

/* What the first word of the command names. */
int source_open(const struct args *args, struct source *source, struct error *err);
void source_clear(struct source *source);
#define auto_source __attribute__((cleanup(source_clear)))

#endif
