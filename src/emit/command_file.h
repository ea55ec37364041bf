/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kbuild's record of what it ran: .foo.o.cmd, first line "cmd_foo.o := COMMAND ; COMMAND" (or
 * savedcmd_ since 6.4; scripts/Kbuild.include).
 */
#ifndef SUTURE_EMIT_COMMAND_FILE_H
#define SUTURE_EMIT_COMMAND_FILE_H

#include "base/error.h"
#include "base/text.h"

/* The words of the command whose program has this base name. ERROR_NOT_FOUND if there is none. */
int command_file_read(const char *path, const char *program, struct text_list *ret_argv,
		      struct error *err);

#endif
