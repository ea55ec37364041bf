// SPDX-License-Identifier: GPL-2.0-or-later
#include "repo/trust.h"

#include <string.h>

#include "base/digest.h"
#include "base/file.h"
#include "repo/moment.h"
#include "repo/store.h"
#include "repo/trust_private.h"

/* A clock may be stepped back a little without anybody lying. */
#define CLOCK_SLACK MOMENT_HOUR

struct trust {
	char *folder;
	int64_t now;
	struct root *root;
	struct timestamp *timestamp;
	struct snapshot *snapshot;
	struct targets *targets;
	struct map *roles; /* delegated: name -> struct targets, owned */
	struct map *expired; /* the same, of what is as signed but has expired */
};

static void free_roles(struct map *roles)
{
	for (size_t i = 0; i < map_count(roles); i++)
		targets_free(map_value(roles, i));
	map_free(roles);
}

void trust_free(struct trust *trust)
{
	if (!trust)
		return;
	free_roles(trust->roles);
	free_roles(trust->expired);
	targets_free(trust->targets);
	snapshot_free(trust->snapshot);
	timestamp_free(trust->timestamp);
	root_free(trust->root);
	free(trust->folder);
	free(trust);
}

int trust_open(const char *folder, int64_t now, struct trust **ret_trust, struct error *err)
{
	struct root *root;

	if (trust_stored_root(folder, &root, err) < 0)
		return -1;

	struct trust *trust = xcalloc(1, sizeof(*trust));

	trust->folder = xstrdup(folder);
	trust->now = now;
	trust->root = root;
	trust->roles = map_new();
	trust->expired = map_new();
	*ret_trust = trust;
	return 0;
}

/* Section 5.3.4 and 5.3.5: signed by the old keys and by the new, and exactly one version on. */
static int check_next_root(const struct root *old, const struct buffer *data, struct root **ret_new,
			   struct error *err)
{
	auto_metadata struct metadata *metadata = NULL;
	auto_root struct root *root = NULL;

	if (metadata_parse(data->data, data->size, "root", &metadata, err) < 0)
		return -1;
	if (root_verify(old, ROLE_ROOT, metadata, err) < 0)
		return error_context(err, "by the keys of root %jd",
				     (intmax_t)old->metadata->version);
	if (metadata->version != old->metadata->version + 1)
		return error_set(err, ERROR_VERIFY, "it is version %jd, after %jd",
				 (intmax_t)metadata->version, (intmax_t)old->metadata->version);
	if (root_parse(steal_ptr(metadata), &root, err) < 0 ||
	    root_verify(root, ROLE_ROOT, root->metadata, err) < 0)
		return -1;
	*ret_new = steal_ptr(root);
	return 0;
}

static bool same_keys(const struct role *a, const struct role *b)
{
	if (a->threshold != b->threshold || a->keyids.count != b->keyids.count)
		return false;
	for (size_t i = 0; i < a->keyids.count; i++)
		if (!text_list_has(&b->keyids, a->keyids.items[i]))
			return false;
	return true;
}

/* Section 5.3.11: new online keys end a fast-forward attack, whose high versions are forgotten. */
static int forget_after_rotation(const struct trust *trust, const struct root *new,
				 struct error *err)
{
	if (same_keys(&trust->root->roles[ROLE_TIMESTAMP], &new->roles[ROLE_TIMESTAMP]) &&
	    same_keys(&trust->root->roles[ROLE_SNAPSHOT], &new->roles[ROLE_SNAPSHOT]))
		return 0;
	if (store_remove(trust->folder, "timestamp", err) < 0)
		return -1;
	return store_remove(trust->folder, "snapshot", err);
}

/* One step of the chain; 1 if there is no newer root. */
static int update_root_once(struct trust *trust, const struct fetcher *fetcher, struct error *err)
{
	auto_free char *name = xasprintf("%jd.root.json",
					 (intmax_t)trust->root->metadata->version + 1);
	auto_buffer struct buffer data = BUFFER_INIT;
	auto_root struct root *new = NULL;

	if (fetch_file(fetcher, name, ROOT_LIMIT, &data, err) < 0)
		return err->code == ERROR_NOT_FOUND ? 1 : trust_refuse(err, name);
	if (check_next_root(trust->root, &data, &new, err) < 0)
		return trust_refuse(err, name);
	if (forget_after_rotation(trust, new, err) < 0 ||
	    store_write(trust->folder, "root", &data, err) < 0)
		return -1;
	root_free(trust->root);
	trust->root = steal_ptr(new);
	return 0;
}

static int update_root(struct trust *trust, const struct fetcher *fetcher, struct error *err)
{
	int result = 0;

	for (int i = 0; i < ROTATIONS_LIMIT && result == 0; i++)
		result = update_root_once(trust, fetcher, err);
	if (result < 0)
		return -1;
	if (result == 0)
		return error_set(err, ERROR_VERIFY, "more than %d new roots", ROTATIONS_LIMIT);
	return metadata_check_expiry(trust->root->metadata, "root", trust->now, err);
}

static int timestamp_check(const struct trust *trust, const struct buffer *data,
			   struct timestamp **ret_timestamp, struct error *err)
{
	auto_metadata struct metadata *metadata = NULL;

	if (metadata_parse(data->data, data->size, "timestamp", &metadata, err) < 0 ||
	    root_verify(trust->root, ROLE_TIMESTAMP, metadata, err) < 0)
		return -1;
	return timestamp_parse(steal_ptr(metadata), ret_timestamp, err);
}

/* What the store holds and the present root still stands for; NULL if there is nothing such. */
static struct timestamp *stored_timestamp(const struct trust *trust)
{
	auto_buffer struct buffer data = BUFFER_INIT;
	struct timestamp *timestamp = NULL;
	struct error ignored;

	if (store_read(trust->folder, "timestamp", TIMESTAMP_LIMIT, &data, &ignored) < 0 ||
	    timestamp_check(trust, &data, &timestamp, &ignored) < 0)
		return NULL;
	return timestamp;
}

/* Section 5.4.3 */
static int check_timestamp_rollback(const struct timestamp *old, const struct timestamp *new,
				    struct error *err)
{
	if (new->metadata->version < old->metadata->version)
		return error_set(
			err, ERROR_VERIFY,
			"version %jd, and version %jd was seen before: somebody replays an "
			"old one",
			(intmax_t) new->metadata->version, (intmax_t)old->metadata->version);
	if (new->snapshot.version < old->snapshot.version)
		return error_set(err, ERROR_VERIFY,
				 "it goes back to snapshot %jd, and %jd was seen before",
				 (intmax_t)new->snapshot.version, (intmax_t)old->snapshot.version);
	return 0;
}

static int update_timestamp(struct trust *trust, const struct fetcher *fetcher, struct error *err)
{
	static const char name[] = "timestamp.json";
	auto_buffer struct buffer data = BUFFER_INIT;
	auto_timestamp struct timestamp *old = stored_timestamp(trust);
	auto_timestamp struct timestamp *new = NULL;

	if (fetch_file(fetcher, name, TIMESTAMP_LIMIT, &data, err) < 0 ||
	    timestamp_check(trust, &data, &new, err) < 0 ||
	    (old && check_timestamp_rollback(old, new, err) < 0))
		return trust_refuse(err, name);

	bool is_same = old && new->metadata->version == old->metadata->version;
	struct timestamp **used = is_same ? &old : &new;

	if (metadata_check_expiry((*used)->metadata, name, trust->now, err) < 0)
		return -1;
	if (!is_same && store_write(trust->folder, "timestamp", &data, err) < 0)
		return -1;
	trust->timestamp = steal_ptr(*used);
	return 0;
}

static int snapshot_check(const struct trust *trust, const struct buffer *data,
			  struct snapshot **ret_snapshot, struct error *err)
{
	auto_metadata struct metadata *metadata = NULL;

	if (metadata_parse(data->data, data->size, "snapshot", &metadata, err) < 0 ||
	    root_verify(trust->root, ROLE_SNAPSHOT, metadata, err) < 0)
		return -1;
	return snapshot_parse(steal_ptr(metadata), ret_snapshot, err);
}

/* Section 5.5.5: nothing that a snapshot listed goes away or back. */
static int check_snapshot_rollback(const struct snapshot *old, const struct snapshot *new,
				   struct error *err)
{
	for (size_t i = 0; i < map_count(old->files); i++) {
		const char *name = map_key(old->files, i);
		const struct file_meta *before = map_value(old->files, i);
		const struct file_meta *now = map_find(new->files, name);

		if (!now)
			return error_set(err, ERROR_VERIFY,
					 "%.80s was in the last one and is not in "
					 "this one",
					 name);
		if (now->version < before->version)
			return error_set(
				err, ERROR_VERIFY,
				"it goes back to version %jd of %.80s, and %jd was seen before",
				(intmax_t)now->version, name, (intmax_t)before->version);
	}
	return 0;
}

/* How much of a file to ask for. More than the limit is refused before a byte of it is fetched. */
static int fetch_by_meta(const struct fetcher *fetcher, const char *name,
			 const struct file_meta *meta, size_t limit, struct buffer *into,
			 struct error *err)
{
	if (meta->length >= 0 && (uint64_t)meta->length > limit)
		return error_set(err, ERROR_VERIFY,
				 "%jd bytes are signed for, and the limit is %zu",
				 (intmax_t)meta->length, limit);
	if (fetch_file(fetcher, name, meta->length >= 0 ? (size_t)meta->length : limit, into,
		       err) < 0) {
		/* It is named, so it exists: a copy that is not complete, or somebody withholds it.
		 */
		if (err->code == ERROR_NOT_FOUND)
			err->code = ERROR_TEMPORARY;
		return -1;
	}
	return file_meta_check(meta, name, into->data, into->size, err);
}

static int check_version(const struct metadata *metadata, int64_t wanted, const char *who,
			 struct error *err)
{
	if (metadata->version == wanted)
		return 0;
	return error_set(err, ERROR_VERIFY, "it is version %jd, and %s says %jd",
			 (intmax_t)metadata->version, who, (intmax_t)wanted);
}

/* Stored data serve where they are the very ones that are signed for now: nothing is fetched twice.
 * Returns false if the store has nothing or something else; *into then holds what it has. */
static bool is_stored(const struct trust *trust, const char *role, const struct file_meta *meta,
		      size_t limit, struct buffer *into)
{
	struct error ignored;

	return store_read(trust->folder, role, limit, into, &ignored) == 0 && meta->sha256[0] &&
	       file_meta_check(meta, role, into->data, into->size, &ignored) == 0;
}

static int fetch_snapshot(const struct trust *trust, const struct fetcher *fetcher,
			  const char *name, struct buffer *stored, struct snapshot **ret_snapshot,
			  struct error *err)
{
	const struct file_meta *meta = &trust->timestamp->snapshot;
	auto_buffer struct buffer data = BUFFER_INIT;
	auto_snapshot struct snapshot *old = NULL;
	auto_snapshot struct snapshot *new = NULL;
	struct error ignored;

	if (stored->size)
		snapshot_check(trust, stored, &old, &ignored);
	if (fetch_by_meta(fetcher, name, meta, SNAPSHOT_LIMIT, &data, err) < 0 ||
	    snapshot_check(trust, &data, &new, err) < 0 ||
	    check_version(new->metadata, meta->version, "the timestamp", err) < 0 ||
	    (old && check_snapshot_rollback(old, new, err) < 0) ||
	    metadata_check_expiry(new->metadata, "it", trust->now, err) < 0)
		return -1;
	*ret_snapshot = steal_ptr(new);
	return store_write(trust->folder, "snapshot", &data, err);
}

static int update_snapshot(struct trust *trust, const struct fetcher *fetcher, struct error *err)
{
	const struct file_meta *meta = &trust->timestamp->snapshot;
	auto_free char *name = xasprintf("%jd.snapshot.json", (intmax_t)meta->version);
	auto_buffer struct buffer stored = BUFFER_INIT;
	struct error ignored;

	if (is_stored(trust, "snapshot", meta, SNAPSHOT_LIMIT, &stored) &&
	    snapshot_check(trust, &stored, &trust->snapshot, &ignored) == 0)
		return metadata_check_expiry(trust->snapshot->metadata, name, trust->now, err);
	if (fetch_snapshot(trust, fetcher, name, &stored, &trust->snapshot, err) < 0)
		return trust_refuse(err, name);
	return 0;
}

/* A document of kind "targets" and whoever vouches for it. */
struct voucher {
	const struct role *role;
	const struct key_ring *ring;
	const struct delegation *delegation; /* NULL for the top role, which may list any path */
	const struct file_meta *meta;
};

static int targets_check(const struct voucher *voucher, const struct buffer *data,
			 struct targets **ret_targets, struct error *err)
{
	auto_metadata struct metadata *metadata = NULL;

	if (metadata_parse(data->data, data->size, "targets", &metadata, err) < 0 ||
	    role_verify(voucher->role, voucher->ring, metadata, err) < 0 ||
	    check_version(metadata, voucher->meta->version, "the snapshot", err) < 0)
		return -1;
	return targets_parse(steal_ptr(metadata), ret_targets, err);
}

/* Revocations only grow: who takes one out would bring a bad patch back. The stored list was
 * verified when it was stored; its keys may have changed since. */
static int check_revocations_grow(const struct buffer *stored, const struct targets *new,
				  struct error *err)
{
	auto_targets struct targets *old = NULL;
	struct metadata *metadata;
	struct error ignored;

	if (!stored->size ||
	    metadata_parse(stored->data, stored->size, "targets", &metadata, &ignored) < 0 ||
	    targets_parse(metadata, &old, &ignored) < 0)
		return 0;
	for (size_t i = 0; i < old->count; i++)
		if (!targets_entry(new, old->items[i].path))
			return error_set(
				err, ERROR_VERIFY,
				"%.100s was revoked and is not any more; a revocation cannot "
				"be taken back",
				old->items[i].path);
	return 0;
}

static int check_paths(const struct delegation *delegation, const struct targets *targets,
		       struct error *err)
{
	for (size_t i = 0; i < targets->count; i++)
		if (!delegation_covers(delegation, targets->items[i].path))
			return error_set(err, ERROR_VERIFY,
					 "role %s lists %.100s, which it is not trusted with",
					 delegation->role.name, targets->items[i].path);
	return 0;
}

/* For trust_expired_role(). */
static void keep_expired(struct trust *trust, const char *role, struct targets *steal_targets)
{
	targets_free(map_set(trust->expired, role, steal_targets));
}

static int update_targets(struct trust *trust, const struct fetcher *fetcher,
			  const struct voucher *voucher, struct targets **ret_targets,
			  struct error *err)
{
	const char *role = voucher->role->name;
	auto_free char *name = xasprintf("%jd.%s.json", (intmax_t)voucher->meta->version, role);
	auto_buffer struct buffer stored = BUFFER_INIT;
	auto_buffer struct buffer fetched = BUFFER_INIT;
	auto_targets struct targets *targets = NULL;
	bool have = is_stored(trust, role, voucher->meta, TARGETS_METADATA_LIMIT, &stored);
	struct buffer *data = have ? &stored : &fetched;

	if ((!have && fetch_by_meta(fetcher, name, voucher->meta, TARGETS_METADATA_LIMIT, &fetched,
				    err) < 0) ||
	    targets_check(voucher, data, &targets, err) < 0 ||
	    (!strcmp(role, REVOCATIONS_ROLE) &&
	     check_revocations_grow(&stored, targets, err) < 0) ||
	    (voucher->delegation && check_paths(voucher->delegation, targets, err) < 0))
		return trust_refuse(err, name);
	if (metadata_check_expiry(targets->metadata, "it", trust->now, err) < 0) {
		keep_expired(trust, role, steal_ptr(targets));
		return trust_refuse(err, name);
	}
	if (!have && store_write(trust->folder, role, data, err) < 0)
		return -1;
	*ret_targets = steal_ptr(targets);
	return 0;
}

static int find_meta(const struct trust *trust, const char *role, struct voucher *voucher,
		     struct error *err)
{
	voucher->meta = snapshot_find(trust->snapshot, role);
	if (!voucher->meta)
		return error_set(err, ERROR_VERIFY, "the snapshot does not list %s.json", role);
	return 0;
}

static int update_top_targets(struct trust *trust, const struct fetcher *fetcher,
			      struct error *err)
{
	struct voucher voucher = {
		.role = &trust->root->roles[ROLE_TARGETS],
		.ring = &trust->root->ring,
	};

	if (find_meta(trust, "targets", &voucher, err) < 0)
		return -1;
	return update_targets(trust, fetcher, &voucher, &trust->targets, err);
}

int trust_role(struct trust *trust, const struct fetcher *fetcher, const char *name,
	       const struct targets **ret_targets, struct error *err)
{
	const struct delegation *delegation = trust->targets ?
		targets_find_delegation(trust->targets, name) : NULL;
	auto_targets struct targets *targets = NULL;

	if (!delegation)
		return error_set(err, ERROR_NOT_FOUND, "the repository has no role '%.64s'", name);
	if (!map_has(trust->roles, name)) {
		struct voucher voucher = {
			.role = &delegation->role,
			.ring = &trust->targets->ring,
			.delegation = delegation,
		};

		if (find_meta(trust, name, &voucher, err) < 0 ||
		    update_targets(trust, fetcher, &voucher, &targets, err) < 0)
			return -1;
		map_set(trust->roles, name, steal_ptr(targets));
	}
	*ret_targets = map_find(trust->roles, name);
	return 0;
}

const struct targets *trust_expired_role(const struct trust *trust, const char *name)
{
	return map_find(trust->expired, name);
}

/* A clock that was set back makes what expired look valid again. */
static int check_clock(const struct trust *trust, struct error *err)
{
	struct store_clock clock;
	char now[MOMENT_SIZE], then[MOMENT_SIZE];

	store_read_clock(trust->folder, &clock);
	if (trust->now + CLOCK_SLACK >= clock.checked)
		return 0;
	moment_write(trust->now, now);
	moment_write(clock.checked, then);
	return error_set(
		err, ERROR_STALE,
		"the clock says %s, but the last refresh was at %s: the clock is wrong, and "
		"with it nobody can tell what expired",
		now, then);
}

/* To verify the same old files again is not to have heard anything. */
static int note_time(const struct trust *trust, struct error *err)
{
	int64_t version = trust->timestamp->metadata->version;
	struct store_clock clock;

	store_read_clock(trust->folder, &clock);
	if (!clock.heard || clock.version != version)
		clock.heard = trust->now;
	clock.version = version;
	clock.checked = trust->now;
	return store_write_clock(trust->folder, &clock, err);
}

static void forget_loaded(struct trust *trust)
{
	free_roles(trust->roles);
	free_roles(trust->expired);
	trust->roles = map_new();
	trust->expired = map_new();
	targets_free(trust->targets);
	snapshot_free(trust->snapshot);
	timestamp_free(trust->timestamp);
	trust->targets = NULL;
	trust->snapshot = NULL;
	trust->timestamp = NULL;
}

int trust_refresh(struct trust *trust, const struct fetcher *fetcher, struct error *err)
{
	const struct targets *revocations;

	forget_loaded(trust);
	if (check_clock(trust, err) < 0 || update_root(trust, fetcher, err) < 0 ||
	    update_timestamp(trust, fetcher, err) < 0 ||
	    update_snapshot(trust, fetcher, err) < 0 ||
	    update_top_targets(trust, fetcher, err) < 0)
		return -1;
	if (targets_find_delegation(trust->targets, REVOCATIONS_ROLE) &&
	    trust_role(trust, fetcher, REVOCATIONS_ROLE, &revocations, err) < 0)
		return -1;
	return note_time(trust, err);
}

char *target_file_name(const struct target *target)
{
	const char *base = path_base(target->path);

	return xasprintf("targets/%.*s%s.%s", (int)(base - target->path), target->path,
			 target->sha256, base);
}

int trust_fetch_target(const struct fetcher *fetcher, const struct target *target,
		       struct buffer *into, struct error *err)
{
	auto_free char *name = target_file_name(target);
	struct file_meta meta = { .version = 1, .length = target->length };

	memcpy(meta.sha256, target->sha256, sizeof(meta.sha256));
	if (fetch_by_meta(fetcher, name, &meta, TARGET_LIMIT, into, err) < 0)
		return trust_refuse(err, target->path);
	return 0;
}

const struct root *trust_root(const struct trust *trust)
{
	return trust->root;
}

const struct timestamp *trust_timestamp(const struct trust *trust)
{
	return trust->timestamp;
}

const struct snapshot *trust_snapshot(const struct trust *trust)
{
	return trust->snapshot;
}

const struct targets *trust_targets(const struct trust *trust)
{
	return trust->targets;
}

const struct targets *trust_revocations(const struct trust *trust)
{
	return map_find(trust->roles, REVOCATIONS_ROLE);
}

int64_t trust_now(const struct trust *trust)
{
	return trust->now;
}
