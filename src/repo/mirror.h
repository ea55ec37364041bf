/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A copy of a repository that others may fetch from. It is checked as a client would before it
 * becomes visible, so that a mirror never serves what its clients refuse, and never goes back.
 */
#ifndef SUTURE_REPO_MIRROR_H
#define SUTURE_REPO_MIRROR_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "repo/fetch.h"

/* Brings `folder` up to date, and whole where files in it were damaged. A folder with something in it
 * that is no mirror is ERROR_INVALID. `root` is what the first run begins to trust; NULL: the source's own
 * first root. What the mirror trusts is kept in <folder>/.mirror/. `ret_count`: new files. */
int mirror_update(const char *folder, const struct fetcher *source, const void *root,
		  size_t root_size, int64_t now, unsigned *ret_count, struct error *err);

#endif
