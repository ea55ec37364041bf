// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A header that is included everywhere reaches thousands of units and changes a few. The
 * compiler's object is made from the text that the preprocessor gives it: where that is the same
 * before and after the patch, so is the object, and the preprocessor takes a fraction of a
 * compilation.
 *
 * What the same text does not tell: where it comes from. Lines like # 12 "file.h" 2 are left out
 * of account, for the patch moves them. They go into the debug information, which no pair is
 * compared by, and into __builtin_LINE() and __builtin_FILE(); a text that has one of these is not
 * judged (__LINE__ and __FILE__ are numbers and strings by then, and compared). Nor is one that
 * has the assembler read other files.
 */
#include <ctype.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "build/compile.h"
#include "build/pairing.h"
#include "build/tree.h"

#define TEXT_LIMIT ((size_t)64 << 20) /* the largest unit of a kernel has some 10 MB */

static bool is_candidate(const struct pairing_unit *unit)
{
	return !unit->is_dropped && !unit->is_direct && unit->kind == UNIT_CODE;
}

/* Length of the line at `text`, without its end. */
static size_t line_length(const char *text, const char *end)
{
	const char *stop = memchr(text, '\n', (size_t)(end - text));

	return (size_t)((stop ? stop : end) - text);
}

/* # 12 "file.h", or nothing at all. */
static bool says_nothing(const char *line, size_t length)
{
	return length == 0 || (length > 2 && line[0] == '#' && line[1] == ' ' &&
			       isdigit((unsigned char)line[2]));
}

/* Goes to the next line that says something; false at the end. */
static bool next_line(const char **line, size_t *length, const char *end)
{
	for (; *line < end; *line += *length + 1) {
		*length = line_length(*line, end);
		if (!says_nothing(*line, *length))
			return true;
	}
	return false;
}

static bool is_same_text(const struct buffer *old, const struct buffer *new)
{
	const char *a = buffer_text(old), *b = buffer_text(new);
	const char *a_end = a + old->size, *b_end = b + new->size;
	size_t a_length, b_length;

	for (;;) {
		bool more = next_line(&a, &a_length, a_end);

		if (next_line(&b, &b_length, b_end) != more)
			return false;
		if (!more)
			return true;
		if (a_length != b_length || memcmp(a, b, a_length))
			return false;
		a += a_length + 1;
		b += b_length + 1;
	}
}

static bool depends_on_more(const struct buffer *text)
{
	static const char *const words[] = { "__builtin_LINE", "__builtin_FILE", ".incbin",
					     ".include" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strstr(buffer_text(text), words[i]))
			return true;
	return strlen(buffer_text(text)) != text->size; /* a zero in the text */
}

static char *text_path(const char *object)
{
	return xasprintf("%s.i", object);
}

static void add_text_jobs(struct pairing *pairing, const struct pairing_unit *unit,
			  const struct tree *tree, struct compile_jobs *jobs)
{
	for (int patched = 0; patched < 2; patched++) {
		struct compile_job *job = pairing_add_job(pairing, jobs, unit, tree, patched);
		char *path = text_path(job->object);

		free(job->object);
		job->object = path;
		job->only_text = true;
		/* The deps of the original are noted by its compilation only. */
		if (patched)
			continue;
		free(job->deps);
		job->deps = xasprintf("%s.d", path);
	}
}

static int read_text(const char *object, struct buffer *ret_text, struct error *err)
{
	auto_free char *path = text_path(object);
	auto_free char *deps = xasprintf("%s.d", path);
	int result = file_read(path, TEXT_LIMIT, ret_text, err);

	unlink(path);
	unlink(deps);
	return result;
}

static int compare_texts(struct pairing_unit *unit, struct error *err)
{
	auto_buffer struct buffer old = BUFFER_INIT;
	auto_buffer struct buffer new = BUFFER_INIT;

	if (read_text(unit->original, &old, err) < 0 || read_text(unit->patched, &new, err) < 0)
		return -1;
	unit->is_same_text = !depends_on_more(&old) && is_same_text(&old, &new);
	return 0;
}

int pairing_compare_texts(struct pairing *pairing, const struct tree *tree, struct error *err)
{
	auto_compile_jobs struct compile_jobs jobs = { 0 };
	struct error failure;
	size_t failed;

	for (size_t i = 0; i < pairing->count; i++)
		if (is_candidate(&pairing->units[i]))
			add_text_jobs(pairing, &pairing->units[i], tree, &jobs);
	/* A text that cannot be made is for the compiler to complain about, in its own words. */
	if (compile_run(&jobs, pairing->jobs, pairing->options->progress, &failed, &failure) < 0) {
		if (failure.code == ERROR_TOOL)
			return 0;
		*err = failure;
		return -1;
	}
	for (size_t i = 0; i < pairing->count; i++)
		if (is_candidate(&pairing->units[i]) && compare_texts(&pairing->units[i], err) < 0)
			return -1;
	return 0;
}
