// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/file.h"
#include "base/lock.h"
#include "base/memory.h"
#include "build/kbuild.h"
#include "build/pairing.h"

/* The record lists what the unit is made from. A file that the patch adds is in no record, but may
 * be found in the place of another. */
static bool is_known_untouched(const struct pairing *pairing, const struct pairing_unit *unit)
{
	for (size_t i = 0; i < pairing->edits.count; i++) {
		const struct edit *edit = &pairing->edits.items[i];

		if (edit_is_change(edit) &&
		    (!edit->was_there || unit_record_depends_on(&unit->record, edit->path)))
			return false;
	}
	return true;
}

static int find_records(struct pairing *pairing, struct text_list *missing, struct error *err)
{
	for (size_t i = 0; i < pairing->count; i++) {
		struct pairing_unit *unit = &pairing->units[i];
		int found = unit_record_find(pairing->kernel, pairing->records, unit->source,
					     unit->plain, unit->original, &unit->record, err);

		if (found < 0)
			return -1;
		unit->is_cached = found;
		unit->is_dropped = found && is_known_untouched(pairing, unit);
		if (!found)
			text_list_add(missing, unit->spelled);
	}
	return 0;
}

static int take_kbuild_unit(struct pairing *pairing, struct pairing_unit *unit, struct error *err)
{
	const struct kernel *kernel = pairing->kernel;
	auto_kbuild_unit struct kbuild_unit made = { 0 };
	auto_free char *object = kbuild_object(unit->spelled);
	auto_free char *path = path_join(kernel->source, object);

	if (kbuild_unit_read(kernel, unit->spelled, &made, err) < 0 ||
	    file_copy(path, unit->plain, err) < 0)
		return -1;
	unit->record.source = xstrdup(unit->source);
	unit->record.module = steal_ptr(made.module);
	unit->record.is_module = made.is_module;
	unit->record.command = made.command;
	made.command = (struct text_list){ 0 };
	text_list_clear(&unit->made_from);
	unit->made_from = made.deps;
	made.deps = (struct text_list){ 0 };
	return 0;
}

/* kbuild writes into the source tree: one at a time. */
static int make_missing(struct pairing *pairing, const struct text_list *missing,
			struct error *err)
{
	auto_free char *lock_path = xasprintf("%s.lock", pairing->records);
	auto_close int lock = -1;

	if (directory_make(pairing->records, err) < 0)
		return -1;
	progress_step(pairing->options->progress, 0, 0, "compiling the original with kbuild");
	if (lock_wait(lock_path, pairing->kernel->id.release, pairing->options->progress, &lock,
		      err) < 0)
		return -1;
	if (kbuild_make(pairing->kernel, missing, pairing->jobs, err) < 0)
		return -1;
	for (size_t i = 0; i < pairing->count; i++)
		if (!pairing->units[i].is_cached &&
		    take_kbuild_unit(pairing, &pairing->units[i], err) < 0)
			return -1;
	return 0;
}

int pairing_originals(struct pairing *pairing, struct error *err)
{
	auto_text_list struct text_list missing = { 0 };

	if (find_records(pairing, &missing, err) < 0)
		return -1;
	return missing.count ? make_missing(pairing, &missing, err) : 0;
}
