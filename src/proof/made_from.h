/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a module was made from, as "suture build --work DIR" keeps it: the file units.json of the stage
 * 3-diff names the objects of each unit. With it a finished module can be compared with what it was
 * meant to be (proof/intent.h) at any time after the build.
 */
#ifndef SUTURE_PROOF_MADE_FROM_H
#define SUTURE_PROOF_MADE_FROM_H

#include "proof/intent.h"

struct made_unit { /* borrowed texts */
	const char *source; /* "fs/proc/meminfo.c" */
	const char *object; /* "vmlinux" or a module */
	const char *original, *patched, *plain; /* paths */
	const struct text_list *also; /* see changeset_make_also(); or NULL */
};

struct made_from; /* owns what the intent refers to */

int made_from_save(const char *work, const struct made_unit *units, size_t count,
		   struct error *err);
/* Compares the objects anew. ERROR_NOT_FOUND if the folder is of no finished build. */
int made_from_open(const char *work, struct made_from **ret_made, struct error *err);
void made_from_free(struct made_from *made);
DEFINE_AUTO(made_from)
#define auto_made_from __attribute__((cleanup(auto_made_from_cleanup)))
const struct intent *made_from_intent(const struct made_from *made);

#endif
