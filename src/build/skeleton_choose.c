// SPDX-License-Identifier: GPL-2.0-or-later
/* Which items of a source file come into the module, and in which form. */
#include "base/memory.h"
#include "build/skeleton_macros.h"
#include "build/skeleton_private.h"

static bool is_target(const struct skeleton *skeleton, const char *name)
{
	return text_list_has(skeleton->request->functions, name);
}

enum skeleton_symbol skeleton_look(const struct skeleton *skeleton, const char *name,
				 unsigned *ret_position)
{
	return skeleton->request->look(skeleton->request->user, name, ret_position);
}

bool skeleton_is_live(const struct skeleton *skeleton, const char *name)
{
	return skeleton->request->is_live(skeleton->request->user, name);
}

bool item_has_word(const struct c_text *text, size_t first, size_t end, const char *word)
{
	for (size_t i = first; i < end; i++)
		if (c_token_is(&text->tokens[i], word))
			return true;
	return false;
}

/* The compiler is told to inline it; where one was kept all the same, a copy is as good. */
static bool is_inline(const struct c_text *text, const struct item *item)
{
	return item_has_word(text, item->first, item->name, "inline") ||
	       item_has_word(text, item->first, item->name, "__always_inline") ||
	       item_has_word(text, item->first, item->name, "__inline");
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

bool skeleton_has(const struct skeleton *skeleton, const char *name)
{
	unsigned position;
	enum skeleton_symbol symbol = skeleton_look(skeleton, name, &position);

	return symbol == SYMBOL_EXPORTED || symbol == SYMBOL_HIDDEN;
}

char *skeleton_next_name(const struct skeleton *skeleton, const struct item *item, size_t *at)
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

/* "const char *names[] = {": a declaration would not say how many there are. */
static bool is_open_array(const struct c_text *text, const struct item *item)
{
	if (item->body == NO_TOKEN || !item_has_word(text, item->first, item->body, "const"))
		return false;
	for (size_t i = item->first; i + 1 < item->body; i++)
		if (c_token_is(&text->tokens[i], "[") && c_token_is(&text->tokens[i + 1], "]"))
			return true;
	return false;
}

static enum form form_of_name(const struct skeleton *skeleton, const char *name)
{
	return skeleton_has(skeleton, name) ? FORM_DECLARE : FORM_COPY;
}

/* What can change is never copied if the kernel has it: nobody else would see what the copy holds. */
static enum form form_of_variable(const struct skeleton *skeleton, const struct item *item)
{
	size_t at = item->first;
	char *next;
	enum form form;
	auto_free char *name = token_text(&skeleton->items.text, item->name);

	if (is_open_array(&skeleton->items.text, item) && !skeleton_is_live(skeleton, name))
		return FORM_COPY;
	form = form_of_name(skeleton, name);
	while (form == FORM_COPY && (next = skeleton_next_name(skeleton, item, &at))) {
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
		if (!name || item_has_word(text, item->first, item->name, "extern"))
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

	if (skeleton_look(skeleton, name, &position) == SYMBOL_INIT)
		return error_set(err, ERROR_UNSUPPORTED,
				 "%s is __init code: it has run once and is gone when a livepatch could come", name);
	return error_set(err, ERROR_UNSUPPORTED,
			 "the kernel has no %s of its own that a livepatch could redirect: it is inlined everywhere, or a clone; take its callers, or a diff",
			 name);
}

int skeleton_find_targets(struct skeleton *skeleton, struct error *err)
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
		if (!skeleton_has(skeleton, functions->items[f]))
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

void skeleton_find_needed(struct skeleton *skeleton)
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
