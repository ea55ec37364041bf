// SPDX-License-Identifier: GPL-2.0-or-later
/* The root that everything hangs on: the first one, and the one in the store. */
#include <string.h>

#include "base/digest.h"
#include "base/file.h"
#include "repo/store.h"
#include "repo/trust_private.h"

/* What a stranger wrote and we could not read is as bad as what he did not sign. */
int trust_refuse(struct error *err, const char *name)
{
	if (err->code == ERROR_INVALID || err->code == ERROR_FAILED)
		err->code = ERROR_VERIFY;
	return error_context(err, "%s", name);
}

int root_verify(const struct root *root, enum top_role role, const struct metadata *metadata,
		struct error *err)
{
	return role_verify(&root->roles[role], &root->ring, metadata, err);
}

static int root_parse_self_signed(const void *data, size_t size, struct root **ret_root,
				  struct error *err)
{
	auto_root struct root *root = NULL;
	struct metadata *metadata;

	if (metadata_parse(data, size, "root", &metadata, err) < 0 ||
	    root_parse(metadata, &root, err) < 0 ||
	    root_verify(root, ROLE_ROOT, root->metadata, err) < 0)
		return -1;
	*ret_root = steal_ptr(root);
	return 0;
}

int trust_stored_root(const char *folder, struct root **ret_root, struct error *err)
{
	auto_buffer struct buffer data = BUFFER_INIT;

	if (store_read(folder, "root", ROOT_LIMIT, &data, err) < 0)
		return -1;
	if (root_parse_self_signed(data.data, data.size, ret_root, err) < 0)
		return trust_refuse(err, "the trusted root in the store");
	return 0;
}

int trust_begin(const char *folder, const void *root, size_t size, struct error *err)
{
	auto_root struct root *parsed = NULL;
	auto_root struct root *present = NULL;
	struct error absent = ERROR_INIT;
	struct buffer data = { .data = (uint8_t *)root, .size = size };

	if (size > ROOT_LIMIT)
		return error_set(err, ERROR_VERIFY, "a root of more than %u bytes", ROOT_LIMIT);
	if (root_parse_self_signed(root, size, &parsed, err) < 0)
		return trust_refuse(err, "the root to begin with");
	if (directory_make(folder, err) < 0)
		return -1;
	if (trust_stored_root(folder, &present, &absent) < 0 && absent.code != ERROR_NOT_FOUND) {
		*err = absent;
		return -1;
	}
	if (present && (present->metadata->version > parsed->metadata->version ||
			!json_same(present->metadata->body, parsed->metadata->body)))
		return error_set(
			err, ERROR_INVALID,
			"%s trusts a root already (version %jd); remove the folder to begin "
			"anew",
			folder, (intmax_t)present->metadata->version);
	return present ? 0 : store_write(folder, "root", &data, err);
}

int trust_begin_fingerprint(const char *folder, const struct fetcher *fetcher,
			    const char *fingerprint, struct error *err)
{
	for (unsigned version = 1; version <= ROTATIONS_LIMIT; version++) {
		auto_free char *name = xasprintf("%u.root.json", version);
		auto_buffer struct buffer data = BUFFER_INIT;
		char sha256[DIGEST_HEX_SIZE];

		if (fetch_file(fetcher, name, ROOT_LIMIT, &data, err) < 0) {
			if (err->code == ERROR_NOT_FOUND && version > 1)
				break;
			return trust_refuse(err, name);
		}
		digest_bytes(data.data, data.size, sha256);
		if (!strcasecmp(sha256, fingerprint))
			return trust_begin(folder, data.data, data.size, err);
	}
	return error_set(
		err, ERROR_VERIFY,
		"no root of the repository has the fingerprint %.80s; check it with whoever "
		"gave it to you",
		fingerprint);
}
