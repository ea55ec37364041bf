// SPDX-License-Identifier: GPL-2.0-or-later
/* suture repo mirror, bundle: copies of what is public. */
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/memory.h"
#include "cli/publish/repo.h"
#include "cli/publish/repo_source.h"
#include "repo/check.h"
#include "repo/mirror.h"
#include "repo/trust.h"

void source_clear(struct source *source)
{
	bundle_free(source->bundle);
	http_free(source->http);
	*source = (struct source){ 0 };
}

static int open_http(const struct args *args, struct source *source, struct error *err)
{
	struct http_settings settings = {
		.base_url = args->words[0],
		.ca_file = args_text(args, "ca"),
	};
	uint64_t seconds;

	if (args_number(args, "timeout", 300, 1, 86400, &seconds, err) < 0)
		return -1;
	settings.total_seconds = (unsigned)seconds;
	if (http_new(&settings, &source->http, err) < 0)
		return -1;
	source->fetcher = fetcher_of_http(source->http);
	return 0;
}

/* "cannot open 1.root.json" would not say what to do. */
static int check_published(const char *folder, struct error *err)
{
	auto_free char *drafts = path_join(folder, ".draft");
	auto_free char *root = path_join(folder, "1.root.json");

	if (!is_directory(drafts) || file_exists(root))
		return 0;
	return error_set(err, ERROR_NOT_FOUND,
			 "nothing of %s was published yet: 'suture repo sign', then 'suture repo "
			 "publish'", folder);
}

int source_open(const struct args *args, struct source *source, struct error *err)
{
	const char *path = args->words[0];

	if (has_prefix(path, "http://") || has_prefix(path, "https://"))
		return open_http(args, source, err);
	if (is_directory(path)) {
		if (check_published(path, err) < 0)
			return -1;
		source->fetcher = fetcher_of_folder(path);
		return 0;
	}
	if (bundle_open(path, &source->bundle, err) < 0)
		return -1;
	source->fetcher = fetcher_of_bundle(source->bundle);
	return 0;
}

int run_repo_mirror(const struct args *args, struct error *err)
{
	auto_source struct source source = { 0 };
	auto_buffer struct buffer root = BUFFER_INIT;
	const char *root_path = args_text(args, "root");
	unsigned count;
	int64_t now;

	if (repo_time(args, &now, err) < 0 || source_open(args, &source, err) < 0 ||
	    (root_path && file_read(root_path, ROOT_LIMIT, &root, err) < 0))
		return -1;
	if (mirror_update(args->words[1], &source.fetcher, root.data, root.size, now, &count, err) <
	    0)
		return error_context(err, "the mirror %s stays as it was", args->words[1]);
	printf("%u new files\n", count);
	return 0;
}

static int collect_names(const struct fetcher *fetcher, const char *store, int64_t now,
			 struct text_list *names, struct error *err)
{
	auto_text_list struct text_list expired = { 0 }; /* copied like the rest */
	auto_buffer struct buffer root = BUFFER_INIT;
	auto_trust struct trust *trust = NULL;

	if (fetch_file(fetcher, "1.root.json", ROOT_LIMIT, &root, err) < 0 ||
	    trust_begin(store, root.data, root.size, err) < 0 ||
	    trust_open(store, now, &trust, err) < 0)
		return -1;
	return repository_check(trust, fetcher, names, &expired, err);
}

int run_repo_bundle(const struct args *args, struct error *err)
{
	auto_source struct source source = { 0 };
	auto_text_list struct text_list names = { 0 };
	auto_free char *store = NULL;
	const char *output = args_text(args, "output");
	const char *temporary = getenv("TMPDIR");
	struct error ignored;
	int64_t now;

	if (!output)
		return error_set(err, ERROR_USAGE, "say where to: --output FILE");
	if (repo_time(args, &now, err) < 0 || source_open(args, &source, err) < 0 ||
	    directory_make_temporary(temporary ? temporary : "/tmp", &store, err) < 0)
		return -1;

	int result = collect_names(&source.fetcher, store, now, &names, err);

	directory_remove(store, &ignored);
	if (result < 0)
		return error_context(err, "%s", args->words[0]);
	return bundle_write(output, &source.fetcher, &names, err);
}
