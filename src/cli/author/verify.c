// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/file.h"
#include "cli/author/commands.h"
#include "cli/author/verify.h"
#include "proof/audit.h"
#include "proof/succession.h"
#include "proof/made_from.h"
#include "proof/mutate.h"

#define MODULE_LIMIT ((size_t)64 << 20)
#define MANIFEST_LIMIT ((size_t)16 << 20)

const struct option_row module_verify_options[] = {
	{ "kernel", 'k', "REL|DIR", "kernel that the module is for: a fetched release or an imported tree" },
	{ "manifest", 'm', "FILE.json", "what the module should do (default: FILE.json beside it, if it is there)" },
	{ "work", 0, "DIR", "work folder of its build: also compare with what it was made from" },
	{ "mutate", 0, NULL, "make small wrong modules of it and look whether each is found" },
	{ "seed", 0, "N", "with --mutate: another number makes other mutants (default: 1)" },
	{ "after", 0, "OLD.ko", "may it follow this livepatch? compares their states as the kernel does" },
	{ "json", 0, NULL, "print the checks as JSON" },
	{ 0 },
};

const char module_verify_details[] =
	"Audits a finished module from its bytes alone, whoever made it, against the kernel as it was\n"
	"shipped: livepatch relocations and symbols, replaced functions, special sections, checksums,\n"
	"version magic, manifest. What bytes cannot tell is said. With --mutate the audit itself is\n"
	"tested: each of many small wrong modules made from this one must be found. Exit status 0: all\n"
	"checks that could be made passed; 9: one failed.";

int verify_file(const char *path, const struct kernel *kernel, const json_value *manifest,
		const struct intent *intent, struct audit *ret_audit, struct error *err)
{
	auto_buffer struct buffer bytes = BUFFER_INIT;
	struct audit_request request = { .path = path, .kernel = kernel, .manifest = manifest,
					 .intent = intent };

	if (file_read(path, MODULE_LIMIT, &bytes, err) < 0)
		return -1;
	request.data = bytes.data;
	request.size = bytes.size;
	return audit_module(&request, ret_audit, err);
}

/* The one that was named, or the one beside the module. *ret_manifest stays NULL without any. */
static int read_manifest(const struct args *args, const char *module, json_value **ret_manifest,
			 struct error *err)
{
	const char *named = args_text(args, "manifest");
	size_t length = strlen(module);
	auto_free char *beside = NULL;

	if (named)
		return json_read(named, MANIFEST_LIMIT, ret_manifest, err);
	if (!has_suffix(module, ".ko"))
		return 0;
	beside = xasprintf("%.*sjson", (int)(length - 2), module);
	return file_exists(beside) ? json_read(beside, MANIFEST_LIMIT, ret_manifest, err) : 0;
}

static void print_audit(const struct args *args, const struct audit *audit, const char *path)
{
	if (args_has(args, "json")) {
		auto_json json_value *value = json_new_object();

		json_set_text(value, "file", path);
		audit_write(audit, value);
		print_json(value);
		return;
	}
	for (size_t i = 0; i < audit->count; i++) {
		const struct audit_check *check = &audit->checks[i];

		printf("%-8s %-15s %s\n", audit_result_name(check->result), check->slug,
		       check->title);
		for (size_t k = 0; k < check->failures.count; k++)
			printf("         failed: %s\n", check->failures.items[k]);
		for (size_t k = 0; k < check->notes.count; k++)
			printf("         unknown: %s\n", check->notes.items[k]);
	}
}

static void print_report(const struct args *args, const struct mutation_report *report,
			 size_t made, size_t found)
{
	auto_json json_value *value = json_new_object();
	json_value *kinds = json_set_array(value, "kinds"), *missed = json_set_array(value, "missed");

	json_set_int(value, "made", (int64_t)made);
	json_set_int(value, "found", (int64_t)found);
	for (size_t i = 0; i < report->count; i++) {
		json_value *row = json_add_object(kinds);

		json_set_text(row, "kind", report->kinds[i].name);
		json_set_int(row, "made", (int64_t)report->kinds[i].made);
		json_set_int(row, "found", (int64_t)report->kinds[i].found);
	}
	for (size_t i = 0; i < report->missed.count; i++)
		json_add_text(missed, report->missed.items[i]);
	if (args_has(args, "json")) {
		print_json(value);
		return;
	}
	for (size_t i = 0; i < report->count; i++)
		printf("%-30s %zu of %zu found\n", report->kinds[i].name, report->kinds[i].found,
		       report->kinds[i].made);
	for (size_t i = 0; i < report->missed.count; i++)
		printf("  not found: %s\n", report->missed.items[i]);
	printf("%zu of %zu mutants found\n", found, made);
}

static int judge_report(const struct args *args, const struct mutation_report *report,
			struct error *err)
{
	size_t made = 0, found = 0;

	for (size_t i = 0; i < report->count; i++) {
		made += report->kinds[i].made;
		found += report->kinds[i].found;
	}
	print_report(args, report, made, found);
	if (found == made)
		return 0;
	return error_set(err, ERROR_VERIFY, "%zu of %zu wrong modules were not found%s", made - found,
			 made, args_has(args, "work") ? "" : "; with --work DIR of its build, the module is also compared with what it was made from");
}

static int mutate(const struct args *args, const char *path, const struct kernel *kernel,
		  const struct intent *intent, struct error *err)
{
	auto_buffer struct buffer bytes = BUFFER_INIT;
	struct audit_request request = { .path = path, .kernel = kernel, .intent = intent };
	struct mutation_report report = { 0 };
	const char *parent = getenv("TMPDIR");
	auto_free char *folder = NULL;
	struct error ignored;
	uint64_t seed;

	if (args_number(args, "seed", 1, 1, UINT32_MAX, &seed, err) < 0 ||
	    file_read(path, MODULE_LIMIT, &bytes, err) < 0 ||
	    directory_make_temporary(parent && *parent ? parent : "/tmp", &folder, err) < 0)
		return -1;

	auto_free char *mutant = path_join(folder, "mutant.ko");
	int result = module_mutate(&request, mutant, seed, &report, err);

	if (result == 0)
		result = judge_report(args, &report, err);
	text_list_clear(&report.missed);
	directory_remove(folder, &ignored);
	return result;
}

/* The kernel's rule for a patch that is loaded over another. */
static int check_after(const char *path, const char *old, struct error *err)
{
	auto_object struct object *before_module = NULL, *after_module = NULL;
	auto_livepatch struct livepatch before = { 0 }, after = { 0 };
	auto_text_list struct text_list failures = { 0 };

	if (object_read(old, 0, &before_module, err) < 0 ||
	    livepatch_parse(before_module, &before, err) < 0 ||
	    object_read(path, 0, &after_module, err) < 0 ||
	    livepatch_parse(after_module, &after, err) < 0)
		return -1;
	succession_check(&before, &after, &failures);
	if (failures.count)
		return error_set(err, ERROR_VERIFY, "the kernel would refuse it after %s: %s",
				 path_base(old), failures.items[0]);
	return 0;
}

int run_module_verify(const struct args *args, struct error *err)
{
	const char *path = args->words[0], *name = args_text(args, "kernel");
	const char *work = args_text(args, "work");
	auto_kernel struct kernel *kernel = NULL;
	auto_json json_value *manifest = NULL;
	auto_made_from struct made_from *made = NULL;
	auto_audit struct audit audit = { 0 };

	if (!name)
		return error_set(err, ERROR_USAGE, "--kernel must say which kernel %s is for", path);
	if (kernel_open(name, &kernel, err) < 0 ||
	    (work && made_from_open(work, &made, err) < 0))
		return -1;

	const struct intent *intent = made ? made_from_intent(made) : NULL;

	if (args_has(args, "mutate"))
		return mutate(args, path, kernel, intent, err);
	if (read_manifest(args, path, &manifest, err) < 0 ||
	    verify_file(path, kernel, manifest, intent, &audit, err) < 0)
		return -1;
	print_audit(args, &audit, path);
	if (audit_error(&audit, err) < 0)
		return -1;
	return args_has(args, "after") ? check_after(path, args_text(args, "after"), err) : 0;
}
