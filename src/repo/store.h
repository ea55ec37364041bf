/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a machine has come to trust, on its disk: root.json, timestamp.json, snapshot.json,
 * targets.json, one file for each delegated role, and clock.json with the time of the last
 * successful refresh. Each file is replaced atomically and synced: after a power cut there is the
 * old one or the new one.
 */
#ifndef SUTURE_REPO_STORE_H
#define SUTURE_REPO_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"

/* `role` without ".json", of the characters that is_role_name() allows. */
int store_read(const char *folder, const char *role, size_t limit, struct buffer *into,
	       struct error *err);
int store_write(const char *folder, const char *role, const struct buffer *data,
		struct error *err);
/* Not being there is success. */
int store_remove(const char *folder, const char *role, struct error *err);

struct store_clock { /* moments; 0: never */
	int64_t checked; /* the last time that was seen together with valid metadata */
	int64_t heard; /* when the timestamp of that version was verified first: the last new answer */
	int64_t version;
};
void store_read_clock(const char *folder, struct store_clock *ret_clock);
int store_write_clock(const char *folder, const struct store_clock *clock, struct error *err);

#endif
