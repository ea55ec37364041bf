// SPDX-License-Identifier: GPL-2.0-or-later
/* Modules in the rings' drafts: add, promote, revoke, roll out. */
#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/file.h"
#include "repo/admission.h"
#include "repo/documents.h"
#include "repo/moment.h"
#include "repo/offer.h"
#include "repo/repository_private.h"
#include "repo/trust.h"

json_value *draft_targets(json_value *envelope)
{
	return json_member(envelope_body(envelope), "targets");
}

static int check_ring(const char *ring, struct error *err)
{
	if (is_ring(ring))
		return 0;
	return error_set(err, ERROR_USAGE,
			 "'%.40s' is no ring; there are edge, beta, candidate and stable", ring);
}

/* The highest level that any document gives to this kernel. Revocations remember theirs, so that
 * a level is not used twice even when its module was removed. */
static void take_level(const json_value *targets, const char *build_id, int64_t *level)
{
	struct json_walk at = { 0 };

	while (json_walk_next(targets, &at)) {
		const json_value *custom = json_get(at.value, "custom");
		const json_value *kernel = json_get(json_get(custom, "manifest"), "kernel");
		const char *other = json_get_text(kernel, "build_id",
						  json_get_text(custom, "build_id", ""));
		int64_t found = json_get_int(custom, "level", 0);

		if (!strcmp(other, build_id) && found > *level)
			*level = found;
	}
}

static int highest_level(const struct repository *repository, const char *build_id,
			 int64_t *ret_level, struct error *err)
{
	*ret_level = 0;
	for (const char *const *role = all_role_names; *role; role++) {
		auto_json json_value *envelope = NULL;

		if (strcmp(document_type(*role), "targets") || !strcmp(*role, "targets"))
			continue;
		if (repository_current(repository, *role, &envelope, err) < 0)
			return -1;
		take_level(draft_targets(envelope), build_id, ret_level);
	}
	return 0;
}

static void fill_target(json_value *target, const struct mapping *data)
{
	char sha256[DIGEST_HEX_SIZE];

	digest_bytes(data->data, data->size, sha256);
	json_set_int(target, "length", (int64_t)data->size);
	json_set_text(json_set_object(target, "hashes"), "sha256", sha256);
}

static void set_rollout(json_value *custom, const struct rollout *rollout)
{
	if (rollout && rollout->count)
		rollout_write(rollout, json_set_object(custom, "rollout"));
	else
		json_remove(custom, "rollout");
}

/* Where the bytes of a target lie. */
static char *blob_path(const struct repository *repository, const char *path,
		       const json_value *target)
{
	struct target parsed = { .path = path };
	auto_free char *name = NULL;

	snprintf(parsed.sha256, sizeof(parsed.sha256), "%s",
		 json_get_text(json_get(target, "hashes"), "sha256", ""));
	name = target_file_name(&parsed);
	return public_path(repository, name);
}

static int store_blob(const struct repository *repository, const char *path,
		      const json_value *target, const struct mapping *data, struct error *err)
{
	auto_free char *file = blob_path(repository, path, target);
	auto_free char *folder = xstrdup(file);

	*strrchr(folder, '/') = 0;
	if (directory_make(folder, err) < 0)
		return -1;
	return file_write(file, data->data, data->size, 0644, true, err);
}

/* Puts the target into the ring's draft and its bytes where clients will look for them. */
static int put_target(const struct repository *repository, const char *ring, const char *path,
		      json_value *steal_target, const struct mapping *data, struct error *err)
{
	auto_json json_value *target = steal_target;
	auto_json json_value *envelope = NULL;

	if (repository_edit(repository, ring, &envelope, err) < 0 ||
	    store_blob(repository, path, target, data, err) < 0)
		return -1;
	json_set_value(draft_targets(envelope), path, steal_ptr(target));
	return repository_save(repository, ring, envelope, true, err);
}

static char *module_path(const char *ring, const json_value *custom)
{
	const json_value *manifest = json_get(custom, "manifest");

	return xasprintf("%s/%s/%jd-%s.ko", ring,
			 json_get_text(json_get(manifest, "kernel"), "build_id", ""),
			 (intmax_t)json_get_int(custom, "level", 0),
			 json_get_text(manifest, "name", ""));
}

/* Whether some ring has the very same module for the same kernel: adding twice is a mistake. */
static int check_not_there(const struct repository *repository, const json_value *target,
			   struct error *err)
{
	const json_value *hashes = json_get(target, "hashes");

	for (const char *const *ring = ring_names; *ring; ring++) {
		auto_json json_value *envelope = NULL;
		struct json_walk at = { 0 };

		if (repository_current(repository, *ring, &envelope, err) < 0)
			return -1;
		while (json_walk_next(draft_targets(envelope), &at))
			if (json_same(json_get(at.value, "hashes"), hashes))
				return error_set(err, ERROR_NOTHING,
						 "the module is there already: %s", at.key);
	}
	return 0;
}

char *revocation_path(const json_value *manifest)
{
	return xasprintf("%s/%s", REVOCATIONS_ROLE,
			 json_get_text(json_get(manifest, "module"), "sha256", ""));
}

/* What was taken back does not come again, also not with another signature behind it. */
static int check_not_revoked(const struct repository *repository, const json_value *manifest,
			     struct error *err)
{
	auto_json json_value *envelope = NULL;
	auto_free char *path = revocation_path(manifest);

	if (repository_current(repository, REVOCATIONS_ROLE, &envelope, err) < 0)
		return -1;

	const json_value *entry = json_get(draft_targets(envelope), path);

	if (!entry)
		return 0;
	return error_set(err, ERROR_VERIFY, "the module was revoked: %.200s",
			 json_get_text(json_get(entry, "custom"), "reason", ""));
}

/* The kernel writes '-' as '_' in a module's name (scripts/Makefile.lib, name-fix). */
static bool is_same_name(const char *a, const char *b)
{
	while (*a && (*a == *b || (strchr("-_", *a) && *b && strchr("-_", *b))))
		a++, b++;
	return !*a && !*b;
}

/* The kernel's name for it, where the manifest says it (suture-manifest(5)), or the patch's. */
static const char *module_name(const json_value *manifest)
{
	return json_get_text(json_get(manifest, "module"), "name",
			     json_get_text(manifest, "name", ""));
}

/* A kernel has no two modules of one name (kernel/module/main.c, add_unformed_module()): a machine that
 * has the first would never get the second. */
static int check_name(json_value *ring_envelope, const char *ring, const json_value *manifest,
		      struct error *err)
{
	const char *name = module_name(manifest);
	const char *build_id = json_get_text(json_get(manifest, "kernel"), "build_id", "");
	struct json_walk at = { 0 };

	while (json_walk_next(draft_targets(ring_envelope), &at)) {
		const json_value *other = json_get(json_get(at.value, "custom"), "manifest");

		if (!strcmp(json_get_text(json_get(other, "kernel"), "build_id", ""), build_id) &&
		    is_same_name(module_name(other), name))
			return error_set(err, ERROR_INVALID,
					 "ring %s has another module named %.60s for this kernel, %.160s: "
					 "a kernel cannot load two of one name, so machines with that one "
					 "would never get this one; give it a name with 'suture build --name'",
					 ring, name, at.key);
	}
	return 0;
}

static int check_name_in_ring(const struct repository *repository, const char *ring,
			      const json_value *manifest, struct error *err)
{
	auto_json json_value *envelope = NULL;

	if (repository_current(repository, ring, &envelope, err) < 0)
		return -1;
	return check_name(envelope, ring, manifest, err);
}

int repository_add(const struct repository *repository, const struct module_to_add *module,
		   char **ret_target_path, struct error *err)
{
	auto_mapping struct mapping data = { 0 };
	auto_json json_value *target = json_new_object();
	const char *build_id = json_get_text(json_get(module->manifest, "kernel"), "build_id", "");
	int64_t level, served_until = module->served_until;

	if (check_ring(module->ring, err) < 0 ||
	    mapping_open(module->module_path, TARGET_LIMIT, &data, err) < 0)
		return -1;

	const struct admission admission = {
		.module = data.data,
		.size = data.size,
		.manifest = module->manifest,
		.evidence = module->evidence,
		.allow_unproven = module->allow_unproven,
	};

	if (admission_check(&admission, err) < 0)
		return -1;
	fill_target(target, &data);
	if (check_not_revoked(repository, module->manifest, err) < 0 ||
	    check_not_there(repository, target, err) < 0 ||
	    check_name_in_ring(repository, module->ring, module->manifest, err) < 0 ||
	    highest_level(repository, build_id, &level, err) < 0 ||
	    (!served_until && find_served_until(repository, build_id, &served_until, err) < 0))
		return -1;

	json_value *custom = json_set_object(target, "custom");

	json_set_int(custom, "level", level + 1);
	json_set_value(custom, "manifest", json_clone(module->manifest));
	if (module->evidence)
		evidence_summarize(module->evidence, json_set_object(custom, "evidence"));
	set_rollout(custom, module->rollout);
	set_served_until(custom, served_until);

	auto_free char *path = module_path(module->ring, custom);

	if (put_target(repository, module->ring, path, steal_ptr(target), &data, err) < 0)
		return -1;
	*ret_target_path = steal_ptr(path);
	return 0;
}

/* Whether it is the name of a module as the kernel spells it, or of its file. */
static bool is_name_of_module(const char *which, const char *name)
{
	size_t length = strlen(which) - (has_suffix(which, ".ko") ? strlen(".ko") : 0);

	if (length != strlen(name))
		return false;
	for (size_t i = 0; i < length; i++)
		if ((which[i] == '-' ? '_' : which[i]) != name[i])
			return false;
	return length > 0;
}

/* Path, name of the patch or of its module, or the digest of the file or of the module in it. */
static bool is_meant(const char *which, const char *path, const json_value *target)
{
	const json_value *manifest = json_get(json_get(target, "custom"), "manifest");
	const json_value *module = json_get(manifest, "module");

	return !strcmp(which, path) || !strcmp(which, json_get_text(manifest, "name", "")) ||
	       is_name_of_module(which, json_get_text(module, "name", "")) ||
	       !strcmp(which, json_get_text(module, "sha256", "")) ||
	       !strcmp(which, json_get_text(json_get(target, "hashes"), "sha256", ""));
}

#define NAMES_SHOWN 8 /* whoever mistyped one sees it among these, or looks with 'suture repo verify' */

static int error_no_module(json_value *envelope, const char *ring, const char *which,
			   struct error *err)
{
	auto_buffer struct buffer names = BUFFER_INIT;
	struct json_walk at = { 0 };

	for (unsigned i = 0; json_walk_next(draft_targets(envelope), &at); i++) {
		if (i == NAMES_SHOWN) {
			buffer_printf(&names, " and others");
			break;
		}
		buffer_printf(&names, "%s%.40s", i ? ", " : "", path_base(at.key));
	}
	return error_set(err, ERROR_NOT_FOUND, "ring %s has no module '%.100s'; it has %s", ring, which,
			 names.size ? buffer_text(&names) : "none");
}

/* The only target of the document that `which` can mean; *ret_path and the value are borrowed. */
static int find_target(json_value *envelope, const char *ring, const char *which,
		       const char **ret_path, json_value **ret_target, struct error *err)
{
	struct json_walk at = { 0 };
	unsigned found = 0;

	while (json_walk_next(draft_targets(envelope), &at))
		if (is_meant(which, at.key, at.value)) {
			*ret_path = at.key;
			*ret_target = (json_value *)at.value;
			found++;
		}
	if (found == 1)
		return 0;
	if (found)
		return error_set(err, ERROR_INVALID,
				 "'%.100s' is %u modules of ring %s; give the path", which, found,
				 ring);
	return error_no_module(envelope, ring, which, err);
}

int repository_promote(const struct repository *repository, const char *which, const char *from,
		       const char *to, const struct rollout *rollout, char **ret_target_path,
		       struct error *err)
{
	auto_json json_value *source = NULL;
	auto_json json_value *there = NULL;
	auto_mapping struct mapping data = { 0 };
	const char *path;
	json_value *found;

	if (check_ring(from, err) < 0 || check_ring(to, err) < 0 ||
	    repository_current(repository, from, &source, err) < 0 ||
	    repository_current(repository, to, &there, err) < 0 ||
	    find_target(source, from, which, &path, &found, err) < 0)
		return -1;

	auto_free char *new_path = module_path(to, json_get(found, "custom"));
	auto_free char *blob = blob_path(repository, path, found);

	if (json_get(draft_targets(there), new_path))
		return error_set(err, ERROR_NOTHING, "ring %s has it already: %s", to, new_path);

	const json_value *manifest = json_get(json_get(found, "custom"), "manifest");

	if (check_not_revoked(repository, manifest, err) < 0 ||
	    check_name(there, to, manifest, err) < 0)
		return -1;
	if (mapping_open(blob, TARGET_LIMIT, &data, err) < 0)
		return -1;

	json_value *target = json_clone(found);

	set_rollout(json_member(target, "custom"), rollout);
	if (put_target(repository, to, new_path, target, &data, err) < 0)
		return -1;
	*ret_target_path = steal_ptr(new_path);
	return 0;
}

/* Copies the target out. */
static int find_and_copy(json_value *envelope, const char *ring, const char *which,
			 json_value **ret_target, struct error *err)
{
	const char *path;
	json_value *found;

	if (find_target(envelope, ring, which, &path, &found, err) < 0)
		return -1;
	*ret_target = json_clone(found);
	return 0;
}

/* Finds the module in any ring, or among what was taken out of the rings; its target is copied out. */
static int find_anywhere(const struct repository *repository, const char *which,
			 json_value **ret_target, struct error *err)
{
	auto_json json_value *removed = NULL;

	for (const char *const *ring = ring_names; *ring; ring++) {
		auto_json json_value *envelope = NULL;

		if (repository_current(repository, *ring, &envelope, err) < 0)
			return -1;
		if (find_and_copy(envelope, *ring, which, ret_target, err) == 0)
			return 0;
		if (err->code != ERROR_NOT_FOUND)
			return -1;
	}
	if (removed_read(repository, &removed, err) < 0)
		return -1;
	return find_and_copy(removed, "removed", which, ret_target, err);
}

static bool is_sha256(const char *text)
{
	return strlen(text) == DIGEST_HEX_SIZE - 1 &&
	       strspn(text, "0123456789abcdef") == DIGEST_HEX_SIZE - 1;
}

/* A target of which nothing but the digest is known. */
static json_value *unseen_target(const char *sha256)
{
	json_value *target = json_new_object();
	json_value *manifest = json_set_object(json_set_object(target, "custom"), "manifest");

	json_set_text(json_set_object(manifest, "module"), "sha256", sha256);
	return target;
}

static int find_to_revoke(const struct repository *repository, const char *which, bool unseen,
			  json_value **ret_target, struct error *err)
{
	if (find_anywhere(repository, which, ret_target, err) == 0)
		return 0;
	if (err->code != ERROR_NOT_FOUND)
		return -1;
	if (unseen && is_sha256(which)) {
		*ret_target = unseen_target(which);
		return 0;
	}
	return error_set(err, ERROR_NOT_FOUND,
			 "no ring has or had a module '%.100s'; the digest that its manifest has "
			 "(module.sha256) can be revoked all the same, with --force", which);
}

static void fill_revocation(json_value *custom, const json_value *module, const char *reason,
			    int64_t now)
{
	const json_value *old = json_get(module, "custom");
	const json_value *manifest = json_get(old, "manifest");
	char since[MOMENT_SIZE];

	moment_write(now, since);
	json_set_text(custom, "reason", reason);
	json_set_text(custom, "since", since);
	if (!json_get(manifest, "name")) /* nothing but the digest is known */
		return;
	json_set_text(custom, "name", json_get_text(manifest, "name", ""));
	json_set_text(custom, "build_id",
		      json_get_text(json_get(manifest, "kernel"), "build_id", ""));
	json_set_int(custom, "level", json_get_int(old, "level", 0));
}

int repository_revoke(const struct repository *repository, const char *which, const char *reason,
		      bool unseen, struct error *err)
{
	auto_json json_value *module = NULL;
	auto_json json_value *present = NULL;
	json_value *target;

	if (!text_is_printable(reason, false))
		return error_set(err, ERROR_USAGE,
				 "the reason is shown on terminals: it is one line of UTF-8 text, without "
				 "control characters");
	if (strlen(reason) > REVOCATION_REASON_LIMIT)
		return error_set(err, ERROR_USAGE,
				 "the reason is shown in lists, for ever: it has at most %u bytes, not %zu",
				 REVOCATION_REASON_LIMIT, strlen(reason));
	if (find_to_revoke(repository, which, unseen, &module, err) < 0 ||
	    repository_current(repository, REVOCATIONS_ROLE, &present, err) < 0)
		return -1;

	auto_free char *path = revocation_path(json_get(json_get(module, "custom"), "manifest"));
	auto_free char *text = xasprintf("%s\n", reason);
	struct mapping content = { .data = (const uint8_t *)text, .size = strlen(text) };

	if (json_get(draft_targets(present), path))
		return error_set(err, ERROR_NOTHING, "the module was revoked already");
	target = json_new_object();
	fill_target(target, &content);
	fill_revocation(json_set_object(target, "custom"), module, reason, repository->now);
	return put_target(repository, REVOCATIONS_ROLE, path, target, &content, err);
}

int repository_set_rollout(const struct repository *repository, const char *which, const char *ring,
			   const struct rollout *rollout, struct error *err)
{
	auto_json json_value *envelope = NULL;
	const char *path;
	json_value *found;

	if (check_ring(ring, err) < 0 || repository_edit(repository, ring, &envelope, err) < 0 ||
	    find_target(envelope, ring, which, &path, &found, err) < 0)
		return -1;
	set_rollout(json_member(found, "custom"), rollout);
	return repository_save(repository, ring, envelope, true, err);
}

int repository_get_rollout(const struct repository *repository, const char *which, const char *ring,
			   struct rollout *ret_rollout, struct error *err)
{
	auto_json json_value *envelope = NULL;
	const char *path;
	json_value *found;

	if (check_ring(ring, err) < 0 || repository_current(repository, ring, &envelope, err) < 0 ||
	    find_target(envelope, ring, which, &path, &found, err) < 0)
		return -1;
	return rollout_parse(json_get(json_get(found, "custom"), "rollout"), ret_rollout, err);
}
