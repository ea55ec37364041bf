// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/relative.h"

#include <string.h>

#include "base/memory.h"

bool relative_normalize(char *path)
{
	char *out = path;

	for (char *part = path; *part; ) {
		size_t length = strcspn(part, "/");
		char *next = part + length + (part[length] == '/');

		if (length == 2 && part[0] == '.' && part[1] == '.') {
			if (out == path)
				return false;
			out--;
			while (out > path && out[-1] != '/')
				out--;
		} else if (length && !(length == 1 && part[0] == '.')) {
			memmove(out, part, length);
			out += length;
			if (*next)
				*out++ = '/';
		}
		part = next;
	}
	*out = 0;
	return out > path;
}

char *relative_join(const char *folder, const char *name)
{
	auto_free char *path = xasprintf("%s%s%s", folder, *folder ? "/" : "", name);

	return relative_normalize(path) ? steal_ptr(path) : NULL;
}
