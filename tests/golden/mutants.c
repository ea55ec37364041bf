// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mutants SUTURE SERIES SEED CASES NAME...: builds a livepatch from the patch of each named case, makes
 * small wrong modules of every kind that still load, and has the audit look at each. Prints how many were found and ends
 * with 1 if one was not; the modules as built must pass.
 *
 * Kinds: relocation retargeted, addend off, wrong number of a namesake, a function left out of the
 * table or swapped with another, a row of a special section dropped or doubled, the sense of a
 * static key flipped, wrong section flags, a byte of code or data.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/process.h"
#include "build/pairs.h"
#include "elf/livepatch.h"
#include "golden.h"
#include "proof/audit.h"

#define BYTES_LIMIT ((size_t)64 << 20)
#define EACH 8 /* mutants of one kind and module, about */
#define MUTANTS_LEAST 500

struct subject { /* a built module and what it was made from */
	const struct kernel *kernel;
	char *path, *processed, *mutant;
	struct pairs pairs;
	struct changeset **changesets;
	struct intent_unit *units;
	uint64_t random;
	size_t made, found;
};

/* xorshift64: the same seed makes the same mutants. */
static uint64_t next_random(struct subject *subject)
{
	subject->random ^= subject->random << 13;
	subject->random ^= subject->random >> 7;
	subject->random ^= subject->random << 17;
	return subject->random;
}

static int check_file(const struct subject *subject, const char *path, struct audit *ret_audit,
		      struct error *err)
{
	auto_buffer struct buffer bytes = BUFFER_INIT;
	const struct intent intent = { subject->units, subject->pairs.count, subject->processed };
	struct audit_request request = { .path = path, .kernel = subject->kernel,
					 .intent = &intent };

	if (file_read(path, BYTES_LIMIT, &bytes, err) < 0)
		return -1;
	request.data = bytes.data;
	request.size = bytes.size;
	return audit_module(&request, ret_audit, err);
}

/* Writes the changed object and looks at it. A mutant that is no module any more was found. */
static void judge(struct subject *subject, struct object *object, const char *kind,
		  const char *where, uint64_t offset)
{
	auto_audit struct audit audit = { 0 };
	struct error err = ERROR_INIT;
	bool found;

	if (object_write(object, subject->mutant, &err) < 0)
		return; /* cannot exist */
	found = check_file(subject, subject->mutant, &audit, &err) < 0 ||
		audit_error(&audit, &err) < 0;
	subject->made++;
	subject->found += found;
	if (getenv("MUTANTS_VERBOSE"))
		printf("%s at %s+0x%jx: %s\n", kind, where, (uintmax_t)offset, err.msg);
	if (!found)
		printf("NOT FOUND: %s at %s+0x%jx of %s\n", kind, where, (uintmax_t)offset,
		       subject->path);
}

struct site { /* a relocation of the module, in one of its two kinds of tables */
	struct elf_section *section;
	struct elf_relocs *relocs;
	size_t index;
};

/* The tables of notes and of the compiler's entries are read by nobody in the kernel. */
static bool is_read(const struct elf_section *section)
{
	return (section->flags & SHF_ALLOC) && strncmp(section->name, ".note", 5) &&
	       strcmp(section->name, "__patchable_function_entries") &&
	       strcmp(section->name, ".init.data") && strcmp(section->name, ".exit.data") &&
	       strcmp(section->name, ".ibt_endbr_seal") && strcmp(section->name, ".orc_header");
}

static bool is_own(const struct elf_reloc *reloc) /* about the init and exit functions */
{
	const struct elf_section *section = reloc->symbol ? reloc->symbol->section : NULL;

	return section && (!strncmp(section->name, ".init", 5) || !strncmp(section->name, ".exit", 5));
}

/* Init and exit come from the kernel's template: the audit checks what they call and register. */
static bool is_mutable(const struct elf_section *section, const struct elf_reloc *reloc)
{
	return is_read(section) && strncmp(section->name, ".init", 5) &&
	       strncmp(section->name, ".exit", 5) && !is_own(reloc);
}

static size_t list_sites(struct object *object, struct site **ret_sites)
{
	struct site *sites = NULL;
	size_t count = 0, capacity = 0;

	for (size_t i = 0; i < object->section_count + object->klp_count; i++) {
		struct elf_section *section = i < object->section_count
						      ? object->sections[i]
						      : object->klp[i - object->section_count]->target;
		struct elf_relocs *relocs = i < object->section_count
						    ? &section->relocs
						    : &object->klp[i - object->section_count]->relocs;

		for (size_t k = 0; k < relocs->count; k++)
			if (is_mutable(section, &relocs->items[k])) {
				ARRAY_GROW(sites, capacity, count + 1);
				sites[count++] = (struct site){ section, relocs, k };
			}
	}
	*ret_sites = sites;
	return count;
}

/* Another symbol of the same sort, so that the module still loads. */
static struct elf_symbol *other_symbol(struct subject *subject, struct object *object,
				       const struct elf_symbol *symbol)
{
	for (int i = 0; i < 200; i++) {
		struct elf_symbol *other = object->symbols[next_random(subject) %
							    object->symbol_count];

		if (other != symbol && !other->section == !symbol->section &&
		    other->special == symbol->special && (other->section || *other->name) &&
		    (!other->section || (other->section->flags & SHF_ALLOC)) &&
		    (!symbol->section || other->section != symbol->section ||
		     other->value != symbol->value))
			return other;
	}
	return NULL;
}

typedef bool mutate_fn(struct subject *subject, struct object *object, struct site *site,
		       const char **ret_where, uint64_t *ret_offset);

static bool retarget(struct subject *subject, struct object *object, struct site *site,
		     const char **ret_where, uint64_t *ret_offset)
{
	struct elf_reloc *reloc = &site->relocs->items[site->index];
	struct elf_symbol *other = reloc->symbol ? other_symbol(subject, object, reloc->symbol) : NULL;

	if (!other)
		return false;
	/* The same place by another name is the same module. */
	if (other->section && other->section == reloc->symbol->section &&
	    other->value == reloc->symbol->value)
		return false;
	reloc->symbol = other;
	*ret_where = site->section->name;
	*ret_offset = reloc->offset;
	return true;
}

static bool shift_addend(struct subject *subject, struct object *object, struct site *site,
			 const char **ret_where, uint64_t *ret_offset)
{
	static const int64_t steps[] = { 1, -1, 4, 8, -8, 16 };
	struct elf_reloc *reloc = &site->relocs->items[site->index];

	(void)object;
	reloc->addend += steps[next_random(subject) % ARRAY_SIZE(steps)];
	*ret_where = site->section->name;
	*ret_offset = reloc->offset;
	return true;
}

static bool flip_key(struct subject *subject, struct object *object, struct site *site,
		     const char **ret_where, uint64_t *ret_offset)
{
	struct elf_reloc *reloc = &site->relocs->items[site->index];

	(void)subject;
	(void)object;
	if (strcmp(site->section->name, "__jump_table") || reloc->type != R_X86_64_PC64)
		return false;
	reloc->addend ^= 1;
	*ret_where = site->section->name;
	*ret_offset = reloc->offset;
	return true;
}

static bool drop_reloc(struct subject *subject, struct object *object, struct site *site,
		       const char **ret_where, uint64_t *ret_offset)
{
	struct elf_reloc *items = site->relocs->items;

	(void)subject;
	(void)object;
	*ret_where = site->section->name;
	*ret_offset = items[site->index].offset;
	memmove(&items[site->index], &items[site->index + 1],
		(--site->relocs->count - site->index) * sizeof(*items));
	return true;
}

static bool change_byte(struct subject *subject, struct object *object, struct site *site,
			const char **ret_where, uint64_t *ret_offset)
{
	struct elf_section *section = site->section;
	uint64_t offset = next_random(subject) % section->size;

	/* Between functions nobody executes; tables that the module's build pads. */
	if (!section->data || strncmp(section->name, ".text.", 6))
		return false;
	for (size_t i = 0; i < section->symbol_count; i++)
		if (section->symbols[i]->type == STT_FUNC && section->symbols[i]->size &&
		    offset >= section->symbols[i]->value &&
		    offset < section->symbols[i]->value + section->symbols[i]->size) {
			section_make_writable(object, section)[offset] ^= (uint8_t)(1u << next_random(subject) % 8);
			*ret_where = section->name;
			*ret_offset = offset;
			return true;
		}
	return false;
}

/* Rows are as many as the section has relocations of the kind that its first field has. */
static unsigned row_relocs(const struct elf_section *section)
{
	static const struct {
		const char *name;
		unsigned relocs;
	} tables[] = {
		{ "__jump_table", 3 }, { "__bug_table", 2 }, { "__ex_table", 2 }, { ".altinstructions", 2 },
		{ ".parainstructions", 1 }, { ".smp_locks", 1 }, { "__mcount_loc", 1 },
		{ ".return_sites", 1 }, { ".retpoline_sites", 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		if (!strcmp(section->name, tables[i].name))
			return tables[i].relocs;
	return 0;
}

static bool has_klp(const struct object *object, const struct elf_section *section)
{
	for (size_t i = 0; i < object->klp_count; i++)
		if (object->klp[i]->target == section)
			return true;
	return false;
}

/* Takes one row out, or puts one in twice. */
static bool change_rows(struct object *object, struct site *site, bool is_double,
			const char **ret_where, uint64_t *ret_offset)
{
	struct elf_section *section = site->section;
	unsigned step = row_relocs(section);
	size_t row = step ? site->index / step : 0;
	uint64_t size;
	uint8_t *data;

	if (!step || has_klp(object, section) || section->relocs.count % step || site->index % step)
		return false;
	size = section->size / (section->relocs.count / step);
	*ret_where = section->name;
	*ret_offset = row * size;
	if (is_double) {
		uint64_t at = section_append(object, section, section->data + row * size, size, 1);

		for (unsigned i = 0; i < step; i++) {
			struct elf_reloc reloc = section->relocs.items[row * step + i];

			reloc.offset += at - row * size;
			relocs_add(object, &section->relocs, reloc);
		}
		return true;
	}
	data = section_make_writable(object, section);
	memmove(data + row * size, data + (row + 1) * size, section->size - (row + 1) * size);
	section->size -= size;
	section->relocs.count -= step;
	memmove(&section->relocs.items[row * step], &section->relocs.items[(row + 1) * step],
		(section->relocs.count - row * step) * sizeof(*section->relocs.items));
	for (size_t i = row * step; i < section->relocs.count; i++)
		section->relocs.items[i].offset -= size;
	return true;
}

static bool drop_row(struct subject *subject, struct object *object, struct site *site,
		     const char **ret_where, uint64_t *ret_offset)
{
	(void)subject;
	return change_rows(object, site, false, ret_where, ret_offset);
}

static bool double_row(struct subject *subject, struct object *object, struct site *site,
		       const char **ret_where, uint64_t *ret_offset)
{
	(void)subject;
	return change_rows(object, site, true, ret_where, ret_offset);
}

static bool change_flags(struct subject *subject, struct object *object, struct site *site,
			 const char **ret_where, uint64_t *ret_offset)
{
	static const uint64_t flags[] = { SHF_ALLOC, SHF_EXECINSTR };

	(void)object;
	if (!strncmp(site->section->name, ".gnu", 4))
		return false;
	site->section->flags ^= flags[next_random(subject) % 2];
	*ret_where = site->section->name;
	*ret_offset = 0;
	return true;
}

/* Another position among namesakes, for a relocation. */
static bool change_sympos(struct subject *subject, struct object *object, struct site *site,
			  const char **ret_where, uint64_t *ret_offset)
{
	struct elf_reloc *reloc = &site->relocs->items[site->index];
	struct elf_symbol *symbol = reloc->symbol;
	char *name;

	if (!symbol || symbol->special != SHN_LIVEPATCH || symbol->section)
		return false;
	name = arena_strdup(object->arena, symbol->name);
	name[strlen(name) - 1] = (char)('0' + (name[strlen(name) - 1] - '0' + 1 +
					       (char)(next_random(subject) % 2)) % 10);
	*ret_where = symbol->name;
	*ret_offset = 0;
	symbol->name = name;
	return true;
}

static const struct {
	const char *name;
	mutate_fn *mutate;
} kinds[] = {
	{ "relocation retargeted", retarget }, { "addend off", shift_addend },
	{ "relocation left out", drop_reloc }, { "static key flipped", flip_key },
	{ "row dropped", drop_row }, { "row doubled", double_row },
	{ "section flags", change_flags }, { "position of a namesake", change_sympos },
	{ "byte of code", change_byte },
};

static int mutate_sites(struct subject *subject, size_t kind, struct error *err)
{
	for (size_t i = 0; i < 4 * EACH; i++) {
		auto_object struct object *object = NULL;
		struct site *sites;
		const char *where;
		uint64_t offset;
		size_t before = subject->made, count;

		if (interrupt_check(err) < 0 ||
		    object_read(subject->path, OBJECT_READ_DEBUG_RELOCS, &object, err) < 0)
			return -1;
		count = list_sites(object, &sites);
		if (count && kinds[kind].mutate(subject, object,
						&sites[next_random(subject) % count], &where, &offset))
			judge(subject, object, kinds[kind].name, where, offset);
		free(sites);
		if (before == subject->made && i > 3 * EACH)
			break;
		if (subject->made - before && i >= 2 * EACH)
			break;
	}
	return 0;
}

/* The table of functions: a number, an entry that leads to other code, an entry that is gone. */
static int mutate_functions(struct subject *subject, struct error *err)
{
	for (int kind = 0; kind < 3; kind++) {
		auto_object struct object *object = NULL;
		auto_livepatch struct livepatch livepatch = { 0 };

		if (object_read(subject->path, OBJECT_READ_DEBUG_RELOCS, &object, err) < 0 ||
		    livepatch_parse(object, &livepatch, err) < 0)
			return -1;

		const struct livepatch_function *function =
			&livepatch.functions[next_random(subject) % livepatch.count];
		struct elf_section *table = (struct elf_section *)function->table;
		uint8_t *entry = section_make_writable(object, table) + function->table_offset;

		if (kind == 0) {
			entry[16]++; /* old_sympos */
		} else if (kind == 1) {
			size_t k = 0;

			while (table->relocs.items[k].offset != function->table_offset + 8)
				k++;
			table->relocs.items[k].addend += 16;
		} else {
			/* An entry without a name ends the list (include/linux/livepatch.h). */
			size_t k = 0;

			while (table->relocs.items[k].offset != function->table_offset)
				k++;
			memmove(&table->relocs.items[k], &table->relocs.items[k + 2],
				(table->relocs.count - k - 2) * sizeof(*table->relocs.items));
			table->relocs.count -= 2;
		}
		judge(subject, object, kind == 0 ? "number of a replaced function" :
				       kind == 1 ? "new code" : "a function left out",
		      table->name, function->table_offset);
	}
	return 0;
}

static int build(struct subject *subject, const char *suture, const char *patch, const char *work,
		 struct error *err)
{
	const char *const argv[] = { suture, "build", "--kernel", subject->kernel->id.release,
				     "--work", work, "--name", "mutant", "--output", subject->path,
				     patch, NULL };
	const struct process_spec spec = { .argv = argv, .timeout_seconds = 900 };
	const struct pairs_options options = { .work = work };
	auto_text_list struct text_list patches = { 0 };

	text_list_add(&patches, patch);
	if (process_run_ok(&spec, NULL, err) < 0 ||
	    pairs_build(subject->kernel, &patches, &options, &subject->pairs, err) < 0)
		return -1;
	subject->changesets = xcalloc(subject->pairs.count, sizeof(*subject->changesets));
	subject->units = xcalloc(subject->pairs.count, sizeof(*subject->units));
	for (size_t i = 0; i < subject->pairs.count; i++) {
		const struct unit *unit = &subject->pairs.units[i];

		if (changeset_make(unit->original, unit->patched, unit->source,
				   &subject->changesets[i], err) < 0)
			return -1;
		subject->units[i] = (struct intent_unit){ subject->changesets[i], unit->object,
							  unit->plain };
	}
	changesets_link(subject->changesets, subject->pairs.count);
	return 0;
}

static int mutate_all(struct subject *subject, struct error *err)
{
	auto_audit struct audit audit = { 0 };

	auto_object struct object *object = NULL;

	/* Read and written again without a change, it must pass: else the mutants show nothing. */
	if (object_read(subject->path, OBJECT_READ_DEBUG_RELOCS, &object, err) < 0 ||
	    object_write(object, subject->mutant, err) < 0 ||
	    check_file(subject, subject->mutant, &audit, err) < 0 || audit_error(&audit, err) < 0)
		return error_context(err, "the module as built");
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (mutate_sites(subject, i, err) < 0)
			return -1;
	return mutate_functions(subject, err);
}

static void subject_clear(struct subject *subject)
{
	for (size_t i = 0; subject->changesets && i < subject->pairs.count; i++)
		changeset_free(subject->changesets[i]);
	free(subject->changesets);
	free(subject->units);
	pairs_clear(&subject->pairs);
	free(subject->path);
	free(subject->processed);
	free(subject->mutant);
}

static int run_patch(const struct kernel *kernel, const char *suture, const char *folder,
		     uint64_t seed, const char *name, const char *patch, size_t *made,
		     size_t *found, struct error *err)
{
	auto_free char *work = path_join(folder, path_base(name));
	struct subject subject = {
		.kernel = kernel, .random = seed ? seed : 1,
		.path = path_join(work, "mutant.ko"), .mutant = path_join(work, "mutated.ko"),
		.processed = path_join(work, "4-module/patch.o"),
	};
	int result = directory_make(work, err);

	if (result == 0 && build(&subject, suture, patch, work, err) == 0)
		result = mutate_all(&subject, err);
	else
		result = -1;
	printf("%s: %zu of %zu mutants found\n", name, subject.found, subject.made);
	fflush(stdout);
	*made += subject.made;
	*found += subject.found;
	subject_clear(&subject);
	return result < 0 ? error_context(err, "%s", patch) : 0;
}

/* patch-<series>.diff where a case has one, else patch.diff; or "<case>/<diff>". */
static char *patch_of(const char *cases, const char *name, const char *series)
{
	auto_free char *own = xasprintf("%s/%s/patch-%s.diff", cases, name, series);

	if (strchr(name, '/'))
		return xasprintf("%s/%s.diff", cases, name);
	return file_exists(own) ? steal_ptr(own) : xasprintf("%s/%s/patch.diff", cases, name);
}

static int run_cases(char **argv, const struct kernel *kernel, const char *folder, size_t *made,
		     size_t *found)
{
	struct error err = ERROR_INIT;
	uint64_t seed = strtoull(argv[3], NULL, 10);
	int status = 0;

	for (char **name = argv + 5; *name; name++) {
		auto_free char *patch = patch_of(argv[4], *name, argv[2]);

		if (run_patch(kernel, argv[1], folder, ++seed, *name, patch, made, found, &err) == 0)
			continue;
		printf("%s\n", err.msg);
		status = 1;
		if (err.code == ERROR_INTERRUPTED)
			break;
	}
	return status;
}

int main(int argc, char **argv)
{
	auto_kernel struct kernel *kernel = NULL;
	auto_folder struct golden_folder folder = { 0 };
	size_t made = 0, found = 0;
	struct error err = ERROR_INIT;
	int status;

	if (argc < 6)
		return 64;
	interrupt_catch();
	if (golden_open(argv[2], &kernel, &folder, &err) < 0)
		return golden_skip(&err);
	status = run_cases(argv, kernel, folder.path, &made, &found);
	printf("%zu of %zu mutants of %d modules found\n", found, made, argc - 5);
	if (made < MUTANTS_LEAST)
		printf("there should be at least %d\n", MUTANTS_LEAST);
	return status || found != made || made < MUTANTS_LEAST;
}
