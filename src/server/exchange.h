/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One request and its answer, between the library that speaks HTTP (http.c) and those who answer
 * (api.c, files.c). Everything of the request is hostile.
 */
#ifndef SUTURE_SERVER_EXCHANGE_H
#define SUTURE_SERVER_EXCHANGE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/json.h"
#include "server/refusal.h"

#define ANSWER_HEADERS_MOST 8
#define HEADER_VALUE_SIZE 96

struct exchange {
	/* The request; borrowed texts live as long as the exchange. */
	const char *method; /* "GET" */
	const char *path; /* unescaped, without the query */
	char address[INET6_ADDRSTRLEN]; /* of the other side, for the log */
	uint8_t address_key[8]; /* what limits count by: IPv4 whole, IPv6's first 64 bits */
	bool is_local; /* from this machine itself */
	const char *(*header)(const struct exchange *exchange, const char *name); /* NULL: none */
	int64_t content_length; /* -1: none was sent */
	struct buffer body;
	size_t body_limit; /* bytes; set by begin() */

	/* The answer; status 0: none yet. */
	unsigned status;
	enum refusal refusal; /* for the counters */
	const char *type; /* literal */
	struct buffer answer;
	int fd; /* a file to send instead; -1: none. Owned. */
	uint64_t offset, length; /* of the file */
	struct {
		const char *name; /* literal */
		char value[HEADER_VALUE_SIZE];
	} headers[ANSWER_HEADERS_MOST];
	size_t header_count;

	void *connection; /* http.c's own */
	void *watch; /* http.c's own */
	bool begun;
};

void exchange_add_header(struct exchange *exchange, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Takes nothing over. */
void exchange_answer_json(struct exchange *exchange, unsigned status, const json_value *value);
/* {"error", "code", "remedy"}; `detail` instead of the refusal's own sentence, or NULL. */
void exchange_refuse(struct exchange *exchange, enum refusal refusal, const char *detail);
/* The same with Retry-After. */
void exchange_refuse_for(struct exchange *exchange, enum refusal refusal, unsigned seconds);
/* The text behind "Bearer ", or NULL. */
const char *exchange_bearer(const struct exchange *exchange);

#endif
