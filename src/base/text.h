/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small things about text, and a list of texts. */
#ifndef SUTURE_BASE_TEXT_H
#define SUTURE_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

bool has_prefix(const char *text, const char *prefix);
bool has_suffix(const char *text, const char *suffix);
/* Whole text, base 10, or 16 after "0x"; -1 with ERROR_INVALID for anything else. */
int text_to_u64(const char *text, uint64_t *ret_value, struct error *err);

/*
 * For a terminal: whatever is no letter, mark or space in UTF-8 but would make the terminal do something
 * (C0, DEL and C1 controls, the bidirectional overrides of Unicode 15 table 23-3, broken sequences) is
 * '?' in the copy, which the caller frees. `lines`: newlines and tabs stay. The text may be hostile.
 */
char *text_printable(const char *text, bool lines);
/* Whether that would change nothing. */
bool text_is_printable(const char *text, bool lines);

/* A growing list of texts that it owns, NULL behind the last: items is a ready argv. */
struct text_list {
	char **items;
	size_t count;
	size_t capacity;
};

void text_list_clear(struct text_list *list);
void text_list_add(struct text_list *list, const char *text);
void text_list_printf(struct text_list *list, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Adds all of them; `texts` ends with NULL, and an empty list's items are NULL. */
void text_list_add_all(struct text_list *list, const char *const *texts);
bool text_list_has(const struct text_list *list, const char *text);
void text_list_sort(struct text_list *list);
/* Splits at any of the separators; empty fields are left out. */
void text_list_split(struct text_list *list, const char *text, const char *separators);

#define auto_text_list __attribute__((cleanup(text_list_clear)))

#endif
