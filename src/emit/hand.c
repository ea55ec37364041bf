// SPDX-License-Identifier: GPL-2.0-or-later
#include "emit/hand.h"

#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/file.h"
#include "elf/livepatch.h"
#include "emit/assembly.h"
#include "emit/finish.h"
#include "emit/module.h"
#include "emit/reload.h"
#include "model/module_name.h"

#define DECLARATIONS ".suture.symbols" /* include/suture/livepatch.h has its format */
#define DECLARATION_LIMIT 10000
#define OBJECT_NAME_LIMIT 55 /* kernel/livepatch/core.c, klp_resolve_symbols() */

struct declaration { /* texts in the object's arena */
	const char *object, *symbol;
	uint64_t position;
};

struct hand {
	const struct kernel *kernel;
	struct linkages *linkages;
	struct prototypes *prototypes;
	struct object *module;
	struct map *declarations; /* name in the module -> struct declaration */
	struct text_list patched; /* objects */
	struct finding_list *findings;
};

/* The next text of the section; NULL at its end or where none ends. */
static const char *next_text(const struct elf_section *section, uint64_t *at)
{
	const char *text = (const char *)section->data + *at;
	size_t room = section->size - *at, length = strnlen(text, room);

	if (length == room)
		return NULL;
	*at += length + 1;
	return text;
}

static int read_declaration(struct hand *hand, const struct elf_section *section, uint64_t *at,
			    struct error *err)
{
	struct declaration *declaration = arena_alloc(hand->module->arena, sizeof(*declaration));
	const char *texts[4]; /* name here, object, symbol, position */

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		texts[i] = *at < section->size ? next_text(section, at) : NULL;
		if (!texts[i])
			return error_set(err, ERROR_INVALID, "%s ends in the middle of a declaration",
					 DECLARATIONS);
	}
	declaration->object = texts[1];
	declaration->symbol = texts[2];
	if (text_to_u64(texts[3], &declaration->position, err) < 0)
		return error_context(err, "SUTURE_SYMBOL(%.55s, %.100s)", texts[1], texts[2]);

	const struct declaration *other = map_find(hand->declarations, texts[0]);

	if (other && (strcmp(other->object, declaration->object) ||
		      strcmp(other->symbol, declaration->symbol) ||
		      other->position != declaration->position))
		return error_set(err, ERROR_INVALID,
				 "%.100s is declared as a symbol of %.55s and of %.55s: give one of them another name with SUTURE_SYMBOL_AS()",
				 texts[0], other->object, declaration->object);
	map_set(hand->declarations, texts[0], declaration);
	return 0;
}

static int read_declarations(struct hand *hand, struct error *err)
{
	const struct elf_section *section = object_find_section(hand->module, DECLARATIONS);
	uint64_t at = 0;

	for (size_t i = 0; section && section->data && at < section->size; i++) {
		if (i == DECLARATION_LIMIT)
			return error_set(err, ERROR_INVALID, "too many symbols are declared");
		if (read_declaration(hand, section, &at, err) < 0)
			return -1;
	}
	return 0;
}

static bool is_declarations(const struct elf_section *section)
{
	return !strcmp(section->name, DECLARATIONS);
}

/* The rules' advice is for whoever changes the kernel's source; this is for the module's author. */
static void refuse(struct hand *hand, enum rule_id rule, const char *name, const char *detail,
		   const char *advice)
{
	finding_add(hand->findings, rule, path_base(hand->module->path), name, NULL, "%s", detail)
		->advice = advice;
}

/* Why the kernel would not find that object, NULL if it would. Caller frees. */
static char *object_problem(const struct hand *hand, const char *object,
			    const struct symbol_table **ret_table)
{
	char *problem = is_vmlinux(object) ? NULL : module_name_problem(object);
	struct error err;

	if (!problem && linkages_table(hand->linkages, object, ret_table, &err) < 0)
		return xstrdup(err.msg);
	return problem;
}

/* The same for its symbol's position; `count` are there. */
static char *position_problem(const struct symbol_table *table,
			      const struct declaration *declaration, size_t count)
{
	size_t index = symbol_first(table, declaration->symbol);

	if (!count)
		return xasprintf("%s has no such symbol", declaration->object);
	if (count == 1 && declaration->position)
		return xasprintf("%s has one of this name: its position is 0", declaration->object);
	if (count > 1 && (!declaration->position || declaration->position > count))
		return xasprintf("%s has %zu of this name: the position must be 1 to %zu",
				 declaration->object, count, count);
	for (uint64_t i = 1; i < declaration->position; i++)
		index = symbol_next(table, index);
	if (symbol_has_stable_sympos(table, index))
		return NULL;
	return xasprintf("its position among its namesakes in %s changes once that has initialised",
			 declaration->object);
}

/* With whose coming the object's symbols get their addresses: it is patched itself, or a patched module
 * holds it (target/held.h). NULL: they never get any. */
static const char *find_holder(struct hand *hand, const char *object)
{
	if (is_vmlinux(object) || text_list_has(&hand->patched, object))
		return object;
	for (size_t i = 0; i < hand->patched.count; i++) {
		bool holds = false;
		struct error ignored;

		if (linkages_hold(hand->linkages, hand->patched.items[i], object, &holds, &ignored) == 0 &&
		    holds)
			return hand->patched.items[i];
	}
	return NULL;
}

static void name_symbol(struct hand *hand, struct elf_symbol *symbol,
			const struct declaration *declaration)
{
	const char *holder = find_holder(hand, declaration->object);
	auto_free char *detail = NULL;

	if (holder) {
		const char *name = arena_printf(hand->module->arena, KLP_SYMBOL_PREFIX "%s.%s,%ju",
						declaration->object, declaration->symbol,
						(uintmax_t)declaration->position);

		symbol->name = strcmp(holder, declaration->object) == 0 ?
				       name :
				       arena_printf(hand->module->arena, KLP_PATCHED_PREFIX "%s/%s",
						    holder, name);
		return;
	}
	detail = xasprintf("it is part of %s, which is not patched here and which no patched module needs",
			   declaration->object);
	refuse(hand, RULE_MODULE_NOT_HELD, declaration->symbol, detail,
	       "Do without it, or put the function that needs it into a klp_object of that module.");
}

static int check_called(struct hand *hand, const struct elf_symbol *symbol,
			const struct declaration *declaration, struct error *err)
{
	auto_free char *problem = NULL;

	if (prototypes_compare_called(hand->prototypes, declaration->object, declaration->symbol,
				      symbol->name, &problem, err) < 0)
		return -1;
	if (problem)
		refuse(hand, RULE_PROTOTYPE, declaration->symbol, problem,
		       "Declare it as the kernel's source does; a void * stands for any pointer.");
	return 0;
}

static int check_new(struct hand *hand, const struct livepatch *livepatch, struct error *err)
{
	for (size_t i = 0; i < livepatch->count; i++) {
		const struct livepatch_function *function = &livepatch->functions[i];
		auto_free char *problem = NULL;

		if (!function->code)
			continue;
		if (prototypes_compare_new(hand->prototypes, function->object, function->name,
					   function->code->name, &problem, err) < 0)
			return -1;
		if (problem)
			refuse(hand, RULE_PROTOTYPE, function->code->name, problem,
			       "Give it the prototype of the function that it replaces; a void * stands for any pointer.");
	}
	return 0;
}

/* The same checks as the kernel's when it looks for it (klp_find_object_symbol()), now. */
static int take_declared(struct hand *hand, struct elf_symbol *symbol,
			 const struct declaration *declaration, struct error *err)
{
	const struct symbol_table *table = NULL;
	auto_free char *detail = NULL;
	size_t count;

	if (strlen(declaration->object) > OBJECT_NAME_LIMIT || strchr(declaration->object, '.') ||
	    strchr(declaration->symbol, ',')) {
		refuse(hand, RULE_LONG_NAME, declaration->symbol,
		       "it cannot be written as a livepatch symbol",
		       "SUTURE_SYMBOL() takes a module's and a symbol's name as the kernel has them.");
		return 0;
	}
	detail = object_problem(hand, declaration->object, &table);
	if (detail) {
		refuse(hand, RULE_MISSING_SYMBOL, declaration->symbol, detail,
		       "Correct the object's name in SUTURE_SYMBOL(): vmlinux, or a module as in lsmod.");
		return 0;
	}
	count = symbol_count(table, declaration->symbol);
	detail = position_problem(table, declaration, count);
	if (detail) {
		refuse(hand, count ? RULE_AMBIGUOUS_SYMBOL : RULE_MISSING_SYMBOL,
		       declaration->symbol, detail,
		       count ? "Correct the position in SUTURE_SYMBOL(), or do without the symbol."
			     : "Correct the name in SUTURE_SYMBOL(): as in /proc/kallsyms of that kernel.");
		return 0;
	}
	if (check_called(hand, symbol, declaration, err) < 0)
		return -1;
	name_symbol(hand, symbol, declaration);
	return 0;
}

static void advise(struct linkages *linkages, const char *object, const char *name,
		   struct buffer *text)
{
	const struct symbol_table *table;
	struct error err;

	if (linkages_table(linkages, object, &table, &err) < 0)
		return;
	for (size_t i = symbol_first(table, name); i != SIZE_MAX; i = symbol_next(table, i))
		buffer_printf(text, "%sSUTURE_SYMBOL(%s, %s, %u)", text->size ? " or " : "", object,
			      name, symbol_sympos(table, i));
}

char *hand_advice(struct linkages *linkages, const char *object, const char *name)
{
	const struct export *export = symvers_find(linkages_symvers(linkages), name);
	auto_buffer struct buffer text = BUFFER_INIT;
	struct error ignored;
	bool holds = false;

	advise(linkages, VMLINUX, name, &text);
	if (object && !is_vmlinux(object))
		advise(linkages, object, name, &text);
	if (export && object && !is_vmlinux(export->owner) && strcmp(object, export->owner) != 0 &&
	    linkages_hold(linkages, object, export->owner, &holds, &ignored) == 0 && holds)
		advise(linkages, export->owner, name, &text);
	return text.size ? buffer_steal_text(&text) : NULL;
}

/* Who the module patches; NULL if it patches no module. */
static const char *patched_module(const struct hand *hand)
{
	for (size_t i = 0; i < hand->patched.count; i++)
		if (!is_vmlinux(hand->patched.items[i]))
			return hand->patched.items[i];
	return NULL;
}

/* Exports of modules too: the loader would make the livepatch depend on that module. */
static void take_undeclared(struct hand *hand, const char *name)
{
	const struct export *export = symvers_find(linkages_symvers(hand->linkages), name);
	auto_free char *advice = NULL, *detail = NULL;

	if (export && is_vmlinux(export->owner))
		return;
	advice = hand_advice(hand->linkages, patched_module(hand), name);
	detail = advice ? xasprintf("no livepatch can see it without %s", advice)
			: xstrdup("neither the kernel nor the patched module, nor one that this needs, has such a symbol");
	refuse(hand, RULE_MISSING_SYMBOL, name, detail,
	       advice ? "Declare it in the source." : "Correct its name, or define it in the module.");
}

static int take_symbols(struct hand *hand, struct error *err)
{
	for (size_t i = 0; i < hand->module->symbol_count; i++) {
		struct elf_symbol *symbol = hand->module->symbols[i];
		const struct declaration *declaration;

		if (symbol->section || symbol->special != SHN_UNDEF || !*symbol->name)
			continue;
		declaration = map_find(hand->declarations, symbol->name);
		if (!declaration)
			take_undeclared(hand, symbol->name);
		else if (take_declared(hand, symbol, declaration, err) < 0)
			return -1;
	}
	return 0;
}

static bool is_modinfo_symbol(const struct elf_symbol *symbol)
{
	return symbol->section && symbol->type != STT_SECTION &&
	       !strcmp(symbol->section->name, ".modinfo");
}

/* A dependency would pull a module in when the livepatch is loaded; suture's own are never stated. */
static void write_modinfo(struct hand *hand, const struct text_list *old,
			  const struct text_list *facts)
{
	struct elf_section *section = object_find_section(hand->module, ".modinfo");
	auto_buffer struct buffer text = BUFFER_INIT;
	size_t kept = 0;

	for (size_t i = 0; i < hand->module->symbol_count; i++)
		if (!is_modinfo_symbol(hand->module->symbols[i]))
			hand->module->symbols[kept++] = hand->module->symbols[i];
	hand->module->symbol_count = kept;
	for (size_t i = 0; i < old->count; i++)
		if (!has_prefix(old->items[i], "depends=") && !has_prefix(old->items[i], "suture."))
			buffer_add(&text, old->items[i], strlen(old->items[i]) + 1);
	buffer_add(&text, "depends=", sizeof("depends="));
	for (size_t i = 0; i < facts->count; i++)
		buffer_add(&text, facts->items[i], strlen(facts->items[i]) + 1);
	section->data = arena_memdup(hand->module->arena, text.data, text.size);
	section->size = text.size;
}

/* As for a module that suture makes (emit/module.c), but for suture.patch: its code is the author's. */
static int add_facts(struct hand *hand, const struct livepatch *livepatch, struct error *err)
{
	auto_text_list struct text_list facts = { 0 };
	auto_text_list struct text_list objects = { 0 };

	if (hand->kernel->id.build_id)
		text_list_printf(&facts, "suture.kernel_build_id=%s", hand->kernel->id.build_id);
	for (size_t i = 0; i < livepatch->count; i++) {
		const struct livepatch_function *function = &livepatch->functions[i];

		text_list_printf(&facts, "suture.functions=%s:%s", function->object, function->name);
		if (!text_list_has(&objects, function->object))
			text_list_add(&objects, function->object);
	}
	for (size_t i = 0; i < livepatch->state_count; i++)
		text_list_printf(&facts, "suture.states=%ju:%u",
				 (uintmax_t)livepatch->states[i].id, livepatch->states[i].version);
	if (module_add_targets(hand->kernel, &objects, &facts, err) < 0)
		return -1;
	reload_judge(hand->kernel, &objects, hand->findings);
	write_modinfo(hand, &livepatch->facts, &facts);
	return 0;
}

static int finish(struct hand *hand, const char *output, struct error *err)
{
	auto_livepatch struct livepatch livepatch = { 0 };

	if (read_declarations(hand, err) < 0 ||
	    livepatch_parse(hand->module, &livepatch, err) < 0)
		return -1;
	if (!livepatch.is_livepatch)
		return error_set(err, ERROR_INVALID,
				 "%s is no livepatch: MODULE_INFO(livepatch, \"Y\") is missing",
				 path_base(hand->module->path));
	livepatch_add_objects(&livepatch, &hand->patched);
	if (check_new(hand, &livepatch, err) < 0 || take_symbols(hand, err) < 0)
		return -1;
	if (finding_list_error(hand->findings, err) < 0 || add_facts(hand, &livepatch, err) < 0)
		return -1;
	object_drop_sections(hand->module, is_declarations);
	if (module_finish(hand->module, linkages_symvers(hand->linkages), err) < 0)
		return -1;
	return object_write(hand->module, output, err);
}

int hand_finish(const struct kernel *kernel, const char *built, const char *output,
		struct linkages *linkages, prototypes_writers writers, struct finding_list *findings,
		struct error *err)
{
	struct hand hand = { .kernel = kernel, .linkages = linkages, .findings = findings };
	int result;

	if (prototypes_open(kernel, linkages, built, writers, &hand.prototypes, err) < 0)
		return -1;
	if (object_read(built, OBJECT_READ_DEBUG_RELOCS, &hand.module, err) < 0) {
		prototypes_free(hand.prototypes);
		return -1;
	}
	object_drop_sections(hand.module, is_debug_section);
	hand.declarations = map_new();
	result = finish(&hand, output, err);
	text_list_clear(&hand.patched);
	map_free(hand.declarations);
	object_free(hand.module);
	prototypes_free(hand.prototypes);
	return result;
}
