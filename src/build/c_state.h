/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where in a C text a line ends: between which lines a preprocessor directive may stand without
 * meaning something else. Follows comments, literals, continued lines, parentheses (a macro call
 * may not have a directive inside) and conditional groups.
 */
#ifndef SUTURE_BUILD_C_STATE_H
#define SUTURE_BUILD_C_STATE_H

#include <stdbool.h>
#include <stddef.h>

struct c_group { /* an #if that is open */
	size_t parens_before; /* open parentheses at its #if */
	size_t parens_first; /* and at the end of its first branch */
	bool has_branches; /* an #else or #elif was seen */
};

enum c_directive {
	C_NO_DIRECTIVE,
	C_IF, /* #if, #ifdef, #ifndef */
	C_BRANCH, /* #else, #elif and kin */
	C_ENDIF,
	C_LINE, /* #line, or # followed by a number */
	C_OTHER,
};

struct c_state {
	bool in_comment; /* the line ended inside a block comment */
	bool in_line_comment; /* and a continued "//" */
	char in_literal; /* quote of the literal that goes on after a backslash, or 0 */
	bool continued; /* the line ended with a backslash */
	bool in_directive; /* the continued line, or comment, belongs to a directive */
	bool unbalanced; /* branches of an #if opened different numbers of parentheses */
	size_t parens;
	struct c_group *groups;
	size_t depth, capacity; /* open #if groups */
};

/* Reads one line, with its newline; says which directive begins on it. */
enum c_directive c_state_read(struct c_state *state, const char *line, size_t size);
/* A directive may stand on a line of its own here. */
bool c_state_is_boundary(const struct c_state *state);
void c_state_clear(struct c_state *state);

#define auto_c_state __attribute__((cleanup(c_state_clear)))

#endif
