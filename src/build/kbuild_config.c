// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/kbuild_config.h"

#include <ctype.h>
#include <string.h>

#include "base/file.h"
#include "base/map.h"
#include "base/process.h"

#define MAKEFILE_LIMIT ((size_t)4 << 20)

struct folder {
	struct text_list objects; /* "meminfo.o", as written in its Makefile */
	struct text_list folders; /* to descend into, "xen-blkback" */
	int visited; /* by kbuild: 0 not yet known, 1 yes, -1 no */
};

struct kbuild_config {
	const struct kernel *kernel;
	struct map *folders; /* path -> struct folder */
};

/*
 * Prints "o OBJECT" and "d FOLDER" for one folder. The expansion of composite objects is that of
 * scripts/Makefile.lib (suffix-search, real-search); flags are of no interest here, so that
 * scripts/Makefile.compiler, which runs the compiler, stays out.
 */
static const char fragment[] =
	"suture-all:\n"
	"\t@:\n"
	".PHONY: suture-all\n"
	"src := $(obj)\n"
	"srctree := .\n"
	"objtree := .\n"
	"obj-y :=\nobj-m :=\nlib-y :=\nlib-m :=\nsubdir-y :=\nsubdir-m :=\n"
	"include include/config/auto.conf\n"
	"include scripts/Kbuild.include\n"
	"include $(or $(wildcard $(src)/Kbuild),$(src)/Makefile)\n"
	"members = $(strip $(foreach s,$2,$($(1:.o=$s))))\n"
	"real = $(foreach o,$1,$(if $(call members,$o,$2 -),$(call members,$o,$2),$o))\n"
	"$(foreach o,$(call real,$(filter %.o,$(obj-y)),-objs -y),$(info o $o))\n"
	"$(foreach o,$(call real,$(filter %.o,$(obj-m)),-objs -y -m),$(info o $o))\n"
	"$(foreach o,$(filter %.o,$(lib-y) $(lib-m)),$(info o $o))\n"
	"$(foreach o,$(filter %/,$(obj-y) $(obj-m)),$(info d $(o:%/=%)))\n"
	"$(foreach o,$(subdir-y) $(subdir-m),$(info d $(o:%/=%)))\n";

struct kbuild_config *kbuild_config_new(const struct kernel *kernel)
{
	struct kbuild_config *config = xcalloc(1, sizeof(*config));

	config->kernel = kernel;
	config->folders = map_new();
	return config;
}

void kbuild_config_free(struct kbuild_config *config)
{
	if (!config)
		return;
	for (size_t i = 0; i < map_count(config->folders); i++) {
		struct folder *folder = map_value(config->folders, i);

		text_list_clear(&folder->objects);
		text_list_clear(&folder->folders);
		free(folder);
	}
	map_free(config->folders);
	free(config);
}

static char *makefile_of(const struct kernel *kernel, const char *path)
{
	auto_free char *kbuild = xasprintf("%s/%s/Kbuild", kernel->source, path);

	if (file_exists(kbuild))
		return steal_ptr(kbuild);
	return xasprintf("%s/%s/Makefile", kernel->source, path);
}

static int evaluate(const struct kernel *kernel, const char *path, struct buffer *into,
		    struct error *err)
{
	auto_free char *obj = xasprintf("obj=%s", path);
	auto_free char *compiler = xasprintf("CC=%s", kernel->compiler ? kernel->compiler : "gcc");
	const char *const argv[] = { "make", "-rRs", "-f", "-", obj, compiler, "ARCH=x86",
				     "SRCARCH=x86", "BITS=64", "CONFIG_SHELL=sh", NULL };
	const char *const env[] = { "LC_ALL=C", "MAKEFLAGS=", NULL };
	struct process_spec spec = { .argv = argv, .cwd = kernel->source, .env = env,
				     .input = fragment, .input_size = strlen(fragment),
				     .timeout_seconds = 120 };
	struct process_result result;

	if (process_run_ok(&spec, &result, err) < 0)
		return error_context(err, "reading the Makefile of %s", path);
	*into = result.out;
	result.out = BUFFER_INIT;
	process_result_clear(&result);
	return 0;
}

static void read_answer(struct folder *folder, const char *text)
{
	auto_text_list struct text_list lines = { 0 };

	text_list_split(&lines, text, "\n");
	for (size_t i = 0; i < lines.count; i++) {
		if (has_prefix(lines.items[i], "o "))
			text_list_add(&folder->objects, lines.items[i] + 2);
		else if (has_prefix(lines.items[i], "d "))
			text_list_add(&folder->folders, lines.items[i] + 2);
	}
}

/* A folder without a Makefile builds nothing: its files are listed by a folder above. */
static int get_folder(struct kbuild_config *config, const char *path, struct folder **ret_folder,
		      struct error *err)
{
	struct folder *folder = map_find(config->folders, path);

	if (!folder) {
		auto_free char *makefile = makefile_of(config->kernel, path);
		auto_buffer struct buffer answer = BUFFER_INIT;

		if (file_exists(makefile) && evaluate(config->kernel, path, &answer, err) < 0)
			return -1;
		folder = xcalloc(1, sizeof(*folder));
		read_answer(folder, buffer_text(&answer));
		map_set(config->folders, path, folder);
	}
	*ret_folder = folder;
	return 0;
}

/* Where the top Makefile starts besides its Kbuild: libs-y of Makefile and arch/x86/Makefile. */
static bool is_root(const char *path)
{
	return !strcmp(path, ".") || !strcmp(path, "lib") || !strcmp(path, "arch/x86/lib");
}

static int is_visited(struct kbuild_config *config, const char *path, struct error *err);

/* Whether `above`, which must be visited itself, descends into `below`, relative to it. */
static int descends(struct kbuild_config *config, const char *above, const char *below,
		    struct error *err)
{
	struct folder *folder;

	if (get_folder(config, above, &folder, err) < 0)
		return -1;
	return text_list_has(&folder->folders, below) ? is_visited(config, above, err) : 0;
}

static int find_visitor(struct kbuild_config *config, const char *path, struct error *err)
{
	auto_free char *above = xstrdup(path);

	if (is_root(path))
		return 1;
	/* A Makefile may name folders several levels down: "obj-y += power/supply/". */
	for (char *slash; (slash = strrchr(above, '/')); ) {
		*slash = 0;

		int result = descends(config, above, path + (slash - above) + 1, err);

		if (result)
			return result;
	}
	return descends(config, ".", path, err);
}

static int is_visited(struct kbuild_config *config, const char *path, struct error *err)
{
	struct folder *folder;

	if (get_folder(config, path, &folder, err) < 0)
		return -1;
	if (!folder->visited) {
		int result = find_visitor(config, path, err);

		if (result < 0)
			return -1;
		folder->visited = result ? 1 : -1;
	}
	return folder->visited > 0;
}

/* Whether some folder at or above the unit's lists its object, and is visited. `*ret_lister` is the
 * nearest folder with a Makefile, for the sentence that says why not. */
static int is_listed(struct kbuild_config *config, const char *object, char **ret_lister,
		     struct error *err)
{
	auto_free char *above = xstrdup(object);

	*ret_lister = NULL;
	for (char *slash; (slash = strrchr(above, '/')); ) {
		struct folder *folder;

		*slash = 0;
		if (get_folder(config, above, &folder, err) < 0)
			return -1;

		auto_free char *makefile = makefile_of(config->kernel, above);

		if (!*ret_lister && file_exists(makefile))
			*ret_lister = xstrdup(above);
		if (!text_list_has(&folder->objects, object + (slash - above) + 1))
			continue;

		int result = is_visited(config, above, err);

		if (result)
			return result;
	}
	return 0;
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

static char *explain(const struct kernel *kernel, const char *object, const char *lister)
{
	if (!lister)
		return xstrdup("no Makefile names it");

	auto_free char *makefile = makefile_of(kernel, lister);
	const char *word = object + strlen(lister) + 1;
	auto_free char *composite = NULL;
	char *option = option_for(makefile, word);

	if (!option && (composite = composite_of(makefile, word)))
		option = option_for(makefile, composite);
	if (!option)
		option = option_of_folder(kernel, lister);
	if (!option)
		return xasprintf("%s/Makefile does not build it in this configuration", lister);

	char *text = xasprintf("it needs %s, which this kernel's configuration does not have",
			       option);

	free(option);
	return text;
}

int kbuild_config_has(struct kbuild_config *config, const char *source, char **ret_why,
		      struct error *err)
{
	auto_free char *object = xstrdup(source);
	auto_free char *lister = NULL;
	char *dot = strrchr(object, '.');

	if (!dot || (strcmp(dot, ".c") && strcmp(dot, ".S"))) {
		*ret_why = xstrdup("it is not a source that kbuild compiles");
		return 0;
	}
	dot[1] = 'o';

	int result = is_listed(config, object, &lister, err);

	if (result == 0)
		*ret_why = explain(config->kernel, object, lister);
	return result;
}
