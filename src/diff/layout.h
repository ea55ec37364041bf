/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether unpatched code and patched code still agree about the types they share: the rules
 * layout-changed and layout-grown (src/model/rules.def).
 *
 * Compared is every struct, union and enum that has a name (a tag, or a typedef's for one without)
 * and is defined in both objects, each by itself: a type that another one contains or points to
 * counts there by its name. What can be decided from two objects of one unit is decided here; a
 * type's users in other units are seen when those units are compared.
 *
 *   changed  a member moved, went away, has another name, type or width; a new member lies over old
 *            ones; size or alignment changed in any other way; an enumerator has another value
 *   grown    a new member in a hole, behind all others, or as one more alternative of a union that
 *            was there before; one more enumerator (unpatched code does not know it)
 *   neither  qualifiers, typedefs for the same thing, declarations against definitions
 */
#ifndef SUTURE_DIFF_LAYOUT_H
#define SUTURE_DIFF_LAYOUT_H

#include "base/error.h"
#include "base/text.h"
#include "elf/dwarf.h"
#include "model/rule.h"

/*
 * The types of one object, by name. Whoever wants fewer of them compared (those that patched
 * functions reach) takes the others out between making the two and comparing them.
 */
struct layouts;
struct layouts *layouts_new(const struct dwarf *dwarf); /* borrows it */
void layouts_free(struct layouts *layouts);
DEFINE_AUTO(layouts)
#define auto_layouts __attribute__((cleanup(auto_layouts_cleanup)))

/* One finding for each type with a difference; its `function` is the type ("struct sk_buff").
 * The file is the unit's, as the author knows it, and may be NULL. */
void layouts_compare(const struct layouts *old, const struct layouts *new, const char *file,
		     struct finding_list *findings);
/* Of a struct or union ("struct foo") in which nothing differs but the names of numbers and pointers:
 * the name before and the name now, in turn. Else nothing is added. */
void layouts_find_renamed(const struct layouts *old, const struct layouts *new, const char *label,
			  struct text_list *into);
/* Functions that other units can call and that have another prototype than before. Parameters'
 * names do not matter. */
void layout_compare_functions(const struct dwarf *old, const struct dwarf *new, const char *file,
			      struct finding_list *findings);

/* Functions of both, static ones as well, that cannot be called any more as they were: with another prototype,
 * where it is not merely a result that there was none of, or a last argument less. */
void layout_list_recast(const struct dwarf *old, const struct dwarf *new, struct text_list *into);

/* Variables outside of functions that both know and that have another type than before: the running
 * kernel's has the old one. Also where the new type has the old one's size. */
void layout_compare_variables(const struct dwarf *old, const struct dwarf *new, const char *file,
			      struct finding_list *findings);

/* All of it, for two objects with debug information. Errors are those of dwarf_open():
 * ERROR_NOT_FOUND if one of them has none. */
int layout_compare(const char *old_path, const char *new_path, const char *file,
		   struct finding_list *findings, struct error *err);

#endif
