// SPDX-License-Identifier: GPL-2.0-or-later
/* The bytes of a vmlinux's .BTF. */
#include "fuzz.h"

#include "target/btf.h"

static void look_at_function(const struct btf *btf, uint32_t id)
{
	struct btf_function function;

	if (!btf_function(btf, id, &function))
		return;
	MUST(function.name);
	btf_returned(btf, id);
	for (size_t i = 0; i < function.parameter_count; i++)
		btf_parameter(btf, id, i);
}

static void look_at_all(const struct btf *btf)
{
	for (uint32_t id = 0; id <= btf_count(btf); id++) {
		struct btf_aggregate aggregate;
		struct btf_aggregate_member member;

		look_at_function(btf, id);
		if (!btf_aggregate(btf, id, &aggregate))
			continue;
		MUST(id && id < btf_count(btf) && aggregate.name);
		for (size_t i = 0; i < aggregate.member_count; i++) {
			btf_aggregate_member(btf, id, i, &member);
			MUST(member.name);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_btf struct btf *btf = NULL;
	struct error err = ERROR_INIT;
	uint64_t answer;

	if (btf_parse(data, size, &btf, &err) < 0) {
		MUST(!btf && err.code != ERROR_NONE && err.msg[0]);
		return 0;
	}
	btf_struct_size(btf, "outer", &answer, &err);
	btf_member_offset(btf, "outer", "y", &answer, &err);
	btf_member_offset(btf, "outer", "in.second", &answer, &err);
	btf_member_offset(btf, "twin", "a", &answer, &err);
	look_at_all(btf);

	auto_btf struct btf *split = NULL; /* as if a module had the same */

	if (btf_parse_split(btf, data, size, &split, &err) == 0) {
		look_at_all(split);
		btf_member_offset(split, "outer", "in.second", &answer, &err);
	}
	return 0;
}
