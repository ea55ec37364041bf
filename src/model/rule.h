/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rules: everything that can go wrong in a livepatch and what suture does about it. A rule's
 * slug is at once the JSON value, the test directory's name, the man page's anchor and the word in
 * the error text. The table is in rules.def, one row a rule.
 */
#ifndef SUTURE_MODEL_RULE_H
#define SUTURE_MODEL_RULE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/json.h"

enum rule_verdict {
	RULE_TAKE, /* handled: the finding is a note in the report */
	RULE_WARN, /* built, and the report and manifest say so */
	RULE_REFUSE, /* no module */
};

enum rule_id {
#define RULE(id, slug, verdict, title, why, advice) id,
#include "model/rules.def"
#undef RULE
	RULE_COUNT,
};

struct rule {
	const char *slug;
	enum rule_verdict verdict;
	const char *title; /* a phrase: "function without fentry" */
	const char *why; /* one or two sentences */
	const char *advice; /* what to do instead; "" where there is nothing to do */
};

const struct rule *rule_get(enum rule_id id);
/* NULL if there is none. */
const struct rule *rule_find(const char *slug);
enum rule_id rule_id(const struct rule *rule); /* of one that rule_get() or rule_find() gave */
const char *rule_verdict_name(enum rule_verdict verdict);
/* What it looks like in a patch; several lines, never empty. */
const char *rule_example(enum rule_id id);
/* "Special sections": the part of the manual that it stands in. */
const char *rule_chapter(enum rule_id id);

/* One thing that a rule had to say, and where. Texts are owned by the list. */
struct finding {
	enum rule_id rule;
	enum rule_verdict verdict; /* the rule's, unless the author's word changed it */
	char *file; /* "kernel/capability.c", or NULL */
	char *function; /* or NULL; also a variable's name */
	char *section; /* or NULL */
	char *detail; /* a sentence about this very case */
	const char *advice; /* for this very case, a constant; NULL: the rule's */
	char *reason; /* why the author takes it as it is (model/consent.h), or NULL */
};

struct finding_list {
	struct finding *items;
	size_t count, capacity;
};

void finding_list_clear(struct finding_list *list);
/* The finding's own, or its rule's. */
const char *finding_advice(const struct finding *finding);
/* The detail is made from the format; file, function and section are copied and may be NULL. A
 * finding that is already there in every word is not added again. */
struct finding *finding_add(struct finding_list *list, enum rule_id rule, const char *file,
			    const char *function, const char *section, const char *format, ...)
	__attribute__((format(printf, 6, 7)));
size_t finding_count(const struct finding_list *list, enum rule_verdict verdict);
/* 0 if nothing was refused; else -1 with ERROR_REFUSED, naming the first and how many more. */
int finding_list_error(const struct finding_list *list, struct error *err);
/* Adds every finding of one list to another. */
void finding_list_add_all(struct finding_list *into, const struct finding_list *from);
/* "refuse no-fentry kernel/x.c: foo: detail": one line, caller frees. */
char *finding_text(const struct finding *finding);
void finding_list_write(const struct finding_list *list, json_value *array);

#define auto_finding_list __attribute__((cleanup(finding_list_clear)))

#endif
