/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the macros of include/suture/livepatch.h leave in the patched object: sections
 * .suture.callbacks and .suture.states, whose format that header gives. They do not come into the
 * module; the emitter makes the fields of klp_object and klp_patch from them.
 */
#ifndef SUTURE_DIFF_RECORDS_H
#define SUTURE_DIFF_RECORDS_H

#include "diff/changeset.h"

/* Fills the changeset's callbacks and states. What is wrong with a record is a finding; ERROR_INVALID
 * for a relocation that makes no sense. After comparing. */
int records_read(struct changeset *changeset, struct error *err);

#endif
