// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/notes.h"

#include <string.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/memory.h"

#define VMLINUX_LIMIT ((size_t)4 << 30) /* mapped, not read: with all debug information */
#define BUILD_ID_LIMIT 64
#define BANNER_LIMIT 1024

static size_t align4(size_t size)
{
	return (size + 3) & ~(size_t)3;
}

/* The notes are entries of a header, a name and contents, the latter two padded to 4 (gabi,
 * "Note Section"). NULL if there is no build-id among them. */
static char *find_build_id(const uint8_t *data, size_t size)
{
	Elf64_Nhdr note;

	while (size >= sizeof(note)) {
		memcpy(&note, data, sizeof(note));

		size_t name = align4(note.n_namesz);
		size_t contents = align4(note.n_descsz);
		size_t whole = sizeof(note) + name + contents;

		if (whole > size)
			return NULL;
		if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 &&
		    !memcmp(data + sizeof(note), "GNU", 4) && note.n_descsz > 0 &&
		    note.n_descsz <= BUILD_ID_LIMIT) {
			char *hex = xmalloc(2 * (size_t)note.n_descsz + 1);

			hex_encode(data + sizeof(note) + name, note.n_descsz, hex);
			return hex;
		}
		data += whole;
		size -= whole;
	}
	return NULL;
}

char *elf_build_id(const struct elf_view *view)
{
	for (size_t i = 0; i < view->section_count; i++) {
		const struct view_section *section = &view->sections[i];
		char *hex = NULL;

		if (section->type == SHT_NOTE)
			hex = find_build_id(section->data, section->size);
		if (hex)
			return hex;
	}
	return NULL;
}

static const char banner_start[] = "Linux version ";

/* The ')' that closes the '(' at text, NULL if there is none. */
static char *close_bracket(char *text)
{
	unsigned depth = 0;

	for (; *text; text++) {
		depth += *text == '(';
		depth -= *text == ')';
		if (depth == 0)
			return text;
	}
	return NULL;
}

/* In "gcc-12 (Debian 12.2.0-14) 12.2.0, GNU ld ..." the compiler ends before the first comma that
 * stands outside of brackets. */
static void cut_linker(char *compiler)
{
	unsigned depth = 0;

	for (; *compiler; compiler++) {
		depth += *compiler == '(';
		depth -= *compiler == ')';
		if (depth == 0 && *compiler == ',') {
			*compiler = 0;
			return;
		}
	}
}

static void set_text(char **slot, const char *text)
{
	char *copy = xstrdup(text);

	free(*slot);
	*slot = copy;
}

/* `banner` is the line without its newline; it is taken apart in place. */
static bool parse_banner(char *banner, struct kernel_id *into)
{
	char *release = banner + strlen(banner_start);
	char *builder = strstr(release, " (");
	char *builder_end = builder ? close_bracket(builder + 1) : NULL;

	if (!builder_end || strncmp(builder_end, ") (", 3))
		return false;

	char *compiler = builder_end + 2;
	char *compiler_end = close_bracket(compiler);

	/* "# SMP ...", with no number, is the one of the temporary version.o that stays in the file
	 * because linux_banner was weak in it (init/Makefile, "Build version.c with temporary"). */
	if (!compiler_end || strncmp(compiler_end, ") #", 3) || compiler_end[3] == ' ')
		return false;
	*builder = 0;
	*compiler_end = 0;
	cut_linker(compiler + 1);
	set_text(&into->release, release);
	set_text(&into->compiler, compiler + 1);
	set_text(&into->version, compiler_end + 2);
	return true;
}

static bool find_banner(const uint8_t *data, size_t size, struct kernel_id *into)
{
	const size_t start = strlen(banner_start);

	for (;;) {
		const uint8_t *found = memmem(data, size, banner_start, start);

		if (!found)
			return false;
		size -= (size_t)(found - data);
		data = found;

		size_t limit = size < BANNER_LIMIT ? size : BANNER_LIMIT;
		const uint8_t *end = memchr(data, '\n', limit);

		/* A zero byte before the newline leaves less than a banner, which is no banner. */
		if (end) {
			auto_free char *line = xstrndup((const char *)data, (size_t)(end - data));

			if (parse_banner(line, into))
				return true;
		}
		data += start;
		size -= start;
	}
}

int vmlinux_identify_view(const struct elf_view *view, struct kernel_id *into, struct error *err)
{
	auto_free char *build_id = elf_build_id(view);

	if (view->machine != EM_X86_64)
		return error_set(err, ERROR_UNSUPPORTED,
				 "it is for ELF machine %u; suture knows x86_64 (%u) only",
				 view->machine, EM_X86_64);
	if (!build_id)
		return error_set(err, ERROR_INVALID, "it has no build-id");
	for (size_t i = 0; i < view->section_count; i++) {
		const struct view_section *section = &view->sections[i];

		if (section->data && section->flags & SHF_ALLOC &&
		    find_banner(section->data, section->size, into)) {
			set_text(&into->arch, "x86_64");
			set_text(&into->build_id, build_id);
			return 0;
		}
	}
	return error_set(err, ERROR_INVALID,
			 "it has no line 'Linux version ...': not a Linux kernel");
}

int vmlinux_identify(const char *vmlinux, struct kernel_id *into, struct error *err)
{
	auto_mapping struct mapping file = { 0 };
	auto_elf_view struct elf_view *view = NULL;

	if (mapping_open(vmlinux, VMLINUX_LIMIT, &file, err) < 0 ||
	    elf_view_open(file.data, file.size, &view, err) < 0 ||
	    vmlinux_identify_view(view, into, err) < 0)
		return error_context(err, "cannot identify the kernel %s", vmlinux);
	return 0;
}
