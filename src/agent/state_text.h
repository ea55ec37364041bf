/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts out of state files that a stranger may have written, and that a person will see. */
#ifndef SUTURE_AGENT_STATE_TEXT_H
#define SUTURE_AGENT_STATE_TEXT_H

#include "base/json.h"

/* The member's text cut to `limit` bytes and made printable (base/text.h), or NULL. Caller frees. */
char *state_text(const json_value *object, const char *key, size_t limit);

#endif
