// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/include_graph.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/map.h"
#include "build/relative.h"

#define NONE UINT32_MAX
#define PATH_SIZE 1024

struct entry { /* one include */
	const char *name; /* as written, in the graph's text */
	uint32_t file; /* index of the including file */
	uint32_t next; /* index of the next entry with the same last component's hash, or NONE */
	bool is_quoted;
};

struct file {
	const char *path; /* in the graph's text */
	uint32_t next; /* index of the next file with the same hash, or NONE */
};

struct include_graph {
	struct buffer text; /* cut into strings */
	struct entry *entries;
	size_t entry_count, entry_capacity;
	struct file *files;
	size_t file_count, file_capacity;
	uint32_t *entry_buckets, *file_buckets; /* index of the first, or NONE */
	uint32_t mask; /* number of buckets - 1 */
};

/* What every unit includes by the command line (Makefile.lib's c_flags, LINUXINCLUDE). */
static const char *const forced[] = {
	"include/linux/compiler-version.h",
	"include/linux/kconfig.h",
	"include/linux/compiler_types.h",
};

/* LINUXINCLUDE in the order of the top Makefile; all come before what a folder's Makefile adds. */
static const char *const search_folders[] = {
	"arch/x86/include/", "arch/x86/include/generated/", "include/", "arch/x86/include/uapi/",
	"arch/x86/include/generated/uapi/", "include/uapi/", "include/generated/uapi/",
};

/* FNV-1a; the keys are names in a source tree, collisions only cost time. */
static uint32_t hash_text(const char *text)
{
	uint32_t hash = 2166136261u;

	while (*text)
		hash = (hash ^ (unsigned char)*text++) * 16777619u;
	return hash;
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

void include_graph_free(struct include_graph *graph)
{
	if (!graph)
		return;
	buffer_clear(&graph->text);
	free(graph->entries);
	free(graph->files);
	free(graph->entry_buckets);
	free(graph->file_buckets);
	free(graph);
}

static int read_line(struct include_graph *graph, const char *line, struct error *err)
{
	if (line[0] == 'F' && line[1] == ' ' && line[2]) {
		ARRAY_GROW(graph->files, graph->file_capacity, graph->file_count + 1);
		graph->files[graph->file_count++] = (struct file){ .path = line + 2 };
		return 0;
	}
	if ((line[0] != '"' && line[0] != '<') || !line[1] || !graph->file_count)
		return error_set(err, ERROR_INVALID, "malformed include graph ('%.40s')", line);
	ARRAY_GROW(graph->entries, graph->entry_capacity, graph->entry_count + 1);
	graph->entries[graph->entry_count++] = (struct entry){
		.name = line + 1,
		.file = (uint32_t)graph->file_count - 1,
		.is_quoted = line[0] == '"',
	};
	return 0;
}

static uint32_t *make_buckets(uint32_t mask)
{
	uint32_t *buckets = xcalloc((size_t)mask + 1, sizeof(*buckets));

	memset(buckets, 0xff, ((size_t)mask + 1) * sizeof(*buckets));
	return buckets;
}

static void make_index(struct include_graph *graph)
{
	graph->mask = (1u << 17) - 1;
	graph->entry_buckets = make_buckets(graph->mask);
	graph->file_buckets = make_buckets(graph->mask);
	for (size_t i = 0; i < graph->entry_count; i++) {
		struct entry *entry = &graph->entries[i];
		uint32_t *bucket =
			&graph->entry_buckets[hash_text(last_part(entry->name)) & graph->mask];

		entry->next = *bucket;
		*bucket = (uint32_t)i;
	}
	for (size_t i = 0; i < graph->file_count; i++) {
		struct file *file = &graph->files[i];
		uint32_t *bucket = &graph->file_buckets[hash_text(file->path) & graph->mask];

		file->next = *bucket;
		*bucket = (uint32_t)i;
	}
}

int include_graph_parse(struct buffer *text, struct include_graph **ret_graph, struct error *err)
{
	auto_include_graph struct include_graph *graph = xcalloc(1, sizeof(*graph));

	graph->text = *text;
	*text = BUFFER_INIT;

	char *at = (char *)graph->text.data, *end = at + graph->text.size;

	while (at < end) {
		char *newline = memchr(at, '\n', (size_t)(end - at));

		if (!newline)
			return error_set(err, ERROR_INVALID, "the include graph is cut off");
		*newline = 0;
		if (read_line(graph, at, err) < 0)
			return -1;
		at = newline + 1;
	}
	if (graph->file_count >= NONE || graph->entry_count >= NONE)
		return error_set(err, ERROR_INVALID, "the include graph is too large");
	make_index(graph);
	*ret_graph = steal_ptr(graph);
	return 0;
}

static bool has_file(const struct include_graph *graph, const char *path)
{
	uint32_t i = graph->file_buckets[hash_text(path) & graph->mask];

	while (i != NONE && strcmp(graph->files[i].path, path))
		i = graph->files[i].next;
	return i != NONE;
}

static bool join(char *into, const char *folder, size_t folder_size, const char *name)
{
	int size = snprintf(into, PATH_SIZE, "%.*s%s", (int)folder_size, folder, name);

	return size < PATH_SIZE && relative_normalize(into);
}

/* Which file of the tree the include means, as the compiler would search; false if that is not
 * sure. */
static bool resolve(const struct include_graph *graph, const struct entry *entry, char *path)
{
	const char *from = graph->files[entry->file].path;

	if (entry->is_quoted &&
	    join(path, from, (size_t)(last_part(from) - from), entry->name) &&
	    has_file(graph, path))
		return true;
	for (size_t i = 0; i < sizeof(search_folders) / sizeof(*search_folders); i++)
		if (join(path, search_folders[i], strlen(search_folders[i]), entry->name) &&
		    has_file(graph, path))
			return true;
	return false;
}

/* The path ends with the name, at a folder's border. */
static bool ends_with(const char *path, const char *name)
{
	while (!strncmp(name, "./", 2) || !strncmp(name, "../", 3))
		name = strchr(name, '/') + 1;

	const char *inner;

	/* "foo/../bar.h": only what follows the last ".." is certain. */
	while ((inner = strstr(name, "../")))
		name = inner + 3;

	size_t path_size = strlen(path), size = strlen(name);

	return path_size >= size && !strcmp(path + path_size - size, name) &&
	       (path_size == size || path[path_size - size - 1] == '/');
}

static bool means(const struct include_graph *graph, const struct entry *entry,
		  const char *target, bool is_new)
{
	char path[PATH_SIZE];

	if (!ends_with(target, entry->name))
		return false;
	/* A new file may be found before the one that is meant today. */
	if (is_new || !resolve(graph, entry, path))
		return true;
	return !strcmp(path, target);
}

struct reach {
	const struct include_graph *graph;
	struct map *seen;
	struct text_list *files; /* also the queue */
};

static void add_file(struct reach *reach, const char *path)
{
	if (map_has(reach->seen, path))
		return;
	map_set(reach->seen, path, reach);
	text_list_add(reach->files, path);
}

/* A header that every unit gets reaches all of them. */
static void add_everything(struct reach *reach)
{
	for (size_t i = 0; i < reach->graph->file_count; i++)
		add_file(reach, reach->graph->files[i].path);
}

static void add_includers(struct reach *reach, const char *target)
{
	const struct include_graph *graph = reach->graph;
	bool is_new = !has_file(graph, target);
	uint32_t i = graph->entry_buckets[hash_text(last_part(target)) & graph->mask];

	for (; i != NONE; i = graph->entries[i].next)
		if (means(graph, &graph->entries[i], target, is_new))
			add_file(reach, graph->files[graph->entries[i].file].path);
}

void include_graph_reach(const struct include_graph *graph, const struct text_list *targets,
			 struct text_list *ret_files)
{
	auto_map struct map *seen = map_new();
	struct reach reach = { .graph = graph, .seen = seen, .files = ret_files };

	for (size_t i = 0; i < targets->count; i++)
		add_file(&reach, targets->items[i]);
	for (size_t i = 0; i < ret_files->count; i++) {
		/* The list may move while it grows. */
		auto_free char *target = xstrdup(ret_files->items[i]);

		for (size_t j = 0; j < sizeof(forced) / sizeof(*forced); j++)
			if (!strcmp(target, forced[j]))
				add_everything(&reach);
		add_includers(&reach, target);
	}
}
