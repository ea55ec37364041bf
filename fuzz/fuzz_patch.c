// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A hostile patch: it is parsed, applied to a small text, and the result gets its line directives.
 * Without the directives the result must be what the patch made.
 */
#include <string.h>

#include "base/text.h"
#include "build/apply.h"
#include "build/lines.h"
#include "build/patch.h"
#include "fuzz.h"

static const char source[] = "#include <x.h>\n\n/* a\n * b */\nint f(int a,\n      int b)\n{\n"
			     "#ifdef A\n\treturn a;\n#else\n\treturn \"(\"[b];\n#endif\n}\n";

/* Takes out the lines that lines_keep() put in. */
static void remove_directives(const struct buffer *text, struct buffer *into)
{
	const char *at = buffer_text(text), *end = at + text->size;

	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t size = (size_t)((newline ? newline + 1 : end) - at);

		if (size < 6 || memcmp(at, "#line ", 6))
			buffer_add(into, at, size);
		at += size;
	}
}

static void check_lines(const struct buffer *original, const struct buffer *final)
{
	auto_buffer struct buffer kept = BUFFER_INIT, plain = BUFFER_INIT, wanted = BUFFER_INIT;

	lines_keep(original, final, &kept);
	remove_directives(&kept, &plain);
	remove_directives(final, &wanted);
	MUST(plain.size == wanted.size);
	MUST(!plain.size || !memcmp(plain.data, wanted.data, plain.size));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_buffer struct buffer original = BUFFER_INIT;
	auto_patch struct patch *patch = NULL;
	struct error err;

	if (patch_parse(data, size, &patch, &err) < 0)
		return 0;
	buffer_add_text(&original, source);
	for (size_t i = 0; i < patch->count; i++) {
		auto_buffer struct buffer final = BUFFER_INIT;
		auto_text_list struct text_list notes = { 0 };

		/* A path that could leave the tree must not get this far. */
		auto_text_list struct text_list parts = { 0 };

		text_list_split(&parts, patch->files[i].path, "/");
		MUST(patch->files[i].path[0] != '/' && !text_list_has(&parts, ".."));
		if (hunks_apply(&patch->files[i], &original, 2, &final, &notes, &err) == 0)
			check_lines(&original, &final);
	}
	return 0;
}
