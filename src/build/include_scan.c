// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/include_scan.h"

#include <dirent.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/text.h"

#define FILE_LIMIT ((size_t)256 << 20)
#define NAME_LIMIT 256
#define JOBS_LIMIT 16

static size_t skip_blanks(const char *text, size_t size, size_t at)
{
	while (at < size && (text[at] == ' ' || text[at] == '\t'))
		at++;
	return at;
}

static bool has_word(const char *text, size_t size, size_t at, const char *word)
{
	size_t length = strlen(word);

	return size - at >= length && !memcmp(text + at, word, length);
}

/* "name" or <name> at `at`, up to the end of the line. */
static void take_name(const char *text, size_t size, size_t at, struct buffer *into)
{
	char open = at < size ? text[at] : 0, close = open == '<' ? '>' : '"';
	size_t end = at + 1;

	if (open != '<' && open != '"')
		return;
	while (end < size && text[end] != close && text[end] != '\n' && end - at < NAME_LIMIT)
		end++;
	if (end == size || text[end] != close || end == at + 1)
		return;
	buffer_add_char(into, open);
	buffer_add(into, text + at + 1, end - at - 1);
	buffer_add_char(into, '\n');
}

/* #define NAME <linux/drbd_genl.h> */
static void take_define(const char *text, size_t size, size_t at, struct buffer *into)
{
	const char *newline = memchr(text + at, '\n', size - at);
	size_t end = newline ? (size_t)(newline - text) : size;

	at = skip_blanks(text, end, at);
	while (at < end && text[at] != ' ' && text[at] != '\t' && text[at] != '(')
		at++;
	at = skip_blanks(text, end, at);
	if (end - at < 4 || (text[at] != '<' && text[at] != '"'))
		return;
	if (memmem(text + at, end - at, ".h", 2) || memmem(text + at, end - at, ".c", 2))
		take_name(text, end, at, into);
}

static void take_directive(const char *text, size_t size, size_t at, struct buffer *into)
{
	at = skip_blanks(text, size, at + 1);
	if (has_word(text, size, at, "include_next"))
		take_name(text, size, skip_blanks(text, size, at + 12), into);
	else if (has_word(text, size, at, "include"))
		take_name(text, size, skip_blanks(text, size, at + 7), into);
	else if (has_word(text, size, at, "define"))
		take_define(text, size, at + 6, into);
}

/* True if only blanks or the end of a comment stand before the '#' on its line. */
static bool starts_line(const char *text, size_t at)
{
	while (at && (text[at - 1] == ' ' || text[at - 1] == '\t'))
		at--;
	return at == 0 || text[at - 1] == '\n' || text[at - 1] == '/';
}

void include_scan_text(const char *text, size_t size, struct buffer *into)
{
	const char *hash = text;

	while ((hash = memchr(hash, '#', size - (size_t)(hash - text)))) {
		size_t at = (size_t)(hash - text);

		if (starts_line(text, at))
			take_directive(text, size, at, into);
		hash++;
	}
}

static bool is_source(const char *name)
{
	static const char *const suffixes[] = { ".c", ".h", ".S", ".c_shipped", ".h_shipped" };

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++)
		if (has_suffix(name, suffixes[i]))
			return true;
	return false;
}

/* No unit of an x86 kernel includes anything from these. */
static bool is_needless_folder(const char *path)
{
	static const char *const names[] = { ".git",	"Documentation", "debian",  "rust",
					     "samples", "scripts",	 "tools",   "usr" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(path, names[i]))
			return true;
	return has_prefix(path, "arch/") && !strchr(path + 5, '/') && strcmp(path, "arch/x86");
}

static int list_folder(const char *source, const char *below, struct text_list *files,
		       struct error *err)
{
	auto_free char *full = path_join(source, below);
	DIR *folder = opendir(full);
	struct dirent *entry;
	int result = interrupt_check(err);

	if (!folder)
		return error_errno(err, "cannot read the folder %s", full);
	while (result == 0 && (entry = readdir(folder))) {
		auto_free char *path = *below ? path_join(below, entry->d_name)
					      : xstrdup(entry->d_name);

		if (entry->d_name[0] == '.')
			continue;
		if (entry->d_type == DT_DIR && !is_needless_folder(path))
			result = list_folder(source, path, files, err);
		else if (entry->d_type == DT_REG && is_source(entry->d_name))
			text_list_add(files, path);
	}
	closedir(folder);
	return result;
}

struct share { /* what one thread reads */
	const char *source;
	const struct text_list *files;
	size_t first, step;
	struct buffer answer;
	struct error err;
	int result;
};

static int read_file(struct share *share, const char *file)
{
	auto_free char *path = path_join(share->source, file);
	auto_mapping struct mapping mapping = { 0 };
	struct stat info;

	buffer_printf(&share->answer, "F %s\n", file);
	if (stat(path, &info) == 0 && info.st_size == 0)
		return 0;
	if (mapping_open(path, FILE_LIMIT, &mapping, &share->err) < 0)
		return -1;
	include_scan_text((const char *)mapping.data, mapping.size, &share->answer);
	return 0;
}

static void *read_share(void *user)
{
	struct share *share = user;

	for (size_t i = share->first; i < share->files->count && share->result == 0;
	     i += share->step) {
		share->result = interrupt_check(&share->err);
		if (share->result == 0)
			share->result = read_file(share, share->files->items[i]);
	}
	return NULL;
}

int include_scan(const char *source, unsigned jobs, const struct progress *progress,
		 struct buffer *into, struct error *err)
{
	auto_text_list struct text_list files = { 0 };
	struct share shares[JOBS_LIMIT] = { 0 };
	pthread_t threads[JOBS_LIMIT];
	int result = 0;

	progress_step(progress, 0, 0, "reading what the sources include");
	if (list_folder(source, "", &files, err) < 0)
		return -1;
	if (jobs > JOBS_LIMIT)
		jobs = JOBS_LIMIT;
	for (unsigned i = 0; i < jobs; i++) {
		shares[i] = (struct share){ .source = source, .files = &files, .first = i,
					    .step = jobs };
		if (pthread_create(&threads[i], NULL, read_share, &shares[i])) {
			threads[i] = pthread_self();
			read_share(&shares[i]);
		}
	}
	for (unsigned i = 0; i < jobs; i++) {
		if (!pthread_equal(threads[i], pthread_self()))
			pthread_join(threads[i], NULL);
		if (shares[i].result < 0) {
			*err = shares[i].err;
			result = -1;
		}
		buffer_add(into, shares[i].answer.data, shares[i].answer.size);
		buffer_clear(&shares[i].answer);
	}
	return result;
}
