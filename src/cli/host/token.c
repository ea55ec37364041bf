// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/host/token.h"

#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "model/api.h"

#define TOKEN_LIMIT ((size_t)1 << 10)
#define HEX "0123456789abcdef"

void token_clear(struct token *token)
{
	if (token->text)
		explicit_bzero(token->text, strlen(token->text));
	free(token->text);
	free(token->id);
	*token = (struct token){ 0 };
}

static int read_text(const char *word, const char *file, struct buffer *text, struct error *err)
{
	if (file)
		return file_read(file, TOKEN_LIMIT, text, err);
	if (!strcmp(word, "-")) {
		if (file_read_fd(STDIN_FILENO, TOKEN_LIMIT, text, err) < 0)
			return error_context(err, "the token on standard input");
		return 0;
	}
	buffer_add_text(text, word);
	return 0;
}

/* A mistyped token is told before anybody is asked. */
static int parse(const char *text, struct token *token, struct error *err)
{
	const char *id = text + strlen(API_TOKEN_PREFIX);

	if (!has_prefix(text, API_TOKEN_PREFIX) || strspn(id, HEX) != API_ID_DIGITS ||
	    id[API_ID_DIGITS] != '_' ||
	    strspn(id + API_ID_DIGITS + 1, HEX) != API_SECRET_DIGITS ||
	    id[API_ID_DIGITS + 1 + API_SECRET_DIGITS])
		return error_set(err, ERROR_USAGE,
				 "that is no token: one looks like " API_TOKEN_PREFIX
				 "<%d digits>_<%d digits>; was all of it copied?", API_ID_DIGITS,
				 API_SECRET_DIGITS);
	token->text = xstrdup(text);
	token->id = xstrndup(id, API_ID_DIGITS);
	return 0;
}

int token_read(const char *word, const char *file, struct token *ret_token, struct error *err)
{
	auto_buffer struct buffer text = BUFFER_INIT;

	if (read_text(word, file, &text, err) < 0)
		return -1;

	char *line = (char *)buffer_text(&text);
	size_t length = strcspn(line, "\r\n");

	if (text.size)
		line[length] = 0;

	int result = parse(line, ret_token, err);

	if (text.data)
		explicit_bzero(text.data, text.capacity);
	return result;
}
