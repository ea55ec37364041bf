// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/state_text.h"

#include <string.h>

#include "base/memory.h"
#include "base/text.h"

char *state_text(const json_value *object, const char *key, size_t limit)
{
	const char *text = json_get_text(object, key, NULL);
	size_t length = text ? strlen(text) : 0;

	if (!text)
		return NULL;
	if (length > limit)
		length = limit;
	while (length < strlen(text) && length && ((unsigned char)text[length] & 0xc0) == 0x80)
		length--; /* not in the middle of a character */

	auto_free char *cut = xstrndup(text, length);

	return text_printable(cut, false);
}
