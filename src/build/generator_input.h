/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Headers of which a program or script of the kernel's build makes other sources. The units that
 * include the header are compiled anew; what was generated from it is not.
 */
#ifndef SUTURE_BUILD_GENERATOR_INPUT_H
#define SUTURE_BUILD_GENERATOR_INPUT_H

#include "build/edit.h"
#include "model/rule.h"

/* Adds a finding if the edit changes what is read of the file. */
void generator_input_judge(const struct edit *edit, struct finding_list *findings);

#endif
