// SPDX-License-Identifier: GPL-2.0-or-later
#include "diff/judge.h"

#include <string.h>

#include "base/text.h"
#include "diff/compare.h"
#include "diff/exports.h"
#include "diff/layout.h"
#include "diff/renamed.h"

static void find(struct changeset *changeset, enum rule_id rule, const struct atom *atom,
		 const char *detail)
{
	finding_add(&changeset->findings, rule, changeset->unit, atom_text(atom), NULL, "%s",
		    detail);
}

static size_t count_functions(const struct side *side)
{
	size_t count = 0;

	for (size_t i = 0; i < side->atom_count; i++)
		count += side->atoms[i]->is_function;
	return count;
}

bool judge_related(struct changeset *changeset)
{
	const struct side *old = changeset->old, *new = changeset->new;
	size_t smaller = count_functions(old), shared = 0;

	if (count_functions(new) < smaller)
		smaller = count_functions(new);
	for (size_t i = 0; i < new->atom_count; i++)
		shared += new->atoms[i]->is_function && map_has(old->by_name, new->atoms[i]->name);
	if (smaller == 0 || shared * 4 >= smaller)
		return true;
	finding_add(&changeset->findings, RULE_UNRELATED, changeset->unit, NULL, NULL,
		    "%s and %s have %zu of %zu function names in common", old->object->path,
		    new->object->path, shared, smaller);
	return false;
}

static void judge_function(struct changeset *changeset, const struct atom *atom)
{
	/* Code without a name is assembly in the C file: nobody can tell who runs it. */
	bool is_nameless = !atom->symbol && atom->state == ATOM_NEW;

	if ((atom->state != ATOM_CHANGED && !is_nameless) || atom->parent)
		return;
	if (is_nameless) {
		find(changeset, RULE_NO_FENTRY, atom,
		     "the function changed, and ftrace cannot redirect it");
		return;
	}
	if (is_renamed(atom))
		finding_add(&changeset->findings, RULE_FUNCTION_RENAMED, changeset->unit,
			    atom->name, NULL, "it has the place of %s in every table",
			    atom->twin->name);
	if (!atom->twin->has_fentry) /* the redirect sits in the running kernel's */
		finding_add(&changeset->findings, RULE_NO_FENTRY, changeset->unit, atom_text(atom),
			    NULL, "the function changed, and ftrace cannot redirect it: %s",
			    atom->why);
}

/* Constants that only patched code reads have been set aside, see renew.h. */
static void judge_data(struct changeset *changeset, const struct atom *atom)
{
	if (atom->twin && atom->state == ATOM_CHANGED)
		find(changeset, RULE_DATA_CHANGED, atom, atom->why);
}

static void find_new_row(struct changeset *changeset, const struct atom *atom)
{
	struct finding *finding = finding_add(&changeset->findings, RULE_DATA_CHANGED,
					      changeset->unit, atom_text(atom), NULL, "%s",
					      NEW_ROW_DETAIL);

	finding->advice = NEW_ROW_ADVICE;
}

static void judge_fixed(struct changeset *changeset, const struct atom *atom)
{
	/* Of numbered ones that came or went the code that refers to them tells. */
	if (atom->state == ATOM_SAME || (atom->is_numbered && !atom->twin))
		return;
	if (atom->state == ATOM_CHANGED)
		find(changeset, RULE_DATA_CHANGED, atom, atom->why);
	else if (atom->side == changeset->new)
		find_new_row(changeset, atom);
	else
		find(changeset, RULE_DATA_CHANGED, atom,
		     "a row is gone from a table that the kernel read at boot");
}

static void judge_atom(struct changeset *changeset, const struct atom *atom)
{
	bool is_new = atom->side == changeset->new;

	switch (atom->kind) {
	case SECTION_TEXT:
		if (is_new)
			judge_function(changeset, atom);
		break;
	case SECTION_DATA:
	case SECTION_CONST:
		if (is_new)
			judge_data(changeset, atom);
		else if (atom->state == ATOM_NEW && atom->symbol && !atom->is_numbered &&
			 !atom->is_renewed)
			find(changeset, RULE_DATA_REMOVED, atom,
			     "the patched source does not have it any more");
		break;
	case SECTION_FIXED:
		judge_fixed(changeset, atom);
		break;
	default:
		break;
	}
}

void judge(struct changeset *changeset)
{
	for (size_t i = 0; i < changeset->new->atom_count; i++)
		judge_atom(changeset, changeset->new->atoms[i]);
	for (size_t i = 0; i < changeset->old->atom_count; i++)
		judge_atom(changeset, changeset->old->atoms[i]);
	judge_exports(changeset);
	judge_aliases(changeset);
	judge_running(changeset);
}

/* BPF programs that are loaded were checked against the prototype that the kernel's BTF has. */
static bool has_btf_id(const struct side *side, const char *function)
{
	auto_free char *prefix = xasprintf("__BTF_ID__func__%s__", function);

	for (size_t i = 0; i < side->atom_count; i++)
		if (side->atoms[i]->kind == SECTION_FIXED && side->atoms[i]->symbol &&
		    has_prefix(side->atoms[i]->name, prefix))
			return true;
	return false;
}

/* Callers inside of the kernel are compiled anew with the header that changed. Callers in modules
 * were checked against the export's checksum, which is made from the prototype. */
static void judge_prototypes(struct changeset *changeset, const struct dwarf *old,
			     const struct dwarf *new)
{
	auto_finding_list struct finding_list changed = { 0 };
	auto_exports struct exports exports = { 0 };

	exports_collect(changeset->old, &exports);
	layout_compare_functions(old, new, changeset->unit, &changed);
	for (size_t i = 0; i < changed.count; i++)
		if (changed.items[i].function &&
		    (exports_has(&exports, changed.items[i].function) ||
		     has_btf_id(changeset->old, changed.items[i].function)))
			finding_add(&changeset->findings, RULE_CRC_MISMATCH, changeset->unit,
				    changed.items[i].function, NULL, "%s", changed.items[i].detail);
}

int judge_layouts(struct changeset *changeset, struct error *err)
{
	const struct dwarf *old, *new;

	if (side_dwarf(changeset->old, &old, err) < 0 ||
	    side_dwarf(changeset->new, &new, err) < 0) {
		if (err->code != ERROR_NOT_FOUND)
			return error_context(err, "%s", changeset->unit);
		finding_add(&changeset->findings, RULE_LAYOUT_UNKNOWN, changeset->unit, NULL, NULL,
			    "the objects were compiled without debug information");
		return 0;
	}

	auto_layouts struct layouts *old_layouts = layouts_new(old);
	auto_layouts struct layouts *new_layouts = layouts_new(new);

	layouts_compare(old_layouts, new_layouts, changeset->unit, &changeset->findings);
	layout_compare_variables(old, new, changeset->unit, &changeset->findings);
	judge_prototypes(changeset, old, new);
	layout_list_recast(old, new, &changeset->recast);
	return 0;
}
