/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the checks of audit.h share. Each is a function that adds failures and notes. */
#ifndef SUTURE_PROOF_AUDIT_PRIVATE_H
#define SUTURE_PROOF_AUDIT_PRIVATE_H

#include "base/map.h"
#include "elf/livepatch.h"
#include "proof/audit.h"
#include "proof/listing.h"
#include "target/shipped.h"
#include "target/symvers.h"

struct audit_work {
	const struct audit_request *request;
	struct object *module;
	struct livepatch livepatch;
	struct symvers *symvers;
	struct map *shipped; /* object name -> struct shipped, as they are needed */
	struct audit_check *check; /* the one that is running */
};

void audit_fail(struct audit_work *work, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Something that cannot be told; the check does not fail for it. */
void audit_note(struct audit_work *work, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* An object of the livepatch's tables, or of a livepatch symbol (never named then if it is vmlinux):
 * false, with a failure added, if the kernel would wait for it for ever. */
bool audit_object(struct audit_work *work, const char *object, bool is_named);
/* NULL, with a failure added, if the kernel has no such module. */
const struct shipped *audit_shipped(struct audit_work *work, const char *object);
/* Index of the symbol that livepatch would find (klp_find_object_symbol() in
 * kernel/livepatch/core.c); SIZE_MAX with a failure added. */
size_t audit_find_symbol(struct audit_work *work, const struct shipped *shipped, const char *name,
			 uint64_t sympos);
/* Is that memory which is given back after boot, or after the module's init? */
bool audit_is_init(const struct shipped *shipped, size_t index);

/* audit_facts.c */
void audit_identity(struct audit_work *work);
void audit_vermagic(struct audit_work *work);
void audit_versions(struct audit_work *work);
void audit_namespaces(struct audit_work *work);
void audit_depends(struct audit_work *work);
void audit_signature(struct audit_work *work);
void audit_manifest(struct audit_work *work);
/* audit_klp.c */
void audit_klp_symbols(struct audit_work *work);
void audit_klp_relocations(struct audit_work *work);
void audit_functions(struct audit_work *work);
void audit_extents(struct audit_work *work); /* a part of the above */
/* audit_held.c */
void audit_held(struct audit_work *work);
/* audit_callbacks.c */
void audit_callbacks(struct audit_work *work);
/* intent.c */
void audit_intent(struct audit_work *work);
/* audit_glue.c */
void audit_glue(struct audit_work *work);
/* audit_sections.c */
void audit_section_flags(struct audit_work *work);
void audit_relocations(struct audit_work *work);
/* audit_rows.c */
void audit_rows(struct audit_work *work);
void audit_sites(struct audit_work *work);
void audit_unwind(struct audit_work *work);

#endif
