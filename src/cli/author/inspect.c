// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "cli/author/commands.h"
#include "diff/section_kind.h"
#include "elf/livepatch.h"
#include "model/module_name.h"

const struct option_row inspect_options[] = {
	{ "json", 0, NULL, "print the facts as JSON" },
	{ "relocations", 'r', NULL, "list every livepatch relocation" },
	{ 0 },
};

#define SIGNATURE_MAGIC "~Module signature appended~\n"

static void write_problem(const char *object, bool is_named, json_value *into)
{
	auto_free char *problem = is_named ? module_name_problem(object) : NULL;

	if (problem)
		json_set_text(into, "problem", problem);
}

static void print_problem(const json_value *item)
{
	const char *problem = json_get_text(item, "problem", NULL);

	if (problem)
		printf("    never in effect: %s\n", problem);
}

static void write_functions(const struct livepatch *livepatch, json_value *into)
{
	json_value *functions = json_set_array(into, "functions");

	for (size_t i = 0; i < livepatch->count; i++) {
		const struct livepatch_function *function = &livepatch->functions[i];
		json_value *item = json_add_object(functions);

		json_set_text(item, "object", function->object);
		write_problem(function->object, function->is_named, item);
		json_set_text(item, "name", function->name);
		json_set_int(item, "sympos", (int64_t)function->sympos);
		json_set_text(item, "code", function->code ? function->code->name : NULL);
		json_set_int(item, "size", function->code ? (int64_t)function->code->size : 0);
	}
}

static void write_records(const struct livepatch *livepatch, json_value *into)
{
	json_value *callbacks = json_set_array(into, "callbacks");
	json_value *states = json_set_array(into, "states");

	for (size_t i = 0; i < livepatch->callback_count; i++) {
		const struct livepatch_callback *callback = &livepatch->callbacks[i];
		json_value *item = json_add_object(callbacks);

		json_set_text(item, "object", callback->object);
		write_problem(callback->object, callback->is_named, item);
		json_set_text(item, "kind", livepatch_callback_name(callback->kind));
		json_set_text(item, "function", callback->code ? callback->code->name : NULL);
	}
	for (size_t i = 0; i < livepatch->state_count; i++) {
		json_value *item = json_add_object(states);

		json_set_int(item, "id", (int64_t)livepatch->states[i].id);
		json_set_int(item, "version", livepatch->states[i].version);
	}
}

static void write_relocations(const struct object *module, json_value *into)
{
	json_value *tables = json_set_array(into, "relocations");

	for (size_t i = 0; i < module->klp_count; i++) {
		const struct elf_klp_relocs *klp = module->klp[i];
		json_value *table = json_add_object(tables);

		json_set_text(table, "object", klp->object);
		json_set_text(table, "section", klp->target->name);

		json_value *items = json_set_array(table, "items");

		for (size_t k = 0; k < klp->relocs.count; k++) {
			const struct elf_reloc *reloc = &klp->relocs.items[k];
			json_value *item = json_add_object(items);

			json_set_int(item, "offset", (int64_t)reloc->offset);
			json_set_text(item, "type", reloc_type_name(reloc->type));
			json_set_text(item, "symbol", reloc->symbol ? reloc->symbol->name : NULL);
			json_set_int(item, "addend", reloc->addend);
		}
	}
}

static bool is_special(const struct elf_section *section)
{
	enum section_kind kind = section_rule_find(section)->kind;

	return section->size && (kind == SECTION_ROWS || kind == SECTION_REGENERATED ||
				 kind == SECTION_DESCRIPTOR || kind == SECTION_FRAGMENT);
}

static void write_sections(const struct object *module, json_value *into)
{
	json_value *sections = json_set_array(into, "special_sections");

	for (size_t i = 0; i < module->section_count; i++) {
		const struct elf_section *section = module->sections[i];

		if (!is_special(section))
			continue;
		json_value *item = json_add_object(sections);

		json_set_text(item, "name", section->name);
		json_set_int(item, "size", (int64_t)section->size);
		json_set_int(item, "relocations", (int64_t)section->relocs.count);
	}
}

static void write_needs(const struct object *module, json_value *into)
{
	json_value *exports = json_set_array(into, "exports_used");

	for (size_t i = 0; i < module->symbol_count; i++) {
		const struct elf_symbol *symbol = module->symbols[i];

		if (!symbol->section && symbol->special == SHN_UNDEF && *symbol->name)
			json_add_text(exports, symbol->name);
	}
}

static void write_facts(const struct livepatch *livepatch, bool is_signed, json_value *into)
{
	json_value *facts = json_set_array(into, "modinfo");

	json_set_bool(into, "livepatch", livepatch->is_livepatch);
	json_set_text(into, "name", livepatch_fact(livepatch, "name"));
	json_set_text(into, "vermagic", livepatch_fact(livepatch, "vermagic"));
	json_set_bool(into, "signed", is_signed);
	for (size_t i = 0; i < livepatch->facts.count; i++)
		json_add_text(facts, livepatch->facts.items[i]);
}

static void print_functions(const json_value *value)
{
	const json_value *functions = json_get(value, "functions");

	printf("replaces:\n");
	for (size_t i = 0; i < json_count(functions); i++) {
		const json_value *item = json_at(functions, i);

		printf("  %s  %s,%" PRId64 "  by %" PRId64 " bytes of %s\n",
		       json_get_text(item, "object", "?"), json_get_text(item, "name", "?"),
		       json_get_int(item, "sympos", 0), json_get_int(item, "size", 0),
		       json_get_text(item, "code", "?"));
		print_problem(item);
	}
}

static void print_records(const json_value *value)
{
	const json_value *callbacks = json_get(value, "callbacks");
	const json_value *states = json_get(value, "states");

	if (json_count(callbacks))
		printf("callbacks:\n");
	for (size_t i = 0; i < json_count(callbacks); i++) {
		const json_value *item = json_at(callbacks, i);

		printf("  %s  %s: %s\n", json_get_text(item, "object", "?"),
		       json_get_text(item, "kind", "?"), json_get_text(item, "function", "?"));
		print_problem(item);
	}
	if (json_count(states))
		printf("states:\n");
	for (size_t i = 0; i < json_count(states); i++) {
		const json_value *item = json_at(states, i);

		printf("  %" PRId64 " version %" PRId64 "\n", json_get_int(item, "id", 0),
		       json_get_int(item, "version", 0));
	}
}

static void print_relocations(const json_value *value, bool all)
{
	const json_value *tables = json_get(value, "relocations");

	printf("livepatch relocations:\n");
	for (size_t i = 0; i < json_count(tables); i++) {
		const json_value *table = json_at(tables, i);
		const json_value *items = json_get(table, "items");

		printf("  %-16s %s: %zu\n", json_get_text(table, "object", "?"),
		       json_get_text(table, "section", "?"), json_count(items));
		for (size_t k = 0; all && k < json_count(items); k++) {
			const json_value *item = json_at(items, k);

			printf("    +0x%-6" PRIx64 " %-16s %s %+" PRId64 "\n",
			       (uint64_t)json_get_int(item, "offset", 0),
			       json_get_text(item, "type", "?"), json_get_text(item, "symbol", "?"),
			       json_get_int(item, "addend", 0));
		}
	}
}

static void print_for_people(const json_value *value, bool all_relocations)
{
	const json_value *sections = json_get(value, "special_sections");
	const json_value *exports = json_get(value, "exports_used");

	printf("module:    %s\n", json_get_text(value, "name", "(no name)"));
	printf("livepatch: %s\n", json_get_bool(value, "livepatch", false) ? "yes" : "no");
	printf("vermagic:  %s\n", json_get_text(value, "vermagic", "(none)"));
	printf("signature: %s\n", json_get_bool(value, "signed", false) ? "appended" : "none");
	print_functions(value);
	print_records(value);
	print_relocations(value, all_relocations);
	printf("special sections:\n");
	for (size_t i = 0; i < json_count(sections); i++) {
		const json_value *item = json_at(sections, i);

		printf("  %-24s %6" PRId64 " bytes\n", json_get_text(item, "name", "?"),
		       json_get_int(item, "size", 0));
	}
	printf("exports used:");
	for (size_t i = 0; i < json_count(exports); i++)
		printf(" %s", json_text(json_at(exports, i)));
	printf("\n");
}

static bool has_signature(const struct buffer *bytes)
{
	size_t length = strlen(SIGNATURE_MAGIC);

	return bytes->size > length &&
	       !memcmp(bytes->data + bytes->size - length, SIGNATURE_MAGIC, length);
}

int inspect_run(const struct args *args, struct error *err)
{
	auto_buffer struct buffer bytes = BUFFER_INIT;
	auto_object struct object *module = NULL;
	auto_livepatch struct livepatch livepatch = { 0 };
	auto_json json_value *value = json_new_object();
	const char *path = args->words[0];

	if (file_read(path, OBJECT_SIZE_LIMIT, &bytes, err) < 0 ||
	    object_parse(bytes.data, bytes.size, path, 0, &module, err) < 0 ||
	    livepatch_parse(module, &livepatch, err) < 0)
		return -1;
	write_facts(&livepatch, has_signature(&bytes), value);
	write_functions(&livepatch, value);
	write_records(&livepatch, value);
	write_relocations(module, value);
	write_sections(module, value);
	write_needs(module, value);
	if (args_has(args, "json"))
		print_json(value);
	else
		print_for_people(value, args_has(args, "relocations"));
	return 0;
}
