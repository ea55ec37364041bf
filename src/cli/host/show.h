/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What several commands print. */
#ifndef SUTURE_CLI_HOST_SHOW_H
#define SUTURE_CLI_HOST_SHOW_H

#include <stdio.h>

#include "base/memory.h"
#include "model/status.h"
#include "runtime/transition.h"

void show_blockers(FILE *out, const struct blocker_list *list);
void show_livepatch(FILE *out, const struct livepatch *patch);
/* A text that a stranger wrote, NULL as "?": control characters would be orders to a terminal. */
void show_text(FILE *out, const char *text);
/* A module's name from what people type: a name, with '-' or '_', or the file's path. Caller
 * frees. */
char *patch_name_of(const char *word);

#endif
