// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/config.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "agent/mode.h"
#include "agent/place.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"

#define CONFIG_LIMIT ((size_t)64 << 10)
#define VALUE_LIMIT 1024
#define DAY_MINUTES 1440

const struct config_row config_rows[CONFIG_KEY_COUNT] = {
#define X(key, name, kind, least, most, otherwise, help) \
	[key] = { name, kind, least, most, otherwise, help },
	CONFIG_KEYS(X)
#undef X
};

static const char *const rings[] = { "edge", "beta", "candidate", "stable", NULL };
static const char *const ways_to_apply[] = { "automatic", "manual", NULL };

enum config_key config_find(const char *name)
{
	enum config_key key = 0;

	while (key < CONFIG_KEY_COUNT && strcmp(config_rows[key].name, name) != 0)
		key++;
	return key;
}

void config_clear(struct config *config)
{
	for (size_t i = 0; i < CONFIG_KEY_COUNT; i++)
		free(config->values[i]);
	*config = (struct config){ 0 };
}

static int check_word(const char *const *words, const char *value, struct error *err)
{
	auto_buffer struct buffer text = BUFFER_INIT;

	for (size_t i = 0; words[i]; i++) {
		if (!strcmp(words[i], value))
			return 0;
		buffer_printf(&text, "%s%s", i ? ", " : "", words[i]);
	}
	return error_set(err, ERROR_INVALID, "'%.64s' is none of %s", value, buffer_text(&text));
}

/* No user and password: addresses end up in logs and error texts. */
static int check_url(const char *value, bool may_be_folder, struct error *err)
{
	if (!has_prefix(value, "http://") && !has_prefix(value, "https://"))
		return error_set(err, ERROR_INVALID, may_be_folder ?
				 "no http://, https:// or file:/// address" :
				 "no http:// or https:// address");
	if (strpbrk(value, "@?#\\ \"'"))
		return error_set(err, ERROR_INVALID,
				 "an address without user, password, query or blanks is wanted");
	return 0;
}

static bool parse_window(const char *value, unsigned *from, unsigned *to)
{
	unsigned h1, m1, h2, m2;
	char rest;

	if (strlen(value) != strlen("22:00-05:00") ||
	    sscanf(value, "%2u:%2u-%2u:%2u%c", &h1, &m1, &h2, &m2, &rest) != 4 || h1 > 23 ||
	    h2 > 23 || m1 > 59 || m2 > 59)
		return false;
	*from = h1 * 60 + m1;
	*to = h2 * 60 + m2;
	return *from != *to;
}

static int check_number(const struct config_row *row, const char *value, struct error *err)
{
	uint64_t number;

	if (text_to_u64(value, &number, err) < 0 || number < row->least || number > row->most)
		return error_set(err, ERROR_INVALID,
				 "'%.64s' is no whole number from %ju to %ju", value,
				 (uintmax_t)row->least, (uintmax_t)row->most);
	return 0;
}

static int check_kind(const struct config_row *row, const char *value, struct error *err)
{
	uint8_t raw[DIGEST_SIZE];
	unsigned from, to;

	switch (row->kind) {
	case CONFIG_PLACE:
		if (has_prefix(value, "file:///"))
			return 0;
		return check_url(value, true, err);
	case CONFIG_URL:
		return check_url(value, false, err);
	case CONFIG_DIGEST:
		if (strlen(value) != DIGEST_HEX_SIZE - 1 || !hex_decode(value, raw, sizeof(raw)))
			return error_set(err, ERROR_INVALID, "no SHA-256 of 64 digits");
		return 0;
	case CONFIG_FILE:
		return *value == '/' ? 0 : error_set(err, ERROR_INVALID, "no absolute path");
	case CONFIG_RING:
		return check_word(rings, value, err);
	case CONFIG_MODE:
		return check_word(mode_names, value, err);
	case CONFIG_APPLY:
		return check_word(ways_to_apply, value, err);
	case CONFIG_WINDOW:
		return parse_window(value, &from, &to) ? 0 :
			error_set(err, ERROR_INVALID, "no window such as 22:00-05:00");
	case CONFIG_NUMBER:
		return check_number(row, value, err);
	default:
		return 0;
	}
}

int config_check_value(enum config_key key, const char *value, struct error *err)
{
	const struct config_row *row = &config_rows[key];

	for (const char *c = value; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			return error_set(err, ERROR_INVALID, "%s: a control character", row->name);
	if (!*value || strlen(value) > VALUE_LIMIT)
		return error_set(err, ERROR_INVALID, "%s: no value, or one of more than %d bytes",
				 row->name, VALUE_LIMIT);
	if (check_kind(row, value, err) < 0)
		return error_context(err, "%s", row->name);
	return 0;
}

/* The text without blanks around; caller frees. */
static char *trimmed(const char *text, size_t length)
{
	while (length && strchr(" \t\r", text[length - 1]))
		length--;
	while (length && strchr(" \t", *text)) {
		text++;
		length--;
	}
	return xstrndup(text, length);
}

/* Splits "key = value". False for an empty line or a comment; *ret_key NULL if there is no '='. */
static bool split_line(const char *line, size_t length, char **ret_key, char **ret_value)
{
	auto_free char *whole = trimmed(line, length);
	const char *equals = strchr(whole, '=');

	if (!*whole || *whole == '#')
		return false;
	*ret_key = equals ? trimmed(whole, (size_t)(equals - whole)) : NULL;
	*ret_value = equals ? trimmed(equals + 1, strlen(equals + 1)) : NULL;
	return true;
}

static int take_line(const char *line, size_t length, struct config *config, struct error *err)
{
	auto_free char *name = NULL;
	auto_free char *value = NULL;

	if (!split_line(line, length, &name, &value))
		return 0;
	if (!name)
		return error_set(err, ERROR_INVALID, "no 'key = value'");

	enum config_key key = config_find(name);

	if (key == CONFIG_KEY_COUNT)
		return error_set(err, ERROR_INVALID, "there is no key '%.64s'", name);
	if (config->values[key])
		return error_set(err, ERROR_INVALID, "%s is given twice", name);
	if (config_check_value(key, value, err) < 0)
		return -1;
	for (char *c = value; config_rows[key].kind == CONFIG_DIGEST && *c; c++)
		*c = (char)tolower((unsigned char)*c);
	config->values[key] = steal_ptr(value);
	return 0;
}

int config_parse(const char *text, struct config *ret_config, struct error *err)
{
	auto_config struct config config = { 0 };
	unsigned number = 1;

	for (const char *line = text; *line; number++) {
		size_t length = strcspn(line, "\n");

		if (take_line(line, length, &config, err) < 0)
			return error_context(err, "line %u", number);
		line += length + (line[length] == '\n');
	}
	*ret_config = config;
	config = (struct config){ 0 };
	return 0;
}

static int read_text(const char *path, struct buffer *text, struct error *err)
{
	if (file_read(path, CONFIG_LIMIT, text, err) < 0 && err->code != ERROR_NOT_FOUND)
		return -1;
	if (text->size && memchr(text->data, 0, text->size))
		return error_set(err, ERROR_INVALID, "%s: not a text", path);
	return 0;
}

int config_read(const char *root, struct config *ret_config, struct error *err)
{
	auto_free char *path = place_path(root, PLACE_CONFIG);
	auto_buffer struct buffer text = BUFFER_INIT;

	if (read_text(path, &text, err) < 0)
		return -1;
	if (config_parse(buffer_text(&text), ret_config, err) < 0)
		return error_context(err, "%s", path);
	return 0;
}

const char *config_text(const struct config *config, enum config_key key)
{
	return config->values[key] ? config->values[key] : config_rows[key].otherwise;
}

unsigned config_number(const struct config *config, enum config_key key)
{
	const char *text = config_text(config, key);
	struct error ignored;
	uint64_t value = 0;

	return text && text_to_u64(text, &value, &ignored) == 0 ? (unsigned)value : 0;
}

/* Copies every line but the key's, and puts the new one where the first of them stood. */
static void replace_line(const char *text, enum config_key key, const char *value,
			 struct buffer *into)
{
	bool is_put = !value;

	for (const char *line = text; *line;) {
		size_t length = strcspn(line, "\n");
		auto_free char *name = NULL;
		auto_free char *old = NULL;

		if (split_line(line, length, &name, &old) && name && config_find(name) == key) {
			if (!is_put)
				buffer_printf(into, "%s = %s\n", config_rows[key].name, value);
			is_put = true;
		} else {
			buffer_add(into, line, length);
			buffer_add_char(into, '\n');
		}
		line += length + (line[length] == '\n');
	}
	if (!is_put)
		buffer_printf(into, "%s = %s\n", config_rows[key].name, value);
}

int config_set(const char *root, enum config_key key, const char *value, struct error *err)
{
	auto_free char *path = place_path(root, PLACE_CONFIG);
	auto_buffer struct buffer old = BUFFER_INIT;
	auto_buffer struct buffer new = BUFFER_INIT;
	auto_config struct config checked = { 0 };

	if ((value && config_check_value(key, value, err) < 0) || read_text(path, &old, err) < 0)
		return -1;
	replace_line(buffer_text(&old), key, value, &new);
	if (config_parse(buffer_text(&new), &checked, err) < 0)
		return error_context(err, "%s", path);
	return state_write_text(path, buffer_text(&new), 0644, err);
}

bool config_in_window(const struct config *config, int64_t now)
{
	const char *window = config_text(config, CONFIG_APPLY_WINDOW);
	unsigned from, to, minute = (unsigned)(now / 60 % DAY_MINUTES);

	if (!window || !parse_window(window, &from, &to))
		return true;
	if (from < to)
		return minute >= from && minute < to;
	return minute >= from || minute < to;
}
