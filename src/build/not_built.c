// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/not_built.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/buffer.h"
#include "base/file.h"
#include "base/memory.h"

#define MAKEFILE_LIMIT ((size_t)4 << 20)
#define CONFIG_LIMIT ((size_t)16 << 20)

static char *makefile_of(const struct kernel *kernel, const char *path)
{
	auto_free char *kbuild = xasprintf("%s/%s/Kbuild", kernel->source, path);

	if (file_exists(kbuild))
		return steal_ptr(kbuild);
	return xasprintf("%s/%s/Makefile", kernel->source, path);
}

static bool is_word_end(char c)
{
	return !c || isspace((unsigned char)c) || c == '\\';
}

/* `word` stands in the line as a whole word. */
static bool mentions(const char *line, const char *word)
{
	for (const char *at = line; (at = strstr(at, word)); at += strlen(word))
		if ((at == line || isspace((unsigned char)at[-1]) || at[-1] == '=') &&
		    is_word_end(at[strlen(word)]))
			return true;
	return false;
}

/* "CONFIG_X" of a line such as "obj-$(CONFIG_X) += word"; caller frees, or NULL. */
static char *option_for(const char *makefile, const char *word)
{
	auto_buffer struct buffer text = BUFFER_INIT;
	auto_text_list struct text_list lines = { 0 };
	struct error ignored;
	const char *option = NULL;

	if (file_read(makefile, MAKEFILE_LIMIT, &text, &ignored) < 0)
		return NULL;
	text_list_split(&lines, buffer_text(&text), "\n");
	for (size_t i = 0; i < lines.count; i++) {
		const char *line = lines.items[i];
		const char *assignment = strchr(line, '=');

		/* A line that goes on from the one above belongs to that one's option. */
		if (assignment) {
			option = strstr(line, "$(CONFIG_");
			if (option && option > assignment)
				option = NULL;
		}
		if (option && *line != '#' && mentions(line, word)) {
			size_t length = strspn(option + 2, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
							   "abcdefghijklmnopqrstuvwxyz"
							   "0123456789_");

			return xstrndup(option + 2, length);
		}
	}
	return NULL;
}

/* A composite that has the object as a member: "loop" of "loop-y += main.o"; caller frees. */
static char *composite_of(const char *makefile, const char *word)
{
	auto_buffer struct buffer text = BUFFER_INIT;
	auto_text_list struct text_list lines = { 0 };
	struct error ignored;
	const char *start = NULL;

	if (file_read(makefile, MAKEFILE_LIMIT, &text, &ignored) < 0)
		return NULL;
	text_list_split(&lines, buffer_text(&text), "\n");
	for (size_t i = 0; i < lines.count; i++) {
		if (strchr(lines.items[i], '='))
			start = lines.items[i];
		if (!start || !mentions(lines.items[i], word))
			continue;

		size_t length = strcspn(start, " \t:+=");

		while (length && start[length - 1] != '-')
			length--;
		if (length > 1)
			return xasprintf("%.*s.o", (int)length - 1, start);
	}
	return NULL;
}

/* The option of the first folder on the way down that its parent does not visit. */
static char *option_of_folder(const struct kernel *kernel, const char *path)
{
	auto_free char *above = xstrdup(path);

	for (char *slash; (slash = strrchr(above, '/')); ) {
		*slash = 0;

		auto_free char *makefile = makefile_of(kernel, above);
		auto_free char *word = xasprintf("%s/", path + (slash - above) + 1);
		char *option = option_for(makefile, word);

		if (option)
			return option;
	}
	return NULL;
}

static bool is_set(const struct kernel *kernel, const char *option)
{
	auto_free char *path = path_join(kernel->source, "include/config/auto.conf");
	auto_free char *line = xasprintf("\n%s=", option);
	auto_buffer struct buffer text = BUFFER_INIT;
	struct error ignored;

	return file_read(path, CONFIG_LIMIT, &text, &ignored) == 0 &&
	       strstr(buffer_text(&text), line);
}

/* The nearest folder above with a Makefile; caller frees, or NULL. */
static char *lister_of(const struct kernel *kernel, const char *object)
{
	auto_free char *above = xstrdup(object);

	for (char *slash; (slash = strrchr(above, '/')); ) {
		*slash = 0;

		auto_free char *makefile = makefile_of(kernel, above);

		if (file_exists(makefile))
			return steal_ptr(above);
	}
	return NULL;
}

char *not_built_reason(const struct kernel *kernel, const char *object)
{
	auto_free char *lister = lister_of(kernel, object);

	if (!lister)
		return xstrdup("no Makefile names it");

	auto_free char *makefile = makefile_of(kernel, lister);
	const char *word = object + strlen(lister) + 1;
	auto_free char *composite = NULL;
	auto_free char *option = option_for(makefile, word);

	if (!option && (composite = composite_of(makefile, word)))
		option = option_for(makefile, composite);
	if (!option)
		option = option_of_folder(kernel, lister);
	if (!option || is_set(kernel, option))
		return xasprintf("%s/Makefile does not build it in this configuration", lister);
	return xasprintf("it needs %s, which this kernel's configuration does not have", option);
}

bool not_built_is_generator(const struct kernel *kernel, const char *object)
{
	auto_free char *lister = lister_of(kernel, object);
	auto_free char *makefile = lister ? makefile_of(kernel, lister) : NULL;
	auto_buffer struct buffer text = BUFFER_INIT;
	auto_text_list struct text_list lines = { 0 };
	struct error ignored;
	bool is_list = false;

	if (!lister || file_read(makefile, MAKEFILE_LIMIT, &text, &ignored) < 0)
		return false;

	/* Programs of several files ("relocs-objs := ...") are not found; they only serve the boot. */
	const char *file = object + strlen(lister) + 1;
	auto_free char *program = xstrndup(file, strlen(file) - strlen(".o"));

	text_list_split(&lines, buffer_text(&text), "\n");
	for (size_t i = 0; i < lines.count; i++) {
		const char *line = lines.items[i];

		if (strchr(line, '='))
			is_list = has_prefix(line, "hostprogs");
		if (is_list && mentions(line, program))
			return true;
	}
	return false;
}
