// SPDX-License-Identifier: GPL-2.0-or-later
#include "proof/succession.h"

static const struct livepatch_state *find_state(const struct livepatch *livepatch, uint64_t id)
{
	for (size_t i = 0; i < livepatch->state_count; i++)
		if (livepatch->states[i].id == id)
			return &livepatch->states[i];
	return NULL;
}

void succession_check(const struct livepatch *before, const struct livepatch *after,
		      struct text_list *ret_failures)
{
	for (size_t i = 0; i < before->state_count; i++) {
		const struct livepatch_state *old = &before->states[i];
		const struct livepatch_state *new = find_state(after, old->id);

		if (!new && after->replaces != 0)
			text_list_printf(ret_failures,
					 "it replaces a patch with state %ju and does not know it",
					 (uintmax_t)old->id);
		else if (new && new->version < old->version)
			text_list_printf(ret_failures,
					 "it knows state %ju in version %u, the patch before it has version %u",
					 (uintmax_t)old->id, new->version, old->version);
	}
}
