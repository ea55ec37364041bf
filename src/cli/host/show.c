// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/host/show.h"

#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/text.h"

char *patch_name_of(const char *word)
{
	char *name = xstrdup(path_base(word));

	if (has_suffix(name, ".ko"))
		name[strlen(name) - 3] = 0;
	for (char *c = name; *c; c++)
		if (*c == '-')
			*c = '_';
	return name;
}

void show_text(FILE *out, const char *text)
{
	auto_free char *printable = text_printable(text ? text : "?", false);

	fputs(printable, out);
}

void show_blockers(FILE *out, const struct blocker_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct blocker *blocker = &list->items[i];
		auto_free char *text = blocker_text(blocker);

		fprintf(out, "%s\n", text);
		for (size_t j = 0; j < blocker->stack.count; j++) {
			const char *entry = blocker->stack.items[j];
			bool is_it = blocker->function && has_prefix(entry, blocker->function) &&
				     entry[strlen(blocker->function)] == '+';

			fprintf(out, "  %s %s\n", is_it ? "->" : "  ", entry);
		}
	}
	if (list->left > list->count)
		fprintf(out, "and %zu more\n", list->left - list->count);
}

static void show_function(FILE *out, const struct livepatch_object *object,
			  const struct livepatch_function *function)
{
	fprintf(out, "    %s:%s", object->name, function->name);
	if (function->position > 1)
		fprintf(out, ",%u", function->position);
	if (function->effect != EFFECT_UNKNOWN)
		fprintf(out, "  %s", effect_slug(function->effect));
	if (function->evidence)
		fprintf(out, " (%s)", function->evidence);
	if (function->old_hits >= 0 && function->new_hits >= 0)
		fprintf(out, "; hits: old code %lld, new code %lld", (long long)function->old_hits,
			(long long)function->new_hits);
	fputc('\n', out);
}

static void show_since(FILE *out, int64_t since)
{
	time_t seconds = (time_t)since;
	struct tm parts;
	char text[40];

	if (since && localtime_r(&seconds, &parts) &&
	    strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S %z", &parts))
		fprintf(out, ", since %s", text);
}

void show_livepatch(FILE *out, const struct livepatch *patch)
{
	fprintf(out, "%s: %s (%s", patch->name, livepatch_state_slug(patch->state),
		livepatch_state_text(patch->state));
	show_since(out, patch->since);
	fputs(")\n", out);
	if (patch->origin && strcmp(patch->origin, "suture") != 0)
		fprintf(out, "    made by: %s\n", patch->origin);
	if (patch->replace == 1)
		fputs("    replaces every earlier livepatch\n", out);
	if (patch->forced)
		fputs("    a transition was forced: plan a reboot\n", out);
	if (patch->state == LIVEPATCH_LEFTOVER && patch->references > 0)
		fputs("    still in use: only a reboot removes it\n", out);
	else if (patch->state == LIVEPATCH_LEFTOVER)
		fprintf(out, "    no longer in use; 'suture unload %s' removes it\n", patch->name);
	for (size_t i = 0; i < patch->count; i++) {
		const struct livepatch_object *object = &patch->objects[i];

		if (object->problem)
			fprintf(out, "    %s is not loaded: %s\n", object->name, object->problem);
		else if (object->patched == 0)
			fprintf(out, "    %s is not loaded; it will be patched when it comes\n",
				object->name);
		for (size_t j = 0; j < object->count; j++)
			show_function(out, object, &object->functions[j]);
	}
}
