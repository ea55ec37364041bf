/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a patch says of itself: which kernel it is for, which functions it replaces, what it was made
 * from and with, and how far it is proven. Stands beside the module as JSON and goes into the
 * repository as the target's custom data.
 */
#ifndef SUTURE_MODEL_MANIFEST_H
#define SUTURE_MODEL_MANIFEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "model/kernel_id.h"
#include "model/rule.h"

#define MANIFEST_FORMAT 1

struct manifest_function {
	char *name;
	char *object; /* "vmlinux" or a module */
	char *unit; /* source file */
	unsigned sympos;
	uint64_t size; /* bytes of the new code */
};

struct manifest_callback { /* called when the object is patched or unpatched */
	char *object; /* "vmlinux" or a module */
	char *kind; /* "pre_patch", as in struct klp_callbacks */
	char *function;
};

struct manifest_state { /* a klp_state that the patch declares */
	uint64_t id;
	uint32_t version;
};

struct manifest_source {
	char *path; /* base name of the patch */
	char digest[DIGEST_HEX_SIZE];
};

struct manifest { /* owns everything */
	char *name; /* "capable" */
	char *module; /* as the kernel spells it: "suture_capable" */
	char *file; /* base name of the .ko */
	char digest[DIGEST_HEX_SIZE]; /* SHA-256 of the .ko */
	uint64_t size; /* bytes of the .ko */
	struct kernel_id kernel;
	struct text_list cves;
	struct text_list fixed_in_kernel; /* CVEs that this kernel's own version has fixed */
	struct manifest_function *functions;
	size_t function_count, function_capacity;
	struct manifest_callback *callbacks;
	size_t callback_count, callback_capacity;
	struct manifest_state *states;
	size_t state_count, state_capacity;
	struct manifest_source *sources;
	size_t source_count, source_capacity;
	bool is_stacked; /* leaves other livepatches where they are; else it replaces them all */
	char *toolchain; /* compiler that was used */
	char *proof; /* verdict, or NULL: not attempted */
	json_value *proof_details; /* or NULL */
	json_value *code; /* what the patch alters, for the report alone; NULL: not known */
	struct text_list notes; /* how the patches applied: hunks found elsewhere, or with fuzz */
	struct finding_list findings;
};

void manifest_clear(struct manifest *manifest);
#define auto_manifest __attribute__((cleanup(manifest_clear)))
void manifest_add_function(struct manifest *manifest, const char *name, const char *object,
			   const char *unit, unsigned sympos, uint64_t size);
void manifest_add_callback(struct manifest *manifest, const char *object, const char *kind,
			   const char *function);
void manifest_add_state(struct manifest *manifest, uint64_t id, uint32_t version);
int manifest_add_source(struct manifest *manifest, const char *path, struct error *err);
/* "CVE-2026-12345" and nothing else? */
bool is_cve_id(const char *text);
/* CVE-YYYY-N… in a text, each once. */
void manifest_find_cves(struct manifest *manifest, const char *text);
/* Fills digest, size and file. */
int manifest_describe_module(struct manifest *manifest, const char *path, struct error *err);
void manifest_write(const struct manifest *manifest, json_value *into);
int manifest_save(const struct manifest *manifest, const char *path, struct error *err);

#endif
