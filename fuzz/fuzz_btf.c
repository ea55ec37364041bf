// SPDX-License-Identifier: GPL-2.0-or-later
/* The bytes of a vmlinux's .BTF. */
#include "fuzz.h"

#include "target/btf.h"

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
	return 0;
}
