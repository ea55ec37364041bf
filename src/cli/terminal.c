// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/terminal.h"

#include <stdio.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"

#define WIPE_LINE "\r\033[K"

static void show_step(void *user, const char *what, uint64_t done, uint64_t total)
{
	struct terminal *terminal = user;

	if (!terminal->is_terminal)
		return;
	if (total)
		fprintf(stderr, WIPE_LINE "%.60s %3d %%", what,
			(int)(done >= total ? 100 : done * 100 / total));
	else
		fprintf(stderr, WIPE_LINE "%.70s", what);
	fflush(stderr);
	terminal->line_shown = true;
}

static void say_line(void *user, const char *line)
{
	terminal_close(user);
	auto_free char *text = text_printable(line, true);

	fprintf(stderr, "%s\n", text);
}

const struct progress *terminal_open(struct terminal *terminal)
{
	*terminal = (struct terminal){
		.progress = { .step = show_step, .say = say_line, .user = terminal },
		.is_terminal = isatty(STDERR_FILENO),
	};
	return &terminal->progress;
}

void terminal_close(struct terminal *terminal)
{
	if (terminal->line_shown)
		fputs(WIPE_LINE, stderr);
	terminal->line_shown = false;
}
