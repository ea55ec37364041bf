// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/rule.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"

static const struct rule rules[] = {
#define RULE(id, slug, verdict, title, why, advice) [id] = { slug, verdict, title, why, advice },
#include "model/rules.def"
#undef RULE
};

const struct rule *rule_get(enum rule_id id)
{
	return &rules[id];
}

const struct rule *rule_find(const char *slug)
{
	for (size_t i = 0; i < RULE_COUNT; i++)
		if (!strcmp(rules[i].slug, slug))
			return &rules[i];
	return NULL;
}

enum rule_id rule_id(const struct rule *rule)
{
	return (enum rule_id)(rule - rules);
}

const char *rule_verdict_name(enum rule_verdict verdict)
{
	static const char *const names[] = { "take", "warn", "refuse" };

	return names[verdict];
}

void finding_list_clear(struct finding_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->items[i].file);
		free(list->items[i].function);
		free(list->items[i].section);
		free(list->items[i].detail);
		free(list->items[i].reason);
	}
	free(list->items);
	*list = (struct finding_list){ 0 };
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

static struct finding *find_same(struct finding_list *list, const struct finding *wanted)
{
	for (size_t i = 0; i < list->count; i++) {
		struct finding *item = &list->items[i];

		if (item->rule == wanted->rule && same_text(item->file, wanted->file) &&
		    same_text(item->function, wanted->function) &&
		    same_text(item->section, wanted->section) &&
		    same_text(item->detail, wanted->detail))
			return item;
	}
	return NULL;
}

static char *copy_text(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

static struct finding *add_copy(struct finding_list *list, const struct finding *finding)
{
	struct finding *there = find_same(list, finding);

	if (there)
		return there;
	ARRAY_GROW(list->items, list->capacity, list->count + 1);
	list->items[list->count] = (struct finding){
		.rule = finding->rule,
		.verdict = finding->verdict,
		.file = copy_text(finding->file),
		.function = copy_text(finding->function),
		.section = copy_text(finding->section),
		.detail = copy_text(finding->detail),
		.advice = finding->advice,
		.reason = copy_text(finding->reason),
	};
	return &list->items[list->count++];
}

struct finding *finding_add(struct finding_list *list, enum rule_id rule, const char *file,
			    const char *function, const char *section, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	auto_free char *detail = xvasprintf(format, args);
	va_end(args);
	return add_copy(list, &(struct finding){
				      .rule = rule,
				      .verdict = rules[rule].verdict,
				      .file = (char *)file,
				      .function = (char *)function,
				      .section = (char *)section,
				      .detail = detail,
			      });
}

void finding_list_add_all(struct finding_list *into, const struct finding_list *from)
{
	for (size_t i = 0; i < from->count; i++)
		add_copy(into, &from->items[i]);
}

const char *finding_advice(const struct finding *finding)
{
	return finding->advice ? finding->advice : rules[finding->rule].advice;
}

size_t finding_count(const struct finding_list *list, enum rule_verdict verdict)
{
	size_t count = 0;

	for (size_t i = 0; i < list->count; i++)
		count += list->items[i].verdict == verdict;
	return count;
}

char *finding_text(const struct finding *finding)
{
	const char *place = finding->function ? finding->function : finding->section;

	return xasprintf("%s %s%s%s%s%s: %s%s%s%s", rule_verdict_name(finding->verdict),
			 rules[finding->rule].slug, finding->file ? " " : "",
			 finding->file ? finding->file : "", place ? ": " : "", place ? place : "",
			 finding->detail, finding->reason ? " (taken by the author: " : "",
			 finding->reason ? finding->reason : "", finding->reason ? ")" : "");
}

int finding_list_error(const struct finding_list *list, struct error *err)
{
	size_t refused = finding_count(list, RULE_REFUSE);

	if (refused == 0)
		return 0;

	size_t i = 0;

	while (list->items[i].verdict != RULE_REFUSE)
		i++;

	auto_free char *text = finding_text(&list->items[i]);
	const char *advice = finding_advice(&list->items[i]);
	char more[48] = "";

	if (refused > 1)
		snprintf(more, sizeof(more), " (and %zu more refusals)", refused - 1);

	const char *stop = !*advice || !*text || text[strlen(text) - 1] == '.' ? "" : ".";

	return error_set(err, ERROR_REFUSED, "%s%s%s%s%s", text, stop, *advice ? " " : "", advice,
			 more);
}

void finding_list_write(const struct finding_list *list, json_value *array)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct finding *finding = &list->items[i];
		json_value *row = json_add_object(array);

		json_set_text(row, "rule", rules[finding->rule].slug);
		json_set_text(row, "verdict", rule_verdict_name(finding->verdict));
		json_set_text(row, "file", finding->file);
		json_set_text(row, "function", finding->function);
		json_set_text(row, "section", finding->section);
		json_set_text(row, "detail", finding->detail);
		if (finding->reason)
			json_set_text(row, "reason", finding->reason);
		json_set_text(row, "advice", finding_advice(finding));
	}
}
