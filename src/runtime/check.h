/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Can this machine be live-patched, and if not, what to change. Each item is ok, a problem or
 * unknown, with what it was concluded from and, unless it is ok, what to do.
 */
#ifndef SUTURE_RUNTIME_CHECK_H
#define SUTURE_RUNTIME_CHECK_H

#include <stddef.h>

#include "base/error.h"
#include "base/json.h"
#include "runtime/sysroot.h"

enum check_verdict { CHECK_OK, CHECK_PROBLEM, CHECK_UNKNOWN };

struct check_item {
	const char *slug; /* "reliable-stacks"; the manual's anchor */
	const char *title; /* "reliable stack traces" */
	enum check_verdict verdict;
	/* What a problem means for loading: ERROR_NONE (it works all the same), ERROR_UNSUPPORTED,
	 * ERROR_POLICY, ERROR_PERMISSION, ERROR_APPLY. */
	enum error_code consequence;
	char *evidence; /* "/proc/sys/kernel/ftrace_enabled: 0" */
	const char *remedy; /* NULL if there is nothing to do */
};

struct check_list {
	struct check_item *items;
	size_t count, capacity;
};

void check_run(const struct sysroot *root, struct check_list *ret_list);
void check_list_clear(struct check_list *list);
#define auto_check_list __attribute__((cleanup(check_list_clear)))

/* The gravest consequence of all problems; ERROR_NONE: can be live-patched. */
enum error_code check_conclusion(const struct check_list *list);
const struct check_item *check_find(const struct check_list *list, const char *slug);
const char *check_verdict_slug(enum check_verdict verdict);
void check_list_write(const struct check_list *list, json_value *into);

#endif
