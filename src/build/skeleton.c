// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/skeleton.h"

#include <string.h>

#include "base/memory.h"
#include "build/skeleton_private.h"

static void write_head(struct skeleton *skeleton)
{
	const struct skeleton_request *request = skeleton->request;

	buffer_printf(skeleton->into,
		      "// SPDX-License-Identifier: GPL-2.0\n"
		      "/*\n"
		      " * A livepatch for Linux %s, begun by \"suture new\" from %s.\n"
		      " *\n"
		      " * It replaces functions by copies that do the same, until you change them. Build and try it:\n"
		      " *\n"
		      " *\tsuture build --kernel %s --explain .\n"
		      " *\tsuture try --kernel %s suture-*.ko\n"
		      " *\n"
		      " * A livepatch is a module that hands three nested structs to klp_enable_patch(); they stand at the\n"
		      " * end. The kernel then lets ftrace, which owns the first instruction of every function, lead calls\n"
		      " * of the old function to the new one: task by task, each when it is not inside of an old one.\n"
		      " *\n"
		      " * Modules can only use what the kernel exports. Everything else is declared and then named by\n"
		      " * SUTURE_SYMBOL(object, symbol, position): a livepatch relocation, which the kernel resolves by name.\n"
		      " * What cannot be reached in this way (types, macros, inline functions) is copied from the source.\n"
		      " */\n",
		      request->release, request->source, request->release, request->release);
}

static const char reading_keys[] =
	"\n/* Jump labels and static calls of a livepatch are set before the symbols of modules are known: keys\n"
	" * are read in memory here, in the headers too. */\n"
	"#undef static_branch_likely\n"
	"#undef static_branch_unlikely\n"
	"#undef static_call\n"
	"#define static_branch_likely(key) suture_static_branch_likely(key)\n"
	"#define static_branch_unlikely(key) suture_static_branch_unlikely(key)\n"
	"#define static_key_false(key) suture_static_branch_unlikely(key)\n"
	"#define static_key_true(key) suture_static_branch_likely(key)\n"
	"#define static_call(name) suture_static_call(name)\n\n";

static const char wanting_tlb[] =
	"\n/* Modules see half of this header, and <asm/tlb.h> needs the other half too. */\n"
	"#undef MODULE\n"
	"#include <asm/tlbflush.h>\n"
	"#define MODULE 1\n"
	"%s\n\n"; /* as -DMODULE does: IS_REACHABLE() reads the number */

static void write_symbols(struct skeleton *skeleton)
{
	const struct text_list *symbols = skeleton->request->symbols;

	buffer_add_text(skeleton->into, "\n#include <suture/livepatch.h>\n");
	if (skeleton->request->reads_keys)
		buffer_add_text(skeleton->into, reading_keys);
	if (skeleton->request->tlb)
		buffer_printf(skeleton->into, wanting_tlb, skeleton->request->tlb);
	if (!symbols->count)
		return;
	buffer_add_text(skeleton->into,
			"\n/* Declared in headers, exported to nobody: */\n");
	for (size_t i = 0; i < symbols->count; i++)
		buffer_printf(skeleton->into, "%s;\n", symbols->items[i]);
	buffer_add_text(skeleton->into, "\n");
}

static void write_tail(struct skeleton *skeleton)
{
	const struct skeleton_request *request = skeleton->request;

	buffer_add_text(skeleton->into,
			"\n/* Which function is replaced by which. An empty entry ends the table. */\n"
			"static struct klp_func livepatch_functions[] = {\n");
	for (size_t i = 0; i < request->functions->count; i++) {
		const char *name = request->functions->items[i];
		unsigned position = 0;

		skeleton_look(skeleton, name, &position);
		buffer_printf(skeleton->into, "\t{\n\t\t.old_name = \"%s\",\n"
					      "\t\t.new_func = livepatch_%s,\n", name, name);
		if (position)
			buffer_printf(skeleton->into,
				      "\t\t.old_sympos = %u, /* of several of this name */\n", position);
		buffer_add_text(skeleton->into, "\t},\n");
	}
	buffer_add_text(skeleton->into,
			"\t{}\n};\n\n/* Whose functions they are: a module's name, or none for the kernel proper. */\n"
			"static struct klp_object livepatch_objects[] = {\n\t{\n");
	if (strcmp(request->object, "vmlinux"))
		buffer_printf(skeleton->into, "\t\t.name = \"%s\",\n", request->object);
	buffer_add_text(skeleton->into,
			"\t\t.funcs = livepatch_functions,\n\t},\n\t{}\n};\n\n"
			"static struct klp_patch livepatch_patch = {\n"
			"\t.mod = THIS_MODULE,\n"
			"\t.objs = livepatch_objects,\n"
			"\t/* .replace = true would take the place of all livepatches before it. */\n"
			"};\n\n"
			"/* From here on the transition runs; it is complete when no task is in an old function. */\n"
			"static int __init livepatch_init(void)\n{\n"
			"\treturn klp_enable_patch(&livepatch_patch);\n}\n\n"
			"/* Nothing to undo: the module can only go when the livepatch is disabled (echo 0 to\n"
			" * /sys/kernel/livepatch/NAME/enabled) and no task is in its code. */\n"
			"static void __exit livepatch_exit(void)\n{\n}\n\n"
			"module_init(livepatch_init);\nmodule_exit(livepatch_exit);\n"
			"MODULE_LICENSE(\"GPL\");\n"
			"MODULE_INFO(livepatch, \"Y\"); /* or the kernel takes no klp_patch from it */\n");
}

/* The first #include that no condition guards: in front of it stands the header for authors, and
 * behind what the file defines for the headers (pr_fmt). */
static size_t first_include(const struct skeleton *skeleton)
{
	int depth = 0;

	for (size_t i = 0; i < skeleton->items.count; i++) {
		enum item_kind kind = skeleton->items.items[i].kind;

		depth += kind == ITEM_IF;
		depth -= kind == ITEM_ENDIF;
		if (kind == ITEM_INCLUDE && depth == 0)
			return i;
	}
	return 0;
}

static int write_all(struct skeleton *skeleton, struct error *err)
{
	if (skeleton_find_targets(skeleton, err) < 0)
		return -1;
	skeleton_find_needed(skeleton);

	size_t first = first_include(skeleton);

	write_head(skeleton);
	for (size_t i = 0; i < skeleton->items.count; i++) {
		if (i == first)
			write_symbols(skeleton);
		if (skeleton_write_item(skeleton, i, err) < 0)
			return -1;
	}
	write_tail(skeleton);
	return 0;
}

char *skeleton_name(const struct skeleton_request *request)
{
	char *name = xasprintf("livepatch_%.40s", request->functions->items[0]);

	return name;
}

int skeleton_write(const struct skeleton_request *request, struct buffer *into,
		   struct text_list *ret_notes, struct error *err)
{
	struct skeleton skeleton = { .request = request, .into = into, .notes = ret_notes };
	int result;

	if (items_read(request->text, &skeleton.items, err) < 0)
		return error_context(err, "%s", request->source);
	skeleton.forms = xcalloc(skeleton.items.count + 1, sizeof(*skeleton.forms));
	skeleton.queue = xcalloc(skeleton.items.count + 1, sizeof(*skeleton.queue));
	skeleton.declared = map_new();
	result = write_all(&skeleton, err);
	map_free(skeleton.declared);
	free(skeleton.forms);
	free(skeleton.queue);
	items_clear(&skeleton.items);
	return result;
}
