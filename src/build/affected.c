// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/affected.h"

#include "base/file.h"
#include "base/memory.h"
#include "build/include_scan.h"

#define GRAPH_LIMIT ((size_t)256 << 20)

static int load(const char *kept, struct include_graph **ret_graph)
{
	auto_buffer struct buffer text = BUFFER_INIT;
	struct error ignored;

	if (!file_exists(kept) || file_read(kept, GRAPH_LIMIT, &text, &ignored) < 0)
		return -1;
	return include_graph_parse(&text, ret_graph, &ignored);
}

bool affected_may_keep(const struct kernel *kernel)
{
	auto_free char *cache = NULL;
	struct error ignored;

	return cache_folder(&cache, &ignored) == 0 && has_prefix(kernel->source, cache);
}

int affected_open(const struct kernel *kernel, const char *kept, bool keep, unsigned jobs,
		  const struct progress *progress, struct include_graph **ret_graph,
		  struct error *err)
{
	auto_buffer struct buffer text = BUFFER_INIT;

	if (keep && load(kept, ret_graph) == 0)
		return 0;
	if (include_scan(kernel->source, jobs, progress, &text, err) < 0 ||
	    (keep && file_write(kept, text.data, text.size, 0666, false, err) < 0))
		return error_context(err, "reading what the sources include");
	return include_graph_parse(&text, ret_graph, err);
}

void affected_sources(const struct include_graph *graph, const struct text_list *files,
		      struct text_list *ret_sources)
{
	auto_text_list struct text_list reached = { 0 };

	include_graph_reach(graph, files, &reached);
	for (size_t i = 0; i < reached.count; i++)
		if (has_suffix(reached.items[i], ".c") || has_suffix(reached.items[i], ".S"))
			text_list_add(ret_sources, reached.items[i]);
	text_list_sort(ret_sources);
}
