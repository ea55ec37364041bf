// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/memory.h"
#include "base/process.h"
#include "build/compile.h"
#include "build/pairing.h"
#include "build/tree.h"

#define TEXT_LIMIT ((size_t)64 << 20) /* the largest unit of a kernel has some 10 MB */

static int preprocess(const struct pairing *pairing, const struct unit *unit, struct tree *tree,
		      bool is_patched, struct buffer *ret_text, struct error *err)
{
	auto_text_list struct text_list argv = { 0 };
	auto_process_result struct process_result result = { 0 };
	const char *cwd = is_patched ? tree->path : tree->source;
	auto_free char *pwd = xasprintf("PWD=%s", cwd);
	const char *const env[] = { "LC_ALL=C", pwd, NULL };
	const struct process_spec spec = { .cwd = cwd, .env = env, .output_limit = TEXT_LIMIT };
	struct process_spec run = spec;

	compile_command(&unit->command, is_patched ? tree->source : NULL, tree->path, &argv);
	if (is_patched) {
		text_list_add(&argv, "-I");
		text_list_add(&argv, pairing->authoring);
	}
	text_list_add(&argv, "-E");
	text_list_add(&argv, unit->source);
	run.argv = (const char *const *)argv.items;
	if (process_run_ok(&run, &result, err) < 0)
		return error_context(err, "preprocessing %s", unit->source);
	if (result.out.size >= TEXT_LIMIT)
		return error_set(err, ERROR_UNSUPPORTED, "%s: more than %zu bytes after the preprocessor",
				 unit->source, TEXT_LIMIT);
	*ret_text = result.out;
	result.out = (struct buffer)BUFFER_INIT;
	return 0;
}

int pairing_preprocess(struct pairing *pairing, const struct unit *unit, struct buffer *ret_old,
		       struct buffer *ret_new, struct error *err)
{
	auto_tree struct tree *tree = NULL;
	auto_buffer struct buffer old = BUFFER_INIT;

	if (pairing_tree(pairing, &tree, err) < 0 ||
	    preprocess(pairing, unit, tree, false, &old, err) < 0 ||
	    preprocess(pairing, unit, tree, true, ret_new, err) < 0)
		return -1;
	*ret_old = old;
	old = (struct buffer)BUFFER_INIT;
	return 0;
}
