// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/status.h"

#include <string.h>

#include "base/memory.h"

static const struct {
	const char *slug, *text;
} protections[] = {
#define X(protection, slug, text) [protection] = { slug, text },
	PROTECTIONS(X)
#undef X
};

void status_clear(struct status *status)
{
	kernel_id_clear(&status->kernel);
	livepatch_list_clear(&status->patches);
	free(status->boot_id);
	free(status->taint_text);
	free(status->reason);
	*status = (struct status){ 0 };
}

const char *protection_slug(enum protection protection)
{
	return protections[protection].slug;
}

static void conclude(struct status *status, enum protection protection, char *reason)
{
	free(status->reason);
	status->protection = protection;
	status->reason = reason ? reason : xstrdup(protections[protection].text);
}

/* The functions of modules that are not loaded: nothing runs there, and nothing is redirected. NULL
 * if there are none. */
static char *waiting_text(const struct status *status)
{
	const char *module = NULL;
	bool several = false;
	size_t count = 0;

	for (size_t i = 0; i < status->patches.count; i++) {
		const struct livepatch *patch = &status->patches.items[i];

		for (size_t k = 0; patch->state == LIVEPATCH_APPLIED && k < patch->count; k++) {
			const struct livepatch_object *object = &patch->objects[k];

			if (object->patched != 0 || !object->count)
				continue;
			several |= module && strcmp(module, object->name) != 0;
			module = object->name;
			count += object->count;
		}
	}
	if (!count)
		return NULL;
	return xasprintf("every livepatch is applied; %zu function%s wait%s for %s%.55s, which %s not loaded",
			 count, count == 1 ? "" : "s", count == 1 ? "s" : "",
			 several ? "modules like " : "", module, several ? "are" : "is");
}

void status_conclude(struct status *status, bool supported)
{
	size_t active = 0;

	if (!supported) {
		conclude(status, PROTECTION_UNSUPPORTED, NULL);
		return;
	}
	for (size_t i = 0; i < status->patches.count; i++) {
		const struct livepatch *patch = &status->patches.items[i];

		if (livepatch_in_transition(patch)) {
			conclude(status, PROTECTION_TRANSITION,
				 xasprintf("%s is %s", patch->name,
					   livepatch_state_text(patch->state)));
			return;
		}
		active += patch->state == LIVEPATCH_APPLIED;
	}
	for (size_t i = 0; i < status->patches.count; i++) {
		const struct livepatch *patch = &status->patches.items[i];
		auto_free char *why = livepatch_worst_text(patch);

		if (patch->state == LIVEPATCH_APPLIED &&
		    livepatch_worst_effect(patch) >= EFFECT_CONTESTED) {
			conclude(status, PROTECTION_PROBLEM,
				 xasprintf("%s: %s", patch->name, why));
			return;
		}
	}
	for (size_t i = 0; i < status->patches.count; i++)
		if (status->patches.items[i].forced) {
			conclude(status, active ? PROTECTION_OK : PROTECTION_NONE,
				 xasprintf("the transition of %s was forced: plan a reboot",
					   status->patches.items[i].name));
			return;
		}
	if (active)
		conclude(status, PROTECTION_OK, waiting_text(status));
	else
		conclude(status, PROTECTION_NONE, NULL);
}

void status_write(const struct status *status, json_value *into)
{
	json_set_int(into, "schema", STATUS_SCHEMA);
	json_set_int(into, "time", status->time);
	kernel_id_write(&status->kernel, json_set_object(into, "kernel"));
	json_set_text(into, "boot_id", status->boot_id);

	json_value *protection = json_set_object(into, "protection");

	json_set_text(protection, "state", protection_slug(status->protection));
	json_set_text(protection, "reason", status->reason);
	if (status->tasks_left < 0)
		json_set_text(into, "tasks_left", NULL);
	else
		json_set_int(into, "tasks_left", status->tasks_left);
	if (status->ftrace_enabled < 0)
		json_set_text(into, "ftrace_enabled", NULL);
	else
		json_set_bool(into, "ftrace_enabled", status->ftrace_enabled);

	json_value *taint = json_set_object(into, "taint");

	json_set_int(taint, "value", (int64_t)status->taint);
	json_set_text(taint, "text", status->taint_text);
	livepatch_list_write(&status->patches, json_set_array(into, "patches"));
}

static char *copy_text(const json_value *object, const char *key)
{
	const char *text = json_get_text(object, key, NULL);

	return text ? xstrdup(text) : NULL;
}

static int parse_protection(const json_value *value, struct status *status, struct error *err)
{
	const json_value *protection = json_get(value, "protection");
	const char *slug = json_get_text(protection, "state", "");

	for (size_t i = 0; i < ARRAY_SIZE(protections); i++)
		if (!strcmp(protections[i].slug, slug)) {
			status->protection = (enum protection)i;
			status->reason = copy_text(protection, "reason");
			return 0;
		}
	return error_set(err, ERROR_INVALID, "unknown protection '%.40s'", slug);
}

static int parse_fields(const json_value *value, struct status *status, struct error *err)
{
	const json_value *taint = json_get(value, "taint");

	if (json_get_int(value, "schema", 0) != STATUS_SCHEMA)
		return error_set(err, ERROR_INVALID, "a status of schema %d is wanted",
				 STATUS_SCHEMA);
	status->time = json_get_int(value, "time", 0);
	status->boot_id = copy_text(value, "boot_id");
	status->tasks_left = json_get_int(value, "tasks_left", -1);
	status->taint = (uint64_t)json_get_int(taint, "value", 0);
	status->taint_text = copy_text(taint, "text");
	status->ftrace_enabled = json_get_bool(value, "ftrace_enabled", false);
	if (json_get_bool(value, "ftrace_enabled", true) != status->ftrace_enabled)
		status->ftrace_enabled = -1; /* null */
	if (kernel_id_parse(json_get(value, "kernel"), &status->kernel, err) < 0 ||
	    parse_protection(value, status, err) < 0)
		return -1;
	return livepatch_list_parse(json_get(value, "patches"), &status->patches, err);
}

int status_parse(const json_value *value, struct status *ret_status, struct error *err)
{
	auto_status struct status status = { 0 };

	if (parse_fields(value, &status, err) < 0)
		return error_context(err, "not a machine's status");
	*ret_status = status;
	status = (struct status){ 0 };
	return 0;
}
