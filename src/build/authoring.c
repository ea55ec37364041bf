// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/authoring.h"

#include "base/file.h"
#include "base/memory.h"

int authoring_write_header(const char *folder, struct error *err)
{
	auto_free char *place = path_join(folder, "suture");
	auto_free char *path = path_join(place, "livepatch.h");

	if (directory_make(place, err) < 0)
		return -1;
	return file_write_text(path, livepatch_header, err);
}
