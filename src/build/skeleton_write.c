// SPDX-License-Identifier: GPL-2.0-or-later
/* The text of one item of a source file in the module. */
#include "base/memory.h"
#include "build/skeleton_macros.h"
#include "build/skeleton_private.h"

static bool has_several_names(const struct skeleton *skeleton, const struct item *item)
{
	size_t at = item->first;
	auto_free char *first = skeleton_next_name(skeleton, item, &at);
	auto_free char *second = first ? skeleton_next_name(skeleton, item, &at) : NULL;

	return second;
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
	    skeleton_look(skeleton, name, &position) != SYMBOL_HIDDEN)
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
	while ((name = skeleton_next_name(skeleton, item, &at))) {
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
	    (made.names.count && !skeleton_has(skeleton, made.names.items[0])))
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

	if (item->body != NO_TOKEN && item_has_word(text, item->body, item->last, "static"))
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
	if (!item_has_word(text, item->first, item->name, "static") &&
	    !item_has_word(text, item->first, item->name, "STATIC")) /* fs/xfs/xfs_linux.h: the same */
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
	bool is_const = item_has_word(&skeleton->items.text, item->first, item->name, "const");
	size_t at = item->first;
	char *next;

	while ((next = skeleton_next_name(skeleton, item, &at))) {
		auto_free char *name = next;

		if (skeleton_is_live(skeleton, name))
			return error_set(err, ERROR_UNSUPPORTED,
					 "the kernel's variable %s cannot be reached: its symbol is none that a livepatch can name, and a copy would be another variable; make the change as a diff (suture build PATCH)",
					 name);
		if (skeleton_has(skeleton, name))
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
	    !item_has_word(&skeleton->items.text, item->first, item->name, "extern") &&
	    check_copied(skeleton, item, err) < 0)
		return -1;
	buffer_add(skeleton->into, item->start, (size_t)(item->end - item->start));
	buffer_add_text(skeleton->into, "\n");
	return 0;
}

int skeleton_write_item(struct skeleton *skeleton, size_t index, struct error *err)
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
