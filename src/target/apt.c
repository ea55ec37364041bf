// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/apt.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "target/cache.h"

#define APT_OUTPUT_LIMIT ((size_t)64 << 20)
#define OWN_LISTS_AGE 600 /* seconds */

static void add_option(struct apt *apt, const char *name, const char *value)
{
	text_list_add(&apt->options, "-o");
	text_list_printf(&apt->options, "%s=%s", name, value);
}

int apt_open(struct apt *ret_apt, struct error *err)
{
	if (access("/usr/bin/apt-get", X_OK) < 0)
		return error_set(err, ERROR_TOOL,
				 "there is no apt-get here, and it is what fetches Debian's "
				 "kernels; a kernel that you built can be used with "
				 "'suture kernel import'");
	*ret_apt = (struct apt){ 0 };
	/* The _apt user cannot write into our folders, and root's downloads need no other. */
	add_option(ret_apt, "APT::Sandbox::User", "root");
	/* Whatever the host allows: nothing unsigned. */
	add_option(ret_apt, "APT::Get::AllowUnauthenticated", "false");
	add_option(ret_apt, "Acquire::AllowInsecureRepositories", "false");
	add_option(ret_apt, "Acquire::AllowDowngradeToInsecureRepositories", "false");
	add_option(ret_apt, "Acquire::Retries", "2");
	add_option(ret_apt, "quiet", "2");
	text_list_add(&ret_apt->environment, "LC_ALL=C");
	return 0;
}

void apt_clear(struct apt *apt)
{
	text_list_clear(&apt->options);
	text_list_clear(&apt->environment);
}

/* argv: program, then `words`, then our options, then `more`. */
static void make_argv(const struct apt *apt, const char *const *words,
		      const struct text_list *more, struct text_list *into)
{
	text_list_add_all(into, words);
	text_list_add_all(into, (const char *const *)apt->options.items);
	if (more && more->count)
		text_list_add_all(into, (const char *const *)more->items);
}

static int run(const struct apt *apt, const char *const *words, const struct text_list *more,
	       struct process_result *ret_result, struct error *err)
{
	auto_text_list struct text_list argv = { 0 };

	make_argv(apt, words, more, &argv);

	struct process_spec spec = {
		.argv = (const char *const *)argv.items,
		.env = (const char *const *)apt->environment.items,
		.output_limit = APT_OUTPUT_LIMIT,
	};

	return process_run(&spec, ret_result, err);
}

/*
 * The host's apt configuration without the hooks that run programs after an update: those belong
 * to the host (AppStream's refresh; in container images, the removal of all downloaded packages).
 * apt reads $APT_CONFIG first, so it can say that there are no other files to be read.
 */
static int write_configuration(const char *path, struct error *err)
{
	const char *const argv[] = { "apt-config", "dump", NULL };
	auto_process_result struct process_result result = { 0 };
	auto_text_list struct text_list lines = { 0 };
	auto_buffer struct buffer text = BUFFER_INIT;

	if (process_run_ok(&(struct process_spec){ .argv = argv }, &result, err) < 0)
		return -1;
	text_list_split(&lines, buffer_text(&result.out), "\n");
	for (size_t i = 0; i < lines.count; i++)
		if (!strstr(lines.items[i], "-Invoke") && !has_prefix(lines.items[i], "Dir::Etc::main") &&
		    !has_prefix(lines.items[i], "Dir::Etc::parts"))
			buffer_printf(&text, "%s\n", lines.items[i]);
	buffer_add_text(&text, "Dir::Etc::main \"/dev/null\";\nDir::Etc::parts \"/dev/null\";\n");
	return file_write(path, text.data, text.size, 0666, false, err);
}

static bool is_fresh(const char *stamp)
{
	struct stat info;

	return stat(stamp, &info) == 0 && time(NULL) - info.st_mtime < OWN_LISTS_AGE &&
	       time(NULL) >= info.st_mtime;
}

/* apt-get update ends with 0 although hosts could not be reached, and with 100 although only one
 * of many sources failed. Lists that came are what counts: the caller looks for its packages. */
static int update(const struct apt *apt, const char *stamp, const struct progress *progress,
		  struct error *err)
{
	const char *const words[] = { "apt-get", "update", NULL };
	auto_process_result struct process_result result = { 0 };
	auto_buffer struct buffer names = BUFFER_INIT;

	progress_step(progress, 0, 0, "fetching package lists");
	if (run(apt, words, NULL, &result, err) < 0 || apt_names(apt, "linux-", &names, err) < 0)
		return -1;
	if (!strstr(buffer_text(&names), "linux-image-")) {
		process_result_error(&result, "apt-get update", err);
		err->code = ERROR_TEMPORARY;
		return error_context(err, "the package lists could not be fetched");
	}
	return result.status == 0 ? file_write_text(stamp, "", err) : 0;
}

static int configure_own(struct apt *apt, const char *folder, struct error *err)
{
	auto_free char *configuration = path_join(folder, "apt.conf");
	auto_free char *state = path_join(folder, "state");
	auto_free char *lists = path_join(folder, "state/lists/partial");
	auto_free char *cache = path_join(folder, "cache");
	auto_free char *archives = path_join(folder, "cache/archives/partial");

	if (directory_make(lists, err) < 0 || directory_make(archives, err) < 0 ||
	    write_configuration(configuration, err) < 0)
		return -1;
	if (!apt->own_lists) {
		add_option(apt, "Dir::State", state);
		add_option(apt, "Dir::State::lists", "lists/");
		add_option(apt, "Dir::State::status", "/dev/null");
		add_option(apt, "Dir::Cache", cache);
		add_option(apt, "Acquire::Languages", "none");
		text_list_printf(&apt->environment, "APT_CONFIG=%s", configuration);
	}
	apt->own_lists = true;
	return 0;
}

int apt_use_own_lists(struct apt *apt, const struct progress *progress, struct error *err)
{
	auto_free char *folder = NULL;
	auto_close int lock = -1;

	if (cache_subfolder("apt", &folder, err) < 0 || cache_lock("apt", progress, &lock, err) < 0)
		return -1;

	auto_free char *stamp = path_join(folder, "updated");

	if (configure_own(apt, folder, err) < 0)
		return -1;
	return is_fresh(stamp) ? 0 : update(apt, stamp, progress, err);
}

int apt_names(const struct apt *apt, const char *prefix, struct buffer *into, struct error *err)
{
	const char *const words[] = { "apt-cache", "pkgnames", prefix, NULL };
	auto_process_result struct process_result result = { 0 };

	if (run(apt, words, NULL, &result, err) < 0)
		return -1;
	if (result.status != 0)
		return process_result_error(&result, "apt-cache pkgnames", err);
	buffer_add(into, result.out.data, result.out.size);
	return 0;
}

int apt_versions(const struct apt *apt, const struct text_list *names, struct package_list *into,
		 struct error *err)
{
	const char *const words[] = { "apt-cache", "madison", NULL };
	auto_process_result struct process_result result = { 0 };

	/* The status tells of unknown names, which are no error here. */
	if (run(apt, words, names, &result, err) < 0)
		return -1;
	package_list_parse(buffer_text(&result.out), into);
	return 0;
}

void package_details_clear(struct package_details *details)
{
	for (size_t i = 0; i < details->count; i++) {
		free(details->items[i].name);
		free(details->items[i].version);
		free(details->items[i].depends);
		free(details->items[i].file);
		free(details->items[i].sha256);
	}
	free(details->items);
	*details = (struct package_details){ 0 };
}

/* The value of "Field: value" at the beginning of a line of the stanza; "" if it has none. */
static char *field_of(const char *stanza, const char *field)
{
	size_t length = strlen(field);

	for (const char *line = stanza; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(line, field, length) && line[length] == ':') {
			const char *value = line + length + 1 + strspn(line + length + 1, " ");

			return xstrndup(value, strcspn(value, "\n"));
		}
	}
	return xstrdup("");
}

static void parse_stanza(const char *stanza, struct package_details *into)
{
	auto_free char *path = field_of(stanza, "Filename");
	auto_free char *size = field_of(stanza, "Size");
	struct package package = {
		.name = field_of(stanza, "Package"),
		.version = field_of(stanza, "Version"),
		.depends = field_of(stanza, "Depends"),
		.file = xstrdup(path_base(path)),
		.sha256 = field_of(stanza, "SHA256"),
		.size = strtoull(size, NULL, 10),
	};

	ARRAY_GROW(into->items, into->capacity, into->count + 1);
	into->items[into->count++] = package;
	if (!*package.name || !*package.version || !*package.file ||
	    strlen(package.sha256) != 64) {
		struct package_details bad = { .items = xmemdup(&package, sizeof(package)),
					       .count = 1 };

		into->count--;
		package_details_clear(&bad);
	}
}

void package_details_parse(const char *show, struct package_details *into)
{
	while (*show) {
		const char *end = strstr(show, "\n\n");
		auto_free char *stanza = end ? xstrndup(show, (size_t)(end - show)) : xstrdup(show);

		parse_stanza(stanza, into);
		show = end ? end + 2 : show + strlen(show);
	}
}

char *depends_find(const char *depends, const char *prefix, const char *suffix)
{
	auto_text_list struct text_list parts = { 0 };

	text_list_split(&parts, depends, ",|");
	for (size_t i = 0; i < parts.count; i++) {
		const char *name = parts.items[i] + strspn(parts.items[i], " ");
		auto_free char *bare = xstrndup(name, strcspn(name, " (:"));

		if (has_prefix(bare, prefix) && has_suffix(bare, suffix))
			return steal_ptr(bare);
	}
	return NULL;
}

int apt_details(const struct apt *apt, const struct text_list *specs,
		struct package_details *into, struct error *err)
{
	const char *const words[] = { "apt-cache", "show", NULL };
	auto_process_result struct process_result result = { 0 };

	if (run(apt, words, specs, &result, err) < 0)
		return -1;
	if (result.status != 0)
		return process_result_error(&result, "apt-cache show", err);
	package_details_parse(buffer_text(&result.out), into);
	return 0;
}

int apt_download_start(const struct apt *apt, const char *folder, const struct text_list *specs,
		       struct process **ret_process, struct error *err)
{
	const char *const words[] = { "apt-get", "download", NULL };
	auto_text_list struct text_list argv = { 0 };

	make_argv(apt, words, specs, &argv);

	struct process_spec spec = {
		.argv = (const char *const *)argv.items,
		.env = (const char *const *)apt->environment.items,
		.cwd = folder,
	};

	return process_start(&spec, ret_process, err);
}

int apt_download_check(const struct process_result *result, struct error *err)
{
	if (result->status == 0)
		return 0;
	process_result_error(result, "apt-get download", err);
	if (strstr(err->msg, "No space left"))
		return error_set(err, ERROR_SYSTEM, "no space left in the cache for the packages");
	err->code = ERROR_TEMPORARY;
	return -1;
}
