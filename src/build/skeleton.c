// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/skeleton.h"

#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "build/skeleton_items.h"
#include "build/skeleton_macros.h"

enum form { /* how an item comes into the module */
	FORM_NONE,
	FORM_COPY,
	FORM_DECLARE, /* "extern ...;" and, where it is hidden, SUTURE_SYMBOL() */
	FORM_TARGET, /* a function that is replaced */
	FORM_TARGET_AND_DECLARE, /* and the kernel's own is used too */
};

struct skeleton {
	const struct skeleton_request *request;
	struct items items;
	enum form *forms; /* of each item */
	size_t *queue; /* needed items whose words are still to be looked at */
	size_t queued;
	struct text_list *notes;
	struct map *declared; /* names that have their SUTURE_SYMBOL() */
	struct buffer *into;
};

static bool is_target(const struct skeleton *skeleton, const char *name)
{
	return text_list_has(skeleton->request->functions, name);
}

static enum skeleton_symbol look(const struct skeleton *skeleton, const char *name,
				 unsigned *ret_position)
{
	return skeleton->request->look(skeleton->request->user, name, ret_position);
}

static bool has_word(const struct c_text *text, size_t first, size_t end, const char *word)
{
	for (size_t i = first; i < end; i++)
		if (c_token_is(&text->tokens[i], word))
			return true;
	return false;
}

/* The compiler is told to inline it; where one was kept all the same, a copy is as good. */
static bool is_inline(const struct c_text *text, const struct item *item)
{
	return has_word(text, item->first, item->name, "inline") ||
	       has_word(text, item->first, item->name, "__always_inline") ||
	       has_word(text, item->first, item->name, "__inline");
}

static bool is_defined_inline(const struct skeleton *skeleton, const char *name)
{
	const struct item_ref *ref = map_find(skeleton->items.by_name, name);

	for (; ref; ref = ref->next) {
		const struct item *item = &skeleton->items.items[ref->item];

		if (item->kind == ITEM_FUNCTION && is_inline(&skeleton->items.text, item))
			return true;
	}
	return false;
}

static bool is_in_kernel(const struct skeleton *skeleton, const char *name)
{
	unsigned position;
	enum skeleton_symbol symbol = look(skeleton, name, &position);

	return symbol == SYMBOL_EXPORTED || symbol == SYMBOL_HIDDEN;
}

/* The next name that a variable's declaration declares, from token *at on, and behind it *at; NULL: none.
 * Caller frees. */
static char *next_declarator(const struct skeleton *skeleton, const struct item *item, size_t *at)
{
	const struct c_text *text = item_text(&skeleton->items, item);

	for (size_t i = *at; i < item->last; i++) {
		size_t close = c_text_close(text, i, item->last);

		if (close != NO_TOKEN) {
			i = close;
		} else if (c_token_is(&text->tokens[i], "=")) {
			i = value_end(text, i, item->last);
		} else if (is_declarator(text, i, item->first, item->last)) {
			*at = i + 1;
			return token_text(text, i);
		}
	}
	return NULL;
}

static bool has_several_names(const struct skeleton *skeleton, const struct item *item)
{
	size_t at = item->first;
	auto_free char *first = next_declarator(skeleton, item, &at);
	auto_free char *second = first ? next_declarator(skeleton, item, &at) : NULL;

	return second;
}

/* "const char *names[] = {": a declaration would not say how many there are. */
static bool is_open_array(const struct c_text *text, const struct item *item)
{
	if (item->body == NO_TOKEN || !has_word(text, item->first, item->body, "const"))
		return false;
	for (size_t i = item->first; i + 1 < item->body; i++)
		if (c_token_is(&text->tokens[i], "[") && c_token_is(&text->tokens[i + 1], "]"))
			return true;
	return false;
}

static enum form form_of_name(const struct skeleton *skeleton, const char *name)
{
	return is_in_kernel(skeleton, name) ? FORM_DECLARE : FORM_COPY;
}

static bool is_live(const struct skeleton *skeleton, const char *name)
{
	return skeleton->request->is_live(skeleton->request->user, name);
}

/* What can change is never copied if the kernel has it: nobody else would see what the copy holds. */
static enum form form_of_variable(const struct skeleton *skeleton, const struct item *item)
{
	size_t at = item->first;
	char *next;
	enum form form;
	auto_free char *name = token_text(&skeleton->items.text, item->name);

	if (is_open_array(&skeleton->items.text, item) && !is_live(skeleton, name))
		return FORM_COPY;
	form = form_of_name(skeleton, name);
	while (form == FORM_COPY && (next = next_declarator(skeleton, item, &at))) {
		form = form_of_name(skeleton, next);
		free(next);
	}
	return form;
}

static enum form form_of(const struct skeleton *skeleton, const struct item *item)
{
	const struct c_text *text = item_text(&skeleton->items, item);
	auto_free char *name = item->name == NO_TOKEN ? NULL : token_text(text, item->name);

	switch (item->kind) {
	case ITEM_FUNCTION:
		if (name && is_target(skeleton, name))
			return FORM_TARGET;
		return !name || is_inline(text, item) ? FORM_COPY : form_of_name(skeleton, name);
	case ITEM_VARIABLE:
	case ITEM_PROTOTYPE:
		if (item->kind == ITEM_PROTOTYPE && name && is_defined_inline(skeleton, name))
			return FORM_COPY;
		/* What is declared only is somebody else's, and stays declared. */
		if (!name || has_word(text, item->first, item->name, "extern"))
			return FORM_COPY;
		return item->kind == ITEM_VARIABLE ? form_of_variable(skeleton, item)
						   : form_of_name(skeleton, name);
	case ITEM_MACRO_CALL:
		return macro_is_registration(name) ? FORM_NONE : FORM_DECLARE;
	case ITEM_IGNORED:
		return FORM_NONE;
	default:
		return FORM_COPY;
	}
}

static void need(struct skeleton *skeleton, size_t index)
{
	if (skeleton->forms[index] != FORM_NONE)
		return;
	skeleton->forms[index] = form_of(skeleton, &skeleton->items.items[index]);
	if (skeleton->forms[index] != FORM_NONE)
		skeleton->queue[skeleton->queued++] = index;
}

static void need_word(struct skeleton *skeleton, const struct c_text *text, size_t token)
{
	auto_free char *word = token_text(text, token);
	const struct item_ref *ref = map_find(skeleton->items.by_name, word);

	for (; ref; ref = ref->next) {
		const struct item *item = &skeleton->items.items[ref->item];

		/* Used by name: that is the kernel's own, which the redirect leads on. */
		if (item->kind == ITEM_FUNCTION && skeleton->forms[ref->item] == FORM_TARGET)
			skeleton->forms[ref->item] = FORM_TARGET_AND_DECLARE;
		need(skeleton, ref->item);
	}
}

/* How much of an item is written, and so needs its words. */
static size_t last_word(const struct skeleton *skeleton, size_t index)
{
	const struct item *item = &skeleton->items.items[index];

	return skeleton->forms[index] == FORM_DECLARE && item->body != NO_TOKEN ? item->body
										 : item->last;
}

/* "x.name", "x->name", ".name = ": no name of the file's top. */
static bool is_member(const struct c_text *text, size_t i, size_t first)
{
	if (i < first + 1)
		return false;
	return c_token_is(&text->tokens[i - 1], ".") ||
	       (i > first + 1 && c_token_is(&text->tokens[i - 1], ">") &&
		c_token_is(&text->tokens[i - 2], "-"));
}

static void work_off(struct skeleton *skeleton)
{
	while (skeleton->queued) {
		size_t index = skeleton->queue[--skeleton->queued];
		const struct item *item = &skeleton->items.items[index];
		const struct c_text *text = item_text(&skeleton->items, item);

		for (size_t i = item->first; i < last_word(skeleton, index); i++)
			if (text->tokens[i].is_word && i != item->name &&
			    !is_member(text, i, item->first))
				need_word(skeleton, text, i);
	}
}

/* Conditions around what is needed. True if there was a new one. */
static bool need_conditions(struct skeleton *skeleton)
{
	struct items *items = &skeleton->items;
	auto_free size_t *open = xcalloc(items->count + 1, sizeof(*open));
	auto_free bool *is_used = xcalloc(items->count + 1, sizeof(*is_used));
	size_t depth = 0;
	bool any = false;

	for (size_t i = 0; i < items->count; i++) {
		enum item_kind kind = items->items[i].kind;

		if (kind == ITEM_IF) {
			is_used[depth] = false;
			open[depth++] = i;
		} else if (kind == ITEM_ENDIF && depth) {
			bool used = is_used[--depth];

			if (used && depth)
				is_used[depth - 1] = true;
			for (size_t k = open[depth], level = 0; used && k <= i; k++) {
				enum item_kind inner = items->items[k].kind;

				level += inner == ITEM_IF;
				if (level == 1 && inner >= ITEM_IF && inner <= ITEM_ENDIF &&
				    skeleton->forms[k] == FORM_NONE) {
					need(skeleton, k);
					any = true;
				}
				level -= inner == ITEM_ENDIF;
			}
		} else if (depth && kind != ITEM_ELSE && skeleton->forms[i] != FORM_NONE) {
			is_used[depth - 1] = true;
		}
	}
	return any;
}

static bool is_word_at(const struct skeleton *skeleton, const struct item *item, size_t offset,
		       const char *word)
{
	const struct c_text *text = item_text(&skeleton->items, item);

	return item->first + offset < item->last &&
	       c_token_is(&text->tokens[item->first + offset], word);
}

static int refuse_unwritten(const struct skeleton *skeleton, size_t f, struct error *err)
{
	const char *name = skeleton->request->functions->items[f];
	const char *source = skeleton->request->source;

	if (f > 0)
		return error_set(err, ERROR_UNSUPPORTED,
				 "%s is not written as a function in %s, where %s is, and all must be of one file: make a module of its own for it",
				 name, source, skeleton->request->functions->items[0]);
	return error_set(err, ERROR_UNSUPPORTED,
			 "%s is not written as a function in %s; what a macro makes (SYSCALL_DEFINE, DEFINE_SHOW_ATTRIBUTE) wants a diff: suture build PATCH",
			 name, source);
}

static int refuse_unreachable(const struct skeleton *skeleton, const char *name, struct error *err)
{
	unsigned position;

	if (look(skeleton, name, &position) == SYMBOL_INIT)
		return error_set(err, ERROR_UNSUPPORTED,
				 "%s is __init code: it has run once and is gone when a livepatch could come", name);
	return error_set(err, ERROR_UNSUPPORTED,
			 "the kernel has no %s of its own that a livepatch could redirect: it is inlined everywhere, or a clone; take its callers, or a diff",
			 name);
}

static int find_targets(struct skeleton *skeleton, struct error *err)
{
	const struct text_list *functions = skeleton->request->functions;

	for (size_t f = 0; f < functions->count; f++) {
		size_t found = 0;

		for (const struct item_ref *ref = map_find(skeleton->items.by_name,
							   functions->items[f]);
		     ref; ref = ref->next) {
			const struct item *item = &skeleton->items.items[ref->item];

			if (item->kind != ITEM_FUNCTION)
				continue;
			found++;
			need(skeleton, ref->item);
		}
		if (!found)
			return refuse_unwritten(skeleton, f, err);
		if (!is_in_kernel(skeleton, functions->items[f]))
			return refuse_unreachable(skeleton, functions->items[f], err);
	}
	return 0;
}

static bool is_type_macro(const struct skeleton *skeleton, const struct item *item)
{
	auto_free char *macro = item->kind == ITEM_MACRO_CALL
					? token_text(&skeleton->items.text, item->name) : NULL;

	return macro && macro_is_type(macro);
}

static void find_needed(struct skeleton *skeleton)
{
	for (size_t i = 0; i < skeleton->items.count; i++) {
		const struct item *item = &skeleton->items.items[i];

		if (item->kind == ITEM_INCLUDE || is_type_macro(skeleton, item) ||
		    (item->kind == ITEM_DEFINE && is_word_at(skeleton, item, 1, "pr_fmt")))
			need(skeleton, i);
	}
	do
		work_off(skeleton);
	while (need_conditions(skeleton));
	work_off(skeleton);
}

/* Words that a declaration of what somebody else has does not have. */
static bool is_storage(const struct c_token *token)
{
	static const char *const storage[] = { "static", "inline", "__always_inline", "extern",
					       "__init", "__initdata", "__visible", "STATIC" };

	for (size_t i = 0; i < ARRAY_SIZE(storage); i++)
		if (c_token_is(token, storage[i]))
			return true;
	return false;
}

/* The text with those words taken out. */
static void write_bare(struct skeleton *skeleton, const struct item *item, size_t end)
{
	const struct c_text *text = item_text(&skeleton->items, item);
	const char *at = item->start;

	for (size_t i = item->first; i < end; i++) {
		const struct c_token *token = &text->tokens[i];

		if (!is_storage(token))
			continue;
		buffer_add(skeleton->into, at, (size_t)(token->text - at));
		at = token->text + token->length;
		while (*at == ' ' || *at == '\t' || *at == '\n')
			at++;
	}

	const struct c_token *last = &text->tokens[end - 1];

	buffer_add(skeleton->into, at, (size_t)(last->text + last->length - at));
}

static void write_symbol(struct skeleton *skeleton, const char *name)
{
	unsigned position;

	if (map_has(skeleton->declared, name) ||
	    look(skeleton, name, &position) != SYMBOL_HIDDEN)
		return;
	map_set(skeleton->declared, name, skeleton);
	buffer_printf(skeleton->into, "SUTURE_SYMBOL(%s, %s, %u);\n", skeleton->request->object,
		      name, position);
}

/* "static struct foo table[] = {": how many there are is in the kernel's object. */
static bool write_open_array(struct skeleton *skeleton, const struct item *item, const char *name)
{
	const struct c_text *text = &skeleton->items.text;
	size_t size;

	if (item->kind != ITEM_VARIABLE || item->body == NO_TOKEN ||
	    item->name + 3 > item->body || item->name <= item->first ||
	    !c_token_is(&text->tokens[item->name + 1], "[") ||
	    !c_token_is(&text->tokens[item->name + 2], "]"))
		return false;
	size = skeleton->request->size(skeleton->request->user, name);
	if (!size)
		return false;
	write_bare(skeleton, item, item->name);
	buffer_printf(skeleton->into, " %s[%zu / sizeof(", name, size);
	write_bare(skeleton, item, item->name);
	buffer_add_text(skeleton->into, ")]");
	return true;
}

/* "static int a = 1, *b = &a;": "extern int a , *b;", and whose they are. */
static void write_several(struct skeleton *skeleton, const struct item *item)
{
	const struct c_text *text = &skeleton->items.text;
	size_t at = item->first;
	char *name;

	for (size_t i = item->first; i + 1 < item->last; i++) {
		size_t close = c_text_close(text, i, item->last), end = close == NO_TOKEN ? i : close;
		const struct c_token *token = &text->tokens[i], *last = &text->tokens[end];

		if (c_token_is(token, "=")) {
			i = value_end(text, i, item->last);
			continue;
		}
		if (!is_storage(token)) {
			buffer_add(skeleton->into, token->text,
				   (size_t)(last->text + last->length - token->text));
			buffer_add_char(skeleton->into, ' ');
		}
		i = end;
	}
	buffer_add_text(skeleton->into, ";\n");
	while ((name = next_declarator(skeleton, item, &at))) {
		write_symbol(skeleton, name);
		free(name);
	}
}

/* "extern int foo(int a);", "extern struct list_head bar;" */
static void write_declaration(struct skeleton *skeleton, const struct item *item)
{
	const struct c_text *text = item_text(&skeleton->items, item);
	auto_free char *name = token_text(text, item->name);
	size_t end = item->body != NO_TOKEN ? item->body : item->last - 1;

	buffer_add_text(skeleton->into, "extern ");
	if (item->kind == ITEM_VARIABLE && has_several_names(skeleton, item)) {
		write_several(skeleton, item);
		return;
	}
	if (!write_open_array(skeleton, item, name))
		write_bare(skeleton, item, end);
	buffer_add_text(skeleton->into, ";\n");
	write_symbol(skeleton, name);
}

/* "static DEFINE_MUTEX(lock);": what a macro defines is declared as that. What it makes cannot be told of
 * every macro; the compiler says whether it is missed. */
static int write_macro_call(struct skeleton *skeleton, const struct item *item, struct error *err)
{
	auto_macro_made struct macro_made made = { 0 };

	if (macro_read(&skeleton->items.text, item, &made, err) < 0)
		return -1;
	if (!made.declaration ||
	    (made.names.count && !is_in_kernel(skeleton, made.names.items[0])))
		return 0;
	buffer_printf(skeleton->into, "%s\n", made.declaration);
	for (size_t i = 0; i < made.names.count; i++)
		write_symbol(skeleton, made.names.items[i]);
	return 0;
}

/* Static variables inside of a copied function are new ones. */
static void note_locals(struct skeleton *skeleton, const struct item *item, const char *name)
{
	const struct c_text *text = &skeleton->items.text;

	if (item->body != NO_TOKEN && has_word(text, item->body, item->last, "static"))
		text_list_printf(skeleton->notes,
				 "%s has static variables of its own: those of the module start anew and are not the kernel's",
				 name);
}

static void write_target(struct skeleton *skeleton, const struct item *item)
{
	const struct c_text *text = &skeleton->items.text;
	const struct c_token *name = &text->tokens[item->name];
	auto_free char *word = token_text(text, item->name);

	note_locals(skeleton, item, word);
	buffer_printf(skeleton->into, "/* The kernel's %s(): change what is to be changed. */\n", word);
	if (!has_word(text, item->first, item->name, "static") &&
	    !has_word(text, item->first, item->name, "STATIC")) /* fs/xfs/xfs_linux.h: the same */
		buffer_add_text(skeleton->into, "static ");
	buffer_add(skeleton->into, item->start, (size_t)(name->text - item->start));
	buffer_printf(skeleton->into, "livepatch_%s", word);
	buffer_add(skeleton->into, name->text + name->length,
		   (size_t)(item->end - name->text - name->length));
	buffer_add_text(skeleton->into, "\n");
}

/* The file's object has the last word on what a copied variable is. */
static int check_copied(struct skeleton *skeleton, const struct item *item, struct error *err)
{
	bool is_const = has_word(&skeleton->items.text, item->first, item->name, "const");
	size_t at = item->first;
	char *next;

	while ((next = next_declarator(skeleton, item, &at))) {
		auto_free char *name = next;

		if (is_live(skeleton, name))
			return error_set(err, ERROR_UNSUPPORTED,
					 "the kernel's variable %s cannot be reached: its symbol is none that a livepatch can name, and a copy would be another variable; make the change as a diff (suture build PATCH)",
					 name);
		if (is_in_kernel(skeleton, name))
			text_list_printf(skeleton->notes,
					 "%s is copied: the kernel's own is constant, and its size would be unknown here",
					 name);
		else if (!is_const)
			text_list_printf(skeleton->notes,
					 "%s is copied: the compiler has left no such variable in the kernel, where nothing changes it, nobody reads it or its #if does not hold",
					 name);
	}
	return 0;
}

static int write_copy(struct skeleton *skeleton, const struct item *item, struct error *err)
{
	auto_free char *name = item->name == NO_TOKEN || item->kind != ITEM_FUNCTION
				       ? NULL : token_text(&skeleton->items.text, item->name);

	if (name)
		note_locals(skeleton, item, name);
	if (item->kind == ITEM_VARIABLE && item->name != NO_TOKEN &&
	    !has_word(&skeleton->items.text, item->first, item->name, "extern") &&
	    check_copied(skeleton, item, err) < 0)
		return -1;
	buffer_add(skeleton->into, item->start, (size_t)(item->end - item->start));
	buffer_add_text(skeleton->into, "\n");
	return 0;
}

static int write_item(struct skeleton *skeleton, size_t index, struct error *err)
{
	const struct item *item = &skeleton->items.items[index];
	enum form form = skeleton->forms[index];

	if (form == FORM_NONE)
		return 0;
	if (item->kind == ITEM_FUNCTION || item->kind == ITEM_VARIABLE || item->kind == ITEM_TYPE)
		buffer_add_text(skeleton->into, "\n");
	if (item->kind == ITEM_MACRO_CALL)
		return write_macro_call(skeleton, item, err);
	if (form == FORM_DECLARE || form == FORM_TARGET_AND_DECLARE)
		write_declaration(skeleton, item);
	if (form == FORM_TARGET_AND_DECLARE)
		buffer_add_text(skeleton->into, "\n");
	if (form == FORM_TARGET || form == FORM_TARGET_AND_DECLARE)
		write_target(skeleton, item);
	return form == FORM_COPY ? write_copy(skeleton, item, err) : 0;
}

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

		look(skeleton, name, &position);
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
	if (find_targets(skeleton, err) < 0)
		return -1;
	find_needed(skeleton);

	size_t first = first_include(skeleton);

	write_head(skeleton);
	for (size_t i = 0; i < skeleton->items.count; i++) {
		if (i == first)
			write_symbols(skeleton);
		if (write_item(skeleton, i, err) < 0)
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
