// SPDX-License-Identifier: GPL-2.0-or-later
/* A manifest and a trial's evidence as somebody hands them in, and the manifest as a target's custom
 * data: {"manifest": {...}, "evidence": {...}, "target": {"path", "custom"}}. */
#include "fuzz.h"

#include "base/json.h"
#include "model/kernel_id.h"
#include "repo/admission.h"
#include "repo/documents.h"
#include "repo/offer.h"

static const char module[] = "module one";

static void admit(const json_value *value)
{
	struct admission admission = {
		.module = module,
		.size = sizeof(module) - 1,
		.manifest = json_get(value, "manifest"),
		.evidence = json_get(value, "evidence"),
	};
	auto_json json_value *summary = json_new_object();
	struct error err = ERROR_INIT;
	int strict = admission_check(&admission, &err);

	MUST(strict == 0 || (err.code != ERROR_NONE && err.msg[0]));
	admission.allow_unproven = true;
	MUST(admission_check(&admission, &err) == 0 || strict < 0);
	if (admission.evidence)
		evidence_summarize(admission.evidence, summary);
}

static void offer(const json_value *value)
{
	struct target target = {
		.path = json_get_text(value, "path", ""),
		.custom = json_get(value, "custom"),
	};
	struct offer offer;
	struct error err = ERROR_INIT;

	if (!is_target_path(target.path))
		return;
	if (offer_parse("edge", &target, &offer, &err) < 0) {
		MUST(err.code != ERROR_NONE && err.msg[0]);
		return;
	}
	MUST(offer.level >= 1 && offer.level <= LEVEL_LIMIT && offer.build_id && offer.name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_json json_value *value = NULL;
	struct kernel_id id = { 0 };
	struct error err = ERROR_INIT;

	if (json_parse(data, size, &value, &err) < 0)
		return 0;
	admit(value);
	offer(json_get(value, "target"));
	if (kernel_id_parse(json_get(json_get(value, "manifest"), "kernel"), &id, &err) == 0)
		kernel_id_clear(&id);
	return 0;
}
