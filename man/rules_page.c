// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes suture-rules(7) for scdoc: the template with the rules in the place of the line @RULES@. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "model/rule.h"

#define TEMPLATE_LIMIT ((size_t)1 << 20)

/* scdoc's special characters outside of literal blocks (scdoc(5)). */
static void put_text(const char *text)
{
	for (; *text; text++) {
		if (strchr("_*\\#`[]|<>", *text))
			putchar('\\');
		putchar(*text);
	}
}

static void put_rule(enum rule_id id)
{
	const struct rule *rule = rule_get(id);

	printf("## ");
	put_text(rule->slug);
	printf("\n\n*%s*: ", rule_verdict_name(rule->verdict));
	put_text(rule->title);
	printf(".\n\n");
	put_text(rule->why);
	if (*rule->advice) {
		printf("\n\n_Instead_: ");
		put_text(rule->advice);
	}
	printf("\n\n```\n%s\n```\n\n", rule_example(id));
}

static void put_rules(void)
{
	const char *chapter = "";

	for (int i = 0; i < RULE_COUNT; i++) {
		const char *now = rule_chapter((enum rule_id)i);

		if (strcmp(chapter, now)) {
			printf("# ");
			for (const char *c = now; *c; c++)
				putchar(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
			printf("\n\n");
		}
		chapter = now;
		put_rule((enum rule_id)i);
	}
}

int main(int argc, char **argv)
{
	static const char mark[] = "@RULES@\n";
	auto_buffer struct buffer file = BUFFER_INIT;
	struct error err = ERROR_INIT;
	const char *text, *place;

	if (argc != 2 || file_read(argv[1], TEMPLATE_LIMIT, &file, &err) < 0) {
		fprintf(stderr, "%s\n", argc == 2 ? err.msg : "usage: rules_page TEMPLATE");
		return 1;
	}
	text = buffer_text(&file);
	place = strstr(text, mark);
	if (!place) {
		fprintf(stderr, "%s has no line @RULES@\n", argv[1]);
		return 1;
	}
	fwrite(text, 1, (size_t)(place - text), stdout);
	put_rules();
	fputs(place + strlen(mark), stdout);
	return 0;
}
