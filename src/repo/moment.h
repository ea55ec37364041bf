/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Moments as metadata writes them: "2026-11-22T13:00:00Z", always UTC, always this long (TUF 1.0,
 * section 4.2). Inside they are seconds since the epoch.
 */
#ifndef SUTURE_REPO_MOMENT_H
#define SUTURE_REPO_MOMENT_H

#include <stdint.h>

#include "base/error.h"

#define MOMENT_SIZE sizeof("2026-11-22T13:00:00Z")
#define MOMENT_HOUR INT64_C(3600)
#define MOMENT_DAY (24 * MOMENT_HOUR)

int64_t moment_now(void);
void moment_write(int64_t moment, char text[static MOMENT_SIZE]);
/* Hostile input is fine. Years 1970 to 9999. */
int moment_parse(const char *text, int64_t *ret_moment, struct error *err);

#endif
