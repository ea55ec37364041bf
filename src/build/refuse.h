/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a file's path says about it before anything is compiled. */
#ifndef SUTURE_BUILD_REFUSE_H
#define SUTURE_BUILD_REFUSE_H

#include <stdbool.h>

#include "model/rule.h"

enum path_class {
	PATH_UNIT, /* a C source: compiled if the configuration has it */
	PATH_HEADER, /* included by units */
	PATH_IGNORED, /* does not become part of the kernel: documentation, tools */
	PATH_REFUSED, /* cannot become a livepatch */
};

/* *ret_rule is set for PATH_REFUSED only. */
enum path_class path_classify(const char *path, enum rule_id *ret_rule);
/* A unit that arch/x86/purgatory/Makefile compiles once more, for itself. */
bool path_has_second_copy(const char *path);

#endif
