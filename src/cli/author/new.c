// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "build/copy_trouble.h"
#include "build/function_source.h"
#include "build/skeleton.h"
#include "cli/author/commands.h"
#include "cli/author/hand.h"
#include "emit/hand.h"
#include "emit/hand_copies.h"
#include "emit/locate.h"

const struct option_row new_options[] = {
	{ "kernel", 'k', "REL|DIR", "kernel that it is for: a fetched release or an imported tree (default: running)" },
	{ "module", 'm', "NAME", "the functions are this module's (default: wherever they are)" },
	{ "file", 'f', "FILE.c", "source file that has them, where several have functions of this name" },
	{ "dir", 'd', "DIR", "folder to make (default: livepatch_FUNCTION)" },
	{ "json", 0, NULL, "print what was made as JSON" },
	{ 0 },
};

const char new_details[] =
	"Writes a C file with copies of the functions and of what they need, the structs of a livepatch,\n"
	"and a Makefile; then builds it as 'suture build DIR' does, and leaves nothing behind if that\n"
	"fails. The result replaces the functions by themselves: change them. All must be of one file.";

#define NAME_LIMIT 511 /* include/linux/kallsyms.h, KSYM_NAME_LEN */
#define TLB_FUNCTION "flush_tlb_mm_range"
#define ATTEMPTS 6 /* each may show symbols that the one before did not reach */

struct making {
	const struct kernel *kernel;
	const struct args *args;
	struct function_source source;
	struct linkages *linkages;
	struct object *plain; /* the unit as kbuild makes it */
	struct text_list functions, symbols, notes;
	bool reads_keys; /* as in struct skeleton_request */
	char *tlb;
	char *work;
};

static void making_clear(struct making *making)
{
	struct error ignored;

	function_source_clear(&making->source);
	linkages_free(making->linkages);
	object_free(making->plain);
	text_list_clear(&making->functions);
	text_list_clear(&making->symbols);
	text_list_clear(&making->notes);
	if (making->work)
		directory_remove(making->work, &ignored);
	free(making->work);
	free(making->tlb);
}

/* Which of the kernel's symbols a name of this file means. */
static enum skeleton_symbol look(void *user, const char *name, unsigned *ret_position)
{
	struct making *making = user;
	const struct export *export =
		symvers_find(linkages_symvers(making->linkages), name);
	const struct elf_symbol *own = object_find_symbol(making->plain, name);
	const struct shipped *shipped;
	const struct symbol_table *table;
	struct error ignored;
	size_t index;

	*ret_position = 0;
	if (own && own->section && has_prefix(own->section->name, ".init"))
		return SYMBOL_INIT;
	if (!own || !own->section ||
	    linkages_shipped(making->linkages, making->source.object, &shipped, &ignored) < 0)
		return SYMBOL_ABSENT;
	if (export && is_vmlinux(export->owner) && own->bind != STB_LOCAL)
		return SYMBOL_EXPORTED;
	table = shipped_symbols(shipped);
	if (symbol_count(table, name) == 0)
		return SYMBOL_ABSENT;
	if (symbol_count(table, name) == 1)
		return SYMBOL_HIDDEN;
	if (locate_symbol(shipped, making->source.plain, name, &index, &ignored) < 0)
		return SYMBOL_ABSENT;
	*ret_position = symbol_sympos(table, index);
	return SYMBOL_HIDDEN;
}

static size_t size_of(void *user, const char *name)
{
	const struct making *making = user;
	const struct elf_symbol *own = object_find_symbol(making->plain, name);

	return own && own->section ? own->size : 0;
}

static bool is_live(void *user, const char *name)
{
	const struct making *making = user;

	return hand_is_live(making->plain, name);
}

static int write_makefile(const struct making *making, const char *name, const char *folder,
			  struct error *err)
{
	auto_text_list struct text_list flags = { 0 };
	auto_buffer struct buffer text = BUFFER_INIT;
	auto_free char *path = path_join(folder, "Makefile");

	function_source_flags(&making->source, &flags);
	buffer_printf(&text,
		      "# For the kernel's own build system, which \"suture build .\" runs: kbuild compiles\n"
		      "# %s.c, and suture makes livepatch relocations of what SUTURE_SYMBOL() names.\n"
		      "obj-m := %s.o\n\n# Where %s finds its headers.\nccflags-y :=",
		      name, name, making->source.source);
	for (size_t i = 0; i < flags.count; i++)
		buffer_printf(&text, " %s", flags.items[i]);
	buffer_add_text(&text, "\n");
	return file_write_text(path, buffer_text(&text), err);
}

static int write_folder(struct making *making, const char *folder, struct error *err)
{
	const struct skeleton_request request = {
		.source = making->source.source,
		.release = making->kernel->id.release ? making->kernel->id.release : "?",
		.object = making->source.object,
		.text = &making->source.text,
		.functions = &making->functions,
		.symbols = &making->symbols,
		.reads_keys = making->reads_keys,
		.tlb = making->tlb,
		.look = look,
		.size = size_of,
		.is_live = is_live,
		.user = making,
	};
	auto_free char *name = skeleton_name(&request);
	auto_free char *path = xasprintf("%s/%s.c", folder, name);
	auto_buffer struct buffer text = BUFFER_INIT;

	text_list_clear(&making->notes);
	if (making->reads_keys)
		text_list_add(&making->notes,
			      "static keys and calls are read in memory, as suture_static_branch() does");
	if (skeleton_write(&request, &text, &making->notes, err) < 0 ||
	    directory_make(folder, err) < 0 ||
	    file_write_text(path, buffer_text(&text), err) < 0)
		return -1;
	return write_makefile(making, name, folder, err);
}

/* The line that makes a symbol of another file usable; NULL if there is no single one. */
static char *declaration_of(struct making *making, const char *name)
{
	auto_finding_list struct finding_list ignored = { 0 };
	const struct linkage_unit unit = { .source = making->source.source,
					   .object = making->source.object,
					   .plain = making->source.plain };
	const struct linkage *linkage =
		linkage_of_outside(making->linkages, &unit, name, &ignored);

	return linkage ? xasprintf("SUTURE_SYMBOL(%s, %s, %u)", linkage->object, name,
				   linkage->sympos) : NULL;
}

/* Symbols that the compiled text refers to and no declaration names: inline functions of headers use
 * them. True if there were some, and all could be told. */
static bool learn_symbols(struct making *making, const struct finding_list *findings,
			  struct error *err)
{
	bool any = false;

	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->items[i];
		auto_free char *advice = NULL;

		if (finding->verdict != RULE_REFUSE)
			continue;
		if (finding->rule != RULE_MISSING_SYMBOL || !finding->function)
			return false;
		advice = declaration_of(making, finding->function);
		if (!advice || text_list_has(&making->symbols, advice)) {
			error_set(err, ERROR_UNSUPPORTED,
				  "it needs %s, which the kernel does not have under this name, or more than once: make the change as a diff (suture build PATCH)",
				  finding->function);
			return false;
		}
		text_list_add(&making->symbols, advice);
		any = true;
	}
	return any;
}

/* The declaration as this kernel has it; NULL: it cannot be read. Caller frees. */
static char *read_tlb_declaration(const struct kernel *kernel)
{
	static const char begin[] = "extern void " TLB_FUNCTION "(";
	auto_free char *path = path_join(kernel->source, "arch/x86/include/asm/tlbflush.h");
	auto_buffer struct buffer text = BUFFER_INIT;
	const char *at, *end;
	struct error ignored;

	if (file_read(path, (size_t)1 << 20, &text, &ignored) < 0)
		return NULL;
	at = strstr(buffer_text(&text), begin);
	end = at ? strchr(at, ';') : NULL;
	return end ? xstrndup(at, (size_t)(end + 1 - at)) : NULL;
}

/* What the text can do about it if it is written once more. */
static bool learn_trouble(struct making *making, const struct error *err)
{
	if (!making->tlb && strstr(err->msg, TLB_FUNCTION)) {
		making->tlb = read_tlb_declaration(making->kernel);
		return making->tlb;
	}
	if (making->reads_keys || (!strstr(err->msg, "__jump_table is read before") &&
				   !strstr(err->msg, ".static_call_sites is read before")))
		return false;
	making->reads_keys = true;
	return true;
}

/* As the author will build it. */
static int try_build(struct making *making, const char *folder, bool *ret_again, struct error *err)
{
	auto_manifest struct manifest manifest = { 0 };
	auto_text_list struct text_list variables = { 0 };
	auto_free char *work = path_join(making->work, "build");
	auto_free char *output = path_join(making->work, "try.ko");
	const struct hand_options options = { .work = work, .name = "try", .output = output,
					      .variables = &variables,
					      .progress = making->args->progress };
	int result;

	*ret_again = false;
	if (directory_make(work, err) < 0)
		return -1;
	result = hand_run(making->kernel, folder, &options, &manifest, err);
	if (result < 0 && err->code == ERROR_REFUSED)
		*ret_again = learn_symbols(making, &manifest.findings, err);
	else if (result < 0)
		*ret_again = learn_trouble(making, err);
	return result;
}

/* What the text was not seen to do, the built module shows: no variable of it may stand for one of the
 * kernel's. */
static int check_built(struct making *making, struct error *err)
{
	auto_free char *path = path_join(making->work, "try.ko");
	auto_text_list struct text_list variables = { 0 }, locals = { 0 };
	auto_object struct object *module = NULL;

	if (object_read(path, 0, &module, err) < 0)
		return -1;
	hand_find_copies(making->plain, module, &variables, &locals);
	if (variables.count)
		return error_set(err, ERROR_UNSUPPORTED,
				 "the module would have a variable %s of its own, and what the kernel's holds would be nothing to it: make the change as a diff (suture build PATCH)",
				 variables.items[0]);
	for (size_t i = 0; i < locals.count; i++)
		text_list_printf(&making->notes,
				 "static variable inside of a function or a macro: %s is the module's own",
				 locals.items[i]);
	return 0;
}

/* The author has not seen the file that the compiler speaks of, and never will. */
static int explain_trouble(const struct making *making, struct error *err)
{
	auto_free char *trouble = NULL;

	if (err->code == ERROR_UNSUPPORTED || err->code == ERROR_INTERRUPTED)
		return -1;
	if (err->code != ERROR_TOOL || !strstr(err->msg, "error: "))
		return error_context(err, "what could be copied of %s is not all that it needs",
				     making->source.source);
	trouble = copy_trouble(err->msg);
	return error_set(err, ERROR_TOOL,
			 "what could be copied of %s for %s does not compile as a module: %s; make the change as a diff (suture build PATCH)",
			 making->source.source, making->functions.items[0], trouble);
}

static int make_folder(struct making *making, const char *folder, struct error *err)
{
	for (unsigned i = 0; i < ATTEMPTS; i++) {
		bool again;

		if (write_folder(making, folder, err) < 0)
			return -1;
		if (try_build(making, folder, &again, err) == 0)
			return check_built(making, err);
		if (!again)
			break;
	}
	return explain_trouble(making, err);
}

/* No file has its body: why that may be, as far as the kernel's symbols say. */
static int explain_missing(struct making *making, struct error *err)
{
	const char *name = making->functions.items[0], *module = args_text(making->args, "module");
	const char *object = module ? module : VMLINUX;
	const struct symbol_table *table;
	struct error ignored;
	size_t index;

	if (linkages_table(making->linkages, object, &table, &ignored) < 0)
		return -1;
	index = symbol_first(table, name);
	if (index == SIZE_MAX)
		return error_set(err, ERROR_NOT_FOUND,
				 "there is no function %s: no C file that this kernel's configuration builds has the body of %s%s%s, and %s has no symbol of that name; is it spelled right?",
				 name, name, module ? " in the module " : "", module ? module : "", object);
	if (strchr("dDbBrR", table->items[index].type))
		return error_set(err, ERROR_NOT_FOUND,
				 "%s is a variable of %s, and livepatch replaces functions: take those that use it",
				 name, object);
	return -1;
}

static int open_source(struct making *making, struct error *err)
{
	struct function_source_request request = {
		.function = making->functions.items[0],
		.file = args_text(making->args, "file"),
		.module = args_text(making->args, "module"),
		.work = making->work,
		.progress = making->args->progress,
	};

	if (linkages_open(making->kernel, &making->linkages, err) < 0)
		return -1;
	if (function_source_find(making->kernel, &request, &making->source, err) < 0)
		return err->code == ERROR_NOT_FOUND && !request.file
			       ? explain_missing(making, err)
			       : -1;
	return object_read(making->source.plain, 0, &making->plain, err);
}

static void print_made(const struct making *making, const char *folder)
{
	if (args_has(making->args, "json")) {
		auto_json json_value *value = json_new_object();
		json_value *functions, *notes;

		json_set_text(value, "folder", folder);
		json_set_text(value, "source", making->source.source);
		json_set_text(value, "object", making->source.object);
		functions = json_set_array(value, "functions");
		for (size_t i = 0; i < making->functions.count; i++)
			json_add_text(functions, making->functions.items[i]);
		notes = json_set_array(value, "notes");
		for (size_t i = 0; i < making->notes.count; i++)
			json_add_text(notes, making->notes.items[i]);
		print_json(value);
		return;
	}
	printf("%s: %s of %s, in %s; it builds\n", folder, making->functions.items[0],
	       making->source.source, making->source.object);
	for (size_t i = 0; i < making->notes.count; i++)
		printf("  %s\n", making->notes.items[i]);
	printf("Change it, then: suture build --kernel %s %s\n", making->kernel->id.release, folder);
}

static int make_new(struct making *making, const char *folder, struct error *err)
{
	auto_free char *temporary = path_join(making->work, "new");
	auto_free char *name = NULL;
	auto_text_list struct text_list names = { 0 };

	if (open_source(making, err) < 0 || make_folder(making, temporary, err) < 0 ||
	    directory_list(temporary, &names, err) < 0)
		return -1;
	if (mkdir(folder, 0777) < 0)
		return error_errno(err, "cannot make %s", folder);
	for (size_t i = 0; i < names.count; i++) {
		auto_free char *from = path_join(temporary, names.items[i]);
		auto_free char *to = path_join(folder, names.items[i]);
		struct error ignored;

		if (file_copy(from, to, err) < 0) {
			directory_remove(folder, &ignored);
			return -1;
		}
	}
	print_made(making, folder);
	return 0;
}

/* C11 6.4.2.1, and each once. */
static int check_names(const struct text_list *functions, struct error *err)
{
	for (size_t i = 0; i < functions->count; i++) {
		const char *name = functions->items[i];
		bool is_name = *name && !isdigit((unsigned char)*name) && strlen(name) <= NAME_LIMIT;

		for (size_t k = 0; is_name && name[k]; k++)
			is_name = isalnum((unsigned char)name[k]) || name[k] == '_';
		if (!is_name)
			return error_set(err, ERROR_USAGE, "'%.100s' is no name of a C function", name);
		for (size_t k = 0; k < i; k++)
			if (!strcmp(functions->items[k], name))
				return error_set(err, ERROR_USAGE, "%s is given twice", name);
	}
	return 0;
}

/* Before the work and not behind it. */
static int check_place(const char *folder, struct error *err)
{
	auto_free char *parent = xstrdup(folder);
	char *slash;

	while ((slash = strrchr(parent, '/')) && !slash[1] && slash > parent)
		*slash = 0;
	if (file_exists(folder))
		return error_set(err, ERROR_USAGE, "%s is there already; choose another with --dir",
				 folder);
	if (slash)
		slash[slash == parent] = 0;
	if (access(slash ? parent : ".", W_OK | X_OK) < 0)
		return error_errno(err, "cannot make %s", folder);
	return 0;
}

int new_run(const struct args *args, struct error *err)
{
	auto_kernel struct kernel *kernel = NULL;
	auto_free char *usual = xasprintf("livepatch_%s", args->words[0]);
	const char *folder = args_text(args, "dir") ? args_text(args, "dir") : usual;
	const char *parent = getenv("TMPDIR");
	struct making making = { .args = args };
	struct utsname running;
	int result = -1;

	if (uname(&running) < 0)
		return error_errno(err, "cannot ask for the running kernel");
	text_list_add_all(&making.functions, args->words);
	if (check_names(&making.functions, err) < 0 || check_place(folder, err) < 0 ||
	    cache_check_writable(err) < 0 ||
	    kernel_open(args_text(args, "kernel") ? args_text(args, "kernel") : running.release,
			&kernel, err) < 0) {
		making_clear(&making);
		return -1;
	}
	making.kernel = kernel;
	if (directory_make_temporary(parent && *parent ? parent : "/tmp", &making.work, err) == 0)
		result = make_new(&making, folder, err);
	making_clear(&making);
	return result;
}
