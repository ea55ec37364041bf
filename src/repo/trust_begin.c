// SPDX-License-Identifier: GPL-2.0-or-later
/* The root that everything hangs on: the first one, and the one in the store. */
#include <string.h>

#include "base/digest.h"
#include "base/file.h"
#include "repo/store.h"
#include "repo/trust_private.h"

#define BEGUN "begun" /* no role's file ends like this */

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

static int read_begun(const char *folder, char ret_fingerprint[static DIGEST_HEX_SIZE],
		      struct error *err)
{
	auto_free char *path = path_join(folder, BEGUN);
	auto_buffer struct buffer text = BUFFER_INIT;

	if (file_read(path, 2 * DIGEST_HEX_SIZE, &text, err) < 0)
		return -1;
	if (text.size < DIGEST_HEX_SIZE - 1)
		return error_set(err, ERROR_VERIFY, "%s is damaged: 'suture enable' with another "
				 "fingerprint and with this one again begins anew", path);
	memcpy(ret_fingerprint, text.data, DIGEST_HEX_SIZE - 1);
	ret_fingerprint[DIGEST_HEX_SIZE - 1] = 0;
	return 0;
}

int trust_check_begun(const char *folder, const char *fingerprint, struct error *err)
{
	char begun[DIGEST_HEX_SIZE];

	if (read_begun(folder, begun, err) < 0)
		return err->code == ERROR_NOT_FOUND ? 0 : -1;
	if (!strcasecmp(begun, fingerprint))
		return 0;
	return error_set(err, ERROR_VERIFY,
			 "what is trusted here began with the root %.16s..., and the configured "
			 "fingerprint is %.16s...: 'suture enable --root-fingerprint' begins anew",
			 begun, fingerprint);
}

/* Before the root: a store with a root and without this was not begun by a fingerprint. */
static int note_begun(const char *folder, const char sha256[static DIGEST_HEX_SIZE],
		      struct error *err)
{
	auto_free char *root = path_join(folder, "root.json");
	auto_free char *path = path_join(folder, BEGUN);
	auto_free char *line = xasprintf("%s\n", sha256);

	if (directory_make(folder, err) < 0)
		return -1;
	return file_exists(root) ? 0 : file_write(path, line, strlen(line), 0644, true, err);
}

bool trust_keeps_begun(const char *folder)
{
	auto_free char *path = path_join(folder, BEGUN);

	return file_exists(path);
}

int trust_adopt_begun(const char *folder, const char *configured, struct error *err)
{
	auto_free char *file = path_join(folder, "root.json");
	auto_free char *path = path_join(folder, BEGUN);
	auto_free char *line = NULL;
	auto_root struct root *root = NULL;
	char sha256[DIGEST_HEX_SIZE];

	if (file_exists(path) || !file_exists(file))
		return 0;
	if (trust_stored_root(folder, &root, err) < 0 || digest_file(file, sha256, err) < 0)
		return -1;
	line = xasprintf("%s\n", root->metadata->version == 1 ? sha256 : configured);
	return file_write(path, line, strlen(line), 0644, true, err);
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
		if (strcasecmp(sha256, fingerprint) != 0)
			continue;
		if (note_begun(folder, sha256, err) < 0)
			return -1;
		return trust_begin(folder, data.data, data.size, err);
	}
	return error_set(
		err, ERROR_VERIFY,
		"no root of the repository has the fingerprint %.80s; check it with whoever "
		"gave it to you",
		fingerprint);
}
