// SPDX-License-Identifier: GPL-2.0-or-later
#include "seal/openssl.h"

#include <openssl/err.h>
#include <stdio.h>
#include <string.h>

int openssl_error(struct error *err, enum error_code code, const char *format, ...)
{
	/* The first error is the cause, the later ones tell through whose hands it went. */
	unsigned long number = ERR_get_error();
	const char *reason = number ? ERR_reason_error_string(number) : NULL;
	va_list args;

	ERR_clear_error();
	err->code = code;
	va_start(args, format);
	vsnprintf(err->msg, sizeof(err->msg), format, args);
	va_end(args);
	if (reason) {
		size_t used = strlen(err->msg);

		snprintf(err->msg + used, sizeof(err->msg) - used, ": %s", reason);
	}
	return -1;
}
