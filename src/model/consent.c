// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/consent.h"

#include <string.h>

#include "base/memory.h"

void consent_list_clear(struct consent_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->items[i].place);
		free(list->items[i].reason);
	}
	free(list->items);
	*list = (struct consent_list){ 0 };
}

/* What stands before the first '=' and what stands behind it; both must be there. */
static int split(const char *option, const char *form, const char *text, char **ret_place,
		 char **ret_reason, struct error *err)
{
	const char *equals = strchr(text, '=');
	const char *reason = equals ? equals + 1 + strspn(equals + 1, " \t") : "";

	if (!equals || equals == text || !*reason)
		return error_set(err, ERROR_USAGE, "%s wants %s with a reason, not '%.80s'", option,
				 form, text);
	*ret_place = xstrndup(text, (size_t)(equals - text));
	*ret_reason = xstrdup(reason);
	return 0;
}

static void add(struct consent_list *list, enum rule_id rule, char *place, char *reason)
{
	ARRAY_GROW(list->items, list->capacity, list->count + 1);
	list->items[list->count++] = (struct consent){ rule, place, reason, false };
}

int consent_add_layout(struct consent_list *list, const char *text, struct error *err)
{
	static const char *const words[] = { "struct_", "union_", "enum_" };
	char *place, *reason;

	if (split("--accept-layout", "TYPE=REASON", text, &place, &reason, err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (has_prefix(place, words[i]))
			place[strlen(words[i]) - 1] = ' ';
	add(list, RULE_LAYOUT_CHANGED, place, reason);
	return 0;
}

int consent_add_sign_off(struct consent_list *list, const char *text, struct error *err)
{
	auto_free char *whole = NULL;
	auto_free char *slug = NULL;
	char *reason;

	if (split("--sign-off", "RULE:FUNCTION=REASON", text, &whole, &reason, err) < 0)
		return -1;

	const char *colon = strchr(whole, ':');
	const struct rule *rule;

	slug = xstrndup(whole, colon ? (size_t)(colon - whole) : 0);
	rule = colon && colon[1] ? rule_find(slug) : NULL;
	if (!rule || rule->verdict == RULE_REFUSE) {
		free(reason);
		return error_set(err, ERROR_USAGE,
				 rule ? "'%.60s' refuses, it cannot be signed off; see 'suture explain'"
				      : "--sign-off wants RULE:FUNCTION=REASON, with a rule of 'suture explain', not '%.60s'",
				 rule ? slug : text);
	}
	add(list, rule_id(rule), xstrdup(colon + 1), reason);
	return 0;
}

static bool is_meant(const struct consent *consent, const struct finding *finding)
{
	const char *place = finding->function ? finding->function : finding->file;

	return consent->rule == finding->rule && place && !strcmp(consent->place, place);
}

void consent_apply(struct consent_list *list, struct finding_list *findings)
{
	for (size_t i = 0; i < list->count; i++)
		for (size_t k = 0; k < findings->count; k++) {
			struct finding *finding = &findings->items[k];

			if (!is_meant(&list->items[i], finding))
				continue;
			list->items[i].is_used = true;
			free(finding->reason);
			finding->reason = xstrdup(list->items[i].reason);
			if (finding->rule == RULE_LAYOUT_CHANGED)
				finding->verdict = RULE_WARN;
		}
}

void consent_list_unused(const struct consent_list *list, struct text_list *lines)
{
	for (size_t i = 0; i < list->count; i++)
		if (!list->items[i].is_used)
			text_list_printf(lines, "nothing of %s about %s: '%s' was not needed",
					 rule_get(list->items[i].rule)->slug, list->items[i].place,
					 list->items[i].reason);
}
