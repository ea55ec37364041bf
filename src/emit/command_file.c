// SPDX-License-Identifier: GPL-2.0-or-later
#include "emit/command_file.h"

#include <string.h>

#include "base/buffer.h"
#include "base/file.h"
#include "base/memory.h"

#define FILE_LIMIT ((size_t)4 << 20)

int command_file_read(const char *path, const char *program, struct text_list *ret_argv,
		      struct error *err)
{
	auto_buffer struct buffer text = BUFFER_INIT;

	if (file_read(path, FILE_LIMIT, &text, err) < 0)
		return -1;

	auto_text_list struct text_list lines = { 0 };

	text_list_split(&lines, buffer_text(&text), "\n");

	char *commands = lines.count ? strstr(lines.items[0], ":= ") : NULL;

	if (!commands)
		return error_set(err, ERROR_INVALID, "%s: not a record of kbuild", path);

	auto_text_list struct text_list each = { 0 };

	/* ld's and objtool's commands have no quoting in them. */
	text_list_split(&each, commands + 3, ";");
	for (size_t i = 0; i < each.count; i++) {
		auto_text_list struct text_list argv = { 0 };

		text_list_split(&argv, each.items[i], " \t");
		if (argv.count == 0 || strcmp(path_base(argv.items[0]), program))
			continue;
		for (size_t k = 0; k < argv.count; k++)
			text_list_add(ret_argv, argv.items[k]);
		return 0;
	}
	return error_set(err, ERROR_NOT_FOUND, "%s: no %s command", path, program);
}
