// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/watch.h"

#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "build/refuse.h"

#define OBJECT_LIMIT ((size_t)1 << 30)

enum unit_kind unit_kind_of(const char *source)
{
	enum rule_id rule;

	/* Prerequisites of "make prepare", see the top Kbuild. */
	if (!strcmp(source, "arch/x86/kernel/asm-offsets.c") || !strcmp(source, "kernel/bounds.c"))
		return UNIT_OFFSETS;
	if (path_classify(source, &rule) == PATH_UNIT)
		return UNIT_CODE;
	if (has_prefix(source, "arch/x86/entry/vdso/v") && has_suffix(source, ".c"))
		return UNIT_VDSO;
	if (has_suffix(source, ".S") && path_classify(source, &rule) == PATH_REFUSED &&
	    rule == RULE_ASSEMBLY)
		return UNIT_ASSEMBLY;
	return UNIT_OUTSIDE;
}

enum rule_id unit_kind_rule(enum unit_kind kind)
{
	if (kind == UNIT_OFFSETS)
		return RULE_ASM_OFFSETS;
	return kind == UNIT_VDSO ? RULE_VDSO : RULE_ASSEMBLY;
}

/* The next line of generated assembly that carries a constant: DEFINE() in include/linux/kbuild.h
 * writes '.ascii "->SYMBOL $VALUE expression"'. */
static bool next_constant(const char **at, const char *end, const char **ret_line, size_t *ret_size)
{
	while (*at < end) {
		const char *line = *at;
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		size_t size = (size_t)((newline ? newline : end) - line);

		*at = line + size + (newline != NULL);
		if (memmem(line, size, "\"->", 3)) {
			*ret_line = line;
			*ret_size = size;
			return true;
		}
	}
	return false;
}

static bool same_constants(const struct mapping *a, const struct mapping *b)
{
	const char *at[] = { (const char *)a->data, (const char *)b->data };
	const char *end[] = { at[0] + a->size, at[1] + b->size };

	for (;;) {
		const char *line[2];
		size_t size[2];
		bool first = next_constant(&at[0], end[0], &line[0], &size[0]);
		bool second = next_constant(&at[1], end[1], &line[1], &size[1]);

		if (!first || !second)
			return first == second;
		if (size[0] != size[1] || memcmp(line[0], line[1], size[0]))
			return false;
	}
}

int unit_kind_same(enum unit_kind kind, const char *original, const char *patched, bool *ret_same,
		   struct error *err)
{
	auto_mapping struct mapping a = { 0 }, b = { 0 };

	if (mapping_open(original, OBJECT_LIMIT, &a, err) < 0 ||
	    mapping_open(patched, OBJECT_LIMIT, &b, err) < 0)
		return -1;
	if (kind == UNIT_OFFSETS)
		*ret_same = same_constants(&a, &b);
	else
		*ret_same = a.size == b.size && !memcmp(a.data, b.data, a.size);
	return 0;
}
