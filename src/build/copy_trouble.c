// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/copy_trouble.h"

#include <ctype.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

#define NAME_LIMIT 200

static const struct {
	const char *words; /* in front of the quoted name, or behind it where `behind` */
	bool behind;
	const char *sentence;
} troubles[] = {
	{ "' undeclared", true, "%s is not declared in the copy: a macro, or a header that is none of modules, makes it" },
	{ "use of undeclared identifier '", false, "%s is not declared in the copy: a macro, or a header that is none of modules, makes it" },
	{ "implicit declaration of function '", false, "%s() is not declared for modules: a header keeps it from them, or a macro makes it" },
	{ "call to undeclared function '", false, "%s() is not declared for modules: a header keeps it from them, or a macro makes it" },
	{ "unknown type name '", false, "the type %s is not declared in the copy" },
	{ "incomplete type '", false, "the type %s is not complete in the copy: a macro defines it" },
	{ "incomplete typedef '", false, "the type %s is not complete in the copy: a macro defines it" },
	{ "type defaults to 'int' in declaration of '", false, "%s stands where a type should: a macro of the file was not understood" },
};

/* The name that ends at `at`, in front of a quote. */
static char *name_before(const char *start, const char *at)
{
	const char *from = at;

	while (from > start && from[-1] != '\'' && at - from < NAME_LIMIT)
		from--;
	return xstrndup(from, (size_t)(at - from));
}

/* With the plain quotes of LC_ALL=C, which a program around the compiler may have undone. Caller frees. */
static char *plain_quotes(const char *words)
{
	char *plain = xstrdup(words), *to = plain;

	for (const char *at = words; *at; to++) {
		bool is_curly = !strncmp(at, "\u2018", 3) || !strncmp(at, "\u2019", 3);

		*to = is_curly ? '\'' : *at;
		at += is_curly ? 3 : 1;
	}
	*to = 0;
	return plain;
}

char *copy_trouble(const char *compiler)
{
	auto_free char *words = plain_quotes(compiler);
	const char *first = strstr(words, "error: ");

	for (size_t i = 0; i < ARRAY_SIZE(troubles); i++) {
		const char *at = strstr(words, troubles[i].words);
		auto_free char *name = NULL;

		if (!at)
			continue;
		if (troubles[i].behind) {
			name = name_before(words, at);
		} else {
			at += strlen(troubles[i].words);
			name = xstrndup(at, strcspn(at, "'") < NAME_LIMIT ? strcspn(at, "'") : NAME_LIMIT);
		}
		return xasprintf(troubles[i].sentence, name);
	}
	first = first ? first + strlen("error: ") : words;
	return xasprintf("in the copy, %.*s", (int)(strcspn(first, ";") < 300 ? strcspn(first, ";") : 300),
			 first);
}
