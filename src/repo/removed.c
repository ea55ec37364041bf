// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * .draft/removed.json: what was taken out of the rings to save room. A machine that was off meanwhile may
 * still run it, so it must be possible to revoke it by its name.
 */
#include <string.h>

#include "base/file.h"
#include "repo/metadata.h"
#include "repo/repository_private.h"
#include "repo/trust.h"

int removed_read(const struct repository *repository, json_value **ret_envelope, struct error *err)
{
	auto_free char *path = public_path(repository, ".draft/removed.json");

	if (file_exists(path))
		return json_read(path, TARGETS_METADATA_LIMIT, ret_envelope, err);
	*ret_envelope = envelope_new(json_new_object());
	json_set_object(envelope_body(*ret_envelope), "targets");
	return 0;
}

static void copy_text(const json_value *from, const char *key, json_value *into)
{
	json_set_text(into, key, json_get_text(from, key, ""));
}

/* The members by which a module is found and that its revocation names. */
static json_value *extract(const json_value *target)
{
	const json_value *custom = json_get(target, "custom");
	const json_value *manifest = json_get(custom, "manifest");
	json_value *copy = json_new_object();
	json_value *short_custom = json_set_object(copy, "custom");
	json_value *short_manifest = json_set_object(short_custom, "manifest");
	json_value *short_module = json_set_object(short_manifest, "module");

	json_set_int(short_custom, "level", json_get_int(custom, "level", 0));
	copy_text(manifest, "name", short_manifest);
	copy_text(json_get(manifest, "kernel"), "build_id", json_set_object(short_manifest, "kernel"));
	copy_text(json_get(manifest, "module"), "name", short_module);
	copy_text(json_get(manifest, "module"), "sha256", short_module);
	copy_text(json_get(target, "hashes"), "sha256", json_set_object(copy, "hashes"));
	return copy;
}

int removed_remember(const struct repository *repository, const char *path,
		     const json_value *target, struct error *err)
{
	auto_free char *file = public_path(repository, ".draft/removed.json");
	auto_json json_value *envelope = NULL;
	auto_buffer struct buffer text = BUFFER_INIT;

	if (removed_read(repository, &envelope, err) < 0)
		return -1;
	json_set_value(draft_targets(envelope), path, extract(target));
	json_write(envelope, &text);
	return file_write(file, text.data, text.size, 0644, true, err);
}
