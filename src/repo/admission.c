// SPDX-License-Identifier: GPL-2.0-or-later
#include "repo/admission.h"

#include <string.h>

#include "base/buffer.h"
#include "base/digest.h"
#include "repo/canonical.h"
#include "repo/documents.h"
#include "seal/module_signature.h"

#define NAME_LIMIT 128

/* proof/unit_proof.h; "for patched" says that the functions which the patch changes are. */
static const char *const proven_verdicts[] = { "proven", "proven-for-patched", NULL };

static bool is_hex(const char *text, size_t least, size_t most)
{
	size_t length = strspn(text, "0123456789abcdef");

	return !text[length] && length >= least && length <= most;
}

static const char *build_id_of(const json_value *value)
{
	return json_get_text(json_get(value, "kernel"), "build_id", "");
}

static int check_manifest(const json_value *manifest, struct error *err)
{
	const char *name = json_get_text(manifest, "name", "");
	auto_buffer struct buffer canonical = BUFFER_INIT;

	if (!*name || strlen(name) > NAME_LIMIT || !is_target_path(name) || strchr(name, '/'))
		return error_set(err, ERROR_INVALID,
				 "the manifest's name '%.64s' cannot be a file's", name);
	if (!is_hex(build_id_of(manifest), 16, 128))
		return error_set(err, ERROR_INVALID,
				 "the manifest names no kernel by its build-id (kernel.build_id)");
	if (canonical_write(manifest, &canonical, err) < 0)
		return error_context(err, "the manifest cannot be signed");
	return 0;
}

static int check_proof(const json_value *manifest, struct error *err)
{
	const char *verdict = json_get_text(json_get(manifest, "proof"), "verdict", "missing");

	for (const char *const *good = proven_verdicts; *good; good++)
		if (!strcmp(verdict, *good))
			return 0;
	return error_set(err, ERROR_VERIFY,
			 "the manifest's proof is '%.32s', and only proven modules are published; "
			 "--allow-unproven is the author's word", verdict);
}

/* Digests of the module as it was built, and as it lies there: a signature that was appended later
 * changes the second. */
struct digests {
	char content[DIGEST_HEX_SIZE], file[DIGEST_HEX_SIZE];
};

static int check_module(const struct admission *admission, struct digests *digests,
			struct error *err)
{
	const char *wanted = json_get_text(json_get(admission->manifest, "module"), "sha256", "");
	struct module_signature parts;

	if (module_signature_find(admission->module, admission->size, &parts, err) < 0)
		return -1;
	digest_bytes(admission->module, parts.content_size, digests->content);
	digest_bytes(admission->module, admission->size, digests->file);
	if (strcmp(digests->content, wanted))
		return error_set(
			err, ERROR_VERIFY,
			"the manifest is of another module: it says %.64s, and this one is %s",
			*wanted ? wanted : "no digest (module.sha256)", digests->content);
	return 0;
}

static int check_evidence(const struct admission *admission, const struct digests *digests,
			  struct error *err)
{
	const json_value *evidence = admission->evidence;
	const char *tried = json_get_text(json_get(evidence, "module"), "sha256", "none");
	const char *verdict = json_get_text(evidence, "verdict", "missing");

	if (strcmp(json_get_text(evidence, "type", ""), "suture-trial"))
		return error_set(err, ERROR_INVALID,
				 "this is no evidence; 'suture try --evidence FILE' writes one");
	if (strcmp(tried, digests->content) && strcmp(tried, digests->file))
		return error_set(err, ERROR_VERIFY, "the evidence is of another module, %.64s",
				 tried);
	if (strcmp(build_id_of(evidence), build_id_of(admission->manifest)))
		return error_set(err, ERROR_VERIFY,
				 "the evidence is of another kernel than the manifest's");
	if (strcmp(verdict, "passed"))
		return error_set(err, ERROR_VERIFY, "the trial in the evidence is '%.32s'",
				 verdict);
	return 0;
}

int admission_check(const struct admission *admission, struct error *err)
{
	struct digests digests;

	if (check_manifest(admission->manifest, err) < 0 ||
	    (!admission->allow_unproven && check_proof(admission->manifest, err) < 0) ||
	    check_module(admission, &digests, err) < 0)
		return -1;
	if (!admission->evidence && !admission->allow_unproven)
		return error_set(
			err, ERROR_VERIFY,
			"there is no evidence that the module was tried: run 'suture try "
			"--evidence FILE' and give it with --evidence; --allow-unproven is the "
			"author's word");
	return admission->evidence ? check_evidence(admission, &digests, err) : 0;
}

void evidence_summarize(const json_value *evidence, json_value *into)
{
	static const char *const members[] = { "type",	 "when",       "verdict",
					       "suture", "log_sha256", NULL };

	for (const char *const *member = members; *member; member++)
		json_set_text(into, *member, json_get_text(evidence, *member, NULL));
}
