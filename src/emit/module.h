/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From changesets to a finished module. */
#ifndef SUTURE_EMIT_MODULE_H
#define SUTURE_EMIT_MODULE_H

#include "base/log.h"
#include "emit/assembly.h"

struct module_options {
	const char *name; /* as the kernel spells it: letters, digits, '_' */
	const char *work; /* folder for the stage's files; exists */
	const char *output; /* the .ko */
	const struct text_list *facts; /* more "key=value" for .modinfo; NULL: none */
	const struct progress *progress;
};

/* Refusals are added to the findings, then ERROR_REFUSED. *ret_assembly tells what the module does;
 * it refers to the units, which must outlive it. */
int module_emit(const struct kernel *kernel, const struct emit_unit *units, size_t count,
		const struct module_options *options, struct linkages *linkages,
		struct finding_list *findings, struct assembly **ret_assembly, struct error *err);

/* "suture.targets=MODULE:BUILD-ID" for each module among the objects: which build of it is meant. */
int module_add_targets(const struct kernel *kernel, const struct text_list *objects,
		       struct text_list *facts, struct error *err);

#endif
