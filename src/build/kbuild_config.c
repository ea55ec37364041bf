// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/kbuild_config.h"

#include <string.h>

#include "base/file.h"
#include "base/map.h"
#include "base/process.h"
#include "build/relative.h"

#define KEPT_LIMIT ((size_t)64 << 20)
#define JOBS_LIMIT 64
#define OBJECT_LIMIT 1000000

struct kbuild_config {
	struct map *objects; /* "virt/kvm/vfio.o" -> "arch/x86/kvm/../../../virt/kvm/vfio.o", owned */
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

/* Where the walk starts: the top Kbuild, and libs-y of Makefile and arch/x86/Makefile. */
static const char *const roots[] = { ".", "lib", "arch/x86/lib" };

struct walk {
	const struct kernel *kernel;
	struct kbuild_config *config;
	struct map *seen; /* folders -> not NULL */
	struct text_list queue; /* folders, in the order in which they were found */
	size_t next; /* of the queue that was not started */
};

/* A make that reads one folder. */
struct reading {
	struct process *process;
	size_t folder; /* index into the queue */
};

static int start_reading(struct walk *walk, struct reading *reading, struct error *err)
{
	const struct kernel *kernel = walk->kernel;
	auto_free char *obj = xasprintf("obj=%s", walk->queue.items[walk->next]);
	auto_free char *compiler = xasprintf("CC=%s", kernel->compiler ? kernel->compiler : "gcc");
	const char *const argv[] = { "make", "-rRs", "-f", "-", obj, compiler, "ARCH=x86",
				     "SRCARCH=x86", "BITS=64", "CONFIG_SHELL=sh", NULL };
	const char *const env[] = { "LC_ALL=C", "MAKEFLAGS=", NULL };
	struct process_spec spec = { .argv = argv, .cwd = kernel->source, .env = env,
				     .input = fragment, .input_size = strlen(fragment),
				     .timeout_seconds = 120 };

	reading->folder = walk->next++;
	return process_start(&spec, &reading->process, err);
}

static void add_folder(struct walk *walk, const char *path)
{
	if (map_set(walk->seen, path, walk) == NULL)
		text_list_add(&walk->queue, path);
}

/* Takes `spelled` over. If two folders build the object, the first is as good as the other. */
static void add_object(struct kbuild_config *config, const char *path, char *spelled)
{
	if (map_has(config->objects, path))
		free(spelled);
	else
		map_set(config->objects, path, spelled);
}

static int take_line(struct walk *walk, const char *folder, const char *line, struct error *err)
{
	auto_free char *path = NULL;

	if (!has_prefix(line, "o ") && !has_prefix(line, "d "))
		return 0;
	path = relative_join(strcmp(folder, ".") ? folder : "", line + 2);
	if (!path)
		return error_set(err, ERROR_INVALID, "the Makefile of %s names '%.100s'", folder,
				 line + 2);
	if (line[0] == 'd')
		add_folder(walk, path);
	else
		add_object(walk->config, path,
			   xasprintf("%s%s%s", strcmp(folder, ".") ? folder : "",
				     strcmp(folder, ".") ? "/" : "", line + 2));
	return map_count(walk->config->objects) > OBJECT_LIMIT
		       ? error_set(err, ERROR_INVALID, "more than %d objects", OBJECT_LIMIT)
		       : 0;
}

static int finish_reading(struct walk *walk, struct reading *reading, struct error *err)
{
	auto_process_result struct process_result result = { 0 };
	auto_text_list struct text_list lines = { 0 };
	auto_free char *folder = xstrdup(walk->queue.items[reading->folder]);

	if (process_finish(steal_ptr(reading->process), &result, err) < 0)
		return -1;
	if (result.status != 0) {
		process_result_error(&result, "make", err);
		return error_context(err, "reading the Makefile of %s", folder);
	}
	text_list_split(&lines, buffer_text(&result.out), "\n");
	for (size_t i = 0; i < lines.count; i++)
		if (take_line(walk, folder, lines.items[i], err) < 0)
			return -1;
	return 0;
}

/* Keeps `jobs` makes running, and takes their answers in the order in which they were started. */
static int walk_all(struct walk *walk, unsigned jobs, const struct progress *progress,
		    struct error *err)
{
	struct reading readings[JOBS_LIMIT] = { 0 };
	size_t finished = 0;
	int result = 0;

	while (result == 0 && finished < walk->queue.count) {
		if (walk->next < walk->queue.count && walk->next - finished < jobs) {
			result = start_reading(walk, &readings[walk->next % jobs], err);
			continue;
		}
		result = finish_reading(walk, &readings[finished++ % jobs], err);
		if (finished % 64 == 0)
			progress_step(progress, finished, walk->queue.count,
				      "reading what the configuration builds");
	}
	for (unsigned i = 0; i < JOBS_LIMIT; i++)
		process_free(readings[i].process);
	return result;
}

static int walk_tree(const struct kernel *kernel, unsigned jobs, const struct progress *progress,
		     struct kbuild_config *config, struct error *err)
{
	struct walk walk = { .kernel = kernel, .config = config, .seen = map_new() };

	progress_step(progress, 0, 0, "reading what the configuration builds");
	for (size_t i = 0; i < ARRAY_SIZE(roots); i++)
		add_folder(&walk, roots[i]);

	int result = walk_all(&walk, jobs < JOBS_LIMIT ? jobs : JOBS_LIMIT, progress, err);

	map_free(walk.seen);
	text_list_clear(&walk.queue);
	return result;
}

static bool load(const char *kept, struct kbuild_config *config)
{
	auto_buffer struct buffer text = BUFFER_INIT;
	auto_text_list struct text_list lines = { 0 };
	struct error ignored;

	if (!file_exists(kept) || file_read(kept, KEPT_LIMIT, &text, &ignored) < 0)
		return false;
	text_list_split(&lines, buffer_text(&text), "\n");
	for (size_t i = 0; i < lines.count; i++) {
		char *path = relative_join("", lines.items[i]);

		if (path)
			add_object(config, path, xstrdup(lines.items[i]));
		free(path);
	}
	return lines.count > 0;
}

static int save(const struct kbuild_config *config, const char *kept, struct error *err)
{
	auto_buffer struct buffer text = BUFFER_INIT;

	for (size_t i = 0; i < map_count(config->objects); i++)
		buffer_printf(&text, "%s\n", (const char *)map_value(config->objects, i));
	return file_write(kept, text.data, text.size, 0666, false, err);
}

int kbuild_config_open(const struct kernel *kernel, const char *kept, bool keep, unsigned jobs,
		       const struct progress *progress, struct kbuild_config **ret_config,
		       struct error *err)
{
	auto_kbuild_config struct kbuild_config *config = xcalloc(1, sizeof(*config));

	config->objects = map_new();
	if (!keep || !load(kept, config)) {
		if (walk_tree(kernel, jobs, progress, config, err) < 0 ||
		    (keep && save(config, kept, err) < 0))
			return -1;
	}
	*ret_config = steal_ptr(config);
	return 0;
}

void kbuild_config_free(struct kbuild_config *config)
{
	if (!config)
		return;
	for (size_t i = 0; i < map_count(config->objects); i++)
		free(map_value(config->objects, i));
	map_free(config->objects);
	free(config);
}

char *kbuild_config_find(const struct kbuild_config *config, const char *source)
{
	auto_free char *object = xstrdup(source);
	char *dot = strrchr(object, '.');

	if (!dot || (strcmp(dot, ".c") && strcmp(dot, ".S")))
		return NULL;

	char suffix = dot[1];

	dot[1] = 'o';

	const char *spelled = map_find(config->objects, object);

	return spelled ? xasprintf("%.*s%c", (int)strlen(spelled) - 1, spelled, suffix) : NULL;
}

size_t kbuild_config_count(const struct kbuild_config *config)
{
	return map_count(config->objects);
}

const char *kbuild_config_object(const struct kbuild_config *config, size_t index)
{
	return map_key(config->objects, index);
}
