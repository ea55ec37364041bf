// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "cli/author/commands.h"
#include "model/rule.h"

const struct option_row explain_options[] = {
	{ "json", 0, NULL, "print JSON" },
	{ 0 },
};

static void write_rule(enum rule_id id, json_value *into)
{
	const struct rule *rule = rule_get(id);

	json_set_text(into, "rule", rule->slug);
	json_set_text(into, "verdict", rule_verdict_name(rule->verdict));
	json_set_text(into, "chapter", rule_chapter(id));
	json_set_text(into, "title", rule->title);
	json_set_text(into, "why", rule->why);
	json_set_text(into, "advice", rule->advice);
	json_set_text(into, "example", rule_example(id));
}

static void print_rule(enum rule_id id)
{
	static const char *const meanings[] = {
		[RULE_TAKE] = "suture handles it; a note in the report",
		[RULE_WARN] = "the module is built; the report and the manifest say so",
		[RULE_REFUSE] = "no module is built",
	};
	const struct rule *rule = rule_get(id);
	auto_text_list struct text_list lines = { 0 };

	text_list_split(&lines, rule_example(id), "\n");
	printf("%s: %s\n\n", rule->slug, rule->title);
	printf("%s: %s.\n\n%s\n", rule_verdict_name(rule->verdict), meanings[rule->verdict],
	       rule->why);
	if (*rule->advice)
		printf("\nInstead: %s\n", rule->advice);
	printf("\nFor example:\n");
	for (size_t i = 0; i < lines.count; i++)
		printf("    %s\n", lines.items[i]);
}

static void print_list(void)
{
	const char *chapter = "";

	for (int i = 0; i < RULE_COUNT; i++) {
		const struct rule *rule = rule_get((enum rule_id)i);

		if (strcmp(chapter, rule_chapter((enum rule_id)i))) {
			printf("%s%s\n", i ? "\n" : "", rule_chapter((enum rule_id)i));
			chapter = rule_chapter((enum rule_id)i);
		}
		printf("  %-22s %-7s %s\n", rule->slug, rule_verdict_name(rule->verdict),
		       rule->title);
	}
}

static void print_all(const struct args *args)
{
	auto_json json_value *array = json_new_array();

	if (!args_has(args, "json")) {
		print_list();
		return;
	}
	for (int i = 0; i < RULE_COUNT; i++)
		write_rule((enum rule_id)i, json_add_object(array));
	print_json(array);
}

int explain_run(const struct args *args, struct error *err)
{
	auto_json json_value *value = json_new_object();
	const struct rule *rule;

	if (args->count == 0) {
		print_all(args);
		return 0;
	}
	rule = rule_find(args->words[0]);
	if (!rule)
		return error_set(err, ERROR_NOT_FOUND,
				 "there is no rule '%s'; 'suture explain' lists them all",
				 args->words[0]);
	if (!args_has(args, "json")) {
		print_rule(rule_id(rule));
		return 0;
	}
	write_rule(rule_id(rule), value);
	print_json(value);
	return 0;
}
