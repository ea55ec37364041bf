// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/patch.h"

#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "build/patch_name.h"

/* One line of the patch file. */
struct line {
	const char *text;
	size_t size; /* without the newline */
	size_t full; /* with it, if there is one */
};

struct reader {
	const char *at, *end;
	size_t number; /* of the line at `at`, from 1 */
	struct patch *patch;
	struct patch_file *file; /* the one whose headers or hunks are being read, or NULL */
	bool has_names; /* "---" and "+++" of `file` were seen */
	bool in_diff; /* nothing but empty lines since its names or a hunk */
};

static bool peek_line(const struct reader *reader, struct line *line)
{
	if (reader->at == reader->end)
		return false;

	const char *newline = memchr(reader->at, '\n', (size_t)(reader->end - reader->at));

	line->text = reader->at;
	line->size = (size_t)((newline ? newline : reader->end) - reader->at);
	line->full = line->size + (newline != NULL);
	return true;
}

static void skip_line(struct reader *reader, const struct line *line)
{
	reader->at += line->full;
	reader->number++;
}

/* Where the text goes on after the prefix, or NULL. */
static const char *after(const struct line *line, const char *prefix)
{
	size_t length = strlen(prefix);

	return line->size >= length && !memcmp(line->text, prefix, length) ? line->text + length
									   : NULL;
}

static size_t rest_of(const struct line *line, const char *at)
{
	size_t size = (size_t)(line->text + line->size - at);

	return size && at[size - 1] == '\r' ? size - 1 : size;
}

static int fail(const struct reader *reader, struct error *err, const char *text)
{
	return error_set(err, ERROR_INVALID, "line %zu: %s", reader->number, text);
}

static int name_error(const struct reader *reader, struct error *err)
{
	return error_context(err, "line %zu", reader->number);
}

static int begin_file(struct reader *reader, struct error *err)
{
	struct patch *patch = reader->patch;

	if (patch->count == PATCH_FILE_LIMIT)
		return fail(reader, err, "more files than a patch may have");
	ARRAY_GROW(patch->files, patch->capacity, patch->count + 1);
	reader->file = &patch->files[patch->count++];
	*reader->file = (struct patch_file){ 0 };
	reader->has_names = false;
	return 0;
}

static int set_path(struct reader *reader, char **slot, const struct line *line, const char *at,
		    struct error *err)
{
	char *path;

	if (patch_name_read(at, rest_of(line, at), 0, &path, err) < 0)
		return name_error(reader, err);
	if (!path)
		return fail(reader, err, "a file is moved to or from /dev/null");
	free(*slot);
	*slot = path;
	return 0;
}

/* "new mode 120000": links and submodules are no source files. */
static void read_mode(struct patch_file *file, const struct line *line, const char *at)
{
	size_t size = rest_of(line, at);

	if (size >= 2 && (!memcmp(at, "12", 2) || !memcmp(at, "16", 2)))
		file->is_link = true;
}

/* The lines between "diff --git" and "---". Returns 1 if it was one of them. */
static int read_git_header(struct reader *reader, const struct line *line, struct error *err)
{
	struct patch_file *file = reader->file;
	const char *at;

	if ((at = after(line, "new file mode "))) {
		file->is_new = true;
		read_mode(file, line, at);
	} else if ((at = after(line, "deleted file mode "))) {
		file->is_deleted = true;
		read_mode(file, line, at);
	} else if (after(line, "old mode ")) {
		file->mode_changed = true;
	} else if ((at = after(line, "new mode "))) {
		read_mode(file, line, at);
	} else if ((at = after(line, "rename from ")) || (at = after(line, "copy from "))) {
		file->is_copy = line->text[0] == 'c';
		return set_path(reader, &file->old_path, line, at, err) < 0 ? -1 : 1;
	} else if ((at = after(line, "rename to ")) || (at = after(line, "copy to "))) {
		return set_path(reader, &file->path, line, at, err) < 0 ? -1 : 1;
	} else if (after(line, "GIT binary patch") || after(line, "Binary files ")) {
		file->is_binary = true;
	} else if (!after(line, "index ") && !after(line, "similarity index ") &&
		   !after(line, "dissimilarity index ")) {
		return 0;
	}
	return 1;
}

static int read_git_start(struct reader *reader, const struct line *line, const char *at,
			  struct error *err)
{
	if (begin_file(reader, err) < 0)
		return -1;
	if (patch_name_read_git(at, rest_of(line, at), &reader->file->path, err) < 0)
		return name_error(reader, err);
	skip_line(reader, line);
	for (struct line next; peek_line(reader, &next); skip_line(reader, &next)) {
		int result = read_git_header(reader, &next, err);

		if (result < 0)
			return -1;
		if (result == 0)
			break;
	}
	return 0;
}

/* "--- a/x" and "+++ b/x" say the name, unless git's own headers did. */
static int take_names(struct reader *reader, char *old_path, char *new_path, struct error *err)
{
	struct patch_file *file = reader->file;

	if (!old_path && !new_path)
		return fail(reader, err, "both names are /dev/null");
	file->is_new |= !old_path;
	file->is_deleted |= !new_path;

	const char *path = new_path ? new_path : old_path;

	if (!file->path)
		file->path = xstrdup(path);
	else if (strcmp(file->path, path))
		return fail(reader, err, "'diff --git' and '+++' name different files");
	if (old_path && new_path && strcmp(old_path, new_path) && !file->old_path)
		/* diff -u x.c.orig x.c: the new name counts, as in patch(1) when both may exist. */
		return error_set(err, ERROR_INVALID,
				 "line %zu: the old name '%.100s' and the new name '%.100s' differ; make the patch from two trees (a/FILE and b/FILE)",
				 reader->number, old_path, new_path);
	return 0;
}

static int read_names(struct reader *reader, const struct line *line, const char *at,
		      struct error *err)
{
	struct line next;
	auto_free char *old_path = NULL, *new_path = NULL;
	const char *new_at;

	if (!reader->file || reader->has_names || reader->file->count)
		if (begin_file(reader, err) < 0)
			return -1;
	reader->file->strips_cr = line->size && line->text[line->size - 1] == '\r';
	if (patch_name_read(at, rest_of(line, at), 1, &old_path, err) < 0)
		return name_error(reader, err);
	skip_line(reader, line);
	if (!peek_line(reader, &next) || !(new_at = after(&next, "+++ ")))
		return fail(reader, err, "'+++' and a file name must follow '---'");
	if (patch_name_read(new_at, rest_of(&next, new_at), 1, &new_path, err) < 0)
		return name_error(reader, err);
	if (take_names(reader, old_path, new_path, err) < 0)
		return -1;
	skip_line(reader, &next);
	reader->has_names = true;
	return 0;
}

/* "12,3" or "12" */
static const char *read_range(const char *at, const char *end, size_t *start, size_t *count)
{
	size_t *values[] = { start, count };

	*count = 1;
	for (int i = 0; i < 2; i++) {
		size_t value = 0;

		if (at == end || *at < '0' || *at > '9')
			return NULL;
		for (; at < end && *at >= '0' && *at <= '9'; at++) {
			value = value * 10 + (size_t)(*at - '0');
			if (value > PATCH_LINE_LIMIT)
				return NULL;
		}
		*values[i] = value;
		if (i == 1 || at == end || *at != ',')
			return at;
		at++;
	}
	return at;
}

static int read_hunk_header(struct reader *reader, const struct line *line, struct hunk *hunk,
			    struct error *err)
{
	const char *end = line->text + line->size;
	const char *at = read_range(line->text + 4, end, &hunk->old_start, &hunk->old_count);

	if (at && end - at > 2 && at[0] == ' ' && at[1] == '+')
		at = read_range(at + 2, end, &hunk->new_start, &hunk->new_count);
	else
		at = NULL;
	if (!at || end - at < 3 || memcmp(at, " @@", 3))
		return fail(reader, err, "malformed hunk header (wanted '@@ -1,2 +3,4 @@')");
	if ((hunk->old_count && !hunk->old_start) || (hunk->new_count && !hunk->new_start))
		return fail(reader, err, "a hunk starts at line 0");
	hunk->position = reader->number;
	return 0;
}

static void add_line(struct hunk *hunk, char kind, const char *text, size_t size)
{
	ARRAY_GROW(hunk->lines, hunk->capacity, hunk->count + 1);
	hunk->lines[hunk->count++] = (struct patch_line){ kind, text, size };
}

/* "\ No newline at end of file" takes the newline off the line before it. */
static int read_no_newline(struct reader *reader, struct hunk *hunk, struct error *err)
{
	struct patch_line *last = hunk->count ? &hunk->lines[hunk->count - 1] : NULL;

	if (!last || !last->size || last->text[last->size - 1] != '\n')
		return fail(reader, err, "'\\ No newline' without a line before it");
	last->size--;
	return 0;
}

/* Adds the line and counts it off what the header promised. */
static int read_hunk_line(struct reader *reader, struct hunk *hunk, const struct line *line,
			  size_t *old_left, size_t *new_left, struct error *err)
{
	/* An empty line is a context line whose blank a mailer took away. */
	bool is_empty = line->size == 0 || (line->size == 1 && line->text[0] == '\r');
	char kind = is_empty ? ' ' : line->text[0];

	if (kind == '\\')
		return read_no_newline(reader, hunk, err);
	if (kind != ' ' && kind != '+' && kind != '-')
		return fail(reader, err, "the hunk ends too early: this is no line of a diff");
	if ((kind != '+' && !*old_left) || (kind != '-' && !*new_left))
		return fail(reader, err, "the hunk has more lines than its header says");
	*old_left -= kind != '+';
	*new_left -= kind != '-';
	add_line(hunk, kind, line->text + !is_empty, line->full - !is_empty);
	return 0;
}

static int read_hunk(struct reader *reader, const struct line *header, struct error *err)
{
	struct patch_file *file = reader->file;

	if (!file || !reader->has_names)
		return fail(reader, err, "a hunk without '---' and '+++' before it");
	ARRAY_GROW(file->hunks, file->capacity, file->count + 1);

	struct hunk *hunk = &file->hunks[file->count++];

	*hunk = (struct hunk){ 0 };
	if (read_hunk_header(reader, header, hunk, err) < 0)
		return -1;
	skip_line(reader, header);

	size_t old_left = hunk->old_count, new_left = hunk->new_count;
	struct line line;

	while (old_left || new_left) {
		if (!peek_line(reader, &line))
			return fail(reader, err, "the patch ends in the middle of a hunk");
		if (read_hunk_line(reader, hunk, &line, &old_left, &new_left, err) < 0)
			return -1;
		skip_line(reader, &line);
	}
	if (peek_line(reader, &line) && after(&line, "\\ ")) {
		if (read_no_newline(reader, hunk, err) < 0)
			return -1;
		skip_line(reader, &line);
	}
	return 0;
}

/* Its hunk's header counts too few lines, or is none: the line would be lost. */
static bool is_stray(const struct line *line)
{
	bool is_signature = after(line, "--") && (line->size == 2 || line->text[2] == ' ');

	return line->size && !is_signature && (strchr(" +-", line->text[0]) || after(line, "@@"));
}

static int read_line(struct reader *reader, const struct line *line, struct error *err)
{
	const char *at;
	struct line next;

	if ((at = after(line, "diff --git ")))
		return read_git_start(reader, line, at, err);
	if (after(line, "@@ -")) {
		reader->in_diff = true;
		return read_hunk(reader, line, err);
	}
	if ((at = after(line, "--- "))) {
		/* A line of prose may start so; a header is followed by "+++". */
		struct reader ahead = *reader;

		skip_line(&ahead, line);
		if (peek_line(&ahead, &next) && after(&next, "+++ ")) {
			reader->in_diff = true;
			return read_names(reader, line, at, err);
		}
	}
	if (reader->in_diff && is_stray(line))
		return fail(reader, err,
			    "a line of a diff outside of any hunk: the header in front of it counts fewer lines");
	reader->in_diff &= line->size == 0;
	if (after(line, "*** ") && rest_of(line, line->text) > 8 && after(line, "*** a/"))
		return fail(reader, err, "this is a context diff; make it with diff -u or git diff");
	if (after(line, "GIT binary patch") && reader->file)
		reader->file->is_binary = true;
	if (after(line, "Binary files ") && line->size > 7 &&
	    !memcmp(line->text + line->size - 7, " differ", 7))
		return fail(reader, err, "a binary patch; only text can be patched");
	skip_line(reader, line);
	return 0;
}

static int check_file(const struct patch_file *file, struct error *err)
{
	if (!file->path)
		return error_set(err, ERROR_INVALID, "a file in the patch has no name");
	if (file->is_binary)
		return error_set(err, ERROR_INVALID,
				 "%.200s: a binary patch; only text can be patched", file->path);
	if (file->is_link)
		return error_set(err, ERROR_INVALID,
				 "%.200s: the patch makes or changes a symbolic link or submodule",
				 file->path);
	for (size_t i = 1; i < file->count; i++)
		if (file->hunks[i].old_start <
		    file->hunks[i - 1].old_start + file->hunks[i - 1].old_count)
			return error_set(err, ERROR_INVALID,
					 "line %zu: the hunks of %.200s overlap or are out of order",
					 file->hunks[i].position, file->path);
	return 0;
}

static int check(const struct patch *patch, struct error *err)
{
	if (patch->count == 0)
		return error_set(err, ERROR_INVALID,
				 "there is no unified diff in it (wanted '--- a/FILE', '+++ b/FILE', '@@')");
	for (size_t i = 0; i < patch->count; i++)
		if (check_file(&patch->files[i], err) < 0)
			return -1;
	return 0;
}

/* In a patch whose headers end in CR LF the whole patch went through a mailer that did it. */
static void strip_carriage_returns(struct patch_file *file)
{
	for (size_t i = 0; file->strips_cr && i < file->count; i++) {
		for (size_t j = 0; j < file->hunks[i].count; j++) {
			struct patch_line *line = &file->hunks[i].lines[j];
			char *text = (char *)line->text;

			if (line->size >= 2 && !memcmp(text + line->size - 2, "\r\n", 2)) {
				text[line->size - 2] = '\n';
				line->size--;
			} else if (line->size && text[line->size - 1] == '\r') {
				line->size--;
			}
		}
	}
}

int patch_parse(const void *data, size_t size, struct patch **ret_patch, struct error *err)
{
	auto_patch struct patch *patch = xcalloc(1, sizeof(*patch));

	if (size > PATCH_SIZE_LIMIT)
		return error_set(err, ERROR_INVALID, "larger than the limit of %zu bytes",
				 PATCH_SIZE_LIMIT);
	if (size == 0)
		return error_set(err, ERROR_INVALID, "the patch is empty");
	patch->text = xmalloc(size + 1);
	memcpy(patch->text, data, size);
	patch->text[size] = 0;

	struct reader reader = { .at = patch->text, .end = patch->text + size, .number = 1,
				 .patch = patch };

	for (struct line line; peek_line(&reader, &line); )
		if (read_line(&reader, &line, err) < 0)
			return -1;
	if (check(patch, err) < 0)
		return -1;
	for (size_t i = 0; i < patch->count; i++)
		strip_carriage_returns(&patch->files[i]);
	*ret_patch = steal_ptr(patch);
	return 0;
}

int patch_read(const char *path, struct patch **ret_patch, struct error *err)
{
	auto_buffer struct buffer text = BUFFER_INIT;

	if (file_read(path, PATCH_SIZE_LIMIT, &text, err) < 0)
		return error_context(err, "the patch");
	if (patch_parse(text.data, text.size, ret_patch, err) < 0)
		return error_context(err, "%s", path);
	return 0;
}

void patch_free(struct patch *patch)
{
	if (!patch)
		return;
	for (size_t i = 0; i < patch->count; i++) {
		struct patch_file *file = &patch->files[i];

		for (size_t j = 0; j < file->count; j++)
			free(file->hunks[j].lines);
		free(file->hunks);
		free(file->path);
		free(file->old_path);
	}
	free(patch->files);
	free(patch->text);
	free(patch);
}
