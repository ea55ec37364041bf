// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/cmd_file.h"

#include <ctype.h>
#include <string.h>

#include "base/buffer.h"
#include "base/file.h"
#include "base/memory.h"

#define CMD_FILE_LIMIT ((size_t)4 << 20)

void cmd_file_clear(struct cmd_file *file)
{
	text_list_clear(&file->argv);
	text_list_clear(&file->deps);
	free(file->source);
	*file = (struct cmd_file){ 0 };
}

struct splitter {
	const char *at;
	struct buffer word;
	bool has_word; /* also an empty one: '' */
};

static int read_double_quotes(struct splitter *splitter, struct error *err)
{
	for (splitter->at++; *splitter->at != '"'; splitter->at++) {
		char c = *splitter->at;

		if (!c)
			return error_set(err, ERROR_INVALID, "a quote in the command is not closed");
		if (c == '$' || c == '`')
			return error_set(err, ERROR_INVALID, "the command has an expansion in it");
		if (c == '\\' && splitter->at[1] && strchr("\"\\$`", splitter->at[1]))
			c = *++splitter->at;
		buffer_add_char(&splitter->word, c);
	}
	splitter->at++;
	return 0;
}

static int read_single_quotes(struct splitter *splitter, struct error *err)
{
	const char *end = strchr(splitter->at + 1, '\'');

	if (!end)
		return error_set(err, ERROR_INVALID, "a quote in the command is not closed");
	buffer_add(&splitter->word, splitter->at + 1, (size_t)(end - splitter->at - 1));
	splitter->at = end + 1;
	return 0;
}

static int read_word_part(struct splitter *splitter, struct error *err)
{
	char c = *splitter->at;

	splitter->has_word = true;
	if (c == '"')
		return read_double_quotes(splitter, err);
	if (c == '\'')
		return read_single_quotes(splitter, err);
	if (strchr("$`<>(){}*?[~", c))
		return error_set(err, ERROR_INVALID,
				 "the command needs a shell ('%c' in '%.60s')", c, splitter->at);
	if (c == '\\' && splitter->at[1])
		c = *++splitter->at;
	buffer_add_char(&splitter->word, c);
	splitter->at++;
	return 0;
}

static void end_word(struct splitter *splitter, struct text_list *argv)
{
	if (splitter->has_word)
		text_list_add(argv, buffer_text(&splitter->word));
	buffer_reset(&splitter->word);
	splitter->has_word = false;
}

int shell_split(const char *text, struct text_list *ret_argv, struct error *err)
{
	struct splitter splitter = { .at = text };
	int result = 0;

	while (result == 0 && *splitter.at && !strchr(";&|\n", *splitter.at)) {
		if (*splitter.at == ' ' || *splitter.at == '\t') {
			end_word(&splitter, ret_argv);
			splitter.at++;
		} else {
			result = read_word_part(&splitter, err);
		}
	}
	end_word(&splitter, ret_argv);
	buffer_clear(&splitter.word);
	if (result == 0 && ret_argv->count == 0)
		return error_set(err, ERROR_INVALID, "there is no command");
	return result;
}

/* make's escapes undone. */
static char *unescape_make(const char *text)
{
	auto_buffer struct buffer result = BUFFER_INIT;

	while (*text) {
		if (has_prefix(text, "$(pound)")) {
			buffer_add_char(&result, '#');
			text += strlen("$(pound)");
		} else if (text[0] == '$' && text[1] == '$') {
			buffer_add_char(&result, '$');
			text += 2;
		} else {
			buffer_add_char(&result, *text++);
		}
	}
	return buffer_steal_text(&result);
}

/* One "    include/linux/fs.h \" of the list; $(wildcard ...) of a configuration option is not one. */
static void add_dep(struct cmd_file *file, const char *line)
{
	line += strspn(line, " \t");

	size_t length = strcspn(line, " \t\\");

	if (length && *line != '$') {
		auto_free char *dep = xstrndup(line, length);

		text_list_add(&file->deps, has_prefix(dep, "./") ? dep + 2 : dep);
	}
}

static int take_line(struct cmd_file *file, const char *line, bool *in_deps, struct error *err)
{
	const char *value = strstr(line, " := ");

	if (*in_deps && isspace((unsigned char)*line)) {
		add_dep(file, line);
		return 0;
	}
	*in_deps = has_prefix(line, "deps_");
	if (!value)
		return 0;
	value += 4;
	if (has_prefix(line, "source_") && !file->source) {
		file->source = xstrdup(value);
	} else if ((has_prefix(line, "cmd_") || has_prefix(line, "savedcmd_")) &&
		   !file->argv.count) {
		auto_free char *command = unescape_make(value);

		return shell_split(command, &file->argv, err);
	}
	return 0;
}

int cmd_file_parse(const char *text, struct cmd_file *ret_file, struct error *err)
{
	auto_cmd_file struct cmd_file file = { 0 };
	auto_text_list struct text_list lines = { 0 };
	bool in_deps = false;

	text_list_split(&lines, text, "\n");
	for (size_t i = 0; i < lines.count; i++)
		if (take_line(&file, lines.items[i], &in_deps, err) < 0)
			return -1;
	if (!file.argv.count)
		return error_set(err, ERROR_INVALID, "there is no 'cmd_... := COMMAND' in it");
	*ret_file = file;
	file = (struct cmd_file){ 0 };
	return 0;
}

int cmd_file_read(const char *path, struct cmd_file *ret_file, struct error *err)
{
	auto_buffer struct buffer text = BUFFER_INIT;

	if (file_read(path, CMD_FILE_LIMIT, &text, err) < 0)
		return error_context(err, "kbuild's record of the command");
	if (cmd_file_parse(buffer_text(&text), ret_file, err) < 0)
		return error_context(err, "%s", path);
	return 0;
}
