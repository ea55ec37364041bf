// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct {
	int status;
	const char *slug;
	const char *text;
} codes[] = {
#define X(code, status, slug, text) [code] = { status, slug, text },
	ERROR_CODES(X)
#undef X
};

int error_set(struct error *err, enum error_code code, const char *format, ...)
{
	va_list args;

	err->code = code;
	va_start(args, format);
	vsnprintf(err->msg, sizeof(err->msg), format, args);
	va_end(args);
	return -1;
}

static enum error_code code_of_errno(int number)
{
	switch (number) {
	case EACCES:
	case EPERM:
		return ERROR_PERMISSION;
	case ENOENT:
		return ERROR_NOT_FOUND;
	default:
		return ERROR_SYSTEM;
	}
}

int error_errno(struct error *err, const char *format, ...)
{
	int number = errno;
	va_list args;

	err->code = code_of_errno(number);
	va_start(args, format);
	vsnprintf(err->msg, sizeof(err->msg), format, args);
	va_end(args);

	size_t used = strlen(err->msg);
	snprintf(err->msg + used, sizeof(err->msg) - used, ": %s", strerror(number));
	return -1;
}

int error_context(struct error *err, const char *format, ...)
{
	char inner[sizeof(err->msg)];
	va_list args;

	memcpy(inner, err->msg, sizeof(inner));
	va_start(args, format);
	vsnprintf(err->msg, sizeof(err->msg), format, args);
	va_end(args);

	size_t used = strlen(err->msg);
	snprintf(err->msg + used, sizeof(err->msg) - used, ": %s", inner);
	return -1;
}

int error_exit_status(enum error_code code)
{
	return codes[code].status;
}

const char *error_slug(enum error_code code)
{
	return codes[code].slug;
}

const char *error_text(enum error_code code)
{
	return codes[code].text;
}
