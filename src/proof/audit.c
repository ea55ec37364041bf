// SPDX-License-Identifier: GPL-2.0-or-later
#include "proof/audit.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "model/module_name.h"
#include "proof/audit_private.h"

/* One failure more or less is no news then. */
#define SENTENCE_LIMIT 50

static const struct {
	const char *slug, *title;
	void (*run)(struct audit_work *work);
} checks[] = {
	{ "identity", "the module is a livepatch, and one name stands in it", audit_identity },
	{ "vermagic", "the version magic is that of the kernel's own modules", audit_vermagic },
	{ "versions", "every symbol of the kernel that it uses is an export of vmlinux, with its checksum",
	  audit_versions },
	{ "namespaces", "the namespaces of the exports are imported", audit_namespaces },
	{ "depends", "it pulls no other module in", audit_depends },
	{ "sections", "sections have the flags that their contents need, and nothing is unknown",
	  audit_section_flags },
	{ "relocations", "ordinary relocations lead into the module or to exports", audit_relocations },
	{ "klp-symbols", "livepatch symbols name one symbol of the shipped table each, outside of init memory",
	  audit_klp_symbols },
	{ "klp-relocations", "livepatch relocations change bytes that are zero, in the order that the kernel needs",
	  audit_klp_relocations },
	{ "functions", "every replaced function exists once, can be redirected, and shares its address with no other",
	  audit_functions },
	{ "held", "what it uses of modules is there whenever the code that uses it may run", audit_held },
	{ "callbacks", "callbacks are functions of the module that the kernel can call, and states can be told apart",
	  audit_callbacks },
	{ "rows", "rows of special sections are whole, single, and about code that fits them", audit_rows },
	{ "sites", "every call, return and jump that the kernel rewrites is in its table", audit_sites },
	{ "unwind", "the unwind table is sorted and covers all code", audit_unwind },
	{ "glue", "loading it registers its one patch, and its entry points are the right ones", audit_glue },
	{ "intent", "the new code is what the patch compiles to, and nothing else is in it", audit_intent },
	{ "signature", "the signature is at the end", audit_signature },
	{ "manifest", "the manifest says what the module does", audit_manifest },
};

const char *audit_result_name(enum audit_result result)
{
	static const char *const names[] = { "passed", "unknown", "failed" };

	return names[result];
}

static void add_sentence(struct text_list *list, const char *format, va_list args)
{
	auto_free char *text = xvasprintf(format, args);

	if (list->count < SENTENCE_LIMIT && !text_list_has(list, text))
		text_list_add(list, text);
}

void audit_fail(struct audit_work *work, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add_sentence(&work->check->failures, format, args);
	va_end(args);
	work->check->result = AUDIT_FAILED;
}

void audit_note(struct audit_work *work, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add_sentence(&work->check->notes, format, args);
	va_end(args);
	if (work->check->result == AUDIT_PASSED)
		work->check->result = AUDIT_UNKNOWN;
}

bool audit_object(struct audit_work *work, const char *object, bool is_named)
{
	auto_free char *problem = is_named ? module_name_problem(object) : NULL;

	if (problem)
		audit_fail(work, "%s", problem);
	return !problem;
}

const struct shipped *audit_shipped(struct audit_work *work, const char *object)
{
	struct shipped *shipped = map_find(work->shipped, object);
	struct error err;

	if (shipped)
		return shipped;
	if (!audit_object(work, object, strcmp(object, "vmlinux") != 0))
		return NULL;
	if (shipped_open(work->request->kernel, object, &shipped, &err) < 0) {
		audit_fail(work, "%s", err.msg);
		return NULL;
	}
	map_set(work->shipped, object, shipped);
	return shipped;
}

size_t audit_find_symbol(struct audit_work *work, const struct shipped *shipped, const char *name,
			 uint64_t sympos)
{
	const struct symbol_table *table = shipped_symbols(shipped);
	size_t count = symbol_count(table, name);
	size_t index = symbol_first(table, name);

	if (!count || sympos > count || (!sympos && count > 1)) {
		audit_fail(work, "%s: it has %zu symbols %s, and number %ju is wanted%s",
			   shipped_object(shipped), count, name, (uintmax_t)sympos,
			   sympos ? "" : " (0 is for a name that is unique)");
		return SIZE_MAX;
	}
	/* Before 6.19 an atomic replace takes name,0 and name,1 for two functions. */
	if (sympos == 1 && count == 1)
		audit_fail(work, "%s: %s is unique and must have number 0, not 1",
			   shipped_object(shipped), name);
	for (uint64_t i = 1; i < sympos; i++)
		index = symbol_next(table, index);
	if (!symbol_has_stable_sympos(table, index))
		audit_fail(work, "%s: the number of %s changes once the module has initialised",
			   shipped_object(shipped), name);
	return index;
}

bool audit_is_init(const struct shipped *shipped, size_t index)
{
	const struct symbol_table *table = shipped_symbols(shipped);
	const struct symbol *symbol = &table->items[index];
	size_t start = symbol_first(table, "__init_begin"), end = symbol_first(table, "__init_end");

	if (shipped_module(shipped))
		return symbol->section && (has_prefix(symbol->section, ".init") ||
					   has_prefix(symbol->section, ".exit"));
	return start != SIZE_MAX && end != SIZE_MAX &&
	       symbol->address >= table->items[start].address &&
	       symbol->address < table->items[end].address;
}

static void run_checks(struct audit_work *work, struct audit *audit)
{
	audit->count = ARRAY_SIZE(checks);
	audit->checks = xcalloc(audit->count, sizeof(*audit->checks));
	for (size_t i = 0; i < audit->count; i++) {
		audit->checks[i].slug = checks[i].slug;
		audit->checks[i].title = checks[i].title;
		work->check = &audit->checks[i];
		checks[i].run(work);
	}
}

static void work_clear(struct audit_work *work)
{
	livepatch_clear(&work->livepatch);
	symvers_free(work->symvers);
	for (size_t i = 0; i < map_count(work->shipped); i++)
		shipped_free(map_value(work->shipped, i));
	map_free(work->shipped);
	object_free(work->module);
}

int audit_module(const struct audit_request *request, struct audit *ret_audit, struct error *err)
{
	struct audit_work work = { .request = request, .shipped = map_new() };
	int result = -1;

	if (object_parse(request->data, request->size, request->path, 0, &work.module, err) == 0 &&
	    livepatch_parse(work.module, &work.livepatch, err) == 0 &&
	    symvers_read(request->kernel->symvers, &work.symvers, err) == 0) {
		run_checks(&work, ret_audit);
		result = 0;
	}
	work_clear(&work);
	return result;
}

void audit_clear(struct audit *audit)
{
	for (size_t i = 0; i < audit->count; i++) {
		text_list_clear(&audit->checks[i].failures);
		text_list_clear(&audit->checks[i].notes);
	}
	free(audit->checks);
	*audit = (struct audit){ 0 };
}

int audit_error(const struct audit *audit, struct error *err)
{
	for (size_t i = 0; i < audit->count; i++)
		if (audit->checks[i].result == AUDIT_FAILED)
			return error_set(err, ERROR_VERIFY, "the audit failed: %s: %s",
					 audit->checks[i].slug, audit->checks[i].failures.items[0]);
	return 0;
}

void audit_write(const struct audit *audit, json_value *into)
{
	struct error ignored;
	json_value *list;

	json_set_text(into, "verdict", audit_error(audit, &ignored) < 0 ? "failed" : "passed");
	list = json_set_array(into, "checks");
	for (size_t i = 0; i < audit->count; i++) {
		const struct audit_check *check = &audit->checks[i];
		json_value *item = json_add_object(list);
		json_value *texts;

		json_set_text(item, "check", check->slug);
		json_set_text(item, "result", audit_result_name(check->result));
		json_set_text(item, "title", check->title);
		texts = json_set_array(item, "failures");
		for (size_t k = 0; k < check->failures.count; k++)
			json_add_text(texts, check->failures.items[k]);
		texts = json_set_array(item, "unknown");
		for (size_t k = 0; k < check->notes.count; k++)
			json_add_text(texts, check->notes.items[k]);
	}
}
