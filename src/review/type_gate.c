// SPDX-License-Identifier: GPL-2.0-or-later
#include "review/type_gate.h"

#include <string.h>

#include "build/member_names.h"
#include "build/named_types.h"
#include "build/type_uses.h"
#include "diff/atom_name.h"
#include "diff/layout.h"
#include "review/hidden_types.h"

struct gate {
	const struct type_gate_request *request;
	struct buffer old, new; /* preprocessed */
	struct text_list was, patched; /* functions, as the source names them, before and after */
	struct text_list gone; /* that the patched source has no more */
};

static bool is_question(const struct finding *finding)
{
	return finding->rule == RULE_LAYOUT_CHANGED && finding->verdict == RULE_REFUSE &&
	       finding->function &&
	       (has_prefix(finding->function, "struct ") ||
		has_prefix(finding->function, "union "));
}

static void list_functions(const struct side *side, struct text_list *changed,
			   struct text_list *others)
{
	for (size_t i = 0; i < side->atom_count; i++) {
		const struct atom *atom = side->atoms[i];
		struct text_list *list = atom->state == ATOM_NEW ? others : changed;
		const char *name;

		if (!atom->is_function || !atom->symbol || atom->state == ATOM_SAME)
			continue;
		name = function_family(atom->name, side->object->arena);
		if (!text_list_has(list, name))
			text_list_add(list, name);
	}
}

static bool are_in(const struct text_list *names, const struct text_list *one,
		   const struct text_list *other)
{
	for (size_t i = 0; i < names->count; i++)
		if (!text_list_has(one, names->items[i]) &&
		    !(other && text_list_has(other, names->items[i])))
			return false;
	return true;
}

static bool is_private(const struct gate *gate, const struct type_uses *old,
		       const struct type_uses *new)
{
	return old->is_own && new->is_own && old->is_plain && new->is_plain &&
	       are_in(&new->functions, &gate->patched, NULL) &&
	       are_in(&old->functions, &gate->was, &gate->gone);
}

/* Why the type is not shared, or NULL: it is, or nobody can tell. Caller frees. */
static char *why_not_shared(const struct gate *gate, const char *type)
{
	const char *file = gate->request->unit->source;
	auto_type_uses struct type_uses old = { 0 };
	auto_type_uses struct type_uses new = { 0 };

	type_uses_find(buffer_text(&gate->old), gate->old.size, file, type, &gate->was, &old);
	type_uses_find(buffer_text(&gate->new), gate->new.size, file, type, &gate->patched, &new);
	if (old.is_open || new.is_open)
		return NULL;
	if (!old.reached.count && !new.reached.count)
		return xstrdup("no patched function uses it or leads to one that does");
	if (is_private(gate, &old, &new))
		return xasprintf("only patched functions have it, on their stacks (%s%s)",
				 new.functions.count ? new.functions.items[0] : "none any more",
				 new.functions.count > 1 ? " and others" : "");
	return NULL;
}

static void take_back(struct finding *finding, enum rule_id rule, const char *why)
{
	char *detail = xasprintf("%s; %s", finding->detail, why);

	free(finding->detail);
	finding->detail = detail;
	finding->rule = rule;
	finding->advice = NULL;
	finding->verdict = rule_get(rule)->verdict;
}

/* Types in which nothing but names of members changed, by the debug information; of all together, since
 * one statement may have members of several. */
static int find_renamed(const struct changeset *changeset, bool *ret_is_renamed,
			struct text_list *names, struct error *err)
{
	const struct finding_list *findings = &changeset->findings;
	auto_dwarf struct dwarf *old = NULL;
	auto_dwarf struct dwarf *new = NULL;

	if (dwarf_open(changeset->old->object->path, &old, err) < 0 ||
	    dwarf_open(changeset->new->object->path, &new, err) < 0)
		return -1;

	auto_layouts struct layouts *before = layouts_new(old);
	auto_layouts struct layouts *after = layouts_new(new);

	for (size_t i = 0; i < findings->count; i++) {
		size_t count = names->count;

		if (!is_question(&findings->items[i]))
			continue;
		layouts_find_renamed(before, after, findings->items[i].function, names);
		ret_is_renamed[i] = names->count > count;
	}
	return 0;
}

static int take_back_renamed(struct gate *gate, struct error *err)
{
	struct changeset *changeset = gate->request->changeset;
	struct finding_list *findings = &changeset->findings;
	auto_free bool *is_renamed = xcalloc(findings->count, sizeof(*is_renamed));
	auto_text_list struct text_list names = { 0 };

	if (find_renamed(changeset, is_renamed, &names, err) < 0)
		return error_context(err, "%s", changeset->unit);
	if (!names.count || !member_names_only(&gate->old, &gate->new,
					       gate->request->unit->source, &names))
		return 0;
	for (size_t i = 0; i < findings->count; i++)
		if (is_renamed[i])
			take_back(&findings->items[i], RULE_MEMBER_RENAMED,
				  "every statement that could give it a value is as before");
	return 0;
}

static int find_hidden(const struct gate *gate, struct error *err)
{
	const struct type_gate_request *request = gate->request;
	const struct hidden_types_request hidden = {
		.kernel = request->kernel,
		.unit = request->unit,
		.work = request->options->work,
		.old = &gate->old,
		.new = &gate->new,
		.changeset = request->changeset,
	};

	return hidden_types_judge(&hidden, err);
}

static bool has_questions(const struct finding_list *findings)
{
	for (size_t i = 0; i < findings->count; i++)
		if (is_question(&findings->items[i]))
			return true;
	return false;
}

static int narrow(struct gate *gate, struct error *err)
{
	struct finding_list *findings = &gate->request->changeset->findings;

	if (!has_questions(findings))
		return 0;
	for (size_t i = 0; i < findings->count; i++) {
		struct finding *finding = &findings->items[i];
		auto_free char *why = NULL;

		if (!is_question(finding))
			continue;
		why = why_not_shared(gate, finding->function);
		if (why)
			take_back(finding, RULE_LAYOUT_PRIVATE, why);
	}
	return take_back_renamed(gate, err);
}

static int ask(struct gate *gate, bool may_hide, struct error *err)
{
	const struct type_gate_request *request = gate->request;

	if (pairs_preprocess(request->kernel, request->patches, request->options, request->unit,
			     &gate->old, &gate->new, err) < 0)
		return -1;
	list_functions(request->changeset->new, &gate->patched, &gate->patched);
	list_functions(request->changeset->old, &gate->was, &gate->gone);
	if (may_hide && find_hidden(gate, err) < 0)
		return -1;
	return narrow(gate, err);
}

int type_gate_judge(const struct type_gate_request *request, struct error *err)
{
	struct gate gate = { .request = request };
	bool may_hide = !changeset_is_empty(request->changeset) &&
			named_types_may_change(request->edits);
	int result = 0;

	if (may_hide || has_questions(&request->changeset->findings))
		result = ask(&gate, may_hide, err);
	buffer_clear(&gate.old);
	buffer_clear(&gate.new);
	text_list_clear(&gate.was);
	text_list_clear(&gate.patched);
	text_list_clear(&gate.gone);
	return result;
}
