/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Canonical JSON, the form that TUF signs (specification 1.0, section 4.2: "OLPC's canonical
 * JSON"). Members are sorted by their keys' bytes, there is no white space, only the quotation mark
 * and the backslash are escaped, numbers are whole. Same value, same bytes, whoever writes it.
 */
#ifndef SUTURE_REPO_CANONICAL_H
#define SUTURE_REPO_CANONICAL_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/json.h"

/* ERROR_INVALID for a number with a fraction. The value may be hostile. */
int canonical_write(const json_value *value, struct buffer *into, struct error *err);

#endif
