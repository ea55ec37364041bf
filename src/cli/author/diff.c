// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>

#include "base/buffer.h"
#include "cli/author/commands.h"
#include "diff/changeset.h"
#include "diff/reverse.h"
#include "review/namesakes.h"

const struct option_row diff_options[] = {
	{ "reverse-check", 0, NULL, "also compare NEW.o with OLD.o: the same functions must change" },
	{ "json", 0, NULL, "print the changeset as JSON" },
	{ 0 },
};

static void print(const struct args *args, struct changeset *changeset)
{
	if (args_has(args, "json")) {
		auto_json json_value *value = json_new_object();

		changeset_write(changeset, value);
		print_json(value);
		return;
	}

	auto_buffer struct buffer text = BUFFER_INIT;

	changeset_describe(changeset, &text);
	fputs(buffer_text(&text), stdout);
}

static int say_nothing(const struct args *args, struct changeset *changeset, struct error *err)
{
	auto_buffer struct buffer why = BUFFER_INIT;

	changesets_describe_nothing(&changeset, 1, &why);
	return error_set(err, ERROR_NOTHING, "no code changed between %s and %s: %s",
			 args->words[0], args->words[1], buffer_text(&why));
}

int diff_run(const struct args *args, struct error *err)
{
	auto_changeset struct changeset *changeset = NULL;

	if (changeset_make(args->words[0], args->words[1], NULL, &changeset, err) < 0) {
		if (err->code == ERROR_REFUSED)
			print(args, changeset);
		return -1;
	}
	namesakes_judge(NULL, NULL, changeset);
	changesets_judge_init(&changeset, 1, &changeset->findings);
	changesets_judge_left_out(&changeset, NULL, 1, &changeset->findings);
	changesets_judge_unseen(&changeset, 1, &changeset->findings);
	changesets_judge_linked(&changeset, 1, &changeset->findings);
	if (args_has(args, "reverse-check") && changeset_check_reverse(changeset, err) < 0)
		return -1;
	print(args, changeset);
	if (finding_list_error(&changeset->findings, err) < 0)
		return -1;
	return changeset_is_empty(changeset) ? say_nothing(args, changeset, err) : 0;
}
