// SPDX-License-Identifier: GPL-2.0-or-later
/* suture list, suture show: the livepatches in the kernel, and the published ones known here. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "cli/host/commands.h"
#include "cli/host/show.h"
#include "cli/host/standing.h"

#define ID_DIGITS 12 /* of a patch's SHA-256, in lists */

static bool is_in_force(const struct view *view, const struct life *life)
{
	const char *id = view->standing.in_force.id;

	return id && !strcmp(id, life->sha256);
}

static void write_life(const struct view *view, const struct life *life, json_value *into)
{
	life_report(life, into);
	json_set_bool(into, "in_force", is_in_force(view, life));
	json_set_bool(into, "for_this_kernel", is_for_kernel(life, &view->status));
}

static void print_loaded(const struct livepatch *patch)
{
	printf("%-32s %-10s %zu function%s\n", patch->name, livepatch_state_slug(patch->state),
	       livepatch_function_count(patch), livepatch_function_count(patch) == 1 ? "" : "s");
}

static void print_life(const struct view *view, const struct life *life)
{
	printf("%.*s  level %-4jd %-20s %s%s%s, %zu CVE%s\n", ID_DIGITS, life->sha256,
	       (intmax_t)life->level, life->name, life_state_slug(life->state),
	       is_in_force(view, life) ? ", in force" : "",
	       is_for_kernel(life, &view->status) ? "" : ", for another kernel",
	       life->cves.count, life->cves.count == 1 ? "" : "s");
}

static void print_list(const struct view *view)
{
	const struct life_list *lives = &view->records.lives;

	for (size_t i = 0; i < view->status.patches.count; i++)
		print_loaded(&view->status.patches.items[i]);
	if (!view->status.patches.count)
		puts(view->status.reason ? view->status.reason : "no livepatch is loaded");
	if (lives->count)
		printf("%sPublished patches known here:\n", "\n");
	for (size_t i = 0; i < lives->count; i++)
		print_life(view, &lives->items[i]);
	if (!view->records.has_lives)
		fprintf(stderr, "the records cannot be read: %s\n", view->records.problem);
}

int command_list(const struct args *args, struct error *err)
{
	auto_view struct view view = { .sysroot = { .fd = -1 } };

	if (view_open(args, 0, &view, err) < 0)
		return -1;
	if (!args_has(args, "json")) {
		print_list(&view);
		return 0;
	}

	auto_json json_value *value = json_new_object();

	livepatch_list_write(&view.status.patches, json_set_array(value, "patches"));

	json_value *known = json_set_array(value, "known");

	for (size_t i = 0; i < view.records.lives.count; i++)
		write_life(&view, &view.records.lives.items[i], json_add_object(known));
	print_json(value);
	return 0;
}

static void print_texts(const char *label, const json_value *array)
{
	printf("%-12s", label);
	for (size_t i = 0; i < json_count(array); i++) {
		putchar(' ');
		show_text(stdout, json_text(json_at(array, i)));
	}
	puts(json_count(array) ? "" : " none named");
}

static void print_functions(const json_value *functions)
{
	for (size_t i = 0; i < json_count(functions); i++) {
		const json_value *function = json_at(functions, i);

		fputs("             ", stdout);
		show_text(stdout, json_get_text(function, "object", NULL));
		putchar(' ');
		show_text(stdout, json_get_text(function, "name", NULL));
		fputs("  (", stdout);
		show_text(stdout, json_get_text(function, "unit", NULL));
		puts(")");
	}
}

static void print_fact(const char *label, const char *text)
{
	printf("%-12s ", label);
	show_text(stdout, text ? text : "not said");
	putchar('\n');
}

static void print_manifest(const json_value *manifest)
{
	const json_value *functions = json_get(manifest, "functions");

	print_texts("fixes", json_get(manifest, "cves"));
	print_fact("kernel", json_get_text(json_get(manifest, "kernel"), "release", NULL));
	print_fact("proof", json_get_text(json_get(manifest, "proof"), "verdict", NULL));
	printf("functions    %zu\n", json_count(functions));
	print_functions(functions);
}

static void print_show(const struct view *view, const struct life *life,
		       const json_value *manifest)
{
	const struct livepatch *loaded = livepatch_find(&view->status.patches, life->module);

	printf("patch        %s\n", life->sha256);
	printf("name         %s, level %jd, ring %s\n", life->name, (intmax_t)life->level,
	       life->ring ? life->ring : "not said");
	printf("state        %s: %s\n", life_state_slug(life->state),
	       life->reason ? life->reason : life_state_text(life->state));
	printf("module       %s, %jd bytes\n", life->module, (intmax_t)life->size);
	printf("build-id     %s%s\n", life->build_id,
	       is_for_kernel(life, &view->status) ? "" : " (not the running kernel)");
	if (manifest)
		print_manifest(manifest);
	if (is_in_force(view, life) && loaded) {
		puts("\nin force:");
		show_livepatch(stdout, loaded);
	}
}

int command_show(const struct args *args, struct error *err)
{
	auto_view struct view view = { .sysroot = { .fd = -1 } };
	auto_json json_value *custom = NULL;
	const struct life *life;
	struct error ignored;

	if (view_open(args, 0, &view, err) < 0 ||
	    view_find(&view, args->words[0], &life, err) < 0)
		return -1;
	/* A patch that is only known by name has no manifest here yet. */
	if (life_read_custom(view.records.root, life, &custom, &ignored) < 0)
		custom = NULL;

	const json_value *manifest = json_get(custom, "manifest");

	if (args_has(args, "json")) {
		auto_json json_value *value = json_new_object();

		write_life(&view, life, value);
		if (manifest)
			json_set_value(value, "manifest", json_clone(manifest));
		else
			json_set_text(value, "manifest", NULL);
		print_json(value);
	} else {
		print_show(&view, life, manifest);
	}
	return 0;
}
