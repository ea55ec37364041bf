// SPDX-License-Identifier: GPL-2.0-or-later
#include "repo/metadata.h"

#include <string.h>

#include "base/digest.h"
#include "base/text.h"
#include "repo/canonical.h"
#include "repo/moment.h"
#include "repo/role.h"
#include "seal/key.h"

#define SIGNATURE_LIMIT 64

void metadata_free(struct metadata *metadata)
{
	if (!metadata)
		return;
	json_free(metadata->document);
	buffer_clear(&metadata->canonical);
	free(metadata);
}

static int check_signatures(const json_value *signatures, struct error *err)
{
	size_t count = json_count(signatures);

	if (!json_is_array(signatures) || count > SIGNATURE_LIMIT)
		return error_set(err, ERROR_INVALID,
				 "'signatures' is no list of at most %d signatures",
				 SIGNATURE_LIMIT);
	for (size_t i = 0; i < count; i++) {
		const char *keyid = json_get_text(json_at(signatures, i), "keyid", NULL);

		if (!keyid || !json_get_text(json_at(signatures, i), "sig", NULL))
			return error_set(err, ERROR_INVALID, "signature %zu lacks keyid or sig", i);
		for (size_t j = 0; j < i; j++)
			if (!strcmp(keyid, json_get_text(json_at(signatures, j), "keyid", "")))
				return error_set(err, ERROR_INVALID,
						 "two signatures of one key, %.64s", keyid);
	}
	return 0;
}

static int check_body(struct metadata *metadata, const char *type, struct error *err)
{
	const char *found = json_get_text(metadata->body, "_type", "");
	const char *spec = json_get_text(metadata->body, "spec_version", "");

	if (strcmp(found, type))
		return error_set(err, ERROR_INVALID, "this is '%.32s' where '%s' is expected",
				 found, type);
	if (!has_prefix(spec, "1."))
		return error_set(err, ERROR_INVALID,
				 "specification version '%.32s'; this program knows 1.x", spec);
	metadata->version = json_get_int(metadata->body, "version", 0);
	if (metadata->version < 1 || metadata->version > VERSION_LIMIT)
		return error_set(err, ERROR_INVALID, "no version number of at least 1");
	return moment_parse(json_get_text(metadata->body, "expires", NULL), &metadata->expires,
			    err);
}

int metadata_parse(const void *data, size_t size, const char *type, struct metadata **ret_metadata,
		   struct error *err)
{
	auto_metadata struct metadata *metadata = xcalloc(1, sizeof(*metadata));

	if (json_parse(data, size, &metadata->document, err) < 0)
		return -1;
	metadata->body = json_get(metadata->document, "signed");
	metadata->signatures = json_get(metadata->document, "signatures");
	if (!json_is_object(metadata->body))
		return error_set(err, ERROR_INVALID, "there is no 'signed' object");
	if (check_signatures(metadata->signatures, err) < 0 ||
	    check_body(metadata, type, err) < 0 ||
	    canonical_write(metadata->body, &metadata->canonical, err) < 0)
		return -1;
	*ret_metadata = steal_ptr(metadata);
	return 0;
}

int metadata_check_expiry(const struct metadata *metadata, const char *name, int64_t now,
			  struct error *err)
{
	char expired[MOMENT_SIZE], current[MOMENT_SIZE];

	if (now < metadata->expires)
		return 0;
	moment_write(metadata->expires, expired);
	moment_write(now, current);
	return error_set(err, ERROR_STALE, "%s expired at %s, and the clock says %s", name, expired,
			 current);
}

json_value *body_new(const char *type, int64_t version, int64_t expires)
{
	json_value *body = json_new_object();
	char text[MOMENT_SIZE];

	moment_write(expires, text);
	json_set_text(body, "_type", type);
	json_set_text(body, "spec_version", SPEC_VERSION);
	json_set_int(body, "version", version);
	json_set_text(body, "expires", text);
	return body;
}

json_value *envelope_new(json_value *steal_body)
{
	json_value *envelope = json_new_object();

	json_set_array(envelope, "signatures");
	json_set_value(envelope, "signed", steal_body);
	return envelope;
}

static void drop_signature(json_value *signatures, const char *keyid)
{
	for (size_t i = json_count(signatures); i-- > 0;)
		if (!strcmp(json_get_text(json_at(signatures, i), "keyid", ""), keyid))
			json_remove_at(signatures, i);
}

int envelope_sign(json_value *envelope, const struct key *key, struct error *err)
{
	auto_buffer struct buffer canonical = BUFFER_INIT;
	json_value *signatures = json_member(envelope, "signatures");
	uint8_t signature[ED25519_SIGNATURE_SIZE];
	char hex[2 * sizeof(signature) + 1], keyid[KEYID_SIZE];

	if (keyid_of(key, keyid, err) < 0 ||
	    canonical_write(json_get(envelope, "signed"), &canonical, err) < 0 ||
	    key_sign(key, canonical.data, canonical.size, signature, err) < 0)
		return -1;
	hex_encode(signature, sizeof(signature), hex);
	drop_signature(signatures, keyid);

	json_value *entry = json_add_object(signatures);

	json_set_text(entry, "keyid", keyid);
	json_set_text(entry, "sig", hex);
	return 0;
}
