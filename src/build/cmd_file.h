/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ".meminfo.o.cmd" that kbuild leaves beside an object: the shell command that made it and what
 * it was made from. Written by scripts/basic/fixdep.c and cmd_and_savecmd in
 * scripts/Kbuild.include: "cmd_TARGET := COMMAND" (savedcmd_ since 6.3) with '$' as "$$" and '#' as
 * "$(pound)", then "source_TARGET := FILE" and "deps_TARGET := \" with one file a line.
 */
#ifndef SUTURE_BUILD_CMD_FILE_H
#define SUTURE_BUILD_CMD_FILE_H

#include "base/error.h"
#include "base/text.h"

struct cmd_file {
	struct text_list argv; /* of the first simple command: the compiler */
	char *source; /* NULL if it does not say */
	struct text_list deps; /* files, relative to the tree */
};

int cmd_file_parse(const char *text, struct cmd_file *ret_file, struct error *err);
int cmd_file_read(const char *path, struct cmd_file *ret_file, struct error *err);
void cmd_file_clear(struct cmd_file *file);

/* Splits the first simple command of a shell line into words: quotes and backslashes are resolved,
 * ';', '&', '|' and a newline end it. Anything that would need a real shell (expansions,
 * redirections) is ERROR_INVALID. */
int shell_split(const char *text, struct text_list *ret_argv, struct error *err);

#define auto_cmd_file __attribute__((cleanup(cmd_file_clear)))

#endif
