// SPDX-License-Identifier: GPL-2.0-or-later
/* Assembly of a difference, as compiled here and as shipped. */
#include <string.h>

#include "base/buffer.h"
#include "elf/instruction.h"
#include "proof/unit_proof_private.h"

#define LINES_BEFORE 2
#define LINES_BEHIND 3
#define FUNCTION_LIMIT ((uint64_t)1 << 20)

/* The instruction starts around `at`, decoding from the subject's start. */
static void print_around(const uint8_t *code, uint64_t size, uint64_t at, struct buffer *into)
{
	uint64_t starts[LINES_BEFORE + 1] = { 0 }, offset = 0;
	size_t known = 0;
	char text[160];

	while (offset < size && offset <= at) {
		starts[known++ % (LINES_BEFORE + 1)] = offset;
		offset += instruction_text(code + offset, size - offset, offset, text, sizeof(text));
	}
	offset = known > LINES_BEFORE ? starts[known % (LINES_BEFORE + 1)] : 0;
	for (size_t line = 0; line < LINES_BEFORE + 1 + LINES_BEHIND && offset < size; line++) {
		unsigned length = instruction_text(code + offset, size - offset, offset, text,
						   sizeof(text));
		bool here = at >= offset && at < offset + length;

		buffer_printf(into, "%s%6jx: %s\n", here ? "->" : "  ", (uintmax_t)offset, text);
		offset += length;
	}
}

void side_by_side(const struct proof_work *work, const struct subject *subject, struct place place,
		  uint64_t offset, char **ret_ours, char **ret_theirs)
{
	uint64_t size = subject->end - subject->start;
	const uint8_t *theirs;
	auto_buffer struct buffer text = BUFFER_INIT;

	if (!subject->section->data || size > FUNCTION_LIMIT)
		return;
	place.offset += subject->start;
	theirs = shipped_bytes(work->placements.shipped, place, size);
	print_around(subject->section->data + subject->start, size, offset - subject->start, &text);
	*ret_ours = buffer_steal_text(&text);
	if (theirs)
		print_around(theirs, size, offset - subject->start, &text);
	*ret_theirs = buffer_steal_text(&text);
}
