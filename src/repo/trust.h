/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The client's side of TUF 1.0, section 5: from what is trusted already to what the repository says
 * now, refusing everything that the section names. The repository, the way to it and every byte
 * that a fetcher brings are hostile.
 *
 * Errors: ERROR_VERIFY for whatever is not as signed (or not well-formed, too large, older than
 * what was seen); ERROR_STALE for metadata that expired or a clock that runs behind, in which case
 * what is loaded in a kernel stays loaded; the fetcher's own (ERROR_TEMPORARY, ...) as they are.
 * After any error the store still holds the last good state.
 */
#ifndef SUTURE_REPO_TRUST_H
#define SUTURE_REPO_TRUST_H

#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/memory.h"
#include "repo/documents.h"
#include "repo/fetch.h"

/* Limits in bytes; what metadata says of a length can lower them and never raise them. */
#define ROOT_LIMIT (512u << 10)
#define TIMESTAMP_LIMIT (16u << 10)
#define SNAPSHOT_LIMIT (2u << 20)
#define TARGETS_METADATA_LIMIT (16u << 20)
#define TARGET_LIMIT (64u << 20)
#define ROTATIONS_LIMIT 1024

/* The delegated role whose targets name what was taken back; see offer.h. */
#define REVOCATIONS_ROLE "revocations"

struct trust;

/* Begins to trust: stores the root, which must be signed by its own keys. A folder that trusts
 * another root of the same or a higher version already is ERROR_INVALID. */
int trust_begin(const char *folder, const void *root, size_t size, struct error *err);
/* The same with the root that has this SHA-256 (hexadecimal), looked for among 1.root.json,
 * 2.root.json, ... of the repository. */
int trust_begin_fingerprint(const char *folder, const struct fetcher *fetcher,
			    const char *fingerprint, struct error *err);

/* Which fingerprint the store was begun with is kept beside it, as "begun": ERROR_VERIFY if that is
 * another one, however its roots followed each other since. A store that keeps none, because it was
 * begun with a root's bytes, or that is not there, is fine. */
int trust_check_begun(const char *folder, const char *fingerprint, struct error *err);
/* Whether that is kept beside it. */
bool trust_keeps_begun(const char *folder);
/* For a store that an older version began, with a fingerprint and without keeping it: keeps it now, if
 * nothing is kept. Of a root that was never followed by another its own digest is the truth; else
 * `configured`, the administrator's word of now, is taken for that of then. No store: nothing. */
int trust_adopt_begun(const char *folder, const char *configured, struct error *err);

/* `now` is the one time of the whole update (section 5.1). ERROR_NOT_FOUND if nothing is trusted.
 */
int trust_open(const char *folder, int64_t now, struct trust **ret_trust, struct error *err);
void trust_free(struct trust *trust); /* takes NULL */
DEFINE_AUTO(trust)
#define auto_trust __attribute__((cleanup(auto_trust_cleanup)))

/* Sections 5.3 to 5.6 with the roles targets and revocations (where the repository has it). */
int trust_refresh(struct trust *trust, const struct fetcher *fetcher, struct error *err);
/* A delegated role, after a refresh; borrowed, valid as long as *trust. A role that lists a path
 * outside its delegation is refused as a whole. */
int trust_role(struct trust *trust, const struct fetcher *fetcher, const char *name,
	       const struct targets **ret_targets, struct error *err);
/* What trust_role() refused with ERROR_STALE and for nothing but that: to be copied or reported, never
 * to be loaded from. NULL if there is no such. Borrowed. */
const struct targets *trust_expired_role(const struct trust *trust, const char *name);
/* Section 5.7. The bytes in *into are the ones that were checked: use them and no others. */
int trust_fetch_target(const struct fetcher *fetcher, const struct target *target,
		       struct buffer *into, struct error *err);
/* "targets/stable/<build-id>/<sha256>.7-name.ko"; caller frees. */
char *target_file_name(const struct target *target);

/* After a refresh; NULL before. Borrowed. */
const struct root *trust_root(const struct trust *trust);
const struct timestamp *trust_timestamp(const struct trust *trust);
const struct snapshot *trust_snapshot(const struct trust *trust);
const struct targets *trust_targets(const struct trust *trust);
const struct targets *trust_revocations(const struct trust *trust);
int64_t trust_now(const struct trust *trust);

/* For `status`, without network: until when what is stored is valid and since when it is known. Not
 * verified anew. */
struct freshness { /* moments; 0: never */
	int64_t heard; /* when the stored timestamp was verified first: the last new signed answer */
	int64_t checked; /* when what is stored was last verified, be it the same as before */
	int64_t version; /* of the timestamp */
	int64_t expires; /* the first of the stored documents' ends */
	int64_t root_version;
};
int trust_freshness(const char *folder, struct freshness *ret_freshness, struct error *err);

#endif
