// SPDX-License-Identifier: GPL-2.0-or-later
/* What the manual says of a rule besides the rule itself. */
#include "model/rule.h"

static const char *const examples[RULE_COUNT] = {
#define EXAMPLE(id, text) [id] = text,
#include "model/rule_examples.def"
#undef EXAMPLE
};

enum {
	EXAMPLE_COUNT = 0
#define EXAMPLE(id, text) +1
#include "model/rule_examples.def"
#undef EXAMPLE
};
_Static_assert((int)EXAMPLE_COUNT == (int)RULE_COUNT,
	       "every rule has one example in model/rule_examples.def");

/* Chapters and rules as they stand in rules.def. */
static const struct entry {
	const char *chapter; /* NULL: a rule */
	enum rule_id rule;
} entries[] = {
#define CHAPTER(title) { .chapter = title },
#define RULE(id, slug, verdict, title, why, advice) { .rule = id },
#include "model/rules.def"
#undef RULE
};

const char *rule_example(enum rule_id id)
{
	return examples[id];
}

const char *rule_chapter(enum rule_id id)
{
	const char *chapter = "";

	for (const struct entry *entry = entries;; entry++) {
		if (entry->chapter)
			chapter = entry->chapter;
		else if (entry->rule == id)
			return chapter;
	}
}
