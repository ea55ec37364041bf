// SPDX-License-Identifier: GPL-2.0-or-later
#include "server/audit.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buffer.h"

void audit(enum audit_weight weight, const char *format, ...)
{
	auto_buffer struct buffer line = BUFFER_INIT;
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	/* systemd says so when standard error is the journal. */
	if (getenv("JOURNAL_STREAM"))
		buffer_printf(&line, "<%d>", weight);
	buffer_printf(&line, "suture-server: %s\n", text);
	/* Nobody to tell if that fails. */
	if (write(STDERR_FILENO, line.data, line.size) < 0)
		return;
}
