/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Enrolment tokens (model/api.h): "sut_<id>_<secret>", of which only the id is ever shown. */
#ifndef SUTURE_CLI_HOST_TOKEN_H
#define SUTURE_CLI_HOST_TOKEN_H

#include "base/error.h"

struct token { /* owns its texts */
	char *text; /* all of it */
	char *id; /* what may be shown */
};
/* Wipes the text. */
void token_clear(struct token *token);
#define auto_token __attribute__((cleanup(token_clear)))

/* `word`: the token itself, or "-": the first line of standard input. `file`: where the token
 * stands instead, or NULL. Errors do not hold what was read. */
int token_read(const char *word, const char *file, struct token *ret_token, struct error *err);

#endif
