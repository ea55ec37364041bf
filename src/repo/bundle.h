/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A whole repository in one file, for machines without a network: a tar archive (POSIX.1-1988
 * "ustar", GNU 'L' entries for long names) with the same names that a server would have. It is
 * checked by the same rules, and as hostile as any server.
 */
#ifndef SUTURE_REPO_BUNDLE_H
#define SUTURE_REPO_BUNDLE_H

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "repo/fetch.h"

/* Writes the named files. Reproducible: same files, same bytes. */
int bundle_write(const char *path, const struct fetcher *fetcher, const struct text_list *names,
		 struct error *err);

struct bundle;
int bundle_open(const char *path, struct bundle **ret_bundle, struct error *err);
/* The same from memory, which must stay. */
int bundle_parse(const void *data, size_t size, struct bundle **ret_bundle, struct error *err);
void bundle_free(struct bundle *bundle); /* takes NULL */
DEFINE_AUTO(bundle)
#define auto_bundle __attribute__((cleanup(auto_bundle_cleanup)))
struct fetcher fetcher_of_bundle(struct bundle *bundle);

#endif
