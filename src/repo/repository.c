// SPDX-License-Identifier: GPL-2.0-or-later
#include "repo/repository.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "repo/documents.h"
#include "repo/metadata.h"
#include "repo/moment.h"
#include "repo/repository_private.h"
#include "repo/trust.h"
#include "seal/key.h"

#define DRAFT_FOLDER ".draft"
#define SETTINGS_LIMIT (64 << 10)

const char *const ring_names[] = { "edge", "beta", "candidate", "stable", NULL };
const char *const all_role_names[] = {
	"root", "targets", "snapshot", "timestamp",
	"edge", "beta", "candidate", "stable", REVOCATIONS_ROLE, NULL,
};

bool is_ring(const char *name)
{
	for (const char *const *ring = ring_names; *ring; ring++)
		if (!strcmp(*ring, name))
			return true;
	return false;
}

static bool is_top_role(const char *role)
{
	for (enum top_role i = 0; i < TOP_ROLE_COUNT; i++)
		if (!strcmp(role, top_role_name(i)))
			return true;
	return false;
}

const char *document_type(const char *role)
{
	return is_top_role(role) ? role : "targets";
}

const char *vouching_role(const char *role)
{
	return is_top_role(role) ? "root" : "targets";
}

json_value *envelope_body(json_value *envelope)
{
	return json_member(envelope, "signed");
}

json_value *find_role_entry(json_value *vouching_body, const char *role)
{
	json_value *delegated = json_member(json_member(vouching_body, "delegations"), "roles");

	if (is_top_role(role))
		return json_member(json_member(vouching_body, "roles"), role);
	for (size_t i = 0; i < json_count(delegated); i++)
		if (!strcmp(json_get_text(json_at(delegated, i), "name", ""), role))
			return (json_value *)json_at(delegated, i);
	return NULL;
}

json_value *find_key_table(json_value *vouching_body, const char *role)
{
	if (is_top_role(role))
		return json_member(vouching_body, "keys");
	return json_member(json_member(vouching_body, "delegations"), "keys");
}

char *public_path(const struct repository *repository, const char *name)
{
	return path_join(repository->folder, name);
}

char *versioned_name(const char *role, int64_t version)
{
	return xasprintf("%jd.%s.json", (intmax_t)version, role);
}

static char *draft_path(const struct repository *repository, const char *role)
{
	return xasprintf("%s/" DRAFT_FOLDER "/%s.json", repository->folder, role);
}

const char *repository_folder(const struct repository *repository)
{
	return repository->folder;
}

int64_t repository_now(const struct repository *repository)
{
	return repository->now;
}

void repository_free(struct repository *repository)
{
	if (!repository)
		return;
	if (repository->lock >= 0)
		close(repository->lock);
	json_free(repository->settings);
	free(repository->folder);
	free(repository);
}

int repository_open(const char *folder, int64_t now, struct repository **ret_repository,
		    struct error *err)
{
	auto_free char *lock = path_join(folder, DRAFT_FOLDER "/lock");
	auto_free char *settings = path_join(folder, DRAFT_FOLDER "/settings.json");
	auto_repository struct repository *repository = xcalloc(1, sizeof(*repository));

	repository->folder = xstrdup(folder);
	repository->now = now;
	repository->lock = -1;
	if (!file_exists(settings))
		return error_set(err, ERROR_NOT_FOUND,
				 "%s is no repository to work on (it has no " DRAFT_FOLDER
				 "/settings.json); 'suture repo init' makes one", folder);
	if (file_lock(lock, false, &repository->lock, err) < 0 ||
	    json_read(settings, SETTINGS_LIMIT, &repository->settings, err) < 0)
		return -1;
	*ret_repository = steal_ptr(repository);
	return 0;
}

int64_t repository_lifetime(const struct repository *repository, const char *role)
{
	return json_get_int(json_get(repository->settings, "lifetimes"), role, MOMENT_DAY);
}

static int read_envelope(const char *path, json_value **ret_envelope, struct error *err)
{
	auto_json json_value *envelope = NULL;

	if (json_read(path, TARGETS_METADATA_LIMIT, &envelope, err) < 0)
		return -1;
	if (!json_is_object(json_get(envelope, "signed")) ||
	    !json_is_array(json_get(envelope, "signatures")))
		return error_set(err, ERROR_INVALID, "%s is no signed document", path);
	*ret_envelope = steal_ptr(envelope);
	return 0;
}

/* The newest root is the last of the chain. */
static int64_t newest_root(const struct repository *repository)
{
	for (int64_t version = 1;; version++) {
		auto_free char *name = versioned_name("root", version);
		auto_free char *path = public_path(repository, name);

		if (!file_exists(path))
			return version - 1;
	}
}

/* The version that the documents lead to, 0 if they do not. */
static int find_published_version(const struct repository *repository, const char *role,
				  int64_t *ret_version, struct error *err)
{
	auto_json json_value *above = NULL;
	bool is_snapshot = !strcmp(role, "snapshot");
	auto_free char *key = xasprintf("%s.json", role);

	if (!strcmp(role, "root")) {
		*ret_version = newest_root(repository);
		return 0;
	}
	if (repository_published(repository, is_snapshot ? "timestamp" : "snapshot", &above, err) <
	    0)
		return -1;

	const json_value *meta = json_get(json_get(envelope_body(above), "meta"), key);

	*ret_version = json_get_int(meta, "version", 0);
	return 0;
}

int repository_published(const struct repository *repository, const char *role,
			 json_value **ret_envelope, struct error *err)
{
	auto_free char *name = NULL;
	int64_t version = 0;

	if (!strcmp(role, "timestamp")) {
		name = xstrdup("timestamp.json");
	} else {
		if (find_published_version(repository, role, &version, err) < 0)
			return -1;
		if (version == 0)
			return error_set(err, ERROR_NOT_FOUND, "%s was not published yet", role);
		name = versioned_name(role, version);
	}

	auto_free char *path = public_path(repository, name);

	return read_envelope(path, ret_envelope, err);
}

bool repository_has_draft(const struct repository *repository, const char *role)
{
	auto_free char *path = draft_path(repository, role);

	return file_exists(path);
}

int repository_current(const struct repository *repository, const char *role,
		       json_value **ret_envelope, struct error *err)
{
	auto_free char *path = draft_path(repository, role);

	if (file_exists(path))
		return read_envelope(path, ret_envelope, err);
	return repository_published(repository, role, ret_envelope, err);
}

int repository_edit(const struct repository *repository, const char *role,
		    json_value **ret_envelope, struct error *err)
{
	json_value *envelope;
	char expires[MOMENT_SIZE];

	if (repository_current(repository, role, &envelope, err) < 0)
		return -1;
	if (!repository_has_draft(repository, role)) {
		json_value *body = envelope_body(envelope);

		json_set_int(body, "version", json_get_int(body, "version", 0) + 1);
		json_set_array(envelope, "signatures");
	}
	moment_write(repository->now + repository_lifetime(repository, role), expires);
	json_set_text(envelope_body(envelope), "expires", expires);
	*ret_envelope = envelope;
	return 0;
}

int repository_save(const struct repository *repository, const char *role, json_value *envelope,
		    bool changed, struct error *err)
{
	auto_free char *path = draft_path(repository, role);
	auto_buffer struct buffer text = BUFFER_INIT;

	if (changed)
		json_set_array(envelope, "signatures");
	json_write(envelope, &text);
	return file_write(path, text.data, text.size, 0644, true, err);
}

int repository_discard(const struct repository *repository, const char *role, struct error *err)
{
	auto_free char *path = draft_path(repository, role);

	if (unlink(path) < 0)
		return error_errno(err, "cannot remove %s", path);
	return 0;
}

static int add_role_keys(const struct role_plan *plan, json_value *entry, json_value *keys,
			 struct error *err)
{
	json_value *keyids = json_set_array(entry, "keyids");

	if (plan->threshold < 1 || plan->threshold > plan->key_count)
		return error_set(
			err, ERROR_INVALID,
			"role %s has %zu keys and a threshold of %u: nobody could sign for it",
			plan->name, plan->key_count, plan->threshold);
	for (size_t i = 0; i < plan->key_count; i++) {
		char keyid[KEYID_SIZE];
		json_value *public;

		if (keyid_of(plan->keys[i], keyid, err) < 0 ||
		    public_key_write(plan->keys[i], &public, err) < 0)
			return -1;
		json_set_value(keys, keyid, public);
		json_add_text(keyids, keyid);
	}
	json_set_int(entry, "threshold", plan->threshold);
	return 0;
}

static const struct role_plan *find_plan(const struct role_plan *plans, size_t count,
					 const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(plans[i].name, name))
			return &plans[i];
	return NULL;
}

static int make_root_body(json_value *body, const struct role_plan *plans, size_t count,
			  struct error *err)
{
	json_set_bool(body, "consistent_snapshot", true);

	json_value *keys = json_set_object(body, "keys");
	json_value *roles = json_set_object(body, "roles");

	for (enum top_role i = 0; i < TOP_ROLE_COUNT; i++) {
		const struct role_plan *plan = find_plan(plans, count, top_role_name(i));

		if (add_role_keys(plan, json_set_object(roles, plan->name), keys, err) < 0)
			return -1;
	}
	return 0;
}

/* A ring lists "<ring>/<build-id>/<file>", the revocations "revocations/<sha256>". Whoever signs
 * for one can say nothing about another. */
static void add_paths(const char *role, json_value *entry)
{
	auto_free char *pattern = xasprintf(is_ring(role) ? "%s/*/*" : "%s/*", role);

	json_add_text(json_set_array(entry, "paths"), pattern);
}

static int make_targets_body(json_value *body, const struct role_plan *plans, size_t count,
			     struct error *err)
{
	json_set_object(body, "targets");

	json_value *delegations = json_set_object(body, "delegations");
	json_value *keys = json_set_object(delegations, "keys");
	json_value *roles = json_set_array(delegations, "roles");

	for (const char *const *name = all_role_names; *name; name++) {
		if (is_top_role(*name))
			continue;

		json_value *entry = json_add_object(roles);

		json_set_text(entry, "name", *name);
		if (add_role_keys(find_plan(plans, count, *name), entry, keys, err) < 0)
			return -1;
		add_paths(*name, entry);
		json_set_bool(entry, "terminating", true);
	}
	return 0;
}

static int make_draft(const struct repository *repository, const char *role,
		      const struct role_plan *plans, size_t count, struct error *err)
{
	auto_json json_value *envelope = envelope_new(
		body_new(document_type(role), 1,
			 repository->now + repository_lifetime(repository, role)));
	json_value *body = envelope_body(envelope);

	if (!strcmp(role, "root")) {
		if (make_root_body(body, plans, count, err) < 0)
			return -1;
	} else if (!strcmp(role, "targets")) {
		if (make_targets_body(body, plans, count, err) < 0)
			return -1;
	} else {
		json_set_object(body, "targets");
	}
	return repository_save(repository, role, envelope, true, err);
}

static bool has_draft_of_its_own(const char *role)
{
	return strcmp(role, "snapshot") && strcmp(role, "timestamp");
}

static int make_drafts(struct repository *repository, const struct role_plan *plans, size_t count,
		       struct error *err)
{
	for (const char *const *name = all_role_names; *name; name++)
		if (has_draft_of_its_own(*name) &&
		    make_draft(repository, *name, plans, count, err) < 0)
			return -1;
	return 0;
}

static int write_settings(struct repository *repository, const struct role_plan *plans,
			  size_t count, struct error *err)
{
	auto_free char *path = path_join(repository->folder, DRAFT_FOLDER "/settings.json");
	auto_buffer struct buffer text = BUFFER_INIT;

	repository->settings = json_new_object();

	json_value *lifetimes = json_set_object(repository->settings, "lifetimes");

	for (size_t i = 0; i < count; i++)
		json_set_int(lifetimes, plans[i].name, plans[i].lifetime);
	json_write(repository->settings, &text);
	return file_write(path, text.data, text.size, 0644, true, err);
}

static int check_plans(const struct role_plan *plans, size_t count, struct error *err)
{
	for (const char *const *name = all_role_names; *name; name++) {
		const struct role_plan *plan = find_plan(plans, count, *name);

		if (!plan || !plan->key_count)
			return error_set(err, ERROR_USAGE, "there is no key for the role %s",
					 *name);
	}
	return 0;
}

static int fill_folder(const char *folder, const struct role_plan *plans, size_t count,
		       int64_t now, struct error *err)
{
	auto_free char *draft = path_join(folder, DRAFT_FOLDER);
	auto_free char *targets = path_join(folder, "targets");
	auto_repository struct repository *repository = xcalloc(1, sizeof(*repository));

	repository->folder = xstrdup(folder);
	repository->now = now;
	repository->lock = -1;
	if (directory_make(draft, err) < 0 || directory_make(targets, err) < 0 ||
	    write_settings(repository, plans, count, err) < 0)
		return -1;
	return make_drafts(repository, plans, count, err);
}

int repository_create(const char *folder, const struct role_plan *plans, size_t count, int64_t now,
		      struct error *err)
{
	auto_text_list struct text_list names = { 0 };
	auto_free char *parent = xasprintf("%s/..", folder);
	auto_free char *temporary = NULL;
	struct error ignored;

	if (check_plans(plans, count, err) < 0)
		return -1;
	if (directory_make(folder, err) < 0 || directory_list(folder, &names, err) < 0)
		return -1;
	if (names.count)
		return error_set(err, ERROR_INVALID, "%s is not empty", folder);
	/* Made beside and moved over the empty folder: all of it is there or nothing. */
	if (directory_make_temporary(parent, &temporary, err) < 0)
		return -1;
	if (fill_folder(temporary, plans, count, now, err) < 0) {
		directory_remove(temporary, &ignored);
		return -1;
	}
	if (rename(temporary, folder) < 0) {
		error_errno(err, "cannot make %s", folder);
		directory_remove(temporary, &ignored);
		return -1;
	}
	return 0;
}
