/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The header for authors, include/suture/livepatch.h. Its text travels inside the program, so that
 * what it says and what the program reads are always of one version.
 */
#ifndef SUTURE_BUILD_AUTHORING_H
#define SUTURE_BUILD_AUTHORING_H

#include "base/error.h"

extern const char livepatch_header[]; /* the text */

/* Writes it as FOLDER/suture/livepatch.h, for the compiler's -I. */
int authoring_write_header(const char *folder, struct error *err);

#endif
