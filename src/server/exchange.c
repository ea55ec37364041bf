// SPDX-License-Identifier: GPL-2.0-or-later
#include "server/exchange.h"

#include <stdarg.h>
#include <stdio.h>
#include <strings.h>

#include "base/memory.h"

void exchange_add_header(struct exchange *exchange, const char *name, const char *format, ...)
{
	va_list args;

	if (exchange->header_count == ANSWER_HEADERS_MOST)
		return;
	va_start(args, format);
	vsnprintf(exchange->headers[exchange->header_count].value, HEADER_VALUE_SIZE, format, args);
	va_end(args);
	exchange->headers[exchange->header_count++].name = name;
}

void exchange_answer_json(struct exchange *exchange, unsigned status, const json_value *value)
{
	buffer_reset(&exchange->answer);
	json_write_compact(value, &exchange->answer);
	buffer_add_char(&exchange->answer, '\n');
	exchange->status = status;
	exchange->type = "application/json";
	exchange_add_header(exchange, "Cache-Control", "no-store");
}

void exchange_refuse(struct exchange *exchange, enum refusal refusal, const char *detail)
{
	auto_json json_value *answer = json_new_object();

	json_set_text(answer, "error", detail ? detail : refusal_message(refusal));
	json_set_text(answer, "code", refusal_code(refusal));
	json_set_text(answer, "remedy", refusal_remedy(refusal));
	exchange->refusal = refusal;
	exchange_answer_json(exchange, refusal_status(refusal), answer);
	if (refusal_status(refusal) == 401)
		exchange_add_header(exchange, "WWW-Authenticate", "Bearer realm=\"suture\"");
}

void exchange_refuse_for(struct exchange *exchange, enum refusal refusal, unsigned seconds)
{
	exchange_refuse(exchange, refusal, NULL);
	exchange_add_header(exchange, "Retry-After", "%u", seconds);
}

const char *exchange_bearer(const struct exchange *exchange)
{
	const char *value = exchange->header(exchange, "Authorization");

	return value && !strncasecmp(value, "Bearer ", 7) ? value + 7 : NULL;
}
