/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What becomes of a patched module that goes and comes again while the livepatch stays. */
#ifndef SUTURE_EMIT_RELOAD_H
#define SUTURE_EMIT_RELOAD_H

#include "emit/assembly.h"

/* Adds a warning for each module among the objects that this kernel cannot load again. */
void reload_judge(const struct kernel *kernel, const struct text_list *objects,
		  struct finding_list *findings);
/* Where it can: a warning for each variable that the units bring into such a module. */
void reload_judge_variables(const struct kernel *kernel, const struct emit_unit *units, size_t count,
			    struct finding_list *findings);

#endif
