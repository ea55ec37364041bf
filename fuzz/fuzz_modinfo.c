// SPDX-License-Identifier: GPL-2.0-or-later
/* A module file, as the root process on a machine reads it. */
#include "fuzz.h"

#include "runtime/modinfo.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_modinfo struct modinfo info = { 0 };
	auto_text_list struct text_list targets = { 0 };
	struct error err = ERROR_INIT;

	if (modinfo_parse(data, size, &info, &err) < 0) {
		MUST(!info.name && err.code != ERROR_NONE && err.msg[0]);
		return 0;
	}
	MUST(info.name[0]);
	modinfo_get(&info, "vermagic");
	modinfo_get_all(&info, "suture.targets", &targets);
	return 0;
}
