// SPDX-License-Identifier: GPL-2.0-or-later
#include "emit/template.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/lock.h"
#include "base/process.h"
#include "elf/object.h"
#include "emit/command_file.h"

#define LAYOUT_SECTION ".discard.suture_layout"

/* replace: a suture module is cumulative and takes the place of whatever was there. */
static const char glue_source[] =
	"// SPDX-License-Identifier: GPL-2.0-or-later\n"
	"#include <linux/livepatch.h>\n"
	"#include <linux/module.h>\n"
	"\n"
	"extern struct klp_object suture_objects[];\n"
	"extern struct klp_state suture_states[];\n"
	"\n"
	"static struct klp_patch patch = {\n"
	"\t.mod = THIS_MODULE,\n"
	"\t.objs = suture_objects,\n"
	"\t.states = suture_states,\n"
	"\t.replace = true,\n"
	"};\n"
	"\n"
	"static int __init suture_init(void)\n"
	"{\n"
	"\treturn klp_enable_patch(&patch);\n"
	"}\n"
	"\n"
	"static void __exit suture_exit(void)\n"
	"{\n"
	"}\n"
	"\n"
	"module_init(suture_init);\n"
	"module_exit(suture_exit);\n"
	"MODULE_LICENSE(\"GPL\");\n"
	"MODULE_INFO(livepatch, \"Y\");\n"
	"\n"
	"/* Read from the object by suture, discarded by the linker. */\n"
	"static const u64 layout[] __used __section(\"" LAYOUT_SECTION "\") = {\n"
	"\tsizeof(struct klp_func), offsetof(struct klp_func, old_name),\n"
	"\toffsetof(struct klp_func, new_func), offsetof(struct klp_func, old_sympos),\n"
	"\tsizeof(struct klp_object), offsetof(struct klp_object, name),\n"
	"\toffsetof(struct klp_object, funcs), offsetof(struct klp_object, callbacks),\n"
	"\tsizeof(struct klp_state), offsetof(struct klp_state, id),\n"
	"\toffsetof(struct klp_state, version),\n"
	"\toffsetof(struct module, name), sizeof(((struct module *)0)->name),\n"
	"\tsizeof(struct modversion_info), offsetof(struct modversion_info, name),\n"
	"};\n";

static int write_sources(const char *folder, struct error *err)
{
	auto_free char *source = path_join(folder, "suture_glue.c");
	auto_free char *makefile = path_join(folder, "Makefile");

	if (file_write_text(source, glue_source, err) < 0)
		return -1;
	return file_write_text(makefile, "obj-m := suture_glue.o\n", err);
}

/* suture_objects is defined nowhere yet: modpost may only warn. */
static int run_kbuild(const struct kernel *kernel, const char *folder, struct error *err)
{
	auto_text_list struct text_list argv = { 0 };
	const char *const env[] = { "LC_ALL=C", "MAKEFLAGS=", "KBUILD_BUILD_TIMESTAMP=1970-01-01",
				    NULL };

	text_list_add(&argv, "make");
	text_list_add(&argv, "-s");
	for (size_t i = 0; i < kernel->make_args.count; i++)
		text_list_add(&argv, kernel->make_args.items[i]);
	text_list_add(&argv, "KBUILD_MODPOST_WARN=1");
	text_list_printf(&argv, "M=%s", folder);
	text_list_add(&argv, "modules");

	struct process_spec spec = {
		.argv = (const char *const *)argv.items,
		.cwd = kernel->source,
		.env = env,
		.timeout_seconds = 300,
	};

	if (process_run_ok(&spec, NULL, err) < 0)
		return error_context(err, "building the module template");
	return 0;
}

/* Debugging information names folders of this machine; modules shall not depend on them. */
static int strip_objects(const char *folder, struct error *err)
{
	auto_text_list struct text_list names = { 0 };

	if (directory_list(folder, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.count; i++) {
		auto_free char *path = path_join(folder, names.items[i]);
		auto_object struct object *object = NULL;

		if (!has_suffix(path, ".o"))
			continue;
		if (object_read(path, 0, &object, err) < 0)
			return -1;
		object_drop_sections(object, is_debug_section);
		if (object_write(object, path, err) < 0)
			return -1;
	}
	return 0;
}

static int make_template(const struct kernel *kernel, const char *folder,
			 const struct progress *progress, struct error *err)
{
	auto_free char *temporary = NULL;
	auto_free char *lock_path = path_join(kernel->folder, "template.lock");
	auto_close int lock = -1;
	int result;
	struct error ignored;

	if (lock_wait(lock_path, kernel->id.release, progress, &lock, err) < 0)
		return -1;
	if (is_directory(folder))
		return 0; /* another process was faster */
	/* kbuild writes the temporary folder's name into its records: only base names count later. */
	if (directory_make_temporary(kernel->folder, &temporary, err) < 0)
		return -1;
	result = write_sources(temporary, err);
	if (result == 0)
		result = run_kbuild(kernel, temporary, err);
	if (result == 0)
		result = strip_objects(temporary, err);
	if (result == 0 && rename(temporary, folder) < 0)
		result = error_errno(err, "cannot put %s in place", folder);
	if (result < 0)
		directory_remove(temporary, &ignored);
	return result;
}

static int read_layout(struct template *template, struct error *err)
{
	auto_object struct object *object = NULL;

	if (object_read(template->glue, 0, &object, err) < 0)
		return -1;

	const struct elf_section *section = object_find_section(object, LAYOUT_SECTION);

	if (!section || section->size != sizeof(template->layout))
		return error_set(err, ERROR_INVALID, "%s: the probe of struct layouts is missing",
				 template->glue);
	memcpy(&template->layout, section->data, section->size);
	return 0;
}

/* "ld ... -o FOO.ko A.o B.o": options stay, files go. */
static int read_link_command(struct template *template, struct error *err)
{
	auto_free char *path = path_join(template->folder, ".suture_glue.ko.cmd");
	auto_text_list struct text_list argv = { 0 };

	if (command_file_read(path, "ld", &argv, err) < 0)
		return -1;
	for (size_t i = 0; i < argv.count; i++) {
		const char *word = argv.items[i];

		if (!strcmp(word, "-o")) {
			i++;
			continue;
		}
		if (!has_suffix(word, ".o")) {
			text_list_add(&template->link, word);
			continue;
		}
		const char *name = path_base(word);

		if (strcmp(name, "suture_glue.o") && strcmp(name, "suture_glue.mod.o"))
			text_list_printf(&template->others, "%s/%s", template->folder, name);
	}
	return 0;
}

static int read_objtool_command(struct template *template, struct error *err)
{
	auto_free char *path = path_join(template->folder, ".suture_glue.o.cmd");
	auto_text_list struct text_list argv = { 0 };

	if (command_file_read(path, "objtool", &argv, err) < 0)
		return err->code == ERROR_NOT_FOUND ? 0 : -1;
	for (size_t i = 0; i + 1 < argv.count; i++) /* the last word is the file */
		text_list_add(&template->objtool, argv.items[i]);
	return 0;
}

int template_open(const struct kernel *kernel, const struct progress *progress,
		  struct template **ret_template, struct error *err)
{
	auto_template struct template *template = xcalloc(1, sizeof(*template));
	char digest[DIGEST_HEX_SIZE];

	digest_bytes(glue_source, sizeof(glue_source), digest);
	digest[16] = 0; /* another suture may have another glue */
	template->folder = xasprintf("%s/template-%s", kernel->folder, digest);
	template->glue = path_join(template->folder, "suture_glue.o");
	template->mod = path_join(template->folder, "suture_glue.mod.o");
	template->cwd = xstrdup(kernel->source);
	if (!is_directory(template->folder)) {
		progress_step(progress, 0, 0, "preparing the module template");
		if (make_template(kernel, template->folder, progress, err) < 0)
			return -1;
	}
	if (read_link_command(template, err) < 0 || read_objtool_command(template, err) < 0 ||
	    read_layout(template, err) < 0)
		return error_context(err, "the module template of %s", kernel->id.release);
	*ret_template = steal_ptr(template);
	return 0;
}

void template_free(struct template *template)
{
	if (!template)
		return;
	free(template->folder);
	free(template->glue);
	free(template->mod);
	free(template->cwd);
	text_list_clear(&template->others);
	text_list_clear(&template->objtool);
	text_list_clear(&template->link);
	free(template);
}
