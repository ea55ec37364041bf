/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A signed document: {"signatures": [{"keyid", "sig"}...], "signed": {"_type", "spec_version",
 * "version", "expires", ...}} (TUF 1.0, section 4.2). Signatures are over the canonical form of
 * "signed".
 */
#ifndef SUTURE_REPO_METADATA_H
#define SUTURE_REPO_METADATA_H

#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/json.h"
#include "base/memory.h"

#define SPEC_VERSION "1.0.31"
/* tuf-js and other clients written in JavaScript count no further. */
#define VERSION_LIMIT INT64_C(9007199254740991)

struct metadata {
	json_value *document; /* owned */
	const json_value *body; /* "signed", in the document */
	const json_value *signatures; /* in the document */
	struct buffer canonical; /* of the body */
	int64_t version; /* at least 1 */
	int64_t expires; /* a moment */
};

/* Parses the frame and nothing else: what the body means is nobody's business before its
 * signatures were counted. `type` is what "_type" must say. Hostile input is fine; the caller has
 * limited its size. */
int metadata_parse(const void *data, size_t size, const char *type, struct metadata **ret_metadata,
		   struct error *err);
void metadata_free(struct metadata *metadata); /* takes NULL */
DEFINE_AUTO(metadata)
#define auto_metadata __attribute__((cleanup(auto_metadata_cleanup)))

/* ERROR_STALE if it expired at `now`. `name` is for the message. */
int metadata_check_expiry(const struct metadata *metadata, const char *name, int64_t now,
			  struct error *err);

/* Writing. A body with the members that all documents have; caller frees. */
json_value *body_new(const char *type, int64_t version, int64_t expires);
/* An envelope without signatures around the body, which it takes over; caller frees. */
json_value *envelope_new(json_value *steal_body);
struct key;
/* Adds the key's signature, in place of an earlier one of the same key. */
int envelope_sign(json_value *envelope, const struct key *key, struct error *err);

#endif
