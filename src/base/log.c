// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/log.h"

#include <stdarg.h>

#include "base/memory.h"

void progress_step(const struct progress *progress, uint64_t done, uint64_t total,
		   const char *format, ...)
{
	va_list args;

	if (!progress || !progress->step)
		return;
	va_start(args, format);
	auto_free char *what = xvasprintf(format, args);
	va_end(args);
	progress->step(progress->user, what, done, total);
}

void progress_say(const struct progress *progress, const char *format, ...)
{
	va_list args;

	if (!progress || !progress->say)
		return;
	va_start(args, format);
	auto_free char *line = xvasprintf(format, args);
	va_end(args);
	progress->say(progress->user, line);
}
