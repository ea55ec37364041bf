// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/author/prove.h"

#include <string.h>

#include "base/file.h"
#include "base/process.h"
#include "proof/layouts.h"
#include "proof/unit_proof.h"

/* The original's functions that the module replaces. */
static void add_patched(const struct changeset *changeset, struct text_list *names)
{
	for (size_t i = 0; i < changeset->carried_count; i++) {
		const struct atom *atom = changeset->carried[i];

		if (atom->is_function && atom->twin)
			text_list_add(names, atom->twin->name);
	}
}

static int write_proof(const struct unit_proof *proof, const struct prove_options *options,
		       size_t i, struct manifest *manifest, struct error *err)
{
	auto_json json_value *value = json_new_object();
	auto_buffer struct buffer text = BUFFER_INIT;
	auto_free char *path = xasprintf("%s/%zu.json", options->folder, i);

	unit_proof_write(proof, value);
	json_write(value, &text);
	json_add_value(manifest->proof_details, steal_ptr(value));
	return file_write_text(path, buffer_text(&text), err);
}

/* All lines for whoever looks on; the error keeps the first two. */
static int refuse(const struct unit_proof *proof, const struct prove_options *options,
		  struct error *err)
{
	auto_buffer struct buffer text = BUFFER_INIT;
	auto_text_list struct text_list lines = { 0 };

	unit_proof_describe(proof, &text);
	text_list_split(&lines, buffer_text(&text), "\n");
	for (size_t i = 0; i < lines.count; i++)
		progress_say(options->progress, "%s", lines.items[i]);
	if (options->allow_unproven)
		return 0;
	return error_set(err, ERROR_VERIFY,
			 "%s: what was compiled here is not what was shipped: %.160s; check that source, configuration and compiler are those of the kernel's package (--allow-unproven builds all the same)",
			 proof->unit, lines.count > 1 ? lines.items[1] : "");
}

static int prove_unit(const struct unit *unit, const struct changeset *changeset,
		      struct linkages *linkages, struct kernel_types *types, struct unit_proof *ret_proof, struct error *err)
{
	auto_text_list struct text_list patched = { 0 };
	const struct shipped *shipped;
	struct unit_proof_request request = {
		.unit = unit->source, .object = unit->object, .plain = unit->plain,
		.original = unit->original, .patched = &patched,
	};

	add_patched(changeset, &patched);
	if (linkages_shipped(linkages, unit->object, &shipped, err) < 0 ||
	    kernel_types_of(types, shipped, &request.layouts, err) < 0 ||
	    unit_proof_make(&request, shipped, ret_proof, err) < 0)
		return error_context(err, "the proof of %s", unit->source);
	return 0;
}

int prove_units(const struct pairs *pairs, struct changeset *const *changesets,
		struct linkages *linkages, const struct prove_options *options,
		struct manifest *manifest, struct error *err)
{
	enum proof_verdict worst = PROOF_PROVEN;
	auto_kernel_types struct kernel_types *types = kernel_types_new(options->kernel);
	int result = 0;

	json_free(manifest->proof_details);
	manifest->proof_details = json_new_array();
	for (size_t i = 0; i < pairs->count && result == 0; i++) {
		struct unit_proof proof;

		if (changeset_is_empty(changesets[i]))
			continue;
		progress_step(options->progress, i, pairs->count, "proving %s",
			      pairs->units[i].source);
		if (interrupt_check(err) < 0 ||
		    prove_unit(&pairs->units[i], changesets[i], linkages, types, &proof,
			       err) < 0)
			return -1;
		if (proof.verdict > worst)
			worst = proof.verdict;
		result = write_proof(&proof, options, i, manifest, err);
		if (result == 0 && proof.verdict == PROOF_UNPROVEN)
			result = refuse(&proof, options, err);
		unit_proof_clear(&proof);
	}
	free(manifest->proof);
	manifest->proof = xstrdup(proof_verdict_name(worst));
	return result;
}
