// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/kallsyms.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "target/kallsyms_find.h"

#define NAMES_LIMIT ((size_t)256 << 20)
#define TOKEN_TABLES_LIMIT 16 /* candidates that are tried */

/* Where the addresses are, which differs by the layout. */
struct offsets {
	const uint8_t *items; /* int32_t[count] */
	uint64_t base;
	const uint8_t *seqs; /* NULL: the kernel has none */
};

void kallsyms_free(struct kallsyms *kallsyms)
{
	if (!kallsyms)
		return;
	free(kallsyms->items);
	buffer_clear(&kallsyms->names);
	free(kallsyms);
}

/* Writes the whole text of a name, type first, and returns its length; 0 if it is too long. */
static size_t expand_name(const struct kallsyms_tables *tables, const uint8_t *name, size_t length,
			  char *into)
{
	const uint8_t *index = tables->data + tables->token_index;
	const char *tokens = (const char *)tables->data + tables->tokens;
	size_t used = 0;

	for (size_t i = 0; i < length; i++) {
		const char *token = tokens + kallsyms_get(index + 2 * (size_t)name[i], 2);
		size_t size = strlen(token);

		if (size >= KALLSYMS_NAME_LIMIT - used)
			return 0;
		memcpy(into + used, token, size);
		used += size;
	}
	into[used] = 0;
	return used;
}

static int check_text(const char *text, size_t length, size_t index, struct error *err)
{
	if (length == 0)
		return error_set(err, ERROR_INVALID, "the name of symbol %zu is empty or too long",
				 index);
	/* nm(1) has '?' for what it cannot tell: __nosave_begin of a small configuration. */
	if ((!isalpha((unsigned char)text[0]) && text[0] != '?') || length < 2)
		return error_set(err, ERROR_INVALID, "symbol %zu has no type or no name", index);
	for (size_t i = 1; i < length; i++)
		if (!isgraph((unsigned char)text[i]))
			return error_set(err, ERROR_INVALID,
					 "the name of symbol %zu has byte 0x%02x in it", index,
					 (unsigned char)text[i]);
	return 0;
}

static int decode_names(const struct kallsyms_tables *tables, struct kallsyms *into,
			struct error *err)
{
	const uint8_t *at = tables->data + tables->names;
	const uint8_t *end = tables->data + tables->markers;
	char text[KALLSYMS_NAME_LIMIT];

	for (size_t i = 0; i < into->count; i++) {
		size_t start = 0;
		size_t size = kallsyms_name_size(at, end, &start);
		size_t length = expand_name(tables, at + start, size - start, text);

		if (check_text(text, length, i, err) < 0)
			return -1;
		if (into->names.size > NAMES_LIMIT)
			return error_set(err, ERROR_INVALID, "the names have more than %zu bytes",
					 NAMES_LIMIT);
		into->items[i].type = text[0];
		into->items[i].name = (uint32_t)into->names.size;
		buffer_add(&into->names, text + 1, length); /* with the zero byte */
		at += size;
	}
	return 0;
}

/* With CONFIG_KALLSYMS_ABSOLUTE_PERCPU there are negative offsets, without there are none: a kernel
 * is smaller than 2 GiB. */
static bool has_negative(const struct offsets *offsets, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (offsets->items[4 * i + 3] & 0x80)
			return true;
	return false;
}

/* kallsyms_sym_address() in kernel/kallsyms.c */
static uint64_t get_address(const struct offsets *offsets, bool absolute_percpu, size_t i)
{
	uint64_t offset = kallsyms_get(offsets->items + 4 * i, 4);

	if (!absolute_percpu)
		return offsets->base + offset;
	if (!(offset & 0x80000000))
		return offset;
	return offsets->base - 1 + (0x100000000 - offset);
}

/* The addresses must not fall, and the base is the lowest one that is relative to it. */
static int decode_addresses(const struct offsets *offsets, struct kallsyms *into,
			    struct error *err)
{
	bool absolute_percpu = has_negative(offsets, into->count);
	bool base_seen = false;
	uint64_t before = 0;

	for (size_t i = 0; i < into->count; i++) {
		uint64_t address = get_address(offsets, absolute_percpu, i);

		if (address < before)
			return error_set(err, ERROR_INVALID, "the address of symbol %zu is lower "
					 "than that of the one before", i);
		base_seen |= address == offsets->base;
		into->items[i].address = before = address;
	}
	if (!base_seen)
		return error_set(err, ERROR_INVALID, "no symbol stands at the base");
	return 0;
}

/* The kernel's own index by name must list every symbol once, in the order that livepatch counts
 * in: by name, equal names as they stand in the table. */
static int check_seqs(const uint8_t *seqs, const struct kallsyms *kallsyms, struct error *err)
{
	const char *names = (const char *)kallsyms->names.data;
	size_t before = 0;

	for (size_t i = 0; i < kallsyms->count; i++) {
		const uint8_t *at = seqs + 3 * i;
		size_t seq = (size_t)at[0] << 16 | (size_t)at[1] << 8 | at[2];

		if (seq >= kallsyms->count)
			return error_set(err, ERROR_INVALID, "its index by name is broken");
		if (i > 0) {
			int order = strcmp(names + kallsyms->items[before].name,
					   names + kallsyms->items[seq].name);

			if (order > 0 || (order == 0 && before >= seq))
				return error_set(err, ERROR_INVALID,
						 "its index by name is not in order near %.64s (a "
						 "kernel built with LTO?)",
						 names + kallsyms->items[seq].name);
		}
		before = seq;
	}
	return 0;
}

/* Layout of 6.4 and later: behind the tokens. */
static bool offsets_behind(const struct kallsyms_tables *tables, struct offsets *ret_offsets)
{
	size_t start = tables->token_index + 512;
	size_t base = start + kallsyms_align(4 * tables->count);

	if (tables->seqs || tables->size < base + 8 ||
	    tables->size - base - 8 < 3 * tables->count)
		return false;
	*ret_offsets = (struct offsets){
		.items = tables->data + start, .base = kallsyms_get(tables->data + base, 8),
		.seqs = tables->data + base + 8,
	};
	return true;
}

/* Layout up to 6.3: in front of num_syms. */
static bool offsets_in_front(const struct kallsyms_tables *tables, struct offsets *ret_offsets)
{
	size_t size = kallsyms_align(4 * tables->count) + 8;

	if (tables->num_syms < size)
		return false;
	*ret_offsets = (struct offsets){
		.items = tables->data + tables->num_syms - size,
		.base = kallsyms_get(tables->data + tables->num_syms - 8, 8),
		.seqs = tables->seqs ? tables->data + tables->seqs : NULL,
	};
	return true;
}

static int decode_offsets(const struct offsets *offsets, struct kallsyms *into, struct error *err)
{
	if (decode_addresses(offsets, into, err) < 0)
		return -1;
	return offsets->seqs ? check_seqs(offsets->seqs, into, err) : 0;
}

static int decode_tables(const struct kallsyms_tables *tables, struct kallsyms **ret_kallsyms,
			 struct error *err)
{
	static bool (*const layouts[])(const struct kallsyms_tables *, struct offsets *) = {
		offsets_behind, offsets_in_front,
	};
	auto_kallsyms struct kallsyms *kallsyms = xcalloc(1, sizeof(*kallsyms));

	kallsyms->count = tables->count;
	kallsyms->items = xcalloc(tables->count, sizeof(*kallsyms->items));
	if (decode_names(tables, kallsyms, err) < 0)
		return -1;
	error_set(err, ERROR_INVALID, "no addresses stand beside the names");
	for (size_t i = 0; i < ARRAY_SIZE(layouts); i++) {
		struct offsets offsets;

		/* A kernel's addresses are in the upper half. */
		if (!layouts[i](tables, &offsets) || !(offsets.base >> 63))
			continue;
		if (decode_offsets(&offsets, kallsyms, err) == 0) {
			*ret_kallsyms = steal_ptr(kallsyms);
			return 0;
		}
	}
	return -1;
}

/* With these tokens, the first names that decode as a whole. */
static int decode_with_tokens(struct kallsyms_tables *tables, struct kallsyms **ret_kallsyms,
			      struct error *err)
{
	size_t position = 0;

	error_set(err, ERROR_INVALID, "no names stand before their tokens");
	for (;;) {
		struct error search = ERROR_INIT;
		bool found;

		if (kallsyms_find_names(tables, &position, &found, &search) < 0) {
			*err = search;
			return -1;
		}
		if (!found)
			return -1;
		if (decode_tables(tables, ret_kallsyms, err) == 0)
			return 0;
		tables->work += tables->count;
	}
}

int kallsyms_decode_data(const void *data, size_t size, struct kallsyms **ret_kallsyms,
			 struct error *err)
{
	struct kallsyms_tables tables = { .data = data, .size = size };
	size_t position = 0;

	error_set(err, ERROR_NOT_FOUND,
		  "it has no symbol table inside that is known (CONFIG_KALLSYMS off, or a layout "
		  "other than those of Linux 6.1 to 6.12)");
	for (unsigned i = 0; i < TOKEN_TABLES_LIMIT; i++) {
		if (!kallsyms_find_tokens(&tables, &position))
			return -1;
		if (decode_with_tokens(&tables, ret_kallsyms, err) == 0)
			return 0;
		error_context(err, "the kernel's symbol table");
	}
	return -1;
}

/* _stext is the start of the code (include/asm-generic/vmlinux.lds.h and each arch's): if the file
 * has no code there, the addresses are wrong. */
static int check_start(const struct elf_view *vmlinux, const struct kallsyms *kallsyms,
		       struct error *err)
{
	const char *names = (const char *)kallsyms->names.data;

	for (size_t i = 0; i < kallsyms->count; i++)
		for (size_t j = 0; j < vmlinux->section_count &&
				   !strcmp(names + kallsyms->items[i].name, "_stext"); j++) {
			const struct view_section *section = &vmlinux->sections[j];

			if (section->flags & SHF_EXECINSTR &&
			    kallsyms->items[i].address - section->address < section->size)
				return 0;
		}
	return error_set(err, ERROR_INVALID,
			 "the kernel's symbol table: _stext is not where the code is");
}

int kallsyms_decode(const struct elf_view *vmlinux, struct kallsyms **ret_kallsyms,
		    struct error *err)
{
	auto_kallsyms struct kallsyms *kallsyms = NULL;
	const struct view_section *section = elf_view_section(vmlinux, ".rodata");

	if (!section || !section->data)
		return error_set(err, ERROR_INVALID, "it has no section .rodata");
	if (section->address % 8)
		return error_set(err, ERROR_INVALID, "its section .rodata is not aligned");
	if (kallsyms_decode_data(section->data, section->size, &kallsyms, err) < 0 ||
	    check_start(vmlinux, kallsyms, err) < 0)
		return -1;
	*ret_kallsyms = steal_ptr(kallsyms);
	return 0;
}
