// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/file.h"
#include "cli/author/commands.h"
#include "cli/author/verify.h"
#include "proof/audit.h"

#define MODULE_LIMIT ((size_t)64 << 20)
#define MANIFEST_LIMIT ((size_t)16 << 20)

const struct option_row module_verify_options[] = {
	{ "kernel", 'k', "REL|DIR", "kernel that the module is for: a fetched release or an imported tree" },
	{ "manifest", 'm', "FILE.json", "what the module should do (default: FILE.json beside it, if it is there)" },
	{ "json", 0, NULL, "print the checks as JSON" },
	{ 0 },
};

const char module_verify_details[] =
	"Audits a finished module from its bytes alone, whoever made it, against the kernel as it was\n"
	"shipped: livepatch relocations and symbols, replaced functions, special sections, checksums,\n"
	"version magic, manifest. What bytes cannot tell is said. Exit status 0: all checks that could\n"
	"be made passed; 9: one failed.";

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

int run_module_verify(const struct args *args, struct error *err)
{
	const char *path = args->words[0], *name = args_text(args, "kernel");
	auto_kernel struct kernel *kernel = NULL;
	auto_json json_value *manifest = NULL;
	auto_audit struct audit audit = { 0 };

	if (!name)
		return error_set(err, ERROR_USAGE, "--kernel must say which kernel %s is for", path);
	if (kernel_open(name, &kernel, err) < 0 || read_manifest(args, path, &manifest, err) < 0 ||
	    verify_file(path, kernel, manifest, NULL, &audit, err) < 0)
		return -1;
	print_audit(args, &audit, path);
	return audit_error(&audit, err);
}
