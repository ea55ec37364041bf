// SPDX-License-Identifier: GPL-2.0-or-later
/* A hostile C text, before and after a zero byte: cut up, asked who uses struct t, and reviewed. */
#include <string.h>

#include "build/type_uses.h"
#include "fuzz.h"
#include "review/hint.h"

static void ask(const char *text, size_t size)
{
	auto_text_list struct text_list roots = { 0 };
	auto_type_uses struct type_uses uses = { 0 };

	text_list_add(&roots, "f");
	type_uses_find(text, size, "t.c", "struct t", &roots, &uses);
	MUST(uses.reached.count <= uses.functions.count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *middle = size ? memchr(data, 0, size) : NULL;
	size_t first = middle ? (size_t)(middle - data) : size;
	struct edit edit = { .path = "t.c", .was_there = true, .is_there = true };
	const struct edit_list edits = { .items = &edit, .count = 1 };
	auto_finding_list struct finding_list findings = { 0 };

	if (size > 4096) /* a unit has megabytes, of which none is hostile */
		return 0;
	buffer_add(&edit.original, data, first);
	buffer_add(&edit.final, data + (middle ? first + 1 : first), middle ? size - first - 1 : 0);
	ask(buffer_text(&edit.original), edit.original.size);
	ask(buffer_text(&edit.final), edit.final.size);
	hints_find(&edits, NULL, 0, &findings);
	buffer_clear(&edit.original);
	buffer_clear(&edit.final);
	return 0;
}
