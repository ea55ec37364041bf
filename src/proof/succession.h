/* SPDX-License-Identifier: GPL-2.0-or-later */
/* May one livepatch follow another? The kernel's own rule for states (kernel/livepatch/state.c,
 * klp_is_patch_compatible()), asked before it is loaded. */
#ifndef SUTURE_PROOF_SUCCESSION_H
#define SUTURE_PROOF_SUCCESSION_H

#include "base/text.h"
#include "elf/livepatch.h"

/* Sentences for what the kernel would refuse: one that replaces the other must know all of its states,
 * and any that it knows in the same or a later version. */
void succession_check(const struct livepatch *before, const struct livepatch *after,
		      struct text_list *ret_failures);

#endif
