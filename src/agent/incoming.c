// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/incoming.h"

#include <errno.h>
#include <ftw.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/place.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/text.h"
#include "repo/store.h"

void incoming_clear(struct incoming *incoming)
{
	free(incoming->folder);
	text_list_clear(&incoming->roots);
	*incoming = (struct incoming){ 0 };
}

int incoming_open(const char *root, const struct fetcher *source, struct incoming *ret_incoming,
		  struct error *err)
{
	auto_free char *folder = place_path(root, PLACE_INCOMING);

	if (directory_make(folder, err) < 0)
		return -1;
	*ret_incoming = (struct incoming){ .folder = steal_ptr(folder), .source = *source };
	return 0;
}

static int put(const struct incoming *incoming, const char *name, const void *data, size_t size,
	       struct error *err)
{
	auto_free char *path = path_join(incoming->folder, name);
	auto_free char *folder = xstrdup(path);

	*strrchr(folder, '/') = 0;
	if (!is_directory(folder) && directory_make(folder, err) < 0)
		return -1;
	return file_write(path, data, size, 0644, true, err);
}

static int fetch_and_keep(void *user, const char *name, size_t limit, struct buffer *into,
			  struct error *err)
{
	struct incoming *incoming = user;
	size_t before = into->size;

	if (fetch_file(&incoming->source, name, limit, into, err) < 0) {
		if (err->code == ERROR_NOT_FOUND && has_suffix(name, ".root.json")) {
			auto_free char *path = path_join(incoming->folder, name);

			unlink(path); /* one that a liar put there; it was never believed */
		}
		return -1;
	}
	if (!has_suffix(name, ".root.json"))
		return 0;
	text_list_add(&incoming->roots, name);
	return put(incoming, name, into->data + before, into->size - before, err);
}

struct fetcher fetcher_of_incoming(struct incoming *incoming)
{
	return (struct fetcher){ .fetch = fetch_and_keep, .user = incoming };
}

void incoming_forget_roots(const struct incoming *incoming, const char *trust_folder)
{
	struct freshness freshness = { 0 };
	struct error ignored;

	trust_freshness(trust_folder, &freshness, &ignored); /* trusts nothing yet: version 0 */
	for (size_t i = 0; i < incoming->roots.count; i++) {
		auto_free char *path = path_join(incoming->folder, incoming->roots.items[i]);

		if (strtoll(incoming->roots.items[i], NULL, 10) > freshness.root_version)
			unlink(path);
	}
}

/* One document out of the store, under its name in a repository. */
static int put_document(const struct incoming *incoming, const char *trust_folder,
			const char *role, const char *name, struct text_list *kept,
			struct error *err)
{
	auto_buffer struct buffer data = BUFFER_INIT;

	text_list_add(kept, name);
	if (store_read(trust_folder, role, TARGETS_METADATA_LIMIT, &data, err) < 0)
		return -1;
	return put(incoming, name, data.data, data.size, err);
}

static int put_role(const struct incoming *incoming, const char *trust_folder, const char *role,
		    int64_t version, struct text_list *kept, struct error *err)
{
	auto_free char *name = xasprintf("%jd.%s.json", (intmax_t)version, role);

	return put_document(incoming, trust_folder, role, name, kept, err);
}

/* A root that is missing here, because the folder was emptied: the agent may need it. */
static int complete_roots(struct incoming *incoming, const struct trust *trust, struct error *err)
{
	int64_t newest = trust_root(trust)->metadata->version;
	struct fetcher fetcher = fetcher_of_incoming(incoming);

	for (int64_t version = newest; version >= 1 && version + ROTATIONS_LIMIT > newest;
	     version--) {
		auto_free char *name = xasprintf("%jd.root.json", (intmax_t)version);
		auto_free char *path = path_join(incoming->folder, name);
		auto_buffer struct buffer data = BUFFER_INIT;

		if (file_exists(path))
			continue;
		if (fetch_file(&fetcher, name, ROOT_LIMIT, &data, err) < 0) {
			if (err->code == ERROR_NOT_FOUND)
				return 0; /* the repository does not keep older ones */
			return -1;
		}
	}
	return 0;
}

static bool is_intact(const char *path, const struct target *target)
{
	char hex[DIGEST_HEX_SIZE];
	struct error ignored;

	return digest_file(path, hex, &ignored) == 0 && !strcmp(hex, target->sha256);
}

static int put_target(struct incoming *incoming, const struct offer *offer,
		      struct text_list *kept, struct error *err)
{
	auto_free char *name = target_file_name(offer->target);
	auto_free char *path = path_join(incoming->folder, name);
	struct fetcher fetcher = fetcher_of_incoming(incoming);
	auto_buffer struct buffer data = BUFFER_INIT;

	text_list_add(kept, name);
	if (is_intact(path, offer->target))
		return 0;
	if (trust_fetch_target(&fetcher, offer->target, &data, err) < 0 ||
	    offer_check_module(offer, data.data, data.size, err) < 0)
		return -1;
	return put(incoming, name, data.data, data.size, err);
}

static int put_documents(const struct incoming *incoming, const char *trust_folder,
			 const struct trust *trust, const struct targets *ring,
			 const char *ring_name, struct text_list *kept, struct error *err)
{
	const struct targets *revocations = trust_revocations(trust);

	if (put_role(incoming, trust_folder, "snapshot", trust_snapshot(trust)->metadata->version,
		     kept, err) < 0 ||
	    put_role(incoming, trust_folder, "targets", trust_targets(trust)->metadata->version,
		     kept, err) < 0)
		return -1;
	if (revocations && put_role(incoming, trust_folder, REVOCATIONS_ROLE,
				    revocations->metadata->version, kept, err) < 0)
		return -1;
	if (ring && put_role(incoming, trust_folder, ring_name, ring->metadata->version, kept,
			     err) < 0)
		return -1;
	return put_document(incoming, trust_folder, "timestamp", "timestamp.json", kept, err);
}

/* nftw(3) has no user pointer. */
static __thread const struct text_list *sweep_kept;
static __thread size_t sweep_skip;

static int sweep_file(const char *path, const struct stat *info, int type, struct FTW *ftw)
{
	(void)info;
	(void)ftw;
	if (type == FTW_DP)
		rmdir(path); /* if it is empty */
	else if (!has_suffix(path, ".root.json") && !text_list_has(sweep_kept, path + sweep_skip))
		unlink(path);
	return 0;
}

static void sweep(const struct incoming *incoming, const struct text_list *kept)
{
	sweep_kept = kept;
	sweep_skip = strlen(incoming->folder) + 1;
	nftw(incoming->folder, sweep_file, 16, FTW_DEPTH | FTW_PHYS);
}

int incoming_publish(struct incoming *incoming, const char *trust_folder, struct trust *trust,
		     const struct targets *ring, const char *ring_name, const struct offer *offer,
		     struct error *err)
{
	auto_text_list struct text_list kept = { 0 };

	if (complete_roots(incoming, trust, err) < 0 ||
	    (offer && put_target(incoming, offer, &kept, err) < 0) ||
	    put_documents(incoming, trust_folder, trust, ring, ring_name, &kept, err) < 0)
		return -1;
	sweep(incoming, &kept);
	return 0;
}
