/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Does a finished module do what its changesets say, and nothing else? Every carried piece of the
 * patched objects is looked up in the module and compared byte by byte; every relocation must lead
 * to what it meant: the running kernel's symbol at the very position that the unit's place in the
 * shipped kernel gives, a carried piece, a copy of a text. The rows of special sections, the
 * functions that are replaced and the tables that objtool made are compared as well.
 *
 * This reads the module as the kernel would and shares no code with what wrote it.
 */
#ifndef SUTURE_PROOF_INTENT_H
#define SUTURE_PROOF_INTENT_H

#include "diff/changeset.h"

struct intent_unit {
	struct changeset *changeset; /* borrowed */
	const char *object; /* "vmlinux" or a module */
	const char *plain; /* path of the unit as the kernel's own build made it */
};

struct intent {
	const struct intent_unit *units;
	size_t count;
	const char *processed; /* path of the patch's object with objtool's tables; NULL: unknown */
};

#endif
