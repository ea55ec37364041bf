// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/function_source.h"

#include <ctype.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "build/affected.h"
#include "build/c_text.h"
#include "build/kbuild.h"
#include "build/kbuild_config.h"
#include "build/unit_record.h"

#define SOURCE_LIMIT ((size_t)16 << 20)
#define CANDIDATE_LIMIT 12 /* more of one name are not compiled to find the right one */

void function_source_clear(struct function_source *source)
{
	free(source->source);
	free(source->object);
	free(source->plain);
	buffer_clear(&source->text);
	text_list_clear(&source->command);
	*source = (struct function_source){ 0 };
}

/* The name as a whole word with a parenthesis behind it. */
static bool has_call(const struct buffer *text, const char *name)
{
	const char *start = buffer_text((struct buffer *)text), *end = start + text->size;
	const char *at = start;
	size_t length = strlen(name);

	while (length && (at = memmem(at, (size_t)(end - at), name, length))) {
		bool begins = at == start || (!isalnum((unsigned char)at[-1]) && at[-1] != '_');

		at += length;
		if (begins && at < end && *at == '(')
			return true;
	}
	return false;
}

static bool has_body(const struct buffer *text, const char *name)
{
	auto_c_text struct c_text parsed = { 0 };
	const struct c_chunk *chunk;

	if (!has_call(text, name))
		return false;
	c_text_parse(buffer_text((struct buffer *)text), text->size, NULL, &parsed);
	chunk = c_text_function(&parsed, name, strlen(name));
	return chunk && chunk->body != NO_TOKEN;
}

static int search(const struct kernel *kernel, const struct kbuild_config *config,
		  const struct function_source_request *request, struct text_list *found,
		  struct error *err)
{
	for (size_t i = 0; i < kbuild_config_count(config); i++) {
		auto_free char *source = xstrdup(kbuild_config_object(config, i));
		auto_free char *path = NULL;
		auto_buffer struct buffer text = BUFFER_INIT;
		struct error ignored;

		source[strlen(source) - 1] = 'c';
		path = path_join(kernel->source, source);
		if (i % 256 == 0)
			progress_step(request->progress, i, kbuild_config_count(config),
				      "looking for %s", request->function);
		if (interrupt_check(err) < 0)
			return -1;
		if (file_exists(path) && file_read(path, SOURCE_LIMIT, &text, &ignored) == 0 &&
		    has_body(&text, request->function))
			text_list_add(found, source);
	}
	return 0;
}

struct compiled {
	char *object, *plain;
	struct text_list command;
};

static void compiled_clear(struct compiled *compiled)
{
	free(compiled->object);
	free(compiled->plain);
	text_list_clear(&compiled->command);
}

/* kbuild writes into the source tree: one at a time, with the lock that src/build/originals.c takes. */
static int lock_tree(const char *path, const struct progress *progress, int *ret_lock,
		     struct error *err)
{
	if (file_lock(path, false, ret_lock, err) == 0)
		return 0;
	if (err->code != ERROR_TEMPORARY)
		return -1;
	progress_say(progress, "waiting for another suture, which compiles in the source tree of this kernel");
	return file_lock(path, true, ret_lock, err);
}

static int compile(const struct kernel *kernel, const char *spelled, const char *work,
		   const struct progress *progress, struct compiled *ret, struct error *err)
{
	auto_free char *records = NULL, *key = NULL, *lock_path = NULL;
	auto_free char *object = kbuild_object(spelled);
	auto_free char *made = path_join(kernel->source, object);
	auto_free char *plain = path_join(work, "plain.o");
	auto_text_list struct text_list sources = { 0 };
	auto_kbuild_unit struct kbuild_unit unit = { 0 };
	auto_close int lock = -1;

	if (unit_record_folder(kernel, &records, &key, err) < 0)
		return -1;
	lock_path = xasprintf("%s.lock", records);
	text_list_add(&sources, spelled);
	progress_step(progress, 0, 0, "compiling %s with kbuild", spelled);
	if (directory_make(records, err) < 0 || lock_tree(lock_path, progress, &lock, err) < 0 ||
	    kbuild_make(kernel, &sources, 1, err) < 0 ||
	    kbuild_unit_read(kernel, spelled, &unit, err) < 0 || file_copy(made, plain, err) < 0)
		return -1;
	unit.module[strcspn(unit.module, ":")] = 0; /* of several modules the first */
	*ret = (struct compiled){
		.object = xstrdup(unit.is_module ? unit.module : "vmlinux"),
		.plain = steal_ptr(plain),
		.command = unit.command,
	};
	unit.command = (struct text_list){ 0 };
	return 0;
}

static int ask_for_file(const struct function_source_request *request,
			const struct text_list *found, struct error *err)
{
	auto_buffer struct buffer names = BUFFER_INIT;

	for (size_t i = 0; i < found->count && i < 8; i++)
		buffer_printf(&names, "%s%s", i ? ", " : "", found->items[i]);
	return error_set(err, ERROR_USAGE, "%zu files have a function %s: %s%s; choose one with --file",
			 found->count, request->function, buffer_text(&names),
			 found->count > 8 ? ", ..." : "");
}

/* Of several those that are part of the module. */
static int choose_module(const struct kernel *kernel, const struct kbuild_config *config,
			 const struct function_source_request *request, struct text_list *found,
			 struct error *err)
{
	auto_text_list struct text_list kept = { 0 };

	if (!request->module || found->count < 2 || found->count > CANDIDATE_LIMIT)
		return 0;
	for (size_t i = 0; i < found->count; i++) {
		auto_free char *spelled = kbuild_config_find(config, found->items[i]);
		struct compiled compiled = { 0 };

		if (compile(kernel, spelled, request->work, request->progress, &compiled, err) < 0)
			return -1;
		if (!strcmp(compiled.object, request->module))
			text_list_add(&kept, found->items[i]);
		compiled_clear(&compiled);
	}
	text_list_clear(found);
	*found = kept;
	kept = (struct text_list){ 0 };
	return 0;
}

static int open_config(const struct kernel *kernel, const struct progress *progress,
		       struct kbuild_config **ret_config, struct error *err)
{
	auto_free char *records = NULL, *key = NULL, *kept = NULL;

	if (unit_record_folder(kernel, &records, &key, err) < 0)
		return -1;
	kept = xasprintf("%s.built", records);
	if (directory_make(records, err) < 0)
		return -1;
	return kbuild_config_open(kernel, kept, affected_may_keep(kernel), 2, progress, ret_config,
				  err);
}

static int choose(const struct kernel *kernel, const struct kbuild_config *config,
		  const struct function_source_request *request, char **ret_source,
		  struct error *err)
{
	auto_text_list struct text_list found = { 0 };

	if (request->file) {
		auto_free char *spelled = kbuild_config_find(config, request->file);

		if (!spelled)
			return error_set(err, ERROR_NOT_FOUND,
					 "%s is not a file that this kernel's configuration builds",
					 request->file);
		*ret_source = xstrdup(request->file);
		return 0;
	}
	if (search(kernel, config, request, &found, err) < 0 ||
	    choose_module(kernel, config, request, &found, err) < 0)
		return -1;
	if (!found.count)
		return error_set(err, ERROR_NOT_FOUND,
				 "no C file that this kernel's configuration builds has the body of %s%s%s: it may be inline in a header, made by a macro (SYSCALL_DEFINE), or assembly; a diff can change those: suture build PATCH",
				 request->function, request->module ? " in the module " : "",
				 request->module ? request->module : "");
	if (found.count > 1)
		return ask_for_file(request, &found, err);
	*ret_source = xstrdup(found.items[0]);
	return 0;
}

int function_source_find(const struct kernel *kernel, const struct function_source_request *request,
			 struct function_source *ret_source, struct error *err)
{
	auto_function_source struct function_source source = { 0 };
	auto_kbuild_config struct kbuild_config *config = NULL;
	auto_free char *spelled = NULL, *path = NULL;
	struct compiled compiled = { 0 };

	if (open_config(kernel, request->progress, &config, err) < 0 ||
	    choose(kernel, config, request, &source.source, err) < 0)
		return -1;
	spelled = kbuild_config_find(config, source.source);
	path = path_join(kernel->source, source.source);
	if (file_read(path, SOURCE_LIMIT, &source.text, err) < 0 ||
	    compile(kernel, spelled, request->work, request->progress, &compiled, err) < 0)
		return -1;
	source.object = compiled.object;
	source.plain = compiled.plain;
	source.command = compiled.command;
	if (request->module && strcmp(request->module, source.object))
		return error_set(err, ERROR_NOT_FOUND, "%s of %s is part of %s and not of %s",
				 request->function, source.source, source.object, request->module);
	*ret_source = source;
	source = (struct function_source){ 0 };
	return 0;
}

int function_source_count(const struct kernel *kernel, const char *function, size_t *ret_count,
			  struct error *err)
{
	const struct function_source_request request = { .function = function };
	auto_kbuild_config struct kbuild_config *config = NULL;
	auto_text_list struct text_list found = { 0 };

	if (open_config(kernel, NULL, &config, err) < 0 ||
	    search(kernel, config, &request, &found, err) < 0)
		return -1;
	*ret_count = found.count;
	return 0;
}

/* What the top Makefile and scripts/Makefile.lib give to every unit. */
static bool is_common(const char *option)
{
	static const char *const prefixes[] = {
		"-I./arch/x86/include", "-I./include", "-D__KERNEL__", "-DKBUILD_", "-DCONFIG_",
		"-DCC_USING_", "-DMODULE", "-D__KBUILD_MODNAME", "-D__ASSEMBLY__", "-DCC_HAVE_",
		"-DRANDSTRUCT", "-DSTACKLEAK", "-DLATENT_ENTROPY", "-I../include",
	};

	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (has_prefix(option, prefixes[i]))
			return true;
	return false;
}

static void add_folder(const char *folder, struct text_list *flags)
{
	if (has_prefix(folder, "./"))
		folder += 2;
	auto_free char *flag = *folder == '/' ? xasprintf("-I%s", folder)
					      : xasprintf("-I$(srctree)/%s", folder);

	if (!text_list_has(flags, flag))
		text_list_add(flags, flag);
}

void function_source_flags(const struct function_source *source, struct text_list *ret_flags)
{
	auto_free char *folder = xstrdup(source->source);
	char *slash = strrchr(folder, '/');

	if (slash)
		*slash = 0;
	add_folder(folder, ret_flags); /* for #include "file" */
	for (size_t i = 0; i < source->command.count; i++) {
		const char *option = source->command.items[i];
		const char *next = source->command.items[i + 1]; /* NULL behind the last */

		if (is_common(option))
			continue;
		if (!strcmp(option, "-I") && next && !has_prefix(next, "./arch/x86/include") &&
		    !has_prefix(next, "./include"))
			add_folder(next, ret_flags);
		else if (has_prefix(option, "-I") && option[2])
			add_folder(option + 2, ret_flags);
		else if (has_prefix(option, "-D") && option[2] && !strpbrk(option, " '\"$"))
			text_list_add(ret_flags, option);
	}
}
