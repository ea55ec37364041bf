// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/memory.h"

bool has_prefix(const char *text, const char *prefix)
{
	return !strncmp(text, prefix, strlen(prefix));
}

bool has_suffix(const char *text, const char *suffix)
{
	size_t length = strlen(text), tail = strlen(suffix);

	return length >= tail && !strcmp(text + length - tail, suffix);
}

int text_to_u64(const char *text, uint64_t *ret_value, struct error *err)
{
	int base = has_prefix(text, "0x") ? 16 : 10;
	const char *digits = base == 16 ? text + 2 : text;
	char *end;

	errno = 0;
	unsigned long long value = strtoull(digits, &end, base);

	if (!isxdigit((unsigned char)*digits) || *end || errno)
		return error_set(err, ERROR_INVALID, "'%.64s' is not a number", text);
	*ret_value = value;
	return 0;
}

/* The bytes of the UTF-8 sequence that begins here (RFC 3629, section 4), 0 if it is none. Nothing is read
 * behind the text's end: a 0 continues no sequence. */
static size_t decode_utf8(const unsigned char *at, uint32_t *ret_point)
{
	size_t length = at[0] < 0x80 ? 1 : at[0] < 0xc2 ? 0 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 :
			at[0] < 0xf5 ? 4 : 0;
	uint32_t point = length > 1 ? at[0] & (0x7fu >> length) : at[0];

	for (size_t i = 1; i < length; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		point = point << 6 | (at[i] & 0x3f);
	}
	if ((length == 3 && point < 0x800) || (length == 4 && point < 0x10000) || point > 0x10ffff ||
	    (point >= 0xd800 && point < 0xe000))
		return 0;
	*ret_point = point;
	return length;
}

static bool is_control(uint32_t point, bool lines)
{
	if (lines && (point == '\n' || point == '\t'))
		return false;
	return point < 0x20 || (point >= 0x7f && point < 0xa0) || (point >= 0x2028 && point <= 0x202e) ||
	       (point >= 0x2066 && point <= 0x2069);
}

char *text_printable(const char *text, bool lines)
{
	char *copy = xstrdup(text), *into = copy;

	while (*text) {
		uint32_t point = 0;
		size_t length = decode_utf8((const unsigned char *)text, &point);
		bool good = length && !is_control(point, lines);

		length = length ? length : 1;
		if (good)
			memcpy(into, text, length);
		else
			*into = '?';
		into += good ? length : 1;
		text += length;
	}
	*into = 0;
	return copy;
}

bool text_is_printable(const char *text, bool lines)
{
	auto_free char *copy = text_printable(text, lines);

	return !strcmp(copy, text);
}

void text_list_clear(struct text_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i]);
	free(list->items);
	*list = (struct text_list){ 0 };
}

static void add_owned(struct text_list *list, char *text)
{
	ARRAY_GROW(list->items, list->capacity, list->count + 2);
	list->items[list->count++] = text;
	list->items[list->count] = NULL;
}

void text_list_add(struct text_list *list, const char *text)
{
	add_owned(list, xstrdup(text));
}

void text_list_printf(struct text_list *list, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add_owned(list, xvasprintf(format, args));
	va_end(args);
}

void text_list_add_all(struct text_list *list, const char *const *texts)
{
	for (; texts && *texts; texts++)
		text_list_add(list, *texts);
}

bool text_list_has(const struct text_list *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->items[i], text))
			return true;
	return false;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void text_list_sort(struct text_list *list)
{
	if (list->count)
		qsort(list->items, list->count, sizeof(*list->items), compare);
}

void text_list_split(struct text_list *list, const char *text, const char *separators)
{
	while (*(text += strspn(text, separators))) {
		size_t length = strcspn(text, separators);

		add_owned(list, xstrndup(text, length));
		text += length;
	}
}
