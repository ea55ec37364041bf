/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Everything that any client could ever ask a repository for, asked for and checked. */
#ifndef SUTURE_REPO_CHECK_H
#define SUTURE_REPO_CHECK_H

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "repo/fetch.h"

struct trust;

/* Refreshes, loads every role, parses every offer, fetches every target. The names of all files
 * that belong to the repository go to *into, where that is not NULL.
 *
 * A ring that expired is no error, as it is none for a client of another ring: it is checked like the
 * rest, and its name goes to *expired. The other roles every client needs: with one of them expired
 * there is nothing to check, ERROR_STALE. */
int repository_check(struct trust *trust, const struct fetcher *fetcher, struct text_list *into,
		     struct text_list *expired, struct error *err);

/* After a check: what the repository has, for people and for --json; caller frees. */
int repository_report(struct trust *trust, const struct fetcher *fetcher, json_value **ret_report,
		      struct error *err);

#endif
